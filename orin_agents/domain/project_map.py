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
from orin_agents.domain.syntax import lines_of

PATH = "plans/project_map.md"
COLUMNS = ("initiative", "objective", "value", "urgency", "risk reduction", "size")
HEADING = re.compile(r"#{1,6}\s")
BULLET = re.compile(r"[-*+]\s")
PIPE = re.compile(r"(?<!\\)\|")
RULE = re.compile(r":?-+:?")


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
    fence = ""
    scope: dict[str, list[ScopeLine]] = {"in scope": [], "out of scope": []}
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines_of(text), 1):
        bare = line.strip()
        if fence or bare.startswith(("```", "~~~")):
            fence = _fence(fence, bare)
        elif HEADING.match(line):
            section = bare.strip("# \t*_:").lower().replace("-", " ")
        elif section in scope and BULLET.match(bare):
            if said := bare[1:].strip():
                scope[section].append(ScopeLine(text=said, source=_at(path, number)))
        elif section == "initiatives" and bare.startswith("|"):
            rows.append((number, _cells(bare)))
    return ProjectMap(
        in_scope=tuple(scope["in scope"]),
        out_of_scope=tuple(scope["out of scope"]),
        initiatives=_initiatives(rows, path),
    )


def _fence(fence: str, bare: str) -> str:
    """The marks that will close the code block this line stands in; empty when it ends here."""
    if not fence:
        return bare[:3]
    return "" if bare.startswith(fence) else fence


def _cells(row: str) -> list[str]:
    row = row[1:-1] if row.endswith("|") and not row.endswith("\\|") and len(row) > 1 else row[1:]
    return [cell.replace("\\|", "|").strip() for cell in PIPE.split(row)]


def _initiatives(rows: list[tuple[int, list[str]]], path: str) -> tuple[Initiative, ...]:
    if not rows:
        return ()
    line, header = rows[0][0], [cell.lower() for cell in rows[0][1]]
    if absent := [name for name in COLUMNS if name not in header]:
        what = f"the table of initiatives lacks the column {absent[0]!r}"
        raise BrokenFile(path, line, what, remedy=f"Columns: {', '.join(COLUMNS)}")
    rest = [(line, cells) for line, cells in rows[1:] if any(cells) and not all(map(RULE.fullmatch, cells))]
    return tuple(_initiative(dict(zip(header, cells, strict=False)), line, path) for line, cells in rest)


def _initiative(cell: dict[str, str], line: int, path: str) -> Initiative:
    name = cell.get("initiative", "")
    if not name:
        raise BrokenFile(path, line, "the row names no initiative", remedy="Write its name in the first column.")
    numbers = {column: _number(cell.get(column, ""), column, line, path) for column in COLUMNS[2:]}
    if numbers["size"] == 0:
        raise BrokenFile(path, line, "size is 0", remedy="Write a relative size above 0.")
    return Initiative(
        name=name,
        objective=cell.get("objective", ""),
        value=numbers["value"],
        urgency=numbers["urgency"],
        risk_reduction=numbers["risk reduction"],
        size=numbers["size"],
        source=_at(path, line),
    )


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
