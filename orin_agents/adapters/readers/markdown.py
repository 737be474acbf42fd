"""Notes in Markdown, as Obsidian and others write them: tasks, task tables, links, tags, headings, front matter."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from orin_agents.adapters.readers.front_matter import FrontMatter, read_front_matter
from orin_agents.adapters.readers.inline import links_in, plain, tags_in
from orin_agents.adapters.readers.mask import masked
from orin_agents.adapters.readers.task_fields import read_fields
from orin_agents.adapters.readers.task_ids import TaskIds
from orin_agents.adapters.readers.task_tables import TableTask, TaskTable, is_delimiter, task_table
from orin_agents.domain.facts import Source
from orin_agents.domain.material import Format, LeftOut, Link, Reading
from orin_agents.domain.tasks import Task, TaskState

_INDENT = " \t>\u200b\ufeff\xa0"
_CHECKBOX = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+\[(.)\][ \t]+(\S.*)", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)", re.DOTALL)
_MARKS = frozenset("-*+|#0123456789=:")
_STATES = {"x": TaskState.DONE, "X": TaskState.DONE, "/": TaskState.STARTED, "-": TaskState.CANCELLED}


def read_markdown(path: str, text: str) -> Reading:
    """The note. `text` has line feeds alone as line ends."""
    front = read_front_matter(text, path)
    body = _without_front(text, front)
    blocks, prose = masked(body)
    lines = _Lines(path)
    lines.read(blocks)
    left_out = lines.left_out
    if front.problem:
        left_out = [LeftOut(path=path, reason=front.problem, line=front.line), *left_out]
    return Reading(
        path=path,
        format=Format.MARKDOWN,
        title=front.properties.get("title", "").strip() or lines.title or PurePosixPath(path).stem,
        tasks=tuple(lines.tasks),
        links=tuple(_links(text[: front.end] + prose[front.end :], path)),
        tags=tuple(dict.fromkeys([*front.tags, *tags_in(prose)])),
        aliases=front.aliases,
        properties=front.properties,
        words=len(text[front.end :].split()),
        left_out=tuple(left_out),
    )


def _without_front(text: str, front: FrontMatter) -> str:
    """The text with the front matter gone but its lines kept, so that the numbers of lines are the file's."""
    head = text[: front.end]
    return re.sub(r"[^\n]", " ", head) + text[front.end :] if head else text


def _links(text: str, path: str) -> Iterator[Link]:
    found = sorted(links_in(text))
    line, at = 1, 0
    for offset, target, embed in found:
        line += text.count("\n", at, offset)
        at = offset
        yield Link(target=target, source=Source(path=path, first_line=line, last_line=line), embed=embed)


class _Lines:
    """Goes through the lines of a note and gathers its title, headings and tasks."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.title = ""
        self.tasks: list[Task] = []
        self.left_out: list[LeftOut] = []
        self._ids = TaskIds(path)
        self._group = ""
        self._headed = False
        self._table: TaskTable | None = None

    def read(self, text: str) -> None:
        """All lines of a text without code and comments."""
        before = ""
        for number, line in enumerate(text.split("\n"), 1):
            bare = line.lstrip(_INDENT)
            if self._table is not None and "|" in bare:
                self._row(number, bare)
            elif bare[:1] in _MARKS or (self._table is not None):
                self._table = None
                self._marked(number, bare.rstrip(), before)
            before = bare

    def _marked(self, number: int, bare: str, before: str) -> None:
        """A line that begins with something that may make it a heading, a task or a table."""
        if match := _HEADING.match(bare):
            self._heading(match[2].rstrip("#").strip() or match[2], len(match[1]))
        elif match := _CHECKBOX.match(bare):
            self._checkbox(number, match[1], match[2])
        elif "|" in before and is_delimiter(bare):
            self._table = task_table(before)
        elif before and before[0] not in _MARKS and not bare.strip("=") and len(bare) > 1 and bare[0] == "=":
            self._heading(before, 1)
        elif before and before[0] not in _MARKS and "|" not in before and not bare.strip("-") and len(bare) > 1:
            self._heading(before, 2)

    def _heading(self, text: str, level: int) -> None:
        self._group = plain(text)
        if level == 1 and not self._headed:
            self.title = self._group
        self._headed = True

    def _checkbox(self, number: int, mark: str, text: str) -> None:
        fields = read_fields(text)
        if not fields.title:
            return
        task_id = self._ids.of(fields.title, fields.id)
        self._say(number, *fields.problems)
        if fields.id and task_id != fields.id:
            self._say(number, f"the id {fields.id} stands twice in this note; this task goes by {task_id}")
        self.tasks.append(
            Task(
                id=task_id,
                title=fields.title,
                source=self._source(number),
                state=_STATES.get(mark, TaskState.OPEN),
                owner=fields.owner,
                priority=fields.priority,
                due=fields.dates.get("due"),
                scheduled=fields.dates.get("scheduled"),
                start=fields.dates.get("start"),
                done=fields.dates.get("done"),
                created=fields.dates.get("created"),
                estimate_minutes=fields.estimate_minutes,
                energy=fields.energy,
                objective=fields.objective,
                depends_on=fields.depends_on,
                tags=tuple(fields.tags),
                recurrence=fields.recurrence,
                group=self._group,
            )
        )

    def _row(self, number: int, line: str) -> None:
        row: TableTask | None = self._table.row(line) if self._table is not None else None
        if row is None:
            return
        self.tasks.append(
            Task(
                id=self._ids.of(row.title),
                title=row.title,
                source=self._source(number),
                state=row.state,
                owner=row.owner,
                priority=row.priority,
                due=row.due,
                tags=tuple(dict.fromkeys(row.tags)),
                group=self._group,
            )
        )

    def _source(self, number: int) -> Source:
        return Source(path=self.path, first_line=number, last_line=number)

    def _say(self, number: int, *reasons: str) -> None:
        self.left_out += [LeftOut(path=self.path, reason=reason, line=number) for reason in reasons]
