"""When routines come due: wall time for the daily ones, both days of a clock change, UTC for periods."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.routines import WEEKDAYS, Routine
from orin_agents.services.schedule import next_slot

BERLIN = ZoneInfo("Europe/Berlin")


def routine(**fields: object) -> Routine:
    steps = [{"id": "s", "agent": "critic"}]
    return Routine.model_validate({"id": "r", "title": "R", "part": "morning", "steps": steps, **fields})


@pytest.mark.parametrize(
    ("at", "now", "expected"),
    [
        ("07:30", "2026-11-21T06:00+01:00", "2026-11-21T07:30+01:00"),
        ("07:30", "2026-11-21T07:30+01:00", "2026-11-22T07:30+01:00"),
        ("02:30", "2027-03-27T12:00+01:00", "2027-03-28T03:30+02:00"),  # the hour that a clock change leaves out
        ("02:30", "2027-10-30T12:00+02:00", "2027-10-31T02:30+02:00"),  # the hour that comes twice: its first time
        ("02:30", "2027-10-31T02:31+02:00", "2027-11-01T02:30+01:00"),
    ],
)
def test_daily_slots_are_wall_time(at: str, now: str, expected: str) -> None:
    # Compared in UTC: times of two zones are never equal in the hour that comes twice.
    slot = next_slot(routine(at=at), datetime.fromisoformat(now), BERLIN)
    assert slot.astimezone(UTC) == datetime.fromisoformat(expected).astimezone(UTC)
    assert slot.tzinfo == BERLIN


def test_weekly_slots_fall_on_their_day() -> None:
    friday = routine(at="16:00", days=["fri"])
    assert next_slot(friday, datetime(2026, 11, 21, tzinfo=UTC), UTC_ZONE) == datetime(2026, 11, 27, 16, tzinfo=UTC)


def test_periods_are_counted_from_midnight_utc() -> None:
    every = routine(every=15)
    now = datetime(2026, 11, 21, 7, 29, tzinfo=UTC)
    assert next_slot(every, now, UTC_ZONE) == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    odd = routine(every=7)
    late = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
    assert next_slot(odd, late, UTC_ZONE) == datetime(2026, 11, 22, tzinfo=UTC)


UTC_ZONE = ZoneInfo("UTC")
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2026, 2028))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@given(MOMENTS, st.times(), st.sets(st.sampled_from(WEEKDAYS), min_size=1), st.sampled_from(["Europe/Berlin", "UTC"]))
def test_the_next_slot_lies_ahead_within_eight_days_on_a_wanted_day(now, at, days, zone) -> None:
    slot = next_slot(routine(at=f"{at:%H:%M}", days=sorted(days)), now, ZoneInfo(zone))
    assert 0 < (slot - now).total_seconds() <= 8 * 86_400 + 7_200
    assert WEEKDAYS[slot.weekday()] in days
