"""Lines of a log: when they were written, whether they tell of an error, and the pattern they share with others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from orin_agents.domain.facts import Source
from orin_agents.domain.markdown import MOST, one_line
from orin_agents.domain.snapshot import Document

READ = 500
"""Characters of a line that are looked at."""

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:[.,]\d{1,9})?[ ]?(Z|[+-]\d\d:?\d\d)?(?!\d)"
)
_SYSLOG = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)\b")
_COMMON = re.compile(
    r"\[(\d\d)/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\]"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ERROR = re.compile(
    r"\b(?:ERROR|CRITICAL|FATAL|PANIC|SEVERE|EMERG|ALERT|ERR)\b"
    r"|\b(?:level|severity|lvl)[\"']?\s?[=:]\s?[\"']?(?i:error|critical|fatal)"
    r"|^(?:error|fatal|panic|critical)\b|\b(?:Error|error|fatal|panic): "
    r"|\b[A-Z]\w{0,60}(?:Error|Exception)\b|^Traceback "
)
_MASKED = (
    re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"),
    re.compile(r"\b0x[0-9a-fA-F]+\b"),
    re.compile(r"\b(?=[0-9a-f]{0,40}\d)(?=[0-9]{0,40}[a-f])[0-9a-f]{6,}\b"),
    re.compile(r"(?<![A-Za-z0-9])\d+(?:[.,:/-]\d+)*"),
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line at its place; `at` is that of the last line before it that bore a time, None before the first."""

    source: Source
    text: str
    at: datetime | None


def read_log(document: Document, now: datetime) -> Iterator[LogLine]:
    """The lines that hold something. A time without a zone is in the zone of `now`, one without a year the last such
    before `now`.
    """
    zone = now.tzinfo or UTC
    at: datetime | None = None
    for number, line in enumerate(re.split(r"\r\n|\r|\n", document.text), start=1):
        text = line[:READ].strip()
        if text:
            at = _moment(text, now, zone) or at
            place = Source(path=document.path, version=document.version, first_line=number, last_line=number)
            yield LogLine(place, text, at)


def is_error(text: str) -> bool:
    """Whether the line tells of an error."""
    return _ERROR.search(_bare(text)) is not None


def pattern(text: str) -> str:
    """The line without its time, numbers and ids as #, so that lines that differ in those alone are one."""
    text = _bare(text)
    for masked in _MASKED:
        text = masked.sub("#", text)
    return one_line(text)[:MOST]


def _bare(text: str) -> str:
    """The line without its times and what brackets stood around them."""
    for written in (_ISO, _COMMON, _SYSLOG):
        text = written.sub(" ", text)
    return text.replace("[ ]", " ").strip(" \t|-–:,")


def _moment(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    head = text[:120]
    try:
        if found := _ISO.search(head):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
            return _zoned(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone), found[7])
        if found := _COMMON.search(head):
            month = _MONTHS.index(found[2]) + 1
            moment = datetime(
                int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), int(found[6]), tzinfo=zone
            )
            return _zoned(moment, found[7])
        if found := _SYSLOG.search(head):
            month, day = _MONTHS.index(found[1]) + 1, int(found[2])
            hour, minute, second = int(found[3]), int(found[4]), min(int(found[5]), 59)
            moment = datetime(now.year, month, day, hour, minute, second, tzinfo=zone)
            return moment if moment <= now else moment.replace(year=now.year - 1)
    except (ValueError, OverflowError):
        return None
    return None


def _zoned(moment: datetime, offset: str | None) -> datetime:
    if not offset:
        return moment
    written = "+0000" if offset == "Z" else offset.replace(":", "")
    return datetime.strptime(moment.strftime("%Y%m%d%H%M%S") + written, "%Y%m%d%H%M%S%z")
