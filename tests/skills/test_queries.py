"""What is looked for in a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.skills.queries import LONGEST, MOST_WORDS, prepared


@pytest.mark.parametrize(
    ("asked", "words", "phrases"),
    [
        ("When must the hall contract be signed?", ("hall", "contract", "signed"), ()),
        (
            'Who said "fire permit" or „no open flame“?',
            ("fire", "permit", "open", "flame"),
            ("fire permit", "no open flame"),
        ),
        ("who are we", ("who", "are", "we"), ()),
        ("C++ x -y \"O'Neil* NEAR(a)", ("neil",), ()),
        ("§ 5 2026-11-20", ("5", "2026", "11", "20"), ()),
        ("Hall hall HALL", ("hall",), ()),
        ("Größe über Straße", ("größe", "straße"), ()),
        ("  ", (), ()),
        ('"hall"', ("hall",), ()),
    ],
)
def test_examples(asked: str, words: tuple[str, ...], phrases: tuple[str, ...]) -> None:
    found = prepared(asked)
    assert (found.words, found.phrases) == (words, phrases)


@given(st.text(max_size=300))
def test_any_text_gives_words_of_letters_and_digits_each_once(text: str) -> None:
    found = prepared(text)
    assert all(word and word.isalnum() for word in found.words)
    assert len(set(found.words)) == len(found.words) <= MOST_WORDS


def test_a_book_for_a_question_is_cut() -> None:
    found = prepared("word " * 100_000 + "end")
    assert found.words == ("word",)
    assert len(found.text) <= LONGEST
