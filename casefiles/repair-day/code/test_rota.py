"""Tests of the rota."""

from rota import assign, shifts


def test_shifts_cover_the_day() -> None:
    assert shifts(7) == [(0, 3), (3, 6), (6, 7)]


def test_a_corner_gets_what_it_needs() -> None:
    assert assign(["Bo", "Carla"], {"bicycles": 1, "door": 1}) == {"bicycles": ["Bo"], "door": ["Carla"]}
