"""todo.txt files: one task a line. https://github.com/todotxt/todo.txt

Beside the format itself the widespread keys are read: due, t (hidden until), rec, pri (kept on done tasks), id, dep
(ids it waits for), and Orin's est (minutes), energy, obj and owner. The first +project is the task's group; contexts
and further projects are tags.
"""

import re
from datetime import date
from pathlib import PurePosixPath

from orin_agents.adapters.readers.task_fields import minutes
from orin_agents.adapters.readers.task_ids import TaskIds
from orin_agents.domain.facts import Source
from orin_agents.domain.material import Format, LeftOut, Reading
from orin_agents.domain.tasks import Energy, Priority, Task, TaskState

_NAME = re.compile(r"(?:^|[._ -])(?:todo|done)(?:[._ -]|$)", re.IGNORECASE)
_STRONG = re.compile(r"x \d{4}-\d\d-\d\d |\([A-Z]\) |\d{4}-\d\d-\d\d \S|.*(?:^| )(?:[+@]\w|due:\d{4}-|t:\d{4}-)")
_PRIORITY = re.compile(r"\(([A-Z])\) ")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?: |$)")
_PAIR = re.compile(r"([A-Za-z][\w-]*):(?!//)(\S+)")
_KEYS = frozenset(("due", "t", "rec", "pri", "id", "dep", "est", "energy", "obj", "owner"))


def is_todotxt(path: str, text: str) -> bool:
    """Whether a .txt file is a list of tasks: by its name, or because most lines have the format's marks."""
    name = PurePosixPath(path)
    if name.suffix.lower() == ".todotxt" or (name.suffix.lower() == ".txt" and _NAME.search(name.stem)):
        return True
    lines = [line for line in text[:20_000].split("\n")[:200] if line.strip()]
    marked = sum(bool(_STRONG.match(line[:300])) for line in lines)
    return name.suffix.lower() == ".txt" and marked > 1 and marked * 5 >= len(lines) * 3


def read_todotxt(path: str, text: str) -> Reading:
    """The tasks of a list."""
    ids = TaskIds(path)
    left_out: list[LeftOut] = []
    tasks: list[Task] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        source = Source(path=path, first_line=number, last_line=number)
        task, problems = _task(line.strip(), source, ids)
        tasks += [task] if task is not None else []
        left_out += [LeftOut(path=path, reason=problem, line=number) for problem in problems]
    return Reading(
        path=path,
        format=Format.TODOTXT,
        title=PurePosixPath(path).name.removesuffix(".txt"),
        tasks=tuple(tasks),
        tags=tuple(dict.fromkeys(tag for task in tasks for tag in task.tags)),
        words=len(text.split()),
        left_out=tuple(left_out),
    )


def _task(line: str, source: Source, ids: TaskIds) -> tuple[Task | None, list[str]]:
    problems: list[str] = []
    finished, letter, days, rest = _head(line)
    pairs, words = _pairs(rest)
    title = _title(words) or " ".join(words)
    if not title:
        return None, ["the line holds no words"]

    def day(text: str) -> date | None:
        try:
            return date.fromisoformat(text[:10]) if text else None
        except ValueError:
            problems.append(f"the date {text} does not exist")
            return None

    projects = [word[1:] for word in words if word[0] == "+" and len(word) > 1]
    contexts = [word[1:] for word in words if word[0] in "@#" and len(word) > 1 and not word[1:].isdigit()]
    task_id = ids.of(title, pairs.get("id", ""))
    if "id" in pairs and task_id != pairs["id"]:
        problems.append(f"the id {pairs['id']} stands twice in this file; this task goes by {task_id}")
    task = Task(
        id=task_id,
        title=title,
        source=source,
        state=TaskState.DONE if finished else TaskState.OPEN,
        owner=pairs.get("owner", ""),
        priority=_priority(letter or pairs.get("pri", "")[:1].upper()),
        due=day(pairs.get("due", "")),
        start=day(pairs.get("t", "")),
        done=day(days[0]) if finished and days else None,
        created=day(days[-1]) if days and (not finished or len(days) > 1) else None,
        estimate_minutes=minutes(pairs.get("est", "")),
        energy=Energy(pairs["energy"].lower()) if pairs.get("energy", "").lower() in set(Energy) else None,
        objective=pairs.get("obj", ""),
        depends_on=tuple(filter(None, pairs.get("dep", "").split(","))),
        tags=tuple(dict.fromkeys([*contexts, *projects[1:]])),
        recurrence=pairs.get("rec", ""),
        group=projects[0] if projects else "",
    )
    return task, problems


def _head(line: str) -> tuple[bool, str, list[str], str]:
    """Whether it is done, its priority, its one or two leading dates, and the rest.

    The priority of a done task may stand before its dates or between them; programs differ.
    """
    finished = line.startswith("x ")
    rest = line[2:].lstrip() if finished else line
    letter = ""
    days: list[str] = []
    while len(days) < (2 if finished else 1) or not letter:
        if not letter and (finished or not days) and (match := _PRIORITY.match(rest)):
            letter = match[1]
        elif len(days) < (2 if finished else 1) and (match := _DAY.match(rest)):
            days.append(match[1])
        else:
            break
        rest = rest[match.end() :].lstrip()
    return finished, letter, days, rest


def _pairs(text: str) -> tuple[dict[str, str], list[str]]:
    """The known key:value pairs, and the other words."""
    pairs: dict[str, str] = {}
    words: list[str] = []
    for word in text.split():
        match = _PAIR.fullmatch(word)
        if match and match[1].lower() in _KEYS and match[1].lower() not in pairs:
            pairs[match[1].lower()] = match[2]
        else:
            words.append(word)
    return pairs, words


def _title(words: list[str]) -> str:
    """The words without the projects and contexts at the edges; within a sentence they stay."""
    first, last = 0, len(words)
    while first < last and words[first][0] in "+@" and len(words[first]) > 1:
        first += 1
    while last > first and words[last - 1][0] in "+@" and len(words[last - 1]) > 1:
        last -= 1
    return " ".join(words[first:last])


def _priority(letter: str) -> Priority:
    """A is highest, B high; every further letter still stands before a task with none, so it is medium."""
    if not "A" <= letter <= "Z":
        return Priority.NORMAL
    return {"A": Priority.HIGHEST, "B": Priority.HIGH}.get(letter, Priority.MEDIUM)
