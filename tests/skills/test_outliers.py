import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.skills.outliers import THRESHOLD, robust_z

figures = st.lists(st.integers(-1000, 1000), max_size=30)


@given(figures, st.integers(-1000, 1000))
def test_adding_to_all_changes_nothing(series: list[int], shift: int) -> None:
    assert robust_z([figure + shift for figure in series]) == pytest.approx(robust_z(series))


@given(figures, st.sampled_from([0.25, 2, 7, 100]))
def test_scaling_all_changes_nothing(series: list[int], scale: float) -> None:
    assert robust_z([figure * scale for figure in series]) == pytest.approx(robust_z(series))


@given(figures)
def test_turning_all_round_turns_the_sign(series: list[int]) -> None:
    assert robust_z([-figure for figure in series]) == pytest.approx([-z for z in robust_z(series)])


@given(figures)
def test_half_of_the_figures_are_never_outliers(series: list[int]) -> None:
    assert sum(abs(z) <= THRESHOLD for z in robust_z(series)) >= len(series) / 2


def test_the_scores_of_a_known_series() -> None:
    # median 3, deviations 2 1 0 1 97, MAD 1
    assert robust_z([1, 2, 3, 4, 100]) == pytest.approx([-1.349, -0.6745, 0, 0.6745, 65.4265])


def test_equal_figures_fall_back_to_the_mean_deviation() -> None:
    # median 5, MAD 0, mean deviation 10/6
    assert robust_z([5, 5, 5, 5, 5, 15]) == pytest.approx([0, 0, 0, 0, 0, 10 / (1.253314 * 10 / 6)])
    assert robust_z([5, 5, 5]) == [0, 0, 0]
    assert robust_z([]) == []
