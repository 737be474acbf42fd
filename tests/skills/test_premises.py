import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.snapshot import Document
from orin_agents.skills.premises import find_premises
from tests.skills.notes import HOSTILE, at_lines, documents, labels, note, shelf, value, values


@given(documents())
def test_premises_and_questions_are_cited(read: tuple[Document, ...]) -> None:
    texts = {document.path: document.text for document in read}
    finding = find_premises(read)
    assert value(finding, "premises.total") == len(finding.numbered("premise"))
    for fact in (*finding.numbered("premise"), *finding.numbered("question")):
        (source,) = fact.sources
        assert at_lines(texts[source.path], source).strip()
        assert isinstance(fact.value, str) and fact.value
    for fact in finding.numbered("premise"):
        if "[" not in at_lines(texts[fact.sources[0].path], fact.sources[0]):
            words = " ".join(at_lines(texts[fact.sources[0].path], fact.sources[0]).split())
            assert fact.label in words or "\x00" in words or ">" in words


@given(documents(), st.randoms())
def test_the_order_of_documents_makes_no_difference(read: tuple[Document, ...], random: random.Random) -> None:
    shuffled = list(read)
    random.shuffle(shuffled)
    assert find_premises(tuple(shuffled)) == find_premises(read)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("We assume the wiring carries the load.", "assume"),
        ("Parking for bicycles: TBD with the office.", "TBD"),
        ("The date is to be confirmed by May.", "TBD"),
        ("TODO: ask the fire officer again.", "TODO"),
        ("It is not yet clear who opens.", "not sure"),
        ("This should be there on Friday.", "should be"),
        ("Hopefully the sun will shine then.", "hopefully"),
        ("They will probably come by bicycle.", "probably"),
        ("Wir haben angenommen, dass es hält.", "assume"),
        ("We believe [the survey](x.md) is right.", "we believe"),
    ],
)
def test_cues_give_premises_away(text: str, cue: str) -> None:
    assert values(find_premises((note(text),)), "premise") == [cue]


@pytest.mark.parametrize(
    "text",
    [
        "The wiring was measured on Monday.",
        "Should be fine?",
        "`assume` nothing.",
        "```\nwe assume nothing here at all\n```",
        "The todo list of the day is short.",
        "Unassuming people measured the wiring.",
    ],
)
def test_what_is_measured_or_asked_is_no_premise(text: str) -> None:
    assert values(find_premises((note(text),)), "premise") == []


def test_the_most_undecided_comes_first_and_becomes_a_question() -> None:
    text = "It should be warm in May.\n\nWe assume nobody is late.\n\nThe parking is TBD with them."
    finding = find_premises((note(text, title="Venue"),))
    assert values(finding, "premise") == ["TBD", "assume", "should be"]
    assert values(finding, "question") == [
        "What is to be decided here, by whom and by when: “The parking is TBD with them.”?",
        "What shows that this holds: “We assume nobody is late.”?",
        "What happens if this turns out otherwise: “It should be warm in May.”?",
    ]
    assert labels(finding, "question") == ["Venue"] * 3
    assert [remark.facts[0] for remark in finding.remarks] == ["premises.undecided", "premises.assumed"]


def test_questions_that_are_answered_right_behind_are_not_open() -> None:
    text = "## Why this and not that?\n\nBecause it is so.\n\n## Who opens the hall then?\n\n## End\n\n"
    text += "Do we need more light? We do.\n\n- who brings the keys along?\n- what of the rain?\n\nIs it far from here?"
    assert values(find_premises((note(text),)), "question") == [
        "Who opens the hall then?",
        "who brings the keys along?",
        "what of the rain?",
        "Is it far from here?",
    ]


def test_a_premise_with_a_link_is_shown_without_its_syntax() -> None:
    finding = find_premises((note("We assume that [the hall](hall.md) is\nfree on Friday."),))
    assert labels(finding, "premise") == ["We assume that the hall is free on Friday."]
    assert str(finding.facts[0].sources[0]) == "raw_notes/note.md@1:1–2"


def test_what_many_documents_share_assumes_nothing_of_its_own() -> None:
    shared = "The owner is expected to write an update."
    read = tuple(note(f"{shared}\n\nWe assume {word} is enough.", f"{word}.md") for word in ("tea", "soup", "bread"))
    assert values(find_premises(read), "premise") == ["assume"] * 3


def test_real_and_hostile_documents_are_read_to_the_end() -> None:
    assert value(find_premises(shelf("rust-goals-2025h1")), "premises.total")
    find_premises(tuple(note(text, f"{name}.md") for name, text in HOSTILE.items()))


def test_nothing_gives_zero() -> None:
    assert value(find_premises(()), "premises.total") == 0
