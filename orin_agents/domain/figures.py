"""Fact values as a person reads them. Names of days and months are English whatever the box's locale."""

from datetime import date, datetime, tzinfo

from orin_agents.domain.facts import Value
from orin_agents.domain.markdown import one_line

ABSENT = "—"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SPOKEN = frozenset({"ratio", "hours", "minutes", "date", "datetime", "interval"})
"""Units that `figure` already says or implies, so that they are not written behind the value again."""


def figure(value: Value, unit: str, zone: tzinfo | None) -> str:
    """The value in words and digits: `0.62`, `5.5 h`, `1 h 30 min`, `09:00–10:30`, `Sat 21 Nov`; a dash for None."""
    if value is None or (isinstance(value, str) and not one_line(value)):
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _text(value, unit, zone)
    if unit == "minutes":
        return span(value)
    if unit == "hours":
        return f"{number(round(float(value), 1))} h"
    if unit == "ratio":
        return f"{value:.2f}"
    return number(value)


def number(value: float) -> str:
    """At most two digits behind the point, none that say nothing."""
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """A ratio in hundredths: 0.625 gives `62 %`."""
    return f"{round(value * 100)} %"


def span(minutes: float) -> str:
    """Minutes as `45 min`, `2 h` or `1 h 30 min`."""
    hours, rest = divmod(round(abs(minutes)), 60)
    sign = "−" if minutes < 0 else ""
    if not hours:
        return f"{sign}{rest} min"
    return f"{sign}{hours} h {rest} min" if rest else f"{sign}{hours} h"


def clock(interval: str, zone: tzinfo | None) -> str:
    """An ISO 8601 interval `start/end` as `09:00–10:30` in the zone; the days too where it spans two.

    Text that is no interval comes back as it is.
    """
    try:
        start, end = (_moment(part, zone) for part in interval.split("/"))
    except ValueError:
        return interval
    if start.date() == end.date():
        return f"{start:%H:%M}–{end:%H:%M}"
    return f"{short_day(start)} {start:%H:%M}–{short_day(end)} {end:%H:%M}"


def starts(interval: str, zone: tzinfo | None) -> datetime | None:
    """When the interval begins, in the zone; None for text that is no interval."""
    try:
        return _moment(interval.split("/")[0], zone)
    except ValueError:
        return None


def day(moment: date) -> str:
    """`Saturday 21 November`."""
    return f"{DAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}"


def short_day(moment: date) -> str:
    """`Sat 21 Nov`."""
    return f"{DAYS[moment.weekday()][:3]} {moment.day} {MONTHS[moment.month - 1][:3]}"


def _text(value: str, unit: str, zone: tzinfo | None) -> str:
    if unit == "interval":
        return clock(value, zone)
    if unit in ("date", "datetime"):
        moment = starts(value, zone)
        if moment is None:
            return value
        return f"{short_day(moment)} {moment:%H:%M}" if unit == "datetime" else short_day(moment)
    return value


def _moment(text: str, zone: tzinfo | None) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(zone) if moment.tzinfo and zone else moment
