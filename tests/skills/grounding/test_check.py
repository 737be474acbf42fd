"""The grounding check: what is borne out in any form, what is marked, and that it holds up whatever the text."""

import time
from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orin_agents.domain.claims import ClaimKind, Evidence
from orin_agents.domain.facts import Fact
from orin_agents.domain.figures import figure, number, percent, short_day
from orin_agents.skills.grounding.check import Grounds, check_words
from orin_agents.skills.grounding.moments import moments
from tests.skills.grounding.desk import EVIDENCE, HALL, NOW, alarms, claim
from tests.skills.notes import HOSTILE, markdown

TRUE = """
You have 26 open tasks.
Twenty-six tasks are open, and one is overdue.
Drift is 0.62 this week, up from 0.31.
Drift stands at 62 %, twice what is good for you.
About 60 % of the time drifted away this week.
Nearly two thirds of the week drifted away.
Planned work: 5.5 h.
Five and a half hours of work are planned.
330 minutes of planned work are a lot.
5 h 30 min are planned.
Free working hours: 34.8 h.
“Sign the hall contract” is on from 14:00 to 15:30.
At 2 pm you sign the hall contract; that takes 90 minutes.
Answer the newspaper's questions: overdue since Tuesday.
The newspaper's questions were due yesterday, on 17 November.
Mara signs the contract on Tuesday 24 November.
Mara Lind's contract waits for next Tuesday.
The two blocks begin at 14:00 and 15:40.
The Strategist suggests to start early.
Good morning, Ada!
Bookings that run themselves took 84 % of the time, 64 points more than its weight.
The hall, as the notes say, “is eighty metres long”.
"Nobody has measured the wiring yet."
See [[Floor plan]] and https://example.org/hall/plan-2.
Ask @m-ou-se about RFC 3716 and `free_slots`.
1. First item
2. Second item
- Two things stand out.
52 % of 200 guests came by tram [p1].
Just over half of the guests came by tram.
""".strip().splitlines()
FALSE = [
    ("You have 62 open tasks.", ClaimKind.NUMBER, "62"),
    ("You have 26 open hours.", ClaimKind.UNIT, "26 open hours"),
    ("Drift is 0.69 this week.", ClaimKind.NUMBER, "0.69"),
    ("Planned work: 6.5 h.", ClaimKind.NUMBER, "6.5 h"),
    ("Planned work: 330 hours.", ClaimKind.UNIT, "330 hours"),
    ("“Sign the hall contract” begins at 15:40.", ClaimKind.DATE, "15:40"),
    ("“Answer the newspaper's questions” was due on Monday.", ClaimKind.DATE, "Monday"),
    ("Mara signs the contract on Friday 24 November.", ClaimKind.DATE, "Friday 24 November"),
    ("The meeting is on 31 November.", ClaimKind.DATE, "31 November"),
    ("Mara Berg signs the contract.", ClaimKind.NAME, "Mara Berg"),
    ("Dora signs the contract.", ClaimKind.NAME, "Dora"),
    ("Ask @m-ou about it.", ClaimKind.NAME, "@m-ou"),
    ("The function is `free_slot`.", ClaimKind.NAME, "free_slot"),
    ("See RFC 3761.", ClaimKind.NAME, "RFC 3761"),
    ("See [[Floor plans]].", ClaimKind.LINK, "Floor plans"),
    ("See https://example.org/hall/plan-3.", ClaimKind.LINK, "https://example.org/hall/plan-3"),
    ("See https://example.org/hall.", ClaimKind.LINK, "https://example.org/hall"),
    ("The hall “is ninety metres long”.", ClaimKind.QUOTE, "is ninety metres long"),
    ("“Bookings that run themselves” took 16 % of the time.", ClaimKind.NUMBER, "16 %"),
    ("No task is overdue.", ClaimKind.NEGATION, "No task is overdue"),
    ("There are links that lead nowhere.", ClaimKind.NEGATION, "There are links that lead"),
    ("Answer the newspaper's questions is not overdue.", ClaimKind.NEGATION, "not"),
    ("Sign the hall contract is overdue.", ClaimKind.SUBJECT, "Sign the hall contract"),
    ("Rain keeps people at home is critical.", ClaimKind.SUBJECT, "critical"),
    ("Drift fell from 0.31 to 0.62.", ClaimKind.COMPARISON, "fell"),
    ("Drift is lower than last week.", ClaimKind.COMPARISON, "lower"),
    ("Helpers who come back took more time than bookings that run themselves.", ClaimKind.COMPARISON, "more"),
]


@pytest.mark.parametrize("text", TRUE)
def test_what_is_so_is_not_marked_in_whatever_form_it_is_said(text: str):
    assert alarms(text) == []


@pytest.mark.parametrize(("text", "kind", "span"), FALSE)
def test_what_is_not_so_is_marked_with_its_kind(text: str, kind: ClaimKind, span: str):
    assert (kind, span) in alarms(text)


def test_a_claim_says_what_bears_it_out_or_what_is_amiss():
    assert claim("You have 26 open tasks.", "26").by == "progress.open"
    assert claim("Mara signs on 24 November.", "24 November").by == "raw_notes/hall.md@2:3–9"
    missing = claim("You have 27 open tasks.", "27")
    assert missing.by == "" and missing.why


def test_a_claim_rests_on_what_its_sentence_cites_before_any_other():
    facts = (
        Fact(id="a.total", label="Open", value=26, unit="tasks"),
        Fact(id="b.total", label="Tasks of others", value=26, unit="tasks"),
    )
    evidence = Evidence(now=NOW, facts=facts)
    text = "You have 26 open tasks [f2]."
    assert check_words(text, evidence)[0].by == "a.total"
    assert check_words(text, evidence, {"f2": "b.total"})[0].by == "b.total"
    assert check_words("You have 26 open tasks [f7].", evidence, {"f7": "gone"})[0].supported


def test_marks_and_list_numbers_claim_nothing():
    assert check_words("1. Start [f12][p3]\n2) Go on\n- [ ] rest [^4]", EVIDENCE) == ()


def test_nothing_is_borne_out_by_no_evidence():
    empty = Evidence(now=NOW)
    assert check_words("", empty) == () and check_words("Start early today, then rest.", empty) == ()
    assert {kind for kind, _ in alarms("Ask @bo: 5 tasks “are due now” on 3 May, see https://a.b/c.", empty)} == {
        ClaimKind.NAME,
        ClaimKind.NUMBER,
        ClaimKind.QUOTE,
        ClaimKind.DATE,
        ClaimKind.LINK,
    }


def facts() -> st.SearchStrategy[Fact]:
    """One fact of any unit that pages show."""
    days = st.integers(0, 400).map(lambda n: (NOW + timedelta(days=n - 200)).date().isoformat())
    values = st.one_of(
        st.tuples(st.integers(0, 100_000), st.sampled_from(["tasks", "notes", "minutes", "days", ""])),
        st.tuples(st.floats(0, 1, allow_nan=False), st.just("ratio")),
        st.tuples(st.floats(0, 500, allow_nan=False), st.just("hours")),
        st.tuples(days, st.just("date")),
    )
    return values.map(lambda entry: Fact(id="thing.total", label="Harbour load", value=entry[0], unit=entry[1]))


@given(facts())
def test_any_figure_of_a_fact_as_pages_show_it_is_borne_out(fact: Fact):
    evidence = Evidence(now=NOW, facts=(fact,))
    shown = figure(fact.value, fact.unit, NOW.tzinfo)
    assert alarms(f"The harbour load is {shown}.", evidence) == []
    if fact.unit == "ratio":
        assert isinstance(fact.value, float)
        assert alarms(f"The harbour load is {percent(fact.value)}.", evidence) == []


@given(st.integers(2, 9_999), st.integers(0, 3), st.integers(1, 9))
def test_a_number_with_one_digit_changed_is_caught(value: int, place: int, by: int):
    digits = list(str(value))
    place %= len(digits)
    digits[place] = str((int(digits[place]) + by) % 10)
    wrong = int("".join(digits))
    evidence = Evidence(now=NOW, facts=(Fact(id="thing.total", label="Harbour load", value=value, unit="crates"),))
    assert alarms(f"The harbour load is {value} crates.", evidence) == []
    if wrong not in (0, 1, value) and not 1900 <= wrong <= 2100:
        assert alarms(f"The harbour load is {number(wrong)} crates.", evidence)


@given(
    st.one_of(markdown(), st.text(max_size=300), st.text(alphabet='“”"«»[]()#@`*_-–.,:;%0123456789 aA\n', max_size=200))
)
def test_any_text_gives_claims_in_order_apart_and_in_range(text: str):
    claims = check_words(text, EVIDENCE)
    ends = 0
    for found in claims:
        assert ends <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        assert bool(found.by) is found.supported is not bool(found.why)
        ends = found.end


@settings(max_examples=30)
@given(st.text(max_size=120))
def test_evidence_of_any_kind_can_be_taken_apart(text: str):
    fact = Fact(id="a.1", label=text, value=normalize("NFC", text), unit="date")
    Grounds(Evidence(now=NOW, facts=(fact,), texts=(text,))).check(text)


MORE = {
    "numbers in words": "twenty one of ",
    "turns": "up from 3 to ",
    "names": "Mara Lind of ",
    "dates": "Fri 21 Nov 2026, ",
    "handles": "a@b.",
    "right to left": "\u202e\u200f[[([",
}


@pytest.mark.parametrize("name", [*HOSTILE, *MORE])
def test_hostile_text_takes_time_in_proportion_to_its_length(name: str):
    text = HOSTILE.get(name) or MORE.get(name, "") * 10_000
    grounds = Grounds(EVIDENCE)

    def took(length: int) -> float:
        began = time.process_time()
        grounds.check(text[:length])
        Grounds(Evidence(now=NOW, texts=(text[:length],)))
        return time.process_time() - began

    assert took(40_000) < 12 * took(10_000) + 0.5


def test_a_megabyte_is_checked():
    text = "word " * 200_000 + "You have 62 open tasks."
    assert (ClaimKind.NUMBER, "62") in alarms(text)


def test_a_day_of_facts_is_shown_in_its_short_form():
    assert alarms(f"It was due {short_day((NOW - timedelta(days=1)).date())}: answer the newspaper's questions.") == []


def test_what_was_marked_once_bears_nothing_out() -> None:
    page = replace(HALL, text="The hall is ⟦⚠ 95⟧ metres long. It seats 300.")
    evidence = Evidence(now=NOW, passages=(page,), texts=("The pass costs ⟦⚠ 17 euros⟧.",))
    assert alarms("The hall is 95 metres long and seats 300. The pass costs 17 euros.", evidence) == [
        (ClaimKind.NUMBER, "95"),
        (ClaimKind.NUMBER, "17 euros"),
    ]


@pytest.mark.parametrize(
    ("said", "minute"),
    [
        ("ten past nine", 550),
        ("10 past nine", 550),
        ("20 minutes to six", 340),
        ("half past two", 150),
        ("2 past one", 62),
    ],
)
def test_times_are_read_as_they_are_spoken(said: str, minute: int) -> None:
    assert [moment.minute for moment in moments(f"It begins at {said}.", NOW.date())] == [minute]


def test_a_number_to_a_number_is_no_time() -> None:
    assert moments("It takes 2 to three days.", NOW.date()) == []
