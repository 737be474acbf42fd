"""task_log.csv: time spent, one row a sitting. Header: date,task,objective,minutes,estimate_minutes,energy,note."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.facts import Source
from orin_agents.domain.syntax import unified
from orin_agents.domain.tasks import Energy

PATH = "task_log.csv"
COLUMNS = ("date", "task", "objective", "minutes", "estimate_minutes", "energy", "note")
REQUIRED = ("date", "task", "minutes")

Broken = Callable[[str, str], BrokenFile]
"""Makes the error for a line from what is wrong and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """Minutes spent on a task on a day; `task` is its id or title, `objective` an objective's id or empty."""

    date: date
    task: str
    minutes: float
    source: Source
    objective: str = ""
    estimate_minutes: float | None = None
    energy: Energy | None = None
    note: str = ""


def read_task_log(text: str, path: str = PATH) -> tuple[LogEntry, ...]:
    """The rows of a task log, in the order of the file. Raises BrokenFile naming the first line that cannot be read."""
    rows = csv.reader(io.StringIO(unified(text)), strict=True, skipinitialspace=True)
    header: list[str] | None = None
    entries: list[LogEntry] = []
    line = 1
    try:
        for cells in rows:
            if header is None and any(cells):
                header = _header(cells, line, path)
            elif any(cell.strip() for cell in cells) and header is not None:
                place = Source(path=path, first_line=line, last_line=rows.line_num)
                entries.append(_entry(cells, header, place))
            line = rows.line_num + 1
    except csv.Error as error:
        raise BrokenFile(path, line, f"not CSV: {error}", remedy="Mend the quotes at that line.") from error
    if header is None:
        raise BrokenFile(path, 1, "the file is empty", remedy=f"Start the file with: {','.join(COLUMNS)}")
    return tuple(entries)


def _header(cells: list[str], line: int, path: str) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    start = f"Start the file with: {','.join(COLUMNS)}"
    if absent := [name for name in REQUIRED if name not in header]:
        raise BrokenFile(path, line, f"the header lacks {', '.join(absent)}", remedy=start)
    if unknown := [name for name in header if name not in COLUMNS]:
        raise BrokenFile(path, line, f"unknown column {unknown[0]!r}", remedy=f"Known columns: {', '.join(COLUMNS)}")
    if twice := [name for name in COLUMNS if header.count(name) > 1]:
        raise BrokenFile(path, line, f"the column {twice[0]!r} stands twice", remedy="Keep one of the two.")
    return header


def _entry(cells: list[str], header: list[str], source: Source) -> LogEntry:
    def broken(what: str, remedy: str) -> BrokenFile:
        return BrokenFile(source.path, source.first_line or 0, what, remedy=remedy)

    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise broken("the row has more cells than the header", "Put cells that hold a comma in double quotes.")
    cell = dict.fromkeys(COLUMNS, "")
    cell.update((name, text.strip()) for name, text in zip(header, cells, strict=False))
    if not cell["task"]:
        raise broken("the row names no task", "Write the task's id or title.")
    return LogEntry(
        date=_date(cell["date"], broken),
        task=cell["task"],
        minutes=_minutes(cell["minutes"], "minutes", broken),
        source=source,
        objective=cell["objective"],
        estimate_minutes=_minutes(cell["estimate_minutes"], "estimate_minutes", broken)
        if cell["estimate_minutes"]
        else None,
        energy=_energy(cell["energy"], broken) if cell["energy"] else None,
        note=cell["note"],
    )


def _date(text: str, broken: Broken) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise broken(f"date {text!r} is not a date", "Write dates as YYYY-MM-DD.") from error


def _minutes(text: str, column: str, broken: Broken) -> float:
    try:
        minutes = float(text)
    except ValueError as error:
        raise broken(f"{column} {text!r} is not a number", "Write minutes as a number, such as 45.") from error
    if not 0 <= minutes <= 24 * 60:
        raise broken(f"{column} {text} is outside a day", "Minutes lie between 0 and 1440; split longer work by day.")
    return minutes


def _energy(text: str, broken: Broken) -> Energy:
    try:
        return Energy(text.lower())
    except ValueError as error:
        raise broken(f"energy {text!r} is not known", "Write low, medium or high.") from error
