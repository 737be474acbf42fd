"""Actual over estimated minutes, from the log."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.tasks import TaskState
from orin_agents.skills.calibration import calibrate
from tests.skills.planning import labels, log, sound, task, value, values

DAY = date(2026, 11, 20)


def test_sittings_of_a_task_are_summed() -> None:
    entries = [log(DAY, "t1", 40, estimate_minutes=60), log(DAY, "T1 ", 50, estimate_minutes=60), log(DAY, "t1", 30)]
    found = calibrate(entries)
    assert value(found, "calibration.ratio") == 2.0
    assert value(found, "calibration.samples") == 1
    assert any("longer than estimated: 2.00 times" in remark.text for remark in found.remarks)


def test_estimates_that_differ_are_those_of_sittings() -> None:
    assert (
        value(
            calibrate([log(DAY, "t1", 60, estimate_minutes=40), log(DAY, "t1", 60, estimate_minutes=20)]),
            "calibration.ratio",
        )
        == 2.0
    )


def test_the_median_is_not_moved_by_one_disaster() -> None:
    entries = [log(DAY, f"t{n}", minutes, estimate_minutes=10) for n, minutes in enumerate((10, 12, 500))]
    found = calibrate(entries)
    assert value(found, "calibration.ratio") == 1.2
    assert value(found, "calibration.spread") == 0.2


def test_tasks_without_an_estimate_and_unfinished_ones_are_left_out() -> None:
    entries = [
        log(DAY, "t1", 10),
        log(DAY, "t2", 10, estimate_minutes=0),
        log(DAY, "t3", 5, estimate_minutes=50),
        log(DAY, "Task t4", 5, estimate_minutes=50),
        log(DAY, "t5", 20, estimate_minutes=10),
    ]
    tasks = [task("t3"), task("t4", state=TaskState.STARTED), task("t5", state=TaskState.DONE)]
    assert value(calibrate(entries, tasks), "calibration.ratio") == 2.0
    assert value(calibrate(entries, tasks), "calibration.samples") == 1


def test_objectives_with_three_samples_have_a_ratio_of_their_own() -> None:
    entries = [log(DAY, f"a{n}", 10 * n, estimate_minutes=10, objective="O2") for n in (1, 2, 3)]
    entries += [log(DAY, f"b{n}", 10, estimate_minutes=10, objective="O1") for n in (1, 2)]
    found = calibrate(entries)
    assert labels(found, "calibration") == ["O2"]
    assert values(found, "calibration") == [2.0]


@pytest.mark.parametrize("entries", [[log(DAY, "t1", 10)], [log(DAY, "t1", 10, estimate_minutes=0)]])
def test_without_a_sample_there_is_no_ratio(entries: list) -> None:
    found = calibrate(entries)
    assert value(found, "calibration.ratio") is None
    assert value(found, "calibration.samples") == 0
    sound(found)


def test_no_log() -> None:
    assert calibrate(()).missing == ("task_log.csv",)
    assert calibrate(()).facts == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"), st.floats(0, 1440), st.none() | st.floats(0, 1440), st.sampled_from(["", "O1"])
        )
    )
)
def test_a_ratio_lies_between_the_least_and_the_greatest(rows: list) -> None:
    entries = [log(DAY, name, m, estimate_minutes=e and max(e, 1), objective=o) for name, m, e, o in rows]
    found = calibrate(entries)
    sound(found)
    ratio = found.get("calibration.ratio")
    assert ratio is None or ratio.value is None or 0 <= ratio.value <= 1440 * len(rows)
    assert value(found, "calibration.samples") <= len({name for name, *_ in rows}) if rows else not found.facts
