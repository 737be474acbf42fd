"""Tasks in Markdown tables that have a task column and an owner column, their status read from the notes."""

import re
from dataclasses import dataclass, field
from datetime import date

from orin_agents.adapters.readers.inline import is_tag, plain, tags_in
from orin_agents.domain.tasks import Priority, TaskState

_TASK = re.compile(
    r"\b(tasks?|sub-?goals?|sub-?tasks?|(work |action )?items?|actions?|to-?dos?|milestones?|steps?|deliverables?)\b"
)
_OWNER = re.compile(r"\b(owners?|owned by|assignees?|assigned( to)?|responsible|who|contributors?|leads?|dri)\b")
_NOTES = re.compile(r"\b(status|state|progress|done|notes?|comments?|remarks?)\b")
_STAGE = re.compile(r"to[ _-]?do|backlog|doing|wip|in[ _-]progress|in[ _-]review|on[ _-]hold|done|completed|cancell?ed")
_DUE = re.compile(r"\b(due|deadline|target date|by when)\b")
_PRIORITY = re.compile(r"\b(priority|prio)\b")
_PLAIN_TASK = re.compile(r"tasks?|to-?dos?|action items?|work items?")
_PLAIN_STATUS = re.compile(r"(?:(?:task|current) )?(?:status|state|progress)|done\??")

_BADGE = re.compile(r"!\[([^\[\]]*)\](?:\[[^\[\]]*\]|\([^()]*\))?")
_BRACKETS = re.compile(r"\[([^\[\]]*)\](?:\[[^\[\]]*\])?")
_CODE_LINK = re.compile(r"\[(`[^`]*`)\](?:\[[^\[\]]*\])?")
_LEAD = re.compile(r"^(?:&nbsp;|&emsp;|[\s↳↪└├─→>•·—-])+")
_CHECKBOX = re.compile(r"^\[(.)\]\s+")
_STRUCK = re.compile(r"~~.+~~")
_AFTER = r"(?=$|\s*[^\w\s]|\s+(?:for|in|by|on|at|with|see|as|since|via|but|and)\b)"
_DONE = re.compile(
    rf"(?:already )?(?:done|completed?|finished|shipped|merged|closed|resolved){_AFTER}|[✅☑✔✓]|x$", re.IGNORECASE
)
_STARTED = re.compile(r"(?:in[ -]progress|ongoing|under ?way|wip|started)\b|[🚧🏗]", re.IGNORECASE)
_CANCELLED = re.compile(rf"(?:cancell?ed|dropped|abandoned|not planned|won'?t do){_AFTER}|[❌🚫]", re.IGNORECASE)
_STRETCH = re.compile(r"\bstretch[ -]?goal|^\W*stretch\W*$", re.IGNORECASE)
_HELP = re.compile(r"\bhe\w{1,2}[ -]wanted\b", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:tb[ad]\b.*|to be (?:determined|decided)\b.*|n/?a|none|nobody|unassigned|unknown|[?\s–—-]*)", re.IGNORECASE
)
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_LIST_MARKS = "`*_"


@dataclass(slots=True)
class TableTask:
    """One row that is a task."""

    title: str
    owner: str = ""
    state: TaskState = TaskState.OPEN
    priority: Priority = Priority.NORMAL
    due: date | None = None
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TaskTable:
    """Which columns of a table say what, by their number from 0; None or none where there is no such column."""

    width: int
    task: int
    owner: int | None
    notes: tuple[int, ...]
    due: int | None
    priority: int | None

    def row(self, line: str) -> TableTask | None:
        """The task of a row; None when its task cell is empty."""
        cells = cells_of(line, self.width)
        cells += [""] * (self.width - len(cells))
        title, state = _title(cells[self.task])
        if not title:
            return None
        owner = cells[self.owner] if self.owner is not None else ""
        notes = [cells[index] for index in self.notes if cells[index]]
        task = TableTask(title=title, owner=_owner(owner), state=state or _state(notes))
        if (
            state is None
            and task.state is TaskState.OPEN
            and _STRUCK.fullmatch(_LEAD.sub("", cells[self.task].strip()))
        ):
            task.state = TaskState.DONE
        if self.priority is not None and (named := plain(cells[self.priority]).lower()) in set(Priority):
            task.priority = Priority(named)
        if self.due is not None and (day := _DATE.search(cells[self.due])):
            task.due = _day(day[0])
        if any(_STRETCH.search(note) for note in notes):
            task.priority = Priority.LOW
            task.tags.append("stretch")
        if any(_HELP.search(cell) for cell in (owner, *notes)):
            task.tags.append("help-wanted")
        task.tags += [tag for cell in (cells[self.task], *notes) for tag in tags_in(cell) if is_tag(tag)]
        return task


def task_table(header: str) -> TaskTable | None:
    """How to read the table under this header row; None when it is not one of tasks.

    It is one of tasks when a column names them (Task, Subgoal, Item, …) and another their owner; a column named just
    Task also does with one named just Status. A board (To do, In progress, Done) or a comparison of states is none.
    """
    names = [plain(cell).strip(_LIST_MARKS).lower() for cell in cells_of(header)]
    task = _column(_TASK, names, ())
    if task is None:
        return None
    owner = _column(_OWNER, names, (task,))
    if owner is None and sum(bool(_STAGE.fullmatch(name)) for name in names) > 1:
        return None
    if owner is None and not (_PLAIN_TASK.fullmatch(names[task]) and any(map(_PLAIN_STATUS.fullmatch, names))):
        return None
    notes = tuple(index for index, name in enumerate(names) if index not in (task, owner) and _NOTES.search(name))
    return TaskTable(len(names), task, owner, notes, _column(_DUE, names, (task,)), _column(_PRIORITY, names, (task,)))


def _column(pattern: re.Pattern[str], names: list[str], taken: tuple[int, ...]) -> int | None:
    return next((index for index, name in enumerate(names) if index not in taken and pattern.search(name)), None)


def is_delimiter(line: str) -> bool:
    """Whether the line parts a table's header from its rows."""
    return (
        "-" in line
        and not line.strip("|-: \t")
        and all("-" in cell and not cell.strip(":").strip("-") for cell in cells_of(line))
    )


def cells_of(line: str, width: int = 0) -> list[str]:
    """The cells of a row. A pipe behind a backslash is text; in inline code too, where that gives `width` cells."""
    bare = line.strip()
    bare = bare.removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    if "\\|" not in bare and "`" not in bare:
        return [cell.strip() for cell in bare.split("|")]
    cells = _split(bare, code=False)
    if width and len(cells) > width and "`" in bare:
        by_code = _split(bare, code=True)
        cells = by_code if len(by_code) <= width else cells
    return cells


def _split(row: str, *, code: bool) -> list[str]:
    cells: list[str] = []
    start = at = 0
    within = False
    while at < len(row):
        if row.startswith("\\|", at):
            at += 1
        elif row[at] == "`" and code:
            within = not within
        elif row[at] == "|" and not within:
            cells.append(row[start:at])
            start = at + 1
        at += 1
    return [cell.strip().replace("\\|", "|") for cell in (*cells, row[start:])]


def _title(cell: str) -> tuple[str, TaskState | None]:
    """The words of a task cell, and its state where it begins with a checkbox."""
    text = _LEAD.sub("", cell) if not _CHECKBOX.match(cell) else cell
    state = None
    if box := _CHECKBOX.match(text):
        state = {"x": TaskState.DONE, "/": TaskState.STARTED, "-": TaskState.CANCELLED}.get(box[1].lower())
        text = text[box.end() :]
    pieces = plain(_CODE_LINK.sub(r"\1", text)).split("`")
    pieces[::2] = [_BRACKETS.sub(r"\1", piece) for piece in pieces[::2]]
    return "`".join(pieces).strip(), state


def _state(notes: list[str]) -> TaskState:
    """The first status that a note begins with, or shows as a badge."""
    for note in notes:
        badges = [badge.strip() for badge in _BADGE.findall(note)]
        words = _BADGE.sub(" ", note).strip(" \t*_~()[]`.:;-–—")
        for text in (*badges, words):
            if _DONE.match(text):
                return TaskState.DONE
            if _CANCELLED.match(text):
                return TaskState.CANCELLED
            if _STARTED.match(text):
                return TaskState.STARTED
    return TaskState.OPEN


def _owner(cell: str) -> str:
    """Names and teams, parted by commas; empty when nobody has it yet."""
    names: list[str] = []
    words = _BADGE.sub(" , ", cell)
    words = re.sub(r"\](?=\s+\[)", "],", words.replace("[]", ""))
    words = _BRACKETS.sub(r"\1", plain(words))
    words = re.sub(r"(?<=[\w)])\s+(?=@\w)(?<!\band\s)(?<!\bor\s)", ", ", words)
    depth = 0
    name = ""
    for character in f"{words},":
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth <= 0:
            names.append(name.strip(" *_`;"))
            name = ""
        else:
            name += character
    names.append(name.strip(" ,*_`;"))
    return ", ".join(dict.fromkeys(name for name in names if not _NOBODY.fullmatch(name) and not _HELP.search(name)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
