"""The embedding without a model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orin_agents.adapters.hash_embedding import DIMENSION, HashEmbedding
from orin_agents.skills.terms import content

EMBEDDING = HashEmbedding(content)


def cosine(one: str, other: str) -> float:
    first, second = EMBEDDING.embed([one, other])
    return float(sum(a * b for a, b in zip(first, second, strict=True)))


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=80))
def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(one: str, other: str) -> None:
    (alone,) = EMBEDDING.embed([one])
    together, _ = EMBEDDING.embed([one, other])
    assert len(alone) == DIMENSION
    assert list(alone) == list(together)
    assert sum(value * value for value in alone) == pytest.approx(1 if list(content(one)) else 0, abs=1e-5)


def test_inflected_compound_and_misspelt_words_are_near() -> None:
    assert cosine("the electricians measured", "an electrician measures") > 0.5
    assert cosine("electrican", "electrician") > 0.5
    assert cosine("Hafenfest", "Hafenfestes") > 0.5
    assert cosine("hall contract", "contract for the hall") > 0.5
    assert cosine("hall contract", "lentil soup") < EMBEDDING.least


def test_it_is_the_same_on_every_machine_and_in_every_process() -> None:
    (vector,) = EMBEDDING.embed(["hall"])
    strongest = max(range(DIMENSION), key=lambda place: abs(vector[place]))
    assert (strongest, round(float(vector[strongest]), 4)) == (253, 0.603)
