from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.passages import Passage
from orin_agents.skills.relevance import choose, score, speak_of, stem, understood

TODAY = date(2026, 11, 24)  # a Tuesday
FINDING = Finding(
    skill="agenda",
    facts=(
        Fact(id="agenda.due_today", label="Due today", value=1, unit="tasks"),
        Fact(id="due.1", label="Sign the hall contract", value="2026-11-24", unit="date"),
        Fact(id="due.2", label="Write the helper pack", value="2026-11-25", unit="date"),
        Fact(id="risk.1", label="Too few helpers", value=16),
        Fact(id="order.1", label="Sign the hall contract", value="t1"),
        Fact(id="event.1", label="Call", value="2026-11-27T09:00:00+00:00/2026-11-27T10:00:00+00:00", unit="interval"),
    ),
    remarks=(
        Remark(text="Due today: “Sign the hall contract”.", facts=("due.1",)),
        Remark(text="The risk “Too few helpers” is critical.", severity=Severity.HIGH, facts=("risk.1",)),
    ),
)


def passage(text: str, heading: str = "") -> Passage:
    return Passage(project="home", path="notes/a.md", version=1, first_line=1, last_line=1, text=text, heading=heading)


@pytest.mark.parametrize(
    ("question", "before", "facts"),
    [
        ("What is due today?", "", ["due.1", "agenda.due_today"]),
        ("and tomorrow?", "What is due today?", ["due.2"]),
        ("What is on my calendar on Friday?", "", ["event.1"]),
        ("What is on 27 November in the calendar?", "", ["event.1"]),
        ("How great is the danger of too few helpers?", "", ["risk.1"]),
        ("Is it signed?", "Where is the hall contract?", ["due.1"]),
        ("What now?", "", ["risk.1"]),
        ("Who won the world cup?", "What is due today?", []),
    ],
)
def test_the_facts_that_speak_of_a_question(question: str, before: str, facts: list[str]) -> None:
    query = understood(question, TODAY, before)
    assert [fact.id for fact in choose(query, [FINDING], 9).facts] == facts


def test_what_code_says_comes_with_its_facts() -> None:
    assert choose(understood("What is due today?", TODAY), [FINDING], 9).said == (
        ("Due today: “Sign the hall contract”.", ("due.1",)),
    )


def test_passages_that_share_too_few_words_do_not_speak_of_a_question() -> None:
    query = understood("What did Ada say about the moon landing?", TODAY)
    near, far = passage("Ada wrote of the landing of the ferry."), passage("Ada signs the contract.")
    assert speak_of(query, [far, near]) == (near,)
    assert speak_of(understood("What now?", TODAY), [far]) == (far,)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("tomorrow or 2026-12-01", ["2026-11-25", "2026-12-01"]),
        ("on Tuesday", ["2026-11-24"]),
        ("on Monday", ["2026-11-30"]),
        ("on 3rd of March", ["2027-03-03"]),
        ("on Nov 20", ["2026-11-20"]),
        ("on 31 February 2026-02-30", []),
        ("next week", [f"2026-{n}" for n in ("11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06")]),
    ],
)
def test_days_that_a_question_names(text: str, days: list[str]) -> None:
    assert sorted(day.isoformat() for day in understood(text, TODAY).days) == days


def test_tasks_that_wait_are_told_with_titles_and_are_not_blocks_of_a_day() -> None:
    facts = (
        Fact(id="order.1", label="Sign", value="t1"),
        Fact(id="blocked.1", label="Build", value="t1, t9"),
        Fact(id="unplaced.1", label="Blocked road", value="waits for t1"),
        Fact(id="block.1", label="Lunch", value="12:00"),
    )
    known = choose(understood("What is blocked?", TODAY), [Finding(skill="planning", facts=facts)], 9)
    assert [(fact.id, fact.value) for fact in known.facts] == [
        ("blocked.1", "“Sign”, t9"),
        ("unplaced.1", "waits for “Sign”"),
    ]


def test_words_are_compared_by_their_stems() -> None:
    for one, other in (("bookings", "booked"), ("planning", "plan"), ("confirmed", "confirm"), ("helpers", "helper")):
        assert stem(one) == stem(other)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_scored(question: str, before: str, text: str) -> None:
    query = understood(question, TODAY, before)
    assert 0 <= score(query, text) <= 1
    choose(query, [FINDING], 5)
