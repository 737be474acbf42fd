import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Severity, Source
from orin_agents.domain.risks import Risk, RiskMatrix, RiskState
from orin_agents.skills.risks import BANDS, band, score_risks
from tests.skills.notes import labels, value, values

TODAY = date(2026, 3, 2)
risks = st.lists(
    st.builds(
        Risk,
        id=st.uuids().map(str),
        title=st.sampled_from(["rain", "rats", "rust"]),
        probability=st.integers(1, 5),
        impact=st.integers(1, 5),
        state=st.sampled_from(RiskState),
        mitigation=st.sampled_from(["", "umbrellas"]),
        review=st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    ),
    max_size=12,
)


def risk(name: str, probability: int, impact: int, **more: object) -> Risk:
    return Risk.model_validate({"id": name, "title": name, "probability": probability, "impact": impact, **more})


@given(risks, st.randoms())
def test_scores_lie_within_bounds_and_every_count_adds_up(found: list[Risk], random: random.Random) -> None:
    finding = score_risks(RiskMatrix(risks=found), TODAY)
    alive = [item for item in found if item.state is not RiskState.CLOSED]
    scores = [score for score in values(finding, "risk") if isinstance(score, int)]
    assert len(scores) == len(alive) and all(1 <= score <= 25 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert sum(int(str(value(finding, f"matrix.{name}"))) for name in BANDS) == len(alive)
    cells = {(p, i): value(finding, f"cell.{p}.{i}") for p in range(1, 6) for i in range(1, 6)}
    for (p, i), number in cells.items():
        assert number == sum(item.probability == p and item.impact == i for item in alive)
    assert all(str(due) <= TODAY.isoformat() for due in values(finding, "review_due"))
    shuffled = list(found)
    random.shuffle(shuffled)
    assert score_risks(RiskMatrix(risks=shuffled), TODAY) == finding


@given(st.integers(1, 24))
def test_a_higher_score_is_never_in_a_lower_band(score: int) -> None:
    assert BANDS.index(band(score)) <= BANDS.index(band(score + 1))


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (1, "low"),
        (3, "low"),
        (4, "medium"),
        (6, "medium"),
        (8, "high"),
        (12, "high"),
        (15, "critical"),
        (25, "critical"),
    ],
)
def test_bands(score: int, expected: str) -> None:
    assert band(score) == expected


def test_the_worst_comes_first_with_its_band_mitigation_and_state() -> None:
    matrix = RiskMatrix(
        risks=[
            risk("rain", 3, 2, state="accepted", mitigation="umbrellas"),
            risk("fire", 2, 5, state="mitigated", mitigation="extinguishers"),
            risk("helpers", 4, 4),
            risk("booked twice", 1, 5, state="closed"),
        ]
    )
    finding = score_risks(matrix, TODAY)
    assert labels(finding, "risk") == ["helpers", "fire", "rain"]
    assert [value(finding, f"risk.{n}.band") for n in (1, 2, 3)] == ["critical", "high", "medium"]
    assert [value(finding, f"risk.{n}.mitigation") for n in (1, 2, 3)] == ["", "extinguishers", "umbrellas"]
    assert value(finding, "risks.unmitigated") == 1
    assert value(finding, "cell.1.5") == 0
    (remark,) = finding.remarks
    assert (remark.severity, remark.facts) == (Severity.HIGH, ("risk.1", "risk.1.mitigation"))


def test_a_critical_risk_with_a_mitigation_is_a_warning() -> None:
    finding = score_risks(RiskMatrix(risks=[risk("wiring", 5, 5, mitigation="measure")]), TODAY)
    assert [remark.severity for remark in finding.remarks] == [Severity.WARNING]


def test_reviews_are_due_on_their_day() -> None:
    days = {"past": date(2026, 3, 1), "today": TODAY, "later": date(2026, 3, 3)}
    matrix = RiskMatrix(risks=[risk(name, 1, 1, review=day) for name, day in days.items()])
    assert labels(score_risks(matrix, TODAY), "review_due") == ["past", "today"]


def test_an_absent_register_is_said_and_an_empty_one_gives_zeros() -> None:
    assert score_risks(None, TODAY).missing == ("risk_matrix.json",)
    finding = score_risks(RiskMatrix(), TODAY)
    assert {fact.value for fact in finding.facts} == {0} and not finding.missing


def test_counts_point_to_their_risks_and_a_zero_to_the_register() -> None:
    lines = [Source(path="risk_matrix.json", first_line=n, last_line=n) for n in (3, 4)]
    risks = [risk(f"r{n}", 5, 5).model_copy(update={"source": line}) for n, line in enumerate(lines)]
    finding = score_risks(RiskMatrix(risks=risks), TODAY)
    both = (Source(path="risk_matrix.json", first_line=3, last_line=4),)
    for name in ("matrix.critical", "cell.5.5"):
        assert (counted := finding.get(name)) and counted.sources == both
    for name in ("matrix.low", "cell.1.1"):
        assert (none := finding.get(name)) and none.sources == (Source(path="risk_matrix.json"),)
