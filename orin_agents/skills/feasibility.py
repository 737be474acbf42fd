"""Weighs the work that is due in the days ahead against the hours that are free."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orin_agents.domain import figures
from orin_agents.domain.calendar import Event, WorkingHours
from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source
from orin_agents.domain.tasks import Task
from orin_agents.skills.citation import cite
from orin_agents.skills.effort import DEFAULT_MINUTES, estimate, minutes
from orin_agents.skills.workdays import free_spans, is_busy, length, rest_of, working_span


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day ahead: free working minutes, those that focus allows of them, and the tasks due on it."""

    date: date
    free: int
    focus: int
    events: tuple[Event, ...]
    tasks: tuple[Task, ...]


def weigh_load(
    tasks: Sequence[Task],
    events: Sequence[Event],
    hours: WorkingHours,
    now: datetime,
    days: int = 7,
    calibration: float = 1.0,
) -> Finding:
    """Hours of work due against free working hours, from `now` over `days` calendar days.

    A task counts on the day it is due, else on the day it is scheduled for; what is overdue counts today, and what has
    no date or a later one does not count. The load is planned over free hours; where work is planned and no hour is
    free, it has no value. `overrun.due` and `overrun.free` are there when more is due by a day than is free till then.
    """
    ahead = _days(tasks, events, hours, now, max(days, 1))
    planned = sum(_minutes(day, calibration) for day in ahead)
    free = sum(day.free for day in ahead)
    load = round(planned / free, 4) if free else (None if planned else 0.0)
    counted = [task for day in ahead for task in day.tasks]
    unestimated = [task for task in counted if estimate(task) is None]
    works, busy = cite(task.source for task in counted), cite(e.source for day in ahead for e in day.events)
    facts = [
        _hours("feasibility.free_hours", "Free working hours", free, busy),
        _hours("feasibility.focus_hours", "Of these, within the focus of each day", sum(d.focus for d in ahead), busy),
        _hours("feasibility.planned_hours", "Work due", planned, works),
        Fact(
            id="feasibility.load",
            label="Work due over free hours",
            value=load,
            unit="ratio",
            sources=cite([*works, *busy]),
        ),
        Fact(
            id="feasibility.unestimated",
            label="Tasks due without an estimate",
            value=len(unestimated),
            unit="tasks",
            sources=cite(task.source for task in unestimated),
        ),
    ]
    for number, day in enumerate(ahead, 1):
        label, name = day.date.isoformat(), f"day.{number}"
        facts.append(_hours(name, label, day.free, cite(e.source for e in day.events)))
        facts.append(_hours(f"{name}.planned", label, _minutes(day, calibration), cite(t.source for t in day.tasks)))
    facts.extend(_overrun(ahead, calibration))
    remarks = _remarks(ahead, calibration, len(unestimated))
    return Finding(skill="feasibility", facts=tuple(facts), remarks=tuple(remarks))


def _days(tasks: Sequence[Task], events: Sequence[Event], hours: WorkingHours, now: datetime, days: int) -> list[Day]:
    today = now.date()
    due: dict[date, list[Task]] = {}
    for task in tasks:
        on = task.due or task.scheduled
        if on and not task.state.finished:
            due.setdefault(max(on, today), []).append(task)
    found = []
    for ahead in range(days):
        day = today + timedelta(days=ahead)
        span = rest_of(working_span(hours, day, now.tzinfo), now)
        met = tuple(e for e in events if span and is_busy(e) and _meets(e, span))
        free = length(free_spans(span, met)) if span else 0
        found.append(
            Day(date=day, free=free, focus=min(free, hours.focus_minutes), events=met, tasks=tuple(due.get(day, ())))
        )
    return found


def _meets(event: Event, span: tuple[int, int]) -> bool:
    return event.start.timestamp() < span[1] * 60 and event.end.timestamp() > span[0] * 60


def _minutes(day: Day, calibration: float) -> int:
    return sum(minutes(task, calibration) for task in day.tasks)


def _hours(name: str, label: str, amount: int, sources: tuple[Source, ...]) -> Fact:
    return Fact(id=name, label=label, value=round(amount / 60, 4), unit="hours", sources=sources)


def _overrun(ahead: Sequence[Day], calibration: float) -> Iterable[Fact]:
    """Minutes of work due and minutes free up to the first day by which more is due than is free."""
    due = free = 0
    for number, day in enumerate(ahead, 1):
        due, free = due + _minutes(day, calibration), free + day.free
        if due > free:
            works = cite(task.source for before in ahead[:number] for task in before.tasks)
            busy = cite(event.source for before in ahead[:number] for event in before.events)
            by = f"by {figures.day(day.date)}"
            yield Fact(id="overrun.due", label=f"Work due {by}", value=due, unit="minutes", sources=works)
            yield Fact(id="overrun.free", label=f"Free working time {by}", value=free, unit="minutes", sources=busy)
            return


def _remarks(ahead: Sequence[Day], calibration: float, unestimated: int) -> Iterable[Remark]:
    """The first day by which more is due than fits; earliest due first is feasible if and only if there is none."""
    due = free = focus = 0
    tight = 0
    for number, day in enumerate(ahead, 1):
        due, free, focus = due + _minutes(day, calibration), free + day.free, focus + day.focus
        if due > free:
            text = f"By {figures.day(day.date)}, {figures.span(due)} of work are due and {figures.span(free)} are free."
            yield Remark(text=text, severity=Severity.HIGH, facts=("overrun.due", "overrun.free"))
            break
        tight = tight or (number if due > focus else 0)
    else:
        if tight:
            day = ahead[tight - 1]
            text = f"Work due by {figures.day(day.date)} fits the free hours, but not the focus minutes set for a day."
            yield Remark(
                text=text, severity=Severity.WARNING, facts=("feasibility.planned_hours", "feasibility.focus_hours")
            )
    if unestimated:
        text = f"{unestimated} of the tasks due have no estimate; {DEFAULT_MINUTES} minutes are taken for each."
        yield Remark(text=text, facts=("feasibility.unestimated",))
