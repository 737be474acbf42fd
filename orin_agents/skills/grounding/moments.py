"""Dates and times of day in a text: ISO dates, `Saturday 21 November`, `next Friday`, `in March`, `Q1 2025`, `9:30`.

Relative ones are reckoned from a day that is passed in; nothing here reads a clock.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from orin_agents.domain.figures import DAYS, MONTHS

NEAR = 13
"""Days before and after today that a bare weekday may mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`text[start:end]` says a day, or a span from `first` to `last`, or a `minute` of the day.

    A day of the month without a year has it guessed as the year nearest to today, and `any_year` set. `days` are the
    days that a bare weekday or a bare day of the month may mean. With `half_day`
    the minute may be one twelve hours later, too. `impossible` says why no such day exists.
    """

    start: int
    end: int
    first: date | None = None
    last: date | None = None
    days: tuple[date, ...] = ()
    minute: int | None = None
    any_year: bool = False
    half_day: bool = False
    impossible: str = ""
    said: str = ""

    @property
    def single(self) -> bool:
        """Whether it names one day."""
        return self.first is not None and self.first == self.last


_Reader = Callable[[re.Match[str], date], Moment | None]
_DAY_NAMES = {name[:length].lower(): at for at, name in enumerate(DAYS) for length in (3, len(name))} | {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_MONTH_NAMES = {name[:length].lower(): at for at, name in enumerate(MONTHS, 1) for length in (3, len(name))} | {
    "sept": 9
}
_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PAST = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
_DAY = r"(?:" + "|".join(sorted(_DAY_NAMES, key=len, reverse=True)) + r")"
_MONTH = r"(?:" + "|".join(sorted(_MONTH_NAMES, key=len, reverse=True)) + r")"
_YEAR = r"(?:,? (?P<{0}>(?:19|20)\d\d)(?![\d-]))?"
_PATTERN = re.compile(
    r"(?<![\w.\x00/-])(?:"
    r"(?P<iso>(?:19|20)\d\d-\d\d-\d\d)(?:[T ](?P<at>\d\d:\d\d)(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])"
    r"|(?P<point>\d{1,2}\.\d{1,2}\.(?:19|20)\d\d)(?![\w.])"
    rf"|(?:(?P<wd1>{_DAY})\.?,? (?:the )?)?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]"
    rf"(?P<m1>{_MONTH})\b(?:\.(?=,? (?:19|20)\d\d))?"
    + _YEAR.format("y1")
    + rf"(?:,? an? (?P<wa1>{_DAY})\b)?"
    + rf"|(?:(?P<wd2>{_DAY})\.?,? )?(?P<m2>{_MONTH})\.? (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%.]\d|[\d:%])"
    + _YEAR.format("y2")
    + rf"(?:,? an? (?P<wa2>{_DAY})\b)?"
    + rf"|(?P<wd3>{_DAY})\.?,? (?:the )?(?P<d3>\d{{1,2}})(?:st|nd|rd|th)\b"
    r"|(?:on |by |until |before |after |since )the (?P<d4>\d{1,2})(?:st|nd|rd|th)\b(?! \w)"
    rf"|(?P<which>(?:next|last|this|coming|past) )?(?P<wd4>{_DAY})(?:s|'s|’s)?\b(?!\.\w)"
    r"|(?P<relative>the day after tomorrow|the day before yesterday|yesterday|tomorrow)(?:'s|’s)?\b"
    r"|(?P<span>(?:next|last|previous|coming) (?:week|month|year|quarter|weekend))(?:'s|’s)?\b"
    r"|(?P<span2>the week before)\b"
    r"|(?P<quarter>Q[1-4]|H[12])[ /]?(?P<qy>(?:19|20)\d\d)?\b|(?P<half>(?:19|20)\d\d)[ -]?(?P<hq>Q[1-4]|H[12])\b"
    r"|(?:week |calendar week |CW ?)(?P<week>\d{1,2})\b|(?P<isoweek>(?:19|20)\d\d-W\d\d)\b"
    rf"|(?P<m5>{_MONTH}) (?P<y5>(?:19|20)\d\d)(?![\d-])"
    rf"|(?P<m6>{'|'.join(MONTHS)})\b"
    r"|(?P<from>\d{1,2}:\d{2})(?::\d\d)?(?: ?(?P<half1>am|pm|a\.m\.|p\.m\.))?(?![\w:])"
    r"|(?P<hour>\d{1,2}) ?(?P<half2>am\b|pm\b|a\.m\.|p\.m\.|o['’]clock\b)"
    r"|(?P<past>half|quarter|five|ten|twenty|twenty-five|\d{1,2}(?= minutes| past))(?: minutes)? (?P<to>past|to)"
    rf" (?P<at12>{_HOURS})\b"
    rf"|(?P<word12>{_HOURS}) o['’]clock\b"
    r"|(?P<noon>noon|midday|midnight)\b"
    r"|(?P<year>(?:19|20)\d\d)(?:s|'s|’s)?(?![\w%]|[-.,]\d|\x00)"
    r")",
    re.IGNORECASE,
)
_CAPITAL = frozenset(
    {"may", "march", "mar", "sun", "sat", "wed", "mon", "fri", "thu", "tue", "dec", "oct", "jan", "august"}
)
"""Names of days and months that are also words, or ends of words, and count with a capital only."""
_AT_WORDS = "in by since until of for early late mid next last this to and from through is during before after"
_AT = frozenset(_AT_WORDS.split())
"""Words before a May or March that is a month."""


def moments(text: str, today: date) -> list[Moment]:
    """All dates and times of day in the text, in their order."""
    return [moment for match in _PATTERN.finditer(text) if (moment := _moment(match, today)) is not None]


def moment_of(value: str) -> tuple[date, int | None] | None:
    """The day, and the minute where there is one, of ISO text; None for other text."""
    match = re.match(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?", value)
    if not match or not (day := _day(*map(int, match.groups()[:3]))):
        return None
    return day, int(match[4]) * 60 + int(match[5]) if match[4] else None


def _moment(match: re.Match[str], today: date) -> Moment | None:
    for name, read in _READERS.items():
        if match[name] is not None:
            return read(match, today)
    return None


def _iso(match: re.Match[str], today: date) -> Moment:
    found = moment_of(f"{match['iso']}T{match['at']}" if match["at"] else match["iso"])
    if not found:
        return _impossible(match, "no such day")
    return _on(match, found[0], minute=found[1])


def _point(match: re.Match[str], today: date) -> Moment:
    day, month, year = map(int, match["point"].split("."))
    found = _day(year, month, day)
    return _on(match, found) if found else _impossible(match, "no such day")


def _dated(number: str) -> _Reader:
    def read(match: re.Match[str], today: date) -> Moment | None:
        name = match[f"m{number}"]
        if not _is_name(name):
            return None
        weekday = match[f"wd{number}"] or match[f"wa{number}"]
        month, day, year = _MONTH_NAMES[name.lower()], int(match[f"d{number}"]), match[f"y{number}"]
        if not 1 <= day <= (29 if month == 2 else calendar.monthrange(2024, month)[1]):
            return _impossible(match, "no such day")
        if year:
            found = _day(int(year), month, day)
            wrong = found and weekday and found.weekday() != _DAY_NAMES[weekday.lower()]
            if not found or wrong:
                return _impossible(match, f"not a {weekday}" if wrong else "no such day")
            return _on(match, found)
        near = [found for offset in (0, 1, -1) if (found := _day(today.year + offset, month, day))]
        if weekday:
            right = [found for found in near if found.weekday() == _DAY_NAMES[weekday.lower()]]
            if not right:
                return _impossible(match, f"not a {weekday}")
            near = right
        nearest = min(near, key=lambda day: abs((day - today).days), default=None)
        return _on(match, nearest, any_year=not weekday) if nearest else _impossible(match, "no such day")

    return read


def _day_of_month(match: re.Match[str], today: date) -> Moment | None:
    number = int(match["d3"] or match["d4"])
    days = [day for offset in range(-45, 46) if (day := today + timedelta(offset)).day == number]
    if match["wd3"]:
        if not _is_name(match["wd3"]):
            return None
        days = [day for day in days if day.weekday() == _DAY_NAMES[match["wd3"].lower()]]
    return _guess(match, days) if days else _impossible(match, "no such day")


def _weekday(match: re.Match[str], today: date) -> Moment | None:
    name, which = match["wd4"], (match["which"] or "").strip().lower()
    if not _is_name(name) or (len(name) <= 4 and not name[0].isupper()):
        return None
    wanted = _DAY_NAMES[name.lower()]
    offsets = {
        "next": range(1, 15),
        "coming": range(1, 8),
        "last": range(-14, 0),
        "past": range(-7, 0),
        "this": range(-6, 7),
    }
    days = [today + timedelta(offset) for offset in offsets.get(which, range(-NEAR, NEAR + 1))]
    return _guess(match, [day for day in days if day.weekday() == wanted])


def _relative(match: re.Match[str], today: date) -> Moment:
    said = match["relative"].lower()
    offset = {"yesterday": -1, "tomorrow": 1, "the day after tomorrow": 2, "the day before yesterday": -2}[said]
    return _on(match, today + timedelta(offset))


def _span(match: re.Match[str], today: date) -> Moment:
    which, unit = (match["span"] or "previous week").lower().split()
    sign = 1 if which in ("next", "coming") else -1
    monday = today - timedelta(today.weekday())
    if unit == "week":
        first = monday + timedelta(7 * sign)
        return _between(match, first, first + timedelta(6))
    if unit == "weekend":
        first = monday + timedelta(5 + (7 if sign > 0 and today.weekday() > 4 else 0) - (7 if sign < 0 else 0))
        return _between(match, first, first + timedelta(1))
    if unit == "year":
        return _between(match, date(today.year + sign, 1, 1), date(today.year + sign, 12, 31))
    months = 1 if unit == "month" else 3
    start = today.month if unit == "month" else (today.month - 1) // 3 * 3 + 1
    return _months(match, today.year, start + sign * months, months)


def _quarter(match: re.Match[str], today: date) -> Moment:
    name = (match["quarter"] or match["hq"]).upper()
    year = match["qy"] or match["half"]
    length = 3 if name[0] == "Q" else 6
    found = _months(match, int(year) if year else today.year, (int(name[1]) - 1) * length + 1, length)
    return found if year else Moment(start=found.start, end=found.end, said=name.lower(), any_year=True)


def _week(match: re.Match[str], today: date) -> Moment:
    year, number = (today.year, int(match["week"])) if match["week"] else map(int, match["isoweek"].split("-W"))
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        return _impossible(match, "no such week")
    return _between(match, monday, monday + timedelta(6))


def _month(match: re.Match[str], today: date) -> Moment | None:
    name, year = match["m5"] or match["m6"], match["y5"]
    before = match.string[max(0, match.start() - 10) : match.start()].lower().split()
    if not _is_name(name) or (name.lower() in ("may", "march") and not year and not (before and before[-1] in _AT)):
        return None
    start = match.start("m5" if match["m5"] else "m6")
    month = _MONTH_NAMES[name.lower()]
    found = _months(match, int(year) if year else today.year, month, 1)
    if year:
        return found
    return Moment(start=start, end=found.end, said=MONTHS[month - 1].lower(), any_year=True)


def _clock(match: re.Match[str], today: date) -> Moment:
    if match["noon"]:
        minute = 0 if match["noon"].lower() == "midnight" else 720
    else:
        hours, _, minutes = (match["from"] or match["hour"]).partition(":")
        half = (match["half1"] or match["half2"] or "").lower()
        hour = int(hours) % 12 + 12 if half.startswith("p") else int(hours) % 12 if half.startswith("a") else int(hours)
        minute = hour * 60 + int(minutes or 0)
        if hour > 24 or int(minutes or 0) > 59:
            return _impossible(match, "no such time")
    return Moment(start=match.start(), end=match.end(), minute=minute)


def _spoken(match: re.Match[str], today: date) -> Moment:
    said = match["past"].lower()
    minutes = _PAST.get(said) or int(said)
    hour = _HOURS.split("|").index(match["at12"].lower()) + 1
    minute = hour * 60 + (minutes if match["to"].lower() == "past" else -minutes)
    return Moment(start=match.start(), end=match.end(), minute=minute, half_day=True)


def _spelled(match: re.Match[str], today: date) -> Moment:
    hour = _HOURS.split("|").index(match["word12"].lower()) + 1
    return Moment(start=match.start(), end=match.end(), minute=hour * 60, half_day=True)


def _in_year(match: re.Match[str], today: date) -> Moment:
    year = int(match["year"])
    return _between(match, date(year, 1, 1), date(year, 12, 31))


def _months(match: re.Match[str], year: int, month: int, count: int) -> Moment:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    ends = (month - 1 + count - 1) % 12 + 1
    last_year = year + (month - 1 + count - 1) // 12
    return _between(match, date(year, month, 1), date(last_year, ends, calendar.monthrange(last_year, ends)[1]))


def _on(match: re.Match[str], day: date, *, any_year: bool = False, minute: int | None = None) -> Moment:
    return Moment(start=match.start(), end=_end(match), first=day, last=day, any_year=any_year, minute=minute)


def _between(match: re.Match[str], first: date, last: date) -> Moment:
    return Moment(start=match.start(), end=_end(match), first=first, last=last)


def _guess(match: re.Match[str], days: list[date]) -> Moment:
    start = next((match.start(group) for group in ("d4", "which", "wd4", "wd3") if match[group]), match.start())
    return Moment(start=start, end=_end(match), days=tuple(days))


def _impossible(match: re.Match[str], why: str) -> Moment:
    return Moment(start=match.start(), end=_end(match), impossible=why)


def _end(match: re.Match[str]) -> int:
    return match.end() - (2 if match.group().endswith(("'s", "’s")) else 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_name(word: str) -> bool:
    return word.lower() not in _CAPITAL or word[0].isupper()


_READERS: dict[str, _Reader] = {
    "iso": _iso,
    "point": _point,
    "d1": _dated("1"),
    "d2": _dated("2"),
    "d3": _day_of_month,
    "d4": _day_of_month,
    "wd4": _weekday,
    "relative": _relative,
    "span": _span,
    "span2": _span,
    "quarter": _quarter,
    "half": _quarter,
    "week": _week,
    "isoweek": _week,
    "m5": _month,
    "m6": _month,
    "from": _clock,
    "hour": _clock,
    "noon": _clock,
    "past": _spoken,
    "word12": _spelled,
    "year": _in_year,
}
