"""task_log.csv: time spent, one row a sitting. Header: date,task,objective,minutes,estimate_minutes,energy,note."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.facts import Source
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
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="too many", skipinitialspace=True)
    header = reader.fieldnames or []
    absent = [name for name in REQUIRED if name not in header]
    if absent:
        raise BrokenFile(
            path, 1, f"the header lacks {', '.join(absent)}", remedy=f"Start the file with: {','.join(COLUMNS)}"
        )
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        raise BrokenFile(path, 1, f"unknown column {unknown[0]!r}", remedy=f"Known columns: {', '.join(COLUMNS)}")
    entries: list[LogEntry] = []
    try:
        entries.extend(_entry(row, reader.line_num, path) for row in reader if any(map(_filled, row.values())))
    except csv.Error as error:
        raise BrokenFile(path, reader.line_num, f"not CSV: {error}", remedy="Mend the quotes at that line.") from error
    return tuple(entries)


def _filled(cell: object) -> bool:
    return bool(cell.strip() if isinstance(cell, str) else cell)


def _entry(row: dict[str, str], line: int, path: str) -> LogEntry:
    def broken(what: str, remedy: str) -> BrokenFile:
        return BrokenFile(path, line, what, remedy=remedy)

    if "too many" in row:
        raise broken("the row has more cells than the header", "Put cells that hold a comma in double quotes.")
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        day = date.fromisoformat(cell["date"])
    except ValueError as error:
        raise broken(f"date {cell['date']!r} is not a date", "Write dates as YYYY-MM-DD.") from error
    return LogEntry(
        date=day,
        task=cell["task"],
        minutes=_minutes(cell["minutes"], "minutes", broken),
        source=Source(path=path, first_line=line, last_line=line),
        objective=cell["objective"],
        estimate_minutes=_minutes(cell["estimate_minutes"], "estimate_minutes", broken)
        if cell["estimate_minutes"]
        else None,
        energy=_energy(cell["energy"], broken) if cell["energy"] else None,
        note=cell["note"],
    )


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
