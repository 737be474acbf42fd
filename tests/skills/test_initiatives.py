"""Weighted shortest job first."""

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Source
from orin_agents.domain.project_map import Initiative, ProjectMap
from orin_agents.skills.initiatives import rank_initiatives
from tests.skills.planning import goal, labels, okr, sound, value, values


def initiative(name: str, *numbers: float, objective: str = "O1") -> Initiative:
    value, urgency, risk_reduction, size = numbers
    return Initiative(
        name=name,
        objective=objective,
        value=value,
        urgency=urgency,
        risk_reduction=risk_reduction,
        size=size,
        source=Source(path="plans/project_map.md", first_line=9),
    )


def test_the_most_delay_cost_for_its_size_comes_first() -> None:
    page = ProjectMap(initiatives=(initiative("big", 8, 8, 8, 10), initiative("small", 3, 2, 1, 2)))
    found = rank_initiatives(page, None)
    assert labels(found, "initiative") == ["small", "big"]
    assert values(found, "initiative") == [3.0, 2.4]
    assert [value(found, f"initiative.1.{part}") for part in ("value", "urgency", "risk_reduction", "size")] == [
        3,
        2,
        1,
        2,
    ]
    assert value(found, "initiative.1.objective") == "O1"
    assert "“small” comes first" in found.remarks[0].text


def test_an_unknown_objective_is_said() -> None:
    page = ProjectMap(initiatives=(initiative("lost", 1, 1, 1, 1, objective="O7"),))
    found = rank_initiatives(page, okr(goal("O1")))
    assert any("serves O7, which is no known objective" in remark.text for remark in found.remarks)
    assert not any("no known objective" in remark.text for remark in rank_initiatives(page, None).remarks)


def test_no_page_and_an_empty_page() -> None:
    assert rank_initiatives(None, None).missing == ("plans/project_map.md",)
    assert rank_initiatives(ProjectMap(), None).facts == ()
    assert rank_initiatives(ProjectMap(), None).missing == ()


RELATIVE = st.floats(0, 1e5)


@given(st.lists(st.tuples(RELATIVE, RELATIVE, RELATIVE, st.floats(0.01, 1e5)), max_size=8))
def test_scores_fall_and_are_not_negative(rows: list[tuple[float, float, float, float]]) -> None:
    page = ProjectMap(initiatives=tuple(initiative(f"i{n}", *row) for n, row in enumerate(rows)))
    found = rank_initiatives(page, None)
    sound(found)
    scores = values(found, "initiative")
    assert len(scores) == len(rows)
    assert scores == sorted(scores, reverse=True)
    assert all(score >= 0 for score in scores)
