"""Calendars: zones, days, recurrences, clock changes; what is broken is said and loses nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.domain.calendar import Event
from orin_agents.domain.facts import Source
from orin_agents.domain.material import LeftOut

BERLIN = ZoneInfo("Europe/Berlin")
DATA = Path(__file__).parents[1] / "data" / "calendars"
BESIDE = Path(__file__).parents[3] / "shared" / "data" / "calendars"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def ics(*events: str, zones: str = "") -> bytes:
    blocks = [f"BEGIN:VEVENT\r\nUID:u{n}\r\n{event}\r\nEND:VEVENT" for n, event in enumerate(events)]
    body = "\r\n".join([*([zones] if zones else []), *blocks]).replace("\r\n", "\n").replace("\n", "\r\n")
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}\r\nEND:VCALENDAR\r\n".encode()


def read(data: bytes, start: str = "2025-03-01", end: str = "2025-04-15") -> tuple[list[Event], list[LeftOut]]:
    events, left_out = IcsCalendars().events("a.ics", data, at(start), at(end), BERLIN)
    return list(events), list(left_out)


def times(data: bytes, start: str = "2025-03-01", end: str = "2025-04-15") -> list[str]:
    events, left_out = read(data, start, end)
    assert left_out == []
    return [f"{event.start:%m-%d %H:%M}-{event.end:%H:%M}" for event in events]


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ("DTSTART:20250310T090000\nDTEND:20250310T100000", "03-10 09:00-10:00"),
        ("DTSTART:20250310T090000Z\nDTEND:20250310T100000Z", "03-10 10:00-11:00"),
        ("DTSTART;TZID=America/New_York:20250310T090000\nDURATION:PT30M", "03-10 14:00-14:30"),
        ('DTSTART;TZID="W. Europe Standard Time":20250310T090000', "03-10 09:00-09:00"),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/London:20250310T090000", "03-10 10:00-10:00"),
        ("DTSTART;VALUE=DATE:20250310", "03-10 00:00-00:00"),
    ],
)
def test_times_come_in_the_persons_zone(event: str, found: str) -> None:
    assert times(ics(event)) == [found]
    assert read(ics(event))[0][0].start.tzinfo == BERLIN


def test_whole_days() -> None:
    one, three = read(ics("DTSTART;VALUE=DATE:20250310", "DTSTART;VALUE=DATE:20250330\nDTEND;VALUE=DATE:20250402"))[0]
    assert (one.all_day, one.start, one.end) == (True, at("2025-03-10"), at("2025-03-11"))
    assert (three.start, three.end) == (at("2025-03-30"), at("2025-04-02"))


def test_busy_free_and_cancelled() -> None:
    events, left_out = read(
        ics(
            "DTSTART:20250310T090000\nSUMMARY:a",
            "DTSTART:20250310T100000\nSUMMARY:b\nTRANSP:TRANSPARENT",
            "DTSTART:20250310T110000\nSUMMARY:c\nSTATUS:CANCELLED",
            "DTSTART:20250310T120000\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
        )
    )
    assert [(event.title, event.busy) for event in events] == [("a", True), ("b", False), ("(no title)", False)]
    assert left_out == []


def test_sources_name_the_line() -> None:
    events, _ = read(
        ics("DTSTART:20250310T090000\nDESCRIPTION:long\n er\nRRULE:FREQ=DAILY;COUNT=2", "DTSTART:20250312T090000")
    )
    assert [event.source for event in events] == [
        Source(path="a.ics", first_line=line, last_line=line) for line in (3, 3, 10)
    ]


def test_an_endless_recurrence_is_bounded_by_the_span() -> None:
    rule = "DTSTART;TZID=Europe/Berlin:20200106T090000\nDTEND;TZID=Europe/Berlin:20200106T100000\nRRULE:FREQ=WEEKLY"
    assert times(ics(rule), "2025-03-20", "2025-04-10") == [
        "03-24 09:00-10:00",
        "03-31 09:00-10:00",
        "04-07 09:00-10:00",
    ]


def test_exceptions_of_a_recurrence() -> None:
    data = ics(
        "DTSTART:20250310T090000\nDTEND:20250310T100000\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20250311T090000",
        "DTSTART:20250312T150000\nDTEND:20250312T160000\nRECURRENCE-ID:20250312T090000",
    ).replace(b"UID:u1", b"UID:u0")
    assert times(data) == ["03-10 09:00-10:00", "03-12 15:00-16:00", "03-13 09:00-10:00"]


def test_a_cancelled_occurrence_is_gone() -> None:
    data = ics(
        "DTSTART:20250310T090000\nRRULE:FREQ=DAILY;COUNT=2",
        "DTSTART:20250311T090000\nRECURRENCE-ID:20250311T090000\nSTATUS:CANCELLED",
    ).replace(b"UID:u1", b"UID:u0")
    assert times(data) == ["03-10 09:00-09:00"]


def test_both_days_of_the_clock_change() -> None:
    daily = ics("DTSTART:20250101T023000\nDTEND:20250101T033000\nRRULE:FREQ=DAILY")
    spring, _ = read(daily, "2025-03-29", "2025-04-01")
    assert [f"{event.start:%d %H:%M %z}" for event in spring] == ["29 02:30 +0100", "30 03:30 +0200", "31 02:30 +0200"]
    autumn, _ = read(daily, "2025-10-25", "2025-10-28")
    assert [f"{event.start:%d %H:%M %z}" for event in autumn] == ["25 02:30 +0200", "26 02:30 +0200", "27 02:30 +0100"]
    utc, _ = read(ics("DTSTART:20250329T080000Z\nRRULE:FREQ=DAILY;COUNT=2"), "2025-03-29", "2025-04-01")
    assert [f"{event.start:%d %H:%M}" for event in utc] == ["29 09:00", "30 10:00"]


def test_the_span_is_half_open() -> None:
    events = [
        "DTSTART:20250309T230000\nDTEND:20250310T000000",
        "DTSTART:20250309T230000\nDTEND:20250310T010000",
        "DTSTART:20250310T230000\nDTEND:20250311T010000",
        "DTSTART:20250311T000000",
    ]
    assert times(ics(*events), "2025-03-10", "2025-03-11") == ["03-09 23:00-01:00", "03-10 23:00-01:00"]


def test_an_unknown_zone_is_said_and_taken_as_ones_own() -> None:
    events, left_out = read(ics(*["DTSTART;TZID=Middle Earth:20250310T090000"] * 2))
    assert [event.start for event in events] == [at("2025-03-10T09:00")] * 2
    assert [(left.line, left.reason) for left in left_out] == [
        (3, "the time zone 'Middle Earth' is unknown; its times are taken as Europe/Berlin")
    ]


def zone(offset: str) -> str:
    return (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE"
    )


def test_a_files_own_zone_holds_for_that_file_alone() -> None:
    calendars = IcsCalendars()
    span = (at("2025-03-01"), at("2025-04-01"), BERLIN)
    event = "DTSTART;TZID=Mine:20250310T090000"
    hours = [
        calendars.events("a.ics", ics(event, zones=zone(offset)), *span)[0][0].start.hour
        for offset in ("+0000", "+0500")
    ]
    assert hours == [10, 5]
    assert "'Mine' is unknown" in calendars.events("a.ics", ics(event), *span)[1][0].reason


def zone_lines(*more: str, name: str = "Office") -> str:
    rule = "DTSTART:19700101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\nTZNAME;LANGUAGE=en:X"
    return "\n".join(
        ["BEGIN:VTIMEZONE", f"TZID:{name}", *more, "BEGIN:STANDARD", rule, "END:STANDARD", "END:VTIMEZONE"]
    )


@pytest.mark.parametrize("more", ["TZUNTIL:20300101T000000Z", "TZID-ALIAS-OF:Asia/Karachi", "X-OLD;A=b:c", "COMMENT:x"])
def test_a_zone_with_properties_of_a_later_standard_is_read(more: str) -> None:
    data = ics("DTSTART;TZID=Office:20250310T090000", zones=zone_lines(more))
    assert times(data) == ["03-10 05:00-05:00"]


def test_a_broken_zone_is_said_where_it_stands_unless_its_name_says_all() -> None:
    broken = zone_lines().replace("TZOFFSETTO:+0500\n", "")
    _, left_out = read(ics("DTSTART:20250310T090000", zones=broken))
    assert [(left.line, "'Office' could not be read" in left.reason) for left in left_out] == [(3, True)]
    assert times(ics("DTSTART;TZID=UTC:20250310T090000", zones=broken.replace("Office", "UTC"))) == [
        "03-10 10:00-10:00"
    ]


@pytest.mark.parametrize(
    ("broken", "says", "kept"),
    [
        ("SUMMARY:x", "no start", 0),
        ("DTSTART:tomorrow", "no start", 0),
        ("DTSTART:20251301T000000", "no start", 0),
        ("DTSTART:20250310T090000\nRRULE:FREQ=SOMETIMES", "RRULE could not be read", 1),
        ("DTSTART:20250310T090000\nDTEND:later", "DTEND could not be read", 1),
        ("DTSTART:20250310T090000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:x\nEXDATE:20250311T090000", "EXDATE", 2),
        ("DTSTART:20250310T090000\nRDATE;VALUE=TIME:090000", "a time without a day", 1),
        ("DTSTART:20250310T090000Z\nRRULE:RSCALE=HEBREW;FREQ=YEARLY", "the rule is not understood: RSCALE", 1),
        ("DTSTART:19700101T000000Z\nRRULE:FREQ=SECONDLY", "too often", 0),
        ("DTSTART:20250310T090000\nRRULE:FREQ=DAILY;INTERVAL=0", "never moves on", 0),
        ("DTSTART:20250310T090000\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never comes", 0),
    ],
)
def test_a_broken_event_is_said_and_loses_no_other(broken: str, says: str, kept: int) -> None:
    events, left_out = read(
        ics("DTSTART:20250305T090000\nSUMMARY:good", broken, "DTSTART:20250405T090000\nSUMMARY:too")
    )
    assert len(events) == kept + 2
    assert {"good", "too"} <= {event.title for event in events}
    assert [(left.line, says in left.reason) for left in left_out] == [(8, True)], left_out


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ("DTSTART;;VALUE=DATE-TIME:20250310T090000", 1),
        ("DTSTART:20250310T090000\nRRULE:FREQ=DAILY;COUNT=2;BYDAY=MO, TU", 2),
        ("DTSTART:20250310T090000\nEXDATE:\nRDATE:", 1),
        ("DTSTART:20250310T090000\nBEGIN:VALARM\nTRIGGER:nonsense\nDTSTART:x\nEND:VALARM", 1),
        ('DTSTART:20250310T090000\nX-ODD;A="b:no end\nDESCRIPTION no colon', 1),
    ],
)
def test_harmless_slips_are_passed_over(event: str, found: int) -> None:
    events, left_out = read(ics(event))
    assert (len(events), left_out) == (found, [])


def test_an_event_that_never_ends_is_read() -> None:
    events, left_out = read(
        ics("DTSTART:20250310T090000", "DTSTART:20250311T090000").replace(b"END:VEVENT\r\n", b"", 1)
    )
    assert len(events) == 2
    assert (left_out[0].line, "never ends" in left_out[0].reason) == (3, True)


def test_odd_bytes() -> None:
    events, left_out = read(ics("DTSTART:20250310T090000\nSUMMARY:Größe").decode().encode("cp1252"))
    assert (events[0].title, "Windows-1252" in left_out[0].reason) == ("Größe", True)
    assert len(read(b"\xef\xbb\xbf" + ics("DTSTART:20250310T090000"))[0]) == 1
    for data in (b"", b"\0", b"nothing"):
        assert "no calendar" in read(data)[1][0].reason


@pytest.mark.parametrize("folder", [DATA, BESIDE], ids=["copied", "whole"])
def test_real_calendars_are_read(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip("the whole material does not lie beside this checkout")
    calendars = IcsCalendars()
    counts = {}
    for path in sorted(folder.glob("*.ics")):
        events, left_out = calendars.events(
            path.name, path.read_bytes(), datetime(1990, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC), BERLIN
        )
        counts[path.stem] = len(events)
        assert events or left_out or b"VEVENT" not in path.read_bytes(), path
    assert counts["issue_466_convert_tzid_with_slash"] == 428
    assert counts["multiple_timezones"] == 3
    assert counts["parsing_error"] == 40
    assert counts["issue_165_missing_event"] == 14


def event(title: str, start: str, minutes: int, **more: bool) -> Event:
    begins = at(start)
    return Event(title=title, start=begins, end=begins + timedelta(minutes=minutes), source=Source(path="x"), **more)


def test_what_is_written_is_read_again() -> None:
    events = [
        event("Write, then; read\\", "2025-03-30T01:30", 90),
        event("Größe", "2025-03-10", 1440, all_day=True),
        event("Free", "2025-03-11T09:00", 30, busy=False),
        event("Free", "2025-03-11T09:00", 30),
    ]
    text = IcsCalendars().write("Plan", events)
    found, left_out = read(text.encode())
    assert left_out == []
    same = [(e.title, e.start, e.end, e.all_day) for e in sorted(events, key=lambda e: (e.start, e.title))]
    assert [(e.title, e.start, e.end, e.all_day) for e in found] == same
    assert sorted(e.busy for e in found if e.title == "Free") == [False, True]
    assert text == IcsCalendars().write("Plan", reversed(events[:3] + events[3:]))
    assert "DTSTAMP:20250330T003000Z" in text
    assert text.count("\r\n") == text.count("\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


@given(st.text(alphabet=st.sampled_from('BEGIN:VEVENTD\r\n;=0259TZ,-"\\'), max_size=80), st.integers(0, 200))
def test_any_damage_is_survived(stray: str, where: int) -> None:
    whole = ics(
        "DTSTART;TZID=Europe/Paris:20250310T090000\nDTEND:20250310T100000Z\nRRULE:FREQ=DAILY;COUNT=3",
        zones=zone("+0100"),
    )
    damaged = whole[:where] + stray.encode() + whole[where + len(stray) // 2 :]
    events, _ = read(damaged)
    assert all(event.start <= event.end for event in events)
