from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.skills.loglines import is_error, pattern, read_log
from tests.skills.notes import NOW, note


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-03-01T09:00:01 INFO up", datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)),
        ("[2026-03-01 09:00:01,123] INFO up", datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)),
        ("2026-03-01 09:00 up", datetime(2026, 3, 1, 9, 0, tzinfo=UTC)),
        ("2026-03-01T09:00:01.5+01:00 up", datetime(2026, 3, 1, 9, 0, 1, tzinfo=timezone(timedelta(hours=1)))),
        ('{"ts": "2026-03-01T09:00:01Z", "level": "error"}', datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)),
        (
            'h - - [01/Mar/2026:09:00:01 +0100] "GET /"',
            datetime(2026, 3, 1, 9, 0, 1, tzinfo=timezone(timedelta(hours=1))),
        ),
        ("Mar  1 09:00:01 box app: up", datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)),
        ("Dec 31 09:00:01 box app: up", datetime(2025, 12, 31, 9, 0, 1, tzinfo=UTC)),
        ("2026-13-41T09:00:01 up", None),
        ("Feb 30 09:00:01 up", None),
        ("2026-03-01T09:00:01+99:99 up", None),
        ("no time at all", None),
    ],
)
def test_times_are_read(line: str, expected: datetime | None) -> None:
    (found,) = read_log(note(line), NOW)
    assert found.at == expected


def test_a_line_without_a_time_stands_at_that_of_the_line_before() -> None:
    lines = list(read_log(note("start\n2026-03-01 09:00:01 ERROR x\n\n  Traceback\n"), NOW))
    assert [(line.source.first_line, line.at and line.at.hour) for line in lines] == [(1, None), (2, 9), (4, 9)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-03-01 09:00:01 ERROR slot 7 is booked twice", True),
        ("level=error msg=x", True),
        ('{"level": "FATAL"}', True),
        ("ValueError: bad", True),
        ("java.lang.NullPointerException", True),
        ("Traceback (most recent call last):", True),
        ("error: disk full", True),
        ("INFO 0 errors found", False),
        ("INFO terror in the tower", False),
        ("WARNING no answer", False),
    ],
)
def test_lines_of_error_are_known(line: str, expected: bool) -> None:
    assert is_error(line) is expected


def test_lines_that_differ_in_numbers_and_ids_share_a_pattern() -> None:
    one = "[2026-03-01 09:00:01] ERROR job 3fa85f64-5717-4562-b3fc-2c963f66afa6 of 1.0.0.1:80 took 1.5s at 0xff, ab1cd2"
    other = (
        "[2026-03-02 19:10:00,777] ERROR job 00000000-5717-4562-b3fc-2c963f66afa6 of 10.0.0.9:81 took 7s at 0x0, 77beef"
    )
    assert pattern(one) == pattern(other) == "ERROR job # of # took #s at #, #"
    assert pattern("ERROR utf8 is no id, facade is a word") == "ERROR utf8 is no id, facade is a word"


@given(st.text(max_size=600))
def test_any_line_has_a_pattern_on_one_line(text: str) -> None:
    assert "\n" not in pattern(text) and len(pattern(text)) <= 300
    assert pattern(f"2026-03-01 09:00:01 {text}"[:500]) is not None
