import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Finding
from orin_agents.domain.snapshot import Document
from orin_agents.skills import terms
from orin_agents.skills.summary import summarise
from tests.skills.notes import HOSTILE, at_lines, documents, labels, note, shelf, value, values

HALL = """# Hall

The rope hall at the harbour has four circuits of sixteen amperes each.
It is cold.

The harbour office rents the rope hall for forty a day, circuits included. See [the page](https://example.org) of it.

- [ ] Call the harbour office about the rope hall and its four circuits
"""
HELPERS = "Twenty helpers mend bicycles, clothes and toasters through the whole long Saturday."


def check(finding: Finding, read: tuple[Document, ...], most: int) -> None:
    texts = {document.path: document.text for document in read}
    sentences = finding.numbered("sentence")
    assert len(sentences) <= most
    for fact in sentences:
        (source,) = fact.sources
        assert isinstance(fact.value, str)
        assert fact.value in at_lines(texts[source.path], source)
        assert "](" not in fact.value and "[[" not in fact.value and "://" not in fact.value
        assert len(fact.value) <= 300
    assert value(finding, "summary.documents") == len(read)


@given(documents(), st.integers(0, 6))
def test_every_sentence_stands_word_for_word_at_the_line_named(read: tuple[Document, ...], most: int) -> None:
    check(summarise(read, most), read, most)


@given(documents(), st.randoms())
def test_the_order_of_documents_makes_no_difference(read: tuple[Document, ...], random: random.Random) -> None:
    shuffled = list(read)
    random.shuffle(shuffled)
    assert summarise(tuple(shuffled)) == summarise(read)


@pytest.mark.parametrize("name", ["rust-goals-2025h1", "obsidian-tasks-demo"])
def test_real_documents_are_summed_up(name: str) -> None:
    read = shelf(name)
    finding = summarise(read)
    check(finding, read, 5)
    assert len(finding.numbered("sentence")) >= 3


def test_hostile_documents_are_summed_up() -> None:
    read = tuple(note(text, f"{name}.md") for name, text in HOSTILE.items())
    check(summarise(read), read, 5)


def test_the_most_telling_sentences_come_first_and_no_two_say_the_same() -> None:
    finding = summarise((note(HALL, "hall.md", title="Hall"), note(HELPERS, "helpers.md", title="Helpers")))
    assert values(finding, "sentence") == [
        "The rope hall at the harbour has four circuits of sixteen amperes each.",
        HELPERS,
    ]
    assert labels(finding, "sentence") == ["Hall", "Helpers"]
    assert str(finding.facts[0].sources[0]) == "hall.md@1:3"


def test_sentences_differ_in_what_they_say() -> None:
    for document in shelf("rust-goals-2025h1"):
        said = [set(terms.content(str(text))) for text in values(summarise((document,)), "sentence")]
        for index, one in enumerate(said):
            for other in said[index + 1 :]:
                assert len(one & other) <= 0.5 * min(len(one), len(other))


def test_the_form_that_many_documents_share_is_not_quoted() -> None:
    form = "The owner of this goal writes an update for the project blog every month."
    own = [
        "Bicycles need a stand, a pump and a patient mechanic every single time.",
        "Toasters are tested on the isolating transformer before anybody carries them home.",
        "Clothes wait in blue boxes until a sewing machine becomes free again.",
    ]
    read = tuple(note(f"{form}\n\n{text}", f"{number}.md") for number, text in enumerate(own))
    assert sorted(map(str, values(summarise(read), "sentence"))) == sorted(own)


def test_nothing_to_read_gives_zeros() -> None:
    finding = summarise(())
    assert (value(finding, "summary.documents"), value(finding, "summary.words")) == (0, 0)
    assert not finding.missing and not finding.numbered("sentence")


def test_words_of_prose_are_counted() -> None:
    finding = summarise((note("# One two\n\nThree [four](x.md).\n\n```\nnot me\n```\n"),))
    assert value(finding, "summary.words") == 4


def test_copies_of_one_document_are_still_summed_up() -> None:
    read = tuple(note(HALL, f"{number}.md") for number in range(5))
    assert len(values(summarise(read), "sentence")) == 1
