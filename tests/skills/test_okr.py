"""Grades of key results, objectives and the whole."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Severity
from orin_agents.domain.tasks import TaskState
from orin_agents.skills.okr import score_okrs
from tests.skills.planning import goal, okr, result, sound, task, value, values

TODAY = date(2026, 11, 21)


def test_progress_is_the_way_from_start_to_target() -> None:
    found = score_okrs(okr(goal("O1", 1, result("K1", start=4, current=7))), (), TODAY)
    assert value(found, "key_result.1") == 0.5
    assert value(found, "objective.1") == 0.5
    assert value(found, "okr.score") == 0.5


def test_a_target_below_the_start_is_reached_downwards() -> None:
    found = score_okrs(okr(goal("O1", 1, result("K1", start=25, target=10, current=16))), (), TODAY)
    assert value(found, "key_result.1") == 0.6


@pytest.mark.parametrize(("current", "progress"), [(-5, 0.0), (15, 1.0), (1e308, 1.0), (-1e308, 0.0)])
def test_progress_stays_within_bounds(current: float, progress: float) -> None:
    found = score_okrs(okr(goal("O1", 1, result("K1", current=current))), (), TODAY)
    assert value(found, "key_result.1") == progress


def test_weights_count_at_both_levels() -> None:
    found = score_okrs(
        okr(
            goal("O1", 3, result("K1", current=10, weight=1), result("K2", current=0, weight=3)),
            goal("O2", 1, result("K3", current=10)),
        ),
        (),
        TODAY,
    )
    assert values(found, "objective") == [0.25, 1.0]
    assert value(found, "objective.1.weight") == 0.75
    assert value(found, "okr.score") == 0.4375
    assert value(found, "key_result.3.objective") == "O2"


def test_weights_of_zero_count_alike_and_are_said() -> None:
    found = score_okrs(okr(goal("O1", 0, result("K1", current=10)), goal("O2", 0, result("K2"))), (), TODAY)
    assert value(found, "okr.score") == 0.5
    assert value(found, "objective.2.weight") == 0.5
    assert any("All weights are 0" in remark.text for remark in found.remarks)


def test_an_objective_without_key_results_counts_zero_and_is_named() -> None:
    found = score_okrs(okr(goal("O1", 1, result("K1", current=10)), goal("O2", 1)), (), TODAY)
    assert value(found, "okr.score") == 0.5
    assert any("“Objective O2” has no key results" in remark.text for remark in found.remarks)
    sound(found)


def test_tagged_tasks_are_counted() -> None:
    tasks = [
        task("t1", tags=("#calls",), state=TaskState.DONE),
        task("t2", tags=("calls/helpers",)),
        task("t3", tags=("Calls",), state=TaskState.CANCELLED),
        task("t4", tags=("recalls",)),
    ]
    found = score_okrs(okr(goal("O1", 1, result("K1", target=20, current=5, counts_tag="calls"))), tasks, TODAY)
    assert value(found, "key_result.1.current") == 5
    assert value(found, "key_result.1.counted") == 10
    assert value(found, "key_result.1") == 0.5
    counted = found.get("key_result.1.counted")
    assert counted is not None
    assert [str(source) for source in counted.sources] == ["task_queue.json:1–2"]
    assert any("tasks say 10" in remark.text for remark in found.remarks)


def test_counting_downwards_starts_at_the_start() -> None:
    tasks = [task("t1", tags=("bug",)), task("t2", tags=("bug",), state=TaskState.DONE)]
    found = score_okrs(okr(goal("O1", 1, result("K1", start=8, target=0, counts_tag="#bug"))), tasks, TODAY)
    assert value(found, "key_result.1.counted") == 4
    assert value(found, "key_result.1") == 0.5


def test_without_a_tagged_task_nothing_is_counted() -> None:
    found = score_okrs(okr(goal("O1", 1, result("K1", current=5, counts_tag="calls"))), [task("t1")], TODAY)
    assert found.get("key_result.1.counted") is None
    assert value(found, "key_result.1") == 0.5
    assert any("there are none" in remark.text for remark in found.remarks)


@pytest.mark.parametrize(
    ("today", "gone"),
    [(date(2026, 9, 1), 0.0), (date(2026, 10, 1), 0.0), (date(2026, 10, 2), 0.0109), (date(2027, 1, 1), 1.0)],
)
def test_elapsed_is_the_share_of_days_gone(today: date, gone: float) -> None:
    quarter = okr(goal("O1"), period_start="2026-10-01", period_end="2026-12-31")
    assert value(score_okrs(quarter, (), today), "okr.elapsed") == gone


def test_a_period_of_one_day_has_an_elapsed_share() -> None:
    day = okr(period_start="2026-11-21", period_end="2026-11-21")
    assert value(score_okrs(day, (), TODAY), "okr.elapsed") == 0.0


def test_a_score_behind_the_period_is_said() -> None:
    found = score_okrs(
        okr(goal("O1", 1, result("K1", current=1)), period_start="2026-10-01", period_end="2026-12-31"), (), TODAY
    )
    assert any(r.severity is Severity.WARNING and "lies behind the period" in r.text for r in found.remarks)


def test_a_missed_date_and_a_low_confidence_are_said() -> None:
    found = score_okrs(
        okr(goal("O1", 1, result("K1", current=1, due="2026-11-20"), result("K2", confidence=0.1))), (), TODAY
    )
    texts = [remark.text for remark in found.remarks]
    assert any("was due on 2026-11-20 and stands at 0.10" in text for text in texts)
    assert any("held with a confidence of 0.10" in text for text in texts)


def test_no_file_and_an_empty_file() -> None:
    assert score_okrs(None, (), TODAY).missing == ("plans/okr.json",)
    assert score_okrs(None, (), TODAY).facts == ()
    empty = score_okrs(okr(), (), TODAY)
    assert (value(empty, "okr.score"), value(empty, "okr.confidence"), value(empty, "okr.elapsed")) == (0, 0, None)
    sound(empty)


AMOUNTS = st.floats(-1e308, 1e308) | st.integers(-3, 3).map(float)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e308),
            st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, st.floats(0, 1), st.floats(1e-300, 1e300)), max_size=3),
        ),
        max_size=4,
    )
)
def test_all_ratios_are_within_bounds(goals: list) -> None:
    written = okr(
        *(
            goal(
                f"O{i}",
                weight,
                *(
                    result(f"K{i}.{j}", start=start, target=target, current=current, confidence=sure, weight=share)
                    for j, (start, target, current, sure, share) in enumerate(results)
                    if start != target
                ),
            )
            for i, (weight, results) in enumerate(goals)
        )
    )
    found = score_okrs(written, (), TODAY)
    sound(found)
    for fact in found.facts:
        if fact.unit == "ratio" and fact.value is not None:
            assert 0 <= fact.value <= 1, fact
    weights = [value(found, f"{fact.id}.weight") for fact in found.numbered("objective")]
    assert not weights or abs(sum(weights) - 1) < 1e-3
