"""iCalendar files (RFC 5545): their occurrences in a span of time, recurrences resolved by libraries; and writing them.

Every series is read by itself from the few properties that matter, so that one broken event, or a broken alarm or
description within it, does not lose the others.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2s
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from orin_agents.domain.calendar import Event
from orin_agents.domain.encoding import decoded
from orin_agents.domain.facts import Source
from orin_agents.domain.material import LeftOut
from orin_agents.domain.syntax import unified

_TIMES = frozenset(("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"))
_KEPT = _TIMES | {"UID", "SUMMARY", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"}
_ZONE = frozenset(
    ("BEGIN", "END", "TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE", "RDATE", "EXRULE", "EXDATE")
)
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[;:]")
_LINE = "X-ORIN-LINE"
_SECONDS = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3600, "DAILY": 86400}
_MOST_STEPS = 200_000
_FAR_FILTER = re.compile(r"BY(?:MONTH|MONTHDAY|YEARDAY|WEEKNO|SETPOS)=")
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(slots=True)
class _Block:
    """A component as written: the line of its BEGIN, and its own unfolded lines without those of inner components."""

    line: int
    lines: list[str] = field(default_factory=list)
    ended: bool = False


class IcsCalendars:
    """Implements the port `Calendars`."""

    def __init__(self) -> None:
        # icalendar keeps the time zones that a file defines for the whole process; one reading at a time, each afresh.
        self._zones = Lock()

    def events(
        self, path: str, data: bytes, start: datetime, end: datetime, zone: ZoneInfo
    ) -> tuple[tuple[Event, ...], tuple[LeftOut, ...]]:
        """The occurrences between start and end, in the zone and in their order; and what could not be read.

        Times without a zone, or with one that is unknown, are taken as the person's.
        """
        text, note = decoded(data)
        said = [LeftOut(path=path, reason=note)] if note and text is not None else []
        text = unified(text if text is not None else data.replace(b"\0", b"").decode("utf-8", "replace"))
        blocks, zones, calendar = _blocks(text)
        if not calendar and not blocks:
            return (), (*said, LeftOut(path=path, reason="no calendar: it has no line BEGIN:VCALENDAR"))
        with self._zones, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reading = _Series(path, start.astimezone(zone), end.astimezone(zone), zone)
            reading.define(zones)
            for block in blocks:
                reading.take(block)
            found = sorted(reading.occurrences(), key=lambda event: (event.start, event.end, event.title))
        return tuple(found), tuple(sorted((*said, *reading.left_out), key=lambda left: left.line))

    def write(self, title: str, events: Iterable[Event]) -> str:
        """A calendar holding the events; the same events give the same text, in whatever order."""
        import icalendar

        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//Orin//EN")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", title)
        seen: dict[str, int] = {}
        for event in sorted(events, key=lambda event: (event.start, event.end, event.title, event.busy)):
            begins = event.start.date() if event.all_day else event.start.astimezone(UTC)
            key = f"{event.title}\0{begins.isoformat()}"
            seen[key] = seen.get(key, 0) + 1
            name = key if seen[key] == 1 else f"{key}\0{seen[key]}"
            item = icalendar.Event()
            item.add("uid", f"{blake2s(name.encode(), digest_size=12).hexdigest()}@orin")
            item.add("dtstamp", event.start.astimezone(UTC))
            item.add("summary", event.title)
            item.add("dtstart", begins)
            item.add("dtend", event.end.date() if event.all_day else event.end.astimezone(UTC))
            item.add("transp", "OPAQUE" if event.busy else "TRANSPARENT")
            calendar.add_component(item)
        return str(calendar.to_ical().decode("utf-8"))


def _blocks(text: str) -> tuple[list[_Block], list[_Block], bool]:
    """The events, the time zones with the lines that matter, and whether there is a calendar at all."""
    events: list[_Block] = []
    zones: list[_Block] = []
    open_event: _Block | None = None
    inner = 0
    calendar = False
    for number, line in _unfolded(text):
        mark = line.strip().upper()
        if mark == "BEGIN:VEVENT":
            open_event, inner = _Block(number), 0
            events.append(open_event)
        elif open_event is not None and mark == "END:VEVENT":
            open_event.ended, open_event = True, None
        elif mark == "END:VCALENDAR":
            open_event = None
        elif open_event is not None:
            inner += mark.startswith("BEGIN:") - mark.startswith("END:")
            if inner == 0 and (name := _NAME.match(line)) and name[1].upper() in _KEPT:
                open_event.lines += _mended(line, name[1].upper())
        elif mark == "BEGIN:VTIMEZONE":
            zones.append(_Block(number, [mark]))
        elif zones and not zones[-1].ended:
            zones[-1].ended = mark == "END:VTIMEZONE"
            if (name := _NAME.match(line)) and name[1].upper() in _ZONE:
                zones[-1].lines.append(f"{name[1].upper()}:{line.partition(':')[2].strip()}")
        calendar = calendar or mark == "BEGIN:VCALENDAR"
    return events, zones, calendar


def _mended(line: str, name: str) -> list[str]:
    """The line without harmless slips: a semicolon too many, spaces within a rule; no line for an empty value."""
    head, colon, value = line.partition(":")
    if not value.strip() and name in _TIMES:
        return []
    return [re.sub(";{2,}", ";", head) + colon + (value.replace(" ", "") if name == "RRULE" else value)]


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """The content lines, continuations joined, with the number of the line each begins on."""
    parts: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield first, "".join(parts)
        parts, first = [line], number
    yield first, "".join(parts)


class _Series:
    """Gathers the events of one file by series and works out their occurrences."""

    def __init__(self, path: str, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        self.path = path
        self.start = start
        self.end = end
        self.zone = zone
        self.left_out: list[LeftOut] = []
        self._series: dict[str, list[Any]] = {}
        self._strange: set[str] = set()

    def define(self, zones: list[_Block]) -> None:
        """Make the time zones known that the file defines, and forget those of other files."""
        import icalendar
        from icalendar.timezone import tzp

        tzp.use_zoneinfo()
        for zone in zones:
            name = next((line[5:] for line in zone.lines if line.startswith("TZID:")), "")
            try:
                icalendar.Timezone.from_ical("\r\n".join([*zone.lines, ""]))
            except Exception as error:  # noqa: BLE001 - a library meets anything at all here; the file goes on without it
                # A zone that is known by its name is taken from the system's tables, whatever the file says of it.
                if not name or tzp.timezone(name) is None:
                    self._say(zone.line, f"the time zone {name!r} could not be read: {_reason(error)}")

    def take(self, block: _Block) -> None:
        """Read an event and put it to its series."""
        if not block.ended:
            self._say(block.line, "the event never ends; it was read as far as it goes")
        try:
            self._take(block)
        except Exception as error:  # noqa: BLE001 - a library meets anything at all here; the other events are read
            self._say(block.line, f"the event could not be read: {_reason(error)}")

    def _take(self, block: _Block) -> None:
        import icalendar

        event: Any = icalendar.Event.from_ical("\r\n".join(["BEGIN:VEVENT", *block.lines, "END:VEVENT", ""]))
        if not _is_day(event.get("DTSTART")):
            reason = next((reason for name, reason in event.errors if name in (None, "DTSTART")), "")
            self._say(block.line, f"the event has no start that can be read{_because(reason)}")
            return
        self._drop_broken(event, block)
        if problem := self._too_often(event):
            self._say(block.line, problem)
            return
        self._check_zones(event, block)
        event.add(_LINE, str(block.line))
        event["UID"] = str(event.get("UID", "")) or f"line {block.line}"
        self._series.setdefault(event["UID"], []).append(event)

    def _drop_broken(self, event: Any, block: _Block) -> None:
        """Take away the dates and rules that could not be read, and say so; of a list only the broken items."""
        for name, reason in event.errors:
            self._say(
                block.line, f"{name or 'a line'} could not be read, the event is kept without it{_because(reason)}"
            )
        for name in _TIMES & event.keys():
            items = event[name] if isinstance(event[name], list) else [event[name]]
            whole = [item for item in items if not (_is_broken(item) or _lacks_day(item))]
            if any(map(_lacks_day, items)):
                self._say(block.line, f"{name} could not be read, the event is kept without it (a time without a day)")
            if not whole or (name in ("DTEND", "RECURRENCE-ID") and not all(map(_is_day, whole))):
                del event[name]
            elif len(whole) < len(items):
                event[name] = whole

    def occurrences(self) -> Iterator[Event]:
        """The occurrences of all series within the span."""
        for series in self._series.values():
            line = int(series[0].get(_LINE, 0))
            try:
                found = self._worked_out(series)
            except Exception as error:  # noqa: BLE001 - a library meets anything at all here; the other series are read
                self._say(line, f"its recurrences could not be worked out, its first time is kept: {_reason(error)}")
                found = self._first_times(series, line)
            yield from (event for event in found if self._within(event))

    def _worked_out(self, series: list[Any]) -> list[Event]:
        import icalendar
        import recurring_ical_events

        calendar = icalendar.Calendar()
        for event in series:
            calendar.add_component(event)
        items = recurring_ical_events.of(calendar).between(self.start, self.end)
        return [self._event(item) for item in items if str(item.get("STATUS", "")).upper() != "CANCELLED"]

    def _first_times(self, series: list[Any], line: int) -> list[Event]:
        """The events of a series as if they did not recur."""
        for event in series:
            for name in ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"):
                event.pop(name, None)
            event["UID"] = f"line {event[_LINE]}"
        try:
            return self._worked_out(series)
        except Exception as error:  # noqa: BLE001 - as above
            self._say(line, f"its time could not be worked out: {_reason(error)}")
            return []

    def _event(self, item: Any) -> Event:
        begins, ends = item["DTSTART"].dt, item["DTEND"].dt if "DTEND" in item else item["DTSTART"].dt
        all_day = not isinstance(begins, datetime)
        first, last = self._moment(begins), self._moment(ends)
        if all_day and last <= first:
            last = self._moment(begins + timedelta(days=1))
        line = int(item.get(_LINE, 0)) or None
        free = (
            str(item.get("TRANSP", "")).upper() == "TRANSPARENT"
            or str(item.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
        )
        return Event(
            title=" ".join(str(item.get("SUMMARY", "")).split()) or "(no title)",
            start=first,
            end=max(first, last),
            source=Source(path=self.path, first_line=line, last_line=line),
            all_day=all_day,
            busy=not free,
        )

    def _moment(self, value: date) -> datetime:
        """The moment in the person's zone; one that the clock change leaves out becomes what clocks show then."""
        if not isinstance(value, datetime):
            value = datetime.combine(value, time.min)
        aware = value if value.tzinfo else value.replace(tzinfo=self.zone)
        return aware.astimezone(UTC).astimezone(self.zone)

    def _within(self, event: Event) -> bool:
        return event.start < self.end and (event.end > self.start or event.start == event.end >= self.start)

    def _too_often(self, event: Any) -> str:
        """Why working out the rule would take for ever; empty when it would not."""
        begins = event["DTSTART"].dt
        first = begins.date() if isinstance(begins, datetime) else begins
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            text = rule.to_ical().decode("ascii", "replace").upper()
            frequency = str(rule.get("FREQ", [""])[0]).upper()
            interval = int(rule.get("INTERVAL", [1])[0])
            if interval < 1:
                return f"its rule never moves on: {text[:80]}"
            if frequency in _SECONDS:
                steps = (self.end.date() - first).days * 86400 / _SECONDS[frequency] / interval
                if steps > _MOST_STEPS or (frequency != "DAILY" and _FAR_FILTER.search(text)):
                    return f"it recurs too often to be worked out: {text[:80]}"
            days, months = rule.get("BYMONTHDAY", []), rule.get("BYMONTH", [])
            if (
                days
                and months
                and all(abs(d) > _MONTH_DAYS[int(m) - 1] for d in days for m in months if 0 < int(m) < 13)
            ):
                return f"it recurs on a day that never comes: {text[:80]}"
        return ""

    def _check_zones(self, event: Any, block: _Block) -> None:
        """Say which zones are unknown, once each."""
        from icalendar.timezone import tzp

        for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
            zone = str(event[name].params.get("TZID", "")) if name in event and hasattr(event[name], "params") else ""
            if zone and zone not in self._strange and tzp.timezone(zone) is None:
                self._strange.add(zone)
                self._say(block.line, f"the time zone {zone!r} is unknown; its times are taken as {self.zone.key}")

    def _say(self, line: int, reason: str) -> None:
        self.left_out.append(LeftOut(path=self.path, reason=reason, line=line))


def _is_day(value: Any) -> bool:
    """Whether a property holds a date, or a date with a time."""
    return not _is_broken(value) and isinstance(getattr(value, "dt", None), date)


def _is_broken(value: Any) -> bool:
    from icalendar.prop import vBroken

    return isinstance(value, vBroken)


def _lacks_day(value: Any) -> bool:
    """Whether a list of dates holds a time of day alone."""
    return not _is_broken(value) and any(isinstance(item.dt, time) for item in getattr(value, "dts", ()))


def _because(reason: str | None) -> str:
    return f" ({' '.join(reason.split())[:120]})" if reason else ""


def _reason(error: Exception) -> str:
    # recurring_ical_events looks for the fault in UNTIL whenever a rule is not understood.
    text = str(error).replace("UNTIL parameter is missing: ", "the rule is not understood: ")
    return " ".join(text.split())[:160] or type(error).__name__
