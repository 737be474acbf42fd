"""Packs a day: blocks of work around the calendar, inside working hours, urgent tasks first."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from orin_agents.domain import figures
from orin_agents.domain.calendar import Event, WorkingHours
from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source
from orin_agents.domain.tasks import Task
from orin_agents.skills.citation import cite
from orin_agents.skills.effort import DEFAULT_MINUTES, estimate, minutes
from orin_agents.skills.packing import Attention, Packing
from orin_agents.skills.precedence import Precedence, find_precedence, written
from orin_agents.skills.workdays import (
    LOOKAHEAD_DAYS,
    Span,
    free_spans,
    is_busy,
    length,
    local_span,
    minute_after,
    moment,
    next_workday,
    working_span,
)

GRAIN = 5
"""Minutes: no plan starts at 9:47, and no calibrated block lasts 37."""
MOST_SAID = 5
"""How many tasks a remark names; all of them are facts."""


@dataclass(slots=True, kw_only=True)
class Plan:
    """A day being packed: blocks by task, and the reason for each task that is not placed, or not wholly."""

    day: date
    packing: Packing
    whole_day: int
    blocks: dict[str, list[Span]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    theirs: list[Task] = field(default_factory=list)


def pack_day(
    tasks: Sequence[Task],
    events: Sequence[Event],
    hours: WorkingHours,
    now: datetime,
    calibration: float = 1.0,
    yours: Callable[[Task], bool] = lambda task: True,
) -> Finding:
    """Blocks for the open tasks in the working time left today, or on the next working day when none is left.

    Earliest due first, then priority, as urgent as what waits for a task; never before what a task depends on, nor
    before it may start. A task without an estimate takes DEFAULT_MINUTES, which is said; estimates are multiplied by
    `calibration`. A task longer than any day is begun with what fits. Every open task has a block or a reason; those
    that are not `yours` are only counted, and waited for.
    """
    found = find_precedence(tasks)
    next_day = next_workday(hours, _next_grain(now))
    if next_day is None:
        return _no_day(found, tasks)
    day, span = next_day
    free = free_spans(span, events)
    whole = working_span(hours, day, now.tzinfo)
    plan = Plan(
        day=moment(span[0], now.tzinfo).date(),
        packing=Packing(hours, span, free, _attention(hours, day, now)),
        whole_day=min(hours.focus_minutes, length([whole]) if whole else 0),
    )
    for task in found.order:
        if not yours(task):
            plan.theirs.append(task)
            plan.reasons[task.id] = f"{task.owner} does it"
            continue
        need = max(_round(task, minutes(task, calibration)), hours.shortest_block)
        plan.reasons[task.id] = _pack(task, need, plan, found, span[0])
    return _finding(plan, found, tasks, _busy_on(day, span, events, now), length(free), now)


def _next_grain(now: datetime) -> datetime:
    return moment(-(-minute_after(now) // GRAIN) * GRAIN, now.tzinfo)


def _round(task: Task, need: int) -> int:
    """Calibrated minutes up to the next GRAIN; those a person estimated stay as they are."""
    return need if need == task.estimate_minutes else -(-need // GRAIN) * GRAIN


def _pack(task: Task, need: int, plan: Plan, found: Precedence, earliest: int) -> str:
    """Place the task; the reason why it is not, or not wholly, placed, else nothing."""
    if open_before := [other for other in found.waits[task.id] if plan.reasons.get(other, "cyclic")]:
        return f"waits for {', '.join(open_before)}"
    if task.start and task.start > plan.day:
        return f"may not start before {task.start.isoformat()}"
    if task.scheduled and task.scheduled > plan.day and not (task.due and task.due <= plan.day):
        return f"scheduled for {task.scheduled.isoformat()}"
    for other in found.waits[task.id]:
        earliest = max(earliest, plan.blocks[other][-1][1])
    left = plan.packing.left
    if need > plan.whole_day:
        plan.blocks[task.id] = plan.packing.begin(need, task.energy, earliest)
        if begun := length(plan.blocks[task.id]):
            return f"capacity: {begun} of its {need} minutes are placed, no day holds them all"
        return f"capacity: it needs {need} minutes, {left} are left of the day's focus"
    if blocks := plan.packing.place(need, task.energy, earliest):
        plan.blocks[task.id] = blocks
        return ""
    if task.due and task.due <= plan.day:
        plan.blocks[task.id] = plan.packing.begin(need, task.energy, earliest)
        if begun := length(plan.blocks[task.id]):
            return f"no time for all of it before it is due: {begun} of its {need} minutes are placed"
    if need > left:
        return f"capacity: it needs {need} minutes, {left} are left of the day's focus"
    gap = f"it needs {need} minutes, the longest gap has {plan.packing.longest}"
    if task.due and task.due <= plan.day:
        return f"no free time before it is due on {task.due.isoformat()}: {gap}"
    return f"no free time left: {gap}"


def _attention(hours: WorkingHours, day: date, now: datetime) -> Iterable[Attention]:
    """The energy curve of the day, and of those beside it for shifts and spans past midnight."""
    for at in (day - timedelta(days=1), day, day + timedelta(days=1)):
        for part in hours.energy:
            if span := local_span(at, part.start, part.end, now.tzinfo):
                yield (*span, part.level)


def _busy_on(day: date, span: Span, events: Iterable[Event], now: datetime) -> list[Event]:
    """Busy events of the day, past midnight if work goes on then, that are not over."""
    zone = now.tzinfo or UTC
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    first = max(datetime.combine(day, time(), tzinfo=zone).timestamp(), now.timestamp())
    last = max(midnight.timestamp(), span[1] * 60)
    found = [e for e in events if is_busy(e) and e.end.timestamp() > first and e.start.timestamp() < last]
    return sorted(found, key=lambda event: (event.start.timestamp(), event.end.timestamp(), event.title))


def _no_day(found: Precedence, tasks: Sequence[Task]) -> Finding:
    """Nothing can be placed when no working time lies ahead."""
    reason = f"no free time: no working hours in the next {LOOKAHEAD_DAYS} days"
    left = [(task, reason) for task in found.order] + _cyclic(found, tasks)
    totals = _totals(0, 0, (), ())
    remark = Remark(text="No working hours lie ahead, so no day can be planned.", severity=Severity.WARNING)
    return Finding(skill="timeblocks", facts=(*totals, *_unplaced(left)), remarks=(remark,))


def _finding(
    plan: Plan, found: Precedence, tasks: Sequence[Task], busy: Sequence[Event], free: int, now: datetime
) -> Finding:
    theirs = {task.id for task in plan.theirs}
    mine = (task for task in found.order if task.id not in theirs)
    left = [(task, reason) for task in mine if (reason := plan.reasons[task.id])] + _cyclic(found, tasks)
    placed = sorted(
        ((span, task) for task in found.order for span in plan.blocks.get(task.id, ())), key=lambda one: one[0]
    )
    planned = sum(length(blocks) for blocks in plan.blocks.values())
    sources = cite(task.source for _, task in placed)
    facts = [
        Fact(id="timeblocks.day", label="Day planned", value=plan.day.isoformat(), unit="date"),
        *_totals(planned, free, sources, busy),
        _count("timeblocks.blocks", "Blocks", [task for _, task in placed], "blocks"),
        _count("timeblocks.unplaced", "Tasks that do not fit", [task for task, _ in left], "tasks"),
        _count("timeblocks.others", "Open tasks of others", plan.theirs, "tasks"),
        *_blocks(placed, plan, now),
        *_busy(busy, now),
        *_unplaced(left),
    ]
    return Finding(
        skill="timeblocks", facts=tuple(facts), remarks=tuple(_remarks(plan, found, placed, left, busy, now))
    )


def _count(name: str, label: str, tasks: Sequence[Task], unit: str) -> Fact:
    return Fact(id=name, label=label, value=len(tasks), unit=unit, sources=cite(task.source for task in tasks))


def _cyclic(found: Precedence, tasks: Sequence[Task]) -> list[tuple[Task, str]]:
    by_id = {task.id: task for task in reversed(tasks)}
    return [(by_id[id], f"cyclic: {written(found.cycles[knot])}") for id, knot in found.knots.items()]


def _totals(planned: int, free: int, sources: tuple[Source, ...], busy: Sequence[Event]) -> Iterable[Fact]:
    yield Fact(id="timeblocks.planned_minutes", label="Planned work", value=planned, unit="minutes", sources=sources)
    yield Fact(
        id="timeblocks.free_minutes",
        label="Free working time",
        value=free,
        unit="minutes",
        sources=cite(event.source for event in busy),
    )


def _blocks(placed: Sequence[tuple[Span, Task]], plan: Plan, now: datetime) -> Iterable[Fact]:
    passed: Counter[str] = Counter()
    for number, (span, task) in enumerate(placed, 1):
        passed[task.id] += 1
        pieces = len(plan.blocks[task.id])
        name, sources = f"block.{number}", cite([task.source])
        start, end = (moment(minute, now.tzinfo).isoformat() for minute in span)
        yield Fact(id=name, label=task.title, value=f"{start}/{end}", unit="interval", sources=sources)
        yield Fact(id=f"{name}.task", label=task.title, value=task.id, sources=sources)
        yield Fact(id=f"{name}.energy", label=task.title, value=plan.packing.offered(span).value)
        if pieces > 1:
            yield Fact(id=f"{name}.part", label=task.title, value=f"{passed[task.id]} of {pieces}", sources=sources)
        if estimate(task) is None:
            yield Fact(id=f"{name}.assumed", label=task.title, value=DEFAULT_MINUTES, unit="minutes", sources=sources)


def _busy(events: Sequence[Event], now: datetime) -> Iterable[Fact]:
    for number, event in enumerate(events, 1):
        start, end = (at.astimezone(now.tzinfo).isoformat(timespec="seconds") for at in (event.start, event.end))
        sources = cite([event.source])
        yield Fact(id=f"busy.{number}", label=event.title, value=f"{start}/{end}", unit="interval", sources=sources)


def _unplaced(left: Sequence[tuple[Task, str]]) -> Iterable[Fact]:
    for number, (task, reason) in enumerate(left, 1):
        yield Fact(id=f"unplaced.{number}", label=task.title, value=reason, sources=cite([task.source]))
        yield Fact(id=f"unplaced.{number}.task", label=task.title, value=task.id, sources=cite([task.source]))


def _remarks(
    plan: Plan,
    found: Precedence,
    placed: Sequence[tuple[Span, Task]],
    left: Sequence[tuple[Task, str]],
    busy: Sequence[Event],
    now: datetime,
) -> Iterable[Remark]:
    if plan.day > now.date():
        text = f"No working time is left today, so this is the plan for {figures.day(plan.day)}."
        yield Remark(text=text, facts=("timeblocks.day",))
    if late := [(number, task) for number, (task, _) in enumerate(left, 1) if task.due and task.due <= plan.day]:
        is_are = "task that is due does" if len(late) == 1 else "tasks that are due do"
        text = f"{len(late)} {is_are} not fit: {_named([task for _, task in late])}."
        ids = tuple(f"unplaced.{number}" for number, _ in late[:MOST_SAID])
        yield Remark(text=text, severity=Severity.HIGH, facts=ids)
    guessed = {task.id: (number, task) for number, (_, task) in enumerate(placed, 1) if estimate(task) is None}
    if guessed:
        text = f"No estimate, so {DEFAULT_MINUTES} minutes each: {_named([task for _, task in guessed.values()])}."
        yield Remark(text=text, facts=tuple(f"block.{number}.assumed" for number, _ in guessed.values()))
    for number, (span, task) in enumerate(placed, 1):
        offered = plan.packing.offered(span)
        if task.energy and task.energy.level > offered.level:
            text = (
                f"“{task.title}” asks for {task.energy.value} energy; what is left of the day offers {offered.value}."
            )
            yield Remark(text=text, facts=(f"block.{number}.energy",))
    for number, event in enumerate(busy, 1):
        if event.all_day:
            text = f"“{event.title}” takes the whole day; mark it as free in the calendar if it does not."
            yield Remark(text=text, facts=(f"busy.{number}",))
    if found.unknown:
        task, other = found.unknown[0]
        more = f", and {len(found.unknown) - 1} more such" if len(found.unknown) > 1 else ""
        text = f"“{task.title}” depends on {other}, which no task bears{more}; it holds nothing up."
        yield Remark(text=text, severity=Severity.WARNING)


def _named(tasks: Sequence[Task]) -> str:
    names = ", ".join(f"“{task.title}”" for task in tasks[:MOST_SAID])
    return f"{names} and {len(tasks) - MOST_SAID} more" if len(tasks) > MOST_SAID else names
