"""Taskwarrior exports: a JSON array of tasks, or one task a line. https://taskwarrior.org/docs/design/task/"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import PurePosixPath

from orin_agents.adapters.readers.task_fields import minutes
from orin_agents.adapters.readers.task_ids import TaskIds
from orin_agents.domain.facts import Source
from orin_agents.domain.material import Format, LeftOut, Reading
from orin_agents.domain.tasks import Priority, Task, TaskState

_STATES = {
    "pending": TaskState.OPEN,
    "waiting": TaskState.OPEN,
    "recurring": TaskState.OPEN,
    "completed": TaskState.DONE,
    "deleted": TaskState.CANCELLED,
}
_PRIORITIES = {"H": Priority.HIGH, "M": Priority.MEDIUM, "L": Priority.LOW}
_START = re.compile(r"[\s,]*")
_NEXT = re.compile(r"^[ \t]*\{|(?<=\},)[ \t]*\{", re.MULTILINE)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_ISO_SPAN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?")
_ESTIMATES = ("estimate", "est", "effort")


def read_taskwarrior(path: str, text: str, zone: tzinfo) -> Reading | None:
    """The tasks of an export, or None when the JSON is something else.

    Moments are in UTC there; they become days in the person's `zone`.
    """
    left_out: list[LeftOut] = []
    found: list[tuple[dict[str, object], Source]] = []
    for value, first, last in _objects(text, path, left_out):
        if isinstance(value, dict) and "description" in value and (found or "uuid" in value or "status" in value):
            found.append((value, Source(path=path, first_line=first, last_line=last)))
        elif not found:
            return None
        else:
            left_out.append(LeftOut(path=path, reason="not a task: it has no description", line=first))
    if not found:
        return None
    names = _names([item for item, _ in found])
    ids = TaskIds(path)
    parents = {_text(item["parent"]) for item, _ in found if item.get("parent")}
    patterns = [source for item, source in found if _is_pattern(item, parents)]
    found = [(item, source) for item, source in found if not _is_pattern(item, parents)]
    left_out += [
        LeftOut(
            path=path, reason="the pattern of a recurring task; its occurrences are read", line=source.first_line or 0
        )
        for source in patterns
    ]
    tasks = tuple(_task(item, source, names, ids, _Days(zone, path, source, left_out)) for item, source in found)
    return Reading(
        path=path,
        format=Format.TASKWARRIOR,
        title=PurePosixPath(path).stem,
        tasks=tasks,
        tags=tuple(dict.fromkeys(tag for task in tasks for tag in task.tags)),
        left_out=tuple(left_out),
    )


def _objects(text: str, path: str, left_out: list[LeftOut]) -> Iterator[tuple[object, int, int]]:
    """The values of an array or of lines, with their first and last lines; broken ones go to `left_out`."""
    decoder = json.JSONDecoder(strict=False)
    opening = re.match(r"\s*\[", text)
    at = opening.end() if opening else 0
    line, counted = 1, 0
    while True:
        space = _START.match(text, at)
        at = space.end() if space else at
        if at >= len(text) or (text[at] == "]" and not text[at + 1 :].strip()):
            return
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            left_out.append(LeftOut(path=path, reason=f"not JSON: {reason[:1].lower()}{reason[1:]}", line=line))
            following = _NEXT.search(text, at + 1)
            if following is None:
                return
            at = following.start()
            continue
        yield value, line, line + text.count("\n", at, end)
        at = end


def _names(items: list[dict[str, object]]) -> dict[str, str]:
    """The id of every uuid: its first part, or all of it where two tasks share that part."""
    uuids = list(dict.fromkeys(_text(item.get("uuid")) for item in items))
    short = Counter(uuid.split("-", 1)[0] for uuid in uuids)
    return {uuid: part if short[part := uuid.split("-", 1)[0]] == 1 else uuid for uuid in uuids if uuid}


def _is_pattern(item: dict[str, object], parents: set[str]) -> bool:
    """Whether Taskwarrior makes tasks from this one and they are in the export too: it would count twice."""
    return _text(item.get("status")).lower() == "recurring" and _text(item.get("uuid")) in parents


class _Days:
    """Turns the export's moments into days of the person's zone; those that are none are said in `left_out`."""

    def __init__(self, zone: tzinfo, path: str, source: Source, left_out: list[LeftOut]) -> None:
        self._zone = zone
        self._path = path
        self._line = source.first_line or 0
        self._left_out = left_out

    def of(self, value: object, name: str) -> date | None:
        if value in (None, "", 0):
            return None
        try:
            return self._read(value)
        except (ValueError, OverflowError, OSError):
            reason = f"{name}: {_text(value)[:40]!r} is no date"
            self._left_out.append(LeftOut(path=self._path, reason=reason, line=self._line))
            return None

    def _read(self, value: object) -> date:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).astimezone(self._zone).date()
        text = _text(value).strip()
        if text.isdigit() and len(text) > 8:
            return datetime.fromtimestamp(int(text), UTC).astimezone(self._zone).date()
        if match := _COMPACT.fullmatch(text):
            day = date(int(match[1]), int(match[2]), int(match[3]))
            if not match[7]:
                return day
            at = time(int(match[4]), int(match[5]), min(59, int(match[6])), tzinfo=UTC)
            return datetime.combine(day, at).astimezone(self._zone).date()
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(self._zone).date() if moment.tzinfo else moment.date()


def _task(item: dict[str, object], source: Source, names: dict[str, str], ids: TaskIds, days: _Days) -> Task:
    title = " ".join(_text(item["description"]).split()) or "(no description)"
    state = _STATES.get(_text(item.get("status")).lower(), TaskState.OPEN)
    started = item.get("start")
    if state is TaskState.OPEN and started:
        state = TaskState.STARTED
    end = days.of(item.get("end"), "end")
    return Task(
        id=ids.of(title, names.get(_text(item.get("uuid")), "")),
        title=title,
        source=source,
        state=state,
        owner=_text(item.get("assigned") or item.get("owner") or ""),
        priority=_PRIORITIES.get(_text(item.get("priority")).upper()[:1], Priority.NORMAL),
        due=days.of(item.get("due"), "due"),
        scheduled=days.of(item.get("scheduled"), "scheduled"),
        start=days.of(started or item.get("wait"), "start" if started else "wait"),
        done=end if state is TaskState.DONE else None,
        created=days.of(item.get("entry"), "entry"),
        estimate_minutes=next((span for key in _ESTIMATES if (span := _span(item.get(key)))), None),
        depends_on=tuple(names.get(uuid, uuid.split("-", 1)[0]) for uuid in _list(item.get("depends"))),
        tags=tuple(dict.fromkeys(_list(item.get("tags")))),
        recurrence=_text(item.get("recur")),
        group=_text(item.get("project")),
    )


def _list(value: object) -> list[str]:
    parts = value if isinstance(value, list) else re.split(r"[,\s]+", _text(value))
    return [text for part in parts if (text := _text(part).strip())]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _span(value: object) -> int | None:
    """Minutes of a duration: PT1H30M, 90min, 2h. A bare number has no unit and is not taken."""
    text = _text(value)
    if match := _ISO_SPAN.fullmatch(text):
        total = int(match[1] or 0) * 1440 + int(match[2] or 0) * 60 + int(match[3] or 0)
        return total if 1 <= total <= 100_000 else None
    return None if text.replace(".", "").isdigit() else minutes(text)
