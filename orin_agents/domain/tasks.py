"""Tasks, wherever they were written down: a checkbox in a note, a table row, a queue file, a to-do list."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from orin_agents.domain.facts import Source


class TaskState(StrEnum):
    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self in (TaskState.DONE, TaskState.CANCELLED)


class Priority(StrEnum):
    HIGHEST = "highest"
    HIGH = "high"
    MEDIUM = "medium"
    NORMAL = "normal"
    LOW = "low"
    LOWEST = "lowest"

    @property
    def rank(self) -> int:
        """0 for highest to 5 for lowest, to sort by."""
        return list(Priority).index(self)


class Energy(StrEnum):
    """The attention a task asks for, and a time of day offers."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def level(self) -> int:
        """1 for low to 3 for high, to compare."""
        return list(Energy).index(self) + 1


def owned_by(owner: str, names: Iterable[str]) -> bool:
    """Whether one of the people a task's owner field names goes by one of the names; `@` and case do not count."""
    wanted = {name.casefold().lstrip("@") for name in names}
    return any(part.strip().casefold().lstrip("@") in wanted for part in re.split(r"[,;/&]|\band\b|\bor\b", owner))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do.

    `id` is unique in its project; `depends_on` holds ids; `objective` an objective's or key result's id.
    """

    id: str
    title: str
    source: Source
    state: TaskState = TaskState.OPEN
    owner: str = ""
    priority: Priority = Priority.NORMAL
    due: date | None = None
    scheduled: date | None = None
    start: date | None = None
    done: date | None = None
    created: date | None = None
    estimate_minutes: int | None = None
    energy: Energy | None = None
    objective: str = ""
    depends_on: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    recurrence: str = ""
    group: str = ""
