import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.skills import likeness

bags = st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 5)).map(Counter), max_size=8)


@given(bags)
def test_vectors_are_no_longer_than_one(found: list[Counter[str]]) -> None:
    for vector in likeness.vectors(found):
        assert math.fsum(weight**2 for weight in vector.values()) <= 1 + 1e-9


@given(bags)
def test_cosines_lie_between_zero_and_one_and_match_the_definition(found: list[Counter[str]]) -> None:
    vectors = likeness.vectors(found)
    cosines = likeness.pairs(vectors, 0.05)
    for i in range(len(vectors)):
        for j in range(i + 1, len(vectors)):
            expected = math.fsum(weight * vectors[j].get(word, 0) for word, weight in vectors[i].items())
            assert math.isclose(cosines.get((i, j), 0), expected, abs_tol=0.0500001 if expected < 0.0500001 else 1e-9)
            assert math.isclose(likeness.cosine(vectors[i], vectors[j]), min(expected, 1), abs_tol=1e-9)
    assert all(0 <= cosine <= 1 for cosine in cosines.values())


def test_words_that_stand_everywhere_tell_nothing() -> None:
    one, two, three = likeness.vectors([Counter("ab"), Counter("ac"), Counter("ac")])
    assert not one and set(two) == {"c"}
    assert math.isclose(likeness.cosine(two, three), 1)
    assert likeness.cosine(one, two) == 0
