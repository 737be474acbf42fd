"""Time that is taken, and time a person can work in."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from orin_agents.domain.facts import Source
from orin_agents.domain.tasks import Energy


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One occurrence in a calendar, its recurrence resolved.

    `start` and `end` are aware; `busy` is false for free time.
    """

    title: str
    start: datetime
    end: datetime
    source: Source
    all_day: bool = False
    busy: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergySpan:
    """From `start` to `end` of a working day, local wall time, the attention to count on."""

    start: time
    end: time
    level: Energy


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """A person's week. `days` are ISO weekdays (1 Monday to 7 Sunday); `focus_minutes` caps planned work a day."""

    start: time = time(9, 0)
    end: time = time(17, 0)
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    focus_minutes: int = 300
    shortest_block: int = 15
    break_minutes: int = 10
    energy: tuple[EnergySpan, ...] = field(
        default=(
            EnergySpan(start=time(9, 0), end=time(12, 0), level=Energy.HIGH),
            EnergySpan(start=time(12, 0), end=time(14, 0), level=Energy.LOW),
            EnergySpan(start=time(14, 0), end=time(17, 0), level=Energy.MEDIUM),
        )
    )

    def works_on(self, day: date) -> bool:
        """Whether the person works on that day."""
        return day.isoweekday() in self.days
