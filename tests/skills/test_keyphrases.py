import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.snapshot import Document
from orin_agents.skills import prose, terms
from orin_agents.skills.keyphrases import find_phrases
from tests.skills.notes import HOSTILE, at_lines, documents, labels, note, shelf, values


@given(documents(), st.integers(0, 12))
def test_phrases_stand_at_the_lines_named_and_the_best_come_first(read: tuple[Document, ...], most: int) -> None:
    texts = {document.path: document.text for document in read}
    finding = find_phrases(read, most)
    facts = finding.numbered("phrase")
    assert len(facts) <= most
    scores = [fact.value for fact in facts if isinstance(fact.value, float)]
    assert len(scores) == len(facts) and all(score > 0 for score in scores)
    assert scores == sorted(scores, reverse=True)
    for fact in facts:
        assert fact.sources
        wanted = set(terms.content(fact.label))
        for source in fact.sources:
            assert wanted <= set(terms.content(prose.plain(at_lines(texts[source.path], source))))


@given(documents(), st.randoms())
def test_the_order_of_documents_makes_no_difference(read: tuple[Document, ...], random: random.Random) -> None:
    shuffled = list(read)
    random.shuffle(shuffled)
    assert find_phrases(tuple(shuffled)) == find_phrases(read)


@pytest.mark.parametrize("name", ["rust-goals-2025h1", "obsidian-tasks-demo"])
def test_real_documents_have_phrases(name: str) -> None:
    found = labels(find_phrases(shelf(name)), "phrase")
    assert len(found) == 12
    assert len({label.lower() for label in found}) == 12


def test_hostile_documents_are_read_to_the_end() -> None:
    find_phrases(tuple(note(text, f"{name}.md") for name, text in HOSTILE.items()))


def test_what_stands_often_and_together_wins_over_what_stands_once() -> None:
    read = (
        note("The rope hall is cold. A rope hall needs light.\n\nWe met the fire officer once.", "a.md"),
        note("# Rope halls\n\nThe fire in the kitchen.", "b.md"),
    )
    finding = find_phrases(read, 1)
    assert labels(finding, "phrase") == ["rope hall"]
    assert [str(source) for source in finding.facts[0].sources] == ["a.md@1:1", "b.md@1:1"]


def test_code_links_and_function_words_make_no_phrases() -> None:
    text = "The [[of the|and]] `x`\n\n```\nsecret words secret words\n```\n\n[a](http://secret.org/words)"
    assert "secret" not in " ".join(labels(find_phrases((note(text),)), "phrase"))


def test_nothing_gives_nothing() -> None:
    assert values(find_phrases(()), "phrase") == []


def test_copies_of_one_document_still_have_phrases() -> None:
    read = tuple(note("The rope hall is cold.", f"{number}.md") for number in range(5))
    assert "rope hall" in labels(find_phrases(read), "phrase")
