"""Time against weights: the total variation distance and its edges."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.skills.drift import measure_drift, total_variation
from orin_agents.skills.objectives import shares
from tests.skills.planning import goal, log, okr, result, sound, value, values

TUESDAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 22)
TWO = okr(goal("O1", 3, result("K1")), goal("O2", 1))


def test_drift_is_half_the_sum_of_differences() -> None:
    found = measure_drift(TWO, [log(MONDAY, "a", 30, objective="O1"), log(TUESDAY, "b", 90, objective="O2")], TUESDAY)
    assert values(found, "share") == [0.25, 0.75]
    assert [value(found, f"share.{n}.weight") for n in (1, 2)] == [0.75, 0.25]
    assert value(found, "drift.total") == 0.5
    assert value(found, "drift.minutes") == 120
    assert any("Drift is 0.50" in remark.text for remark in found.remarks)


def test_the_week_begins_on_monday_and_ends_today() -> None:
    entries = [
        log(MONDAY - timedelta(days=8), "older", 500, objective="O2"),
        log(SUNDAY, "last week", 60, objective="O1"),
        log(MONDAY - timedelta(days=7), "last week", 20, objective="O2"),
        log(MONDAY, "this week", 40, objective="O1"),
        log(TUESDAY + timedelta(days=1), "tomorrow", 500, objective="O2"),
    ]
    found = measure_drift(TWO, entries, TUESDAY)
    assert value(found, "drift.minutes") == 40
    assert value(found, "drift.total") == 0.25
    assert value(found, "drift.last_week") == 0.0


def test_ids_of_key_results_and_titles_count_for_their_objective() -> None:
    entries = [log(MONDAY, "a", 30, objective=" k1 "), log(MONDAY, "b", 10, objective="objective o2")]
    assert values(measure_drift(TWO, entries, TUESDAY), "share") == [0.75, 0.25]


def test_time_on_no_objective_is_drift() -> None:
    entries = [log(MONDAY, "a", 30, objective="O9"), log(MONDAY, "b", 30)]
    found = measure_drift(TWO, entries, TUESDAY)
    assert value(found, "drift.total") == 1.0
    assert value(found, "drift.unassigned") == 60


def test_a_week_without_time_has_no_drift() -> None:
    found = measure_drift(TWO, [log(SUNDAY, "a", 30, objective="O1")], MONDAY)
    assert value(found, "drift.total") is None
    assert value(found, "drift.last_week") == 0.25
    assert value(found, "drift.minutes") == 0
    assert "not known" in found.remarks[0].text


def test_what_is_absent_is_said() -> None:
    assert measure_drift(None, (), MONDAY).missing == ("plans/okr.json", "task_log.csv")
    assert measure_drift(TWO, (), MONDAY).missing == ("task_log.csv",)
    assert measure_drift(TWO, (), MONDAY).facts == ()
    none = measure_drift(okr(), [log(MONDAY, "a", 30)], MONDAY)
    assert value(none, "drift.total") is None
    sound(none)


AMOUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=6)


@given(AMOUNTS)
def test_no_drift_where_shares_equal_weights(amounts: list[float]) -> None:
    amounts = [max(round(amount), 1) for amount in amounts]
    goals = okr(*(goal(f"O{n}", amount) for n, amount in enumerate(amounts)))
    entries = [log(MONDAY, "a", amount, objective=f"O{n}") for n, amount in enumerate(amounts)]
    assert value(measure_drift(goals, entries, MONDAY), "drift.total") == 0


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=6))
def test_total_variation_is_symmetric_and_within_bounds(pairs: list[tuple[float, float]]) -> None:
    one, other = shares([a for a, _ in pairs]), shares([b for _, b in pairs])
    assert total_variation(one, other) == total_variation(other, one)
    assert 0 <= total_variation(one, other) <= 1
    assert total_variation(one, one) == 0


@given(
    st.lists(st.floats(0, 1e6), max_size=4),
    st.lists(st.tuples(st.sampled_from(["O0", "O1", "O2", "", "x"]), st.floats(0, 1440)), max_size=8),
)
def test_drift_is_within_bounds(weights: list[float], entries: list[tuple[str, float]]) -> None:
    goals = okr(*(goal(f"O{n}", weight) for n, weight in enumerate(weights)))
    found = measure_drift(goals, [log(MONDAY, "a", minutes, objective=name) for name, minutes in entries], MONDAY)
    sound(found)
    total = found.get("drift.total")
    assert total is None or total.value is None or 0 <= total.value <= 1
    assert all(0 <= share <= 1 for share in values(found, "share"))


@pytest.mark.parametrize("weights", [[0, 0], [0.0]])
def test_shares_of_nothing_are_equal(weights: list[float]) -> None:
    assert shares(weights) == [1 / len(weights)] * len(weights)
    assert shares([]) == []
