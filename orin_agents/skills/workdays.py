"""Working time as spans of minutes since the epoch, UTC: a minute is a minute, also on the days the clocks change."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from orin_agents.domain.calendar import Event, WorkingHours

Span = tuple[int, int]
"""From the first minute up to, not including, the second."""

LOOKAHEAD_DAYS = 14
"""How far ahead a day with working time is looked for."""


def moment(minute: int, zone: tzinfo | None) -> datetime:
    """The minute as a time in the zone, aware."""
    return datetime.fromtimestamp(minute * 60, zone or UTC)


def minute_after(at: datetime) -> int:
    """The first whole minute at or after an aware moment."""
    return -(-_seconds(at) // 60)


def working_span(hours: WorkingHours, day: date, zone: tzinfo | None) -> Span | None:
    """The working time that begins on that day; None when there is none.

    An end before the start lies on the next day, as in a night shift; an end equal to the start leaves no time.
    """
    if not hours.works_on(day):
        return None
    return local_span(day, hours.start, hours.end, zone)


def local_span(day: date, start: time, end: time, zone: tzinfo | None) -> Span | None:
    """From one wall time to the next, as minutes; None when no time lies between, as where the clocks leap over it."""
    last = day + timedelta(days=1) if end < start else day
    first, stop = (datetime.combine(d, t, tzinfo=zone or UTC) for d, t in ((day, start), (last, end)))
    found = (minute_after(first), _seconds(stop) // 60)
    return found if found[0] < found[1] else None


def rest_of(span: Span | None, now: datetime) -> Span | None:
    """What is left of the span from `now` on; None when nothing is."""
    if span is None:
        return None
    left = (max(span[0], minute_after(now)), span[1])
    return left if left[0] < left[1] else None


def next_workday(hours: WorkingHours, now: datetime) -> tuple[date, Span] | None:
    """The day with working time left for at least one block, today if it can be, and what is left of it."""
    today = now.date()
    for ahead in range(-1, LOOKAHEAD_DAYS):
        day = today + timedelta(days=ahead)
        span = rest_of(working_span(hours, day, now.tzinfo), now)
        if span and span[1] - span[0] >= hours.shortest_block:
            return day, span
    return None


def is_busy(event: Event) -> bool:
    """Whether the event takes time that cannot be worked in."""
    return event.busy and _seconds(event.end) > _seconds(event.start)


def free_spans(span: Span, events: Iterable[Event]) -> list[Span]:
    """What is left of the span beside busy events, in order; a minute that an event touches is not free."""
    return without(span, ((_seconds(e.start) // 60, minute_after(e.end)) for e in events if is_busy(e)))


def without(span: Span, taken: Iterable[Span]) -> list[Span]:
    """The span less what is taken, in order."""
    left: list[Span] = []
    at, end = span
    for start, stop in sorted(taken):
        if stop <= at:
            continue
        if start >= end:
            break
        if start > at:
            left.append((at, start))
        at = stop
    if at < end:
        left.append((at, end))
    return left


def length(spans: Sequence[Span]) -> int:
    """Minutes in all."""
    return sum(end - start for start, end in spans)


def _seconds(at: datetime) -> int:
    return int(at.timestamp() // 1)
