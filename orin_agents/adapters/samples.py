"""The sample case files: Jinja text whose dates are relative to the day they are made."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from orin_agents.domain.errors import OrinError


def samples(folder: Path, today: date) -> Iterator[tuple[str, Iterator[tuple[str, bytes]]]]:
    """Every sample project below the folder: its title (the folder's name, hyphens as spaces) and its files."""
    for project in sorted(path for path in folder.iterdir() if path.is_dir()):
        yield project.name.replace("-", " ").capitalize(), sample(project, today)


def sample(folder: Path, today: date) -> Iterator[tuple[str, bytes]]:
    """The files of one sample project, by path, as they would stand on `today`.

    A file may write `{{ day(-3) }}` for the date three days ago, `{{ workday(-3) }}` for the third working day before,
    and either with a format such as `"%Y%m%d"`. Raises OrinError for a file that is no such text.
    """
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    def day(offset: int = 0, form: str = "%Y-%m-%d") -> str:
        return (today + timedelta(days=offset)).strftime(form)

    def workday(offset: int = 0, form: str = "%Y-%m-%d") -> str:
        return _workday(today, offset).strftime(form)

    environment = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path, folder)):
        name = path.relative_to(folder).as_posix()
        try:
            text = environment.from_string(path.read_text(encoding="utf-8")).render(day=day, workday=workday)
        except (TemplateError, UnicodeDecodeError) as error:
            raise OrinError(f"The sample {name} is wrong: {error}", kept="No sample was made of it.") from error
        yield name, text.encode()


def _workday(today: date, offset: int) -> date:
    """The working day that many working days from today; 0 is today, or the Monday behind a weekend."""
    step = timedelta(days=-1 if offset < 0 else 1)
    found = today
    while offset >= 0 and found.weekday() > 4:
        found += timedelta(days=1)
    for _ in range(abs(offset)):
        found += step
        while found.weekday() > 4:
            found += step
    return found


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
