"""How alike documents are: TF-IDF and the cosine, on sparse vectors.

Weights are (1 + log tf) · log(N / df), vectors of length 1 (Salton and Buckley, "Term-weighting approaches in
automatic text retrieval", 1988). Kept are each document's strongest words that it shares with another, and none that
stand in so many documents that they tell nothing apart; so the time grows with the number of documents, not with its
square. What is dropped still counts in a vector's length, so that a cosine is at most a little too small.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

STRONGEST = 40
"""Words of a document that are kept."""
COMMON = 100
"""A word in more documents than this tells none of them apart."""

Vector = dict[str, float]


def vectors(bags: Sequence[Mapping[str, int]]) -> list[Vector]:
    """For each bag of words its strongest shared words by weight; the squares of the weights add up to 1 at most."""
    standing = Counter(word for bag in bags for word in bag)
    found = []
    for bag in bags:
        weights = {
            word: (1 + math.log(number)) * math.log(len(bags) / standing[word])
            for word, number in bag.items()
            if number > 0 and standing[word] <= COMMON and standing[word] < len(bags)
        }
        whole = unit(weights)
        shared = [word for word in whole if standing[word] > 1]
        shared.sort(key=lambda word: (-whole[word], word))
        found.append({word: whole[word] for word in shared[:STRONGEST]})
    return found


def unit(vector: Vector) -> Vector:
    """The vector at length 1; an empty one stays empty."""
    length = math.sqrt(math.fsum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()} if length else {}


def pairs(found: Sequence[Vector], least: float) -> dict[tuple[int, int], float]:
    """The cosine of every pair `(i, j)`, i before j, that is at least `least`; between 0 and 1."""
    postings: dict[str, list[tuple[int, float]]] = {}
    cosines: dict[tuple[int, int], float] = {}
    for first in range(len(found) - 1, -1, -1):
        sums: dict[int, float] = {}
        for word, weight in found[first].items():
            standing = postings.setdefault(word, [])
            for second, other in standing:
                sums[second] = sums.get(second, 0.0) + weight * other
            standing.append((first, weight))
        cosines.update({(first, second): min(sums[second], 1.0) for second in sums if sums[second] >= least})
    return cosines


def cosine(one: Vector, other: Vector) -> float:
    """The cosine of two vectors, between 0 and 1."""
    if len(other) < len(one):
        one, other = other, one
    return min(math.fsum(weight * other.get(word, 0.0) for word, weight in one.items()), 1.0)
