"""The fields of a checkbox task as the Obsidian Tasks plugin writes them, in its emoji and its Dataview form.

As in the plugin, fields are taken from the end of the line backwards, tags in between are skipped, and reading stops
at the first thing that is neither: what stands further left is part of the description. Beside the plugin's own keys
the Dataview form knows `estimate`, `energy`, `objective` and `owner`.
https://publish.obsidian.md/tasks/Reference/Task+Formats/About+Task+Formats
"""

import re
from dataclasses import dataclass, field
from datetime import date

from orin_agents.adapters.readers.inline import FIRST_TAG, LAST_TAG, is_tag, plain, tags_in
from orin_agents.domain.tasks import Energy, Priority

_PRIORITIES = {
    "🔺": Priority.HIGHEST,
    "⏫": Priority.HIGH,
    "🔼": Priority.MEDIUM,
    "🔽": Priority.LOW,
    "⏬": Priority.LOWEST,
}
_MARKS = {
    **dict.fromkeys(_PRIORITIES, "priority"),
    **dict.fromkeys("📅📆🗓", "due"),
    **dict.fromkeys("⏳⌛", "scheduled"),
    "🛫": "start",
    "➕": "created",
    "✅": "completion",
    "❌": "cancelled",
    "🔁": "repeat",
    "🏁": "onCompletion",
    "🆔": "id",
    "⛔": "dependsOn",
}
_ANY_MARK = "".join(_MARKS)
_LAST_MARK = re.compile(f"([{_ANY_MARK}])\ufe0f? *([^{_ANY_MARK}]*)$")
_INLINE = re.compile(r"(?:\[([A-Za-z]+):: *([^\[\]]*)\]|\(([A-Za-z]+):: *([^()]*)\))(?: *,)?$")
_STRANDED = re.compile(rf"[{_ANY_MARK}]\ufe0f? *\d{{4}}-\d\d-\d\d|[\[(](?:due|scheduled|start|completion):: ")
_BLOCK_LINK = re.compile(r" \^[A-Za-z0-9-]+$")
_VALUES = {
    "repeat": re.compile(r"[A-Za-z0-9, !]+"),
    "onCompletion": re.compile(r"[A-Za-z]+"),
    "id": re.compile(r"[A-Za-z0-9_-]+"),
    "dependsOn": re.compile(r"[A-Za-z0-9_-]++(?: *, *[A-Za-z0-9_-]++)*+ *"),
    "energy": re.compile(r"low|medium|high", re.IGNORECASE),
    "objective": re.compile(r"\S.*"),
    "owner": re.compile(r"\S.*"),
}
_DATES = {"due": "due", "scheduled": "scheduled", "start": "start", "created": "created", "completion": "done"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SPAN = re.compile(r"(?:(\d+(?:\.\d+)?) ?h(?:ours?|rs?)?)? ?(?:(\d+) ?m?(?:in(?:utes?|s)?)?)?", re.IGNORECASE)
_MOST = 40
_TAIL = 1000


@dataclass(slots=True)
class TaskFields:
    """What a task's line says. `problems` are things that were recognised but make no sense."""

    title: str = ""
    tags: list[str] = field(default_factory=list)
    dates: dict[str, date] = field(default_factory=dict)
    priority: Priority = Priority.NORMAL
    recurrence: str = ""
    id: str = ""
    depends_on: tuple[str, ...] = ()
    estimate_minutes: int | None = None
    energy: Energy | None = None
    objective: str = ""
    owner: str = ""
    problems: list[str] = field(default_factory=list)


def read_fields(text: str) -> TaskFields:
    """The fields of a task from what stands behind its checkbox."""
    found = TaskFields()
    rest = _BLOCK_LINK.sub("", text.strip()).strip()
    trailing: list[str] = []
    for _ in range(_MOST):
        tail = rest[-_TAIL:]
        if match := LAST_TAG.search(tail):
            trailing.insert(0, match[0].strip())
        elif not (match := _taken(tail, found)):
            break
        rest = rest[: len(rest) - len(tail) + match.start()].rstrip()
    whole = " ".join([rest, *trailing]).strip()
    found.tags = list(dict.fromkeys(tags_in(whole)))
    found.title = _title(rest, trailing) or plain(whole)
    if _STRANDED.search(rest):
        found.problems.append(
            "a date stands before other words; the Tasks plugin reads fields only at the end of the line"
        )
    return found


def _taken(rest: str, found: TaskFields) -> re.Match[str] | None:
    """The field the line ends in, after noting its value; None when it ends in something else."""
    if rest.endswith(("]", ")", ",")) and (match := _INLINE.search(rest)):
        key, value = (match[1], match[2]) if match[1] else (match[3], match[4])
        return match if _noted(key, value.strip(), found) else None
    if match := _LAST_MARK.search(rest):
        key = _MARKS[match[1]]
        value = match[2].strip()
        if key == "priority":
            if value:
                return None
            found.priority = _PRIORITIES[match[1]]
            return match
        return match if _noted(key, value, found) else None
    return None


def _noted(key: str, value: str, found: TaskFields) -> bool:
    """Keep the value under its key; False when the plugin would not take it for a field."""
    if key in _DATES or key == "cancelled":
        return _date_noted(key, value, found)
    if key == "priority":
        if value.lower() not in set(Priority) - {"normal"}:
            return False
        found.priority = Priority(value.lower())
        return True
    if key == "estimate":
        found.estimate_minutes = minutes(value) or found.estimate_minutes
        return minutes(value) is not None
    if key not in _VALUES or not _VALUES[key].fullmatch(value):
        return False
    match key:
        case "repeat":
            found.recurrence = value
        case "id":
            found.id = value
        case "dependsOn":
            found.depends_on = tuple(part.strip() for part in value.split(","))
        case "energy":
            found.energy = Energy(value.lower())
        case "objective":
            found.objective = value
        case "owner":
            found.owner = value
    return True


def _date_noted(key: str, value: str, found: TaskFields) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        day = date.fromisoformat(value)
    except ValueError:
        found.problems.append(f"the {key} date {value} does not exist")
        return True
    if key in _DATES:
        found.dates[_DATES[key]] = day
    return True


def minutes(text: str) -> int | None:
    """Minutes from 45, 45m, 2h, 1h30m or 1.5h; None for anything else, or outside 1 minute to 10 weeks."""
    match = _SPAN.fullmatch(text.strip()) if len(text) < 30 else None
    if match is None or not (match[1] or match[2]):
        return None
    total = round(float(match[1] or 0) * 60 + int(match[2] or 0))
    return total if 1 <= total <= 100_000 else None


def _title(rest: str, trailing: list[str]) -> str:
    """The words of the description without the tags at its edges; tags within a sentence stay."""
    while (match := FIRST_TAG.match(rest)) and is_tag(match[1]):
        rest = rest[match.end() :].lstrip()
    kept = [word for word in trailing if not is_tag(word[1:])]
    return plain(" ".join([rest, *kept]))
