"""Values as a person reads them."""

from datetime import datetime, timedelta, timezone

import pytest

from orin_agents.domain import figures

ZONE = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "ratio", "—"),
        ("", "", "—"),
        (True, "", "yes"),
        (0.6249, "ratio", "0.62"),
        (1, "ratio", "1.00"),
        (5.5, "hours", "5.5 h"),
        (5.0, "hours", "5 h"),
        (90, "minutes", "1 h 30 min"),
        (45, "minutes", "45 min"),
        (120.4, "minutes", "2 h"),
        (-30, "minutes", "−30 min"),
        (3, "tasks", "3"),
        (2.50, "", "2.5"),
        ("2026-11-21", "date", "Sat 21 Nov"),
        ("soon", "date", "soon"),
        ("2026-11-21T08:00:00+00:00", "datetime", "Sat 21 Nov 09:00"),
        ("2026-11-21T08:00:00+00:00/2026-11-21T09:30:00+00:00", "interval", "09:00–10:30"),
        ("2026-11-21T22:00+01:00/2026-11-22T01:00+01:00", "interval", "Sat 21 Nov 22:00–Sun 22 Nov 01:00"),
        ("not/one", "interval", "not/one"),
        ("a|b", "", "a|b"),
    ],
)
def test_figures(value: str | float | None, unit: str, said: str) -> None:
    assert figures.figure(value, unit, ZONE) == said


def test_days_are_written_out() -> None:
    assert figures.day(datetime(2026, 11, 1, tzinfo=ZONE)) == "Sunday 1 November"


def test_percent() -> None:
    assert figures.percent(0.625) == "62 %"
    assert figures.percent(1.2) == "120 %"
