"""How much a calendar file holds, without working out when it takes place (adapters/calendars.py does that)."""

import re
from collections import Counter
from pathlib import PurePosixPath

from orin_agents.domain.material import Format, LeftOut, Reading

_PROPERTY = re.compile(r"(BEGIN|END|UID|RECURRENCE-ID|X-WR-CALNAME)(?:;[^:\n]{0,500})?:[ \t]*(.*)", re.IGNORECASE)

_OTHERS = {"VTODO": "to-dos", "VJOURNAL": "journal entries", "VFREEBUSY": "busy times without titles"}


def read_calendar(path: str, text: str) -> Reading:
    """The number of events, each recurring one once, and the calendar's name."""
    events = 0
    moved: dict[str, bool] = {}
    uid = title = ""
    opened = inner = 0
    exception = calendar = False
    others: Counter[str] = Counter()
    left_out: list[LeftOut] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _PROPERTY.match(line.lstrip(" \t") if line[:6].strip().upper() == "BEGIN:" else line)
        if match is None:
            continue
        name, value = match[1].upper(), match[2].strip()
        kind = value.upper()
        if name == "BEGIN" and kind == "VEVENT":
            if opened:
                left_out.append(LeftOut(path=path, reason="the event that starts here never ends", line=opened))
            opened, inner, uid, exception = number, 0, "", False
        elif name == "BEGIN":
            inner += 1
            calendar = calendar or kind == "VCALENDAR"
            others[kind] += kind in _OTHERS
        elif name == "END" and kind == "VEVENT" and opened:
            events += not exception
            moved[uid or str(opened)] = moved.get(uid or str(opened), True) and exception
            opened = 0
        elif name == "END":
            inner -= 1
        elif name == "UID" and opened and inner == 0:
            uid = value
        elif name == "RECURRENCE-ID":
            exception = True
        elif name == "X-WR-CALNAME":
            title = title or value
    if opened:
        left_out.append(LeftOut(path=path, reason="the event that starts here never ends", line=opened))
    for kind, name in _OTHERS.items():
        if others[kind]:
            left_out.append(LeftOut(path=path, reason=f"{name} ({kind}): {others[kind]}; only events are read"))
    if not calendar and not events:
        left_out.append(LeftOut(path=path, reason="no calendar: it has no line BEGIN:VCALENDAR"))
    return Reading(
        path=path,
        format=Format.CALENDAR,
        title=title or PurePosixPath(path).stem,
        events=events + sum(moved.values()),
        left_out=tuple(left_out),
    )
