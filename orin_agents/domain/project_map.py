"""plans/project_map.md: what the project is about, as a Markdown page with three known sections.

    # Project map
    ## In scope
    - parsing of front matter
    ## Out of scope
    - a graphical editor
    ## Initiatives
    | Initiative | Objective | Value | Urgency | Risk reduction | Size |
    | --- | --- | --- | --- | --- | --- |
    | Import calendars | O1 | 8 | 5 | 3 | 5 |

Other sections are left alone. The four numbers are relative sizes above 0, as in weighted shortest job first.
"""

import re
from dataclasses import dataclass

from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.facts import Source

PATH = "plans/project_map.md"
COLUMNS = ("initiative", "objective", "value", "urgency", "risk reduction", "size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative:
    """A piece of work to rank. The numbers are relative estimates above 0 (0 is allowed for all but size)."""

    name: str
    objective: str
    value: float
    urgency: float
    risk_reduction: float
    size: float
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeLine:
    """One line of what is in or out of scope."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMap:
    in_scope: tuple[ScopeLine, ...] = ()
    out_of_scope: tuple[ScopeLine, ...] = ()
    initiatives: tuple[Initiative, ...] = ()


def read_project_map(text: str, path: str = PATH) -> ProjectMap:
    """The three known sections of the page. Raises BrokenFile when the table of initiatives cannot be read."""
    section = ""
    scope: dict[str, list[ScopeLine]] = {"in scope": [], "out of scope": []}
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"#{1,6}\s+(.+?)\s*#*$", line):
            section = heading[1].strip().lower()
        elif section in scope and (item := re.match(r"\s*[-*+]\s+(.+)", line)):
            scope[section].append(ScopeLine(text=item[1].strip(), source=_at(path, number)))
        elif section == "initiatives" and line.lstrip().startswith("|"):
            rows.append((number, [cell.strip() for cell in line.strip().strip("|").split("|")]))
    return ProjectMap(
        in_scope=tuple(scope["in scope"]),
        out_of_scope=tuple(scope["out of scope"]),
        initiatives=_initiatives(rows, path),
    )


def _initiatives(rows: list[tuple[int, list[str]]], path: str) -> tuple[Initiative, ...]:
    if not rows:
        return ()
    line, header = rows[0][0], [cell.lower() for cell in rows[0][1]]
    if absent := [name for name in COLUMNS if name not in header]:
        raise BrokenFile(
            path,
            line,
            f"the table of initiatives lacks the column {absent[0]!r}",
            remedy=f"Columns: {', '.join(COLUMNS)}",
        )
    found = []
    for line, cells in rows[1:]:
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            continue
        cell = dict(zip(header, cells, strict=False))
        numbers = {name: _number(cell.get(name, ""), name, line, path) for name in COLUMNS[2:]}
        if numbers["size"] == 0:
            raise BrokenFile(path, line, "size is 0", remedy="Write a relative size above 0.")
        found.append(
            Initiative(
                name=cell["initiative"],
                objective=cell.get("objective", ""),
                value=numbers["value"],
                urgency=numbers["urgency"],
                risk_reduction=numbers["risk reduction"],
                size=numbers["size"],
                source=_at(path, line),
            )
        )
    return tuple(found)


def _number(text: str, name: str, line: int, path: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise BrokenFile(
            path, line, f"{name} {text!r} is not a number", remedy="Write a relative size such as 5."
        ) from error
    if not 0 <= number < 1e6:
        raise BrokenFile(path, line, f"{name} {text} is out of range", remedy="Write a relative size of 0 or more.")
    return number


def _at(path: str, line: int) -> Source:
    return Source(path=path, first_line=line, last_line=line)
