"""An embedding that needs no model: words and their parts, hashed into a vector.

The hashing trick (Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009) on words, on
runs of three and four letters as in fastText (Bojanowski et al., 2017), and on pairs of neighbours. It finds inflected,
compound and misspelt words; it knows no synonyms.
"""

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

DIMENSION = 512
GRAMS = (3, 4)
GRAM = 0.5
"""What a run of letters counts, a word being 1."""
PAIR = 0.5
"""What a pair of neighbours counts."""
LEAST = 0.18
"""The cosine below which two texts have nothing in common but chance."""
KEPT = 1 << 14
"""Words whose features are remembered."""


class HashEmbedding:
    """Implements Embedding. `words` gives the words of a text that carry meaning."""

    name = f"hashing-1-{DIMENSION}"
    least = LEAST

    def __init__(self, words: Callable[[str], Iterable[str]]) -> None:
        self._words = words
        self._features = lru_cache(KEPT)(_features)

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector of length 1 for each text; zeros for one without words."""
        import numpy

        vectors = numpy.zeros((len(texts), DIMENSION), numpy.float32)
        for vector, text in zip(vectors, texts, strict=True):
            self._fill(vector, list(self._words(text)))
        return vectors  # type: ignore[return-value]

    def _fill(self, vector: Any, words: list[str]) -> None:
        import numpy

        weighed = [(self._features(word), 1 + math.log(often)) for word, often in Counter(words).items()]
        weighed += [(_pair(pair), 1.0) for pair in set(pairwise(words))]
        if weighed:
            places = numpy.concatenate([features[0] for features, _ in weighed])
            values = numpy.concatenate([features[1] * weight for features, weight in weighed])
            vector[:] = numpy.bincount(places, values, DIMENSION)
            vector /= numpy.linalg.norm(vector) or 1.0


def _features(word: str) -> tuple[Any, Any]:
    """The places that a word and its runs of letters have in a vector, and what they count there."""
    import numpy

    marked = f"<{word}>"
    grams = [marked[at : at + size] for size in GRAMS for at in range(len(marked) - size + 1)]
    hashes = [zlib.crc32(feature.encode()) for feature in (f"w {word}", *grams)]
    values = numpy.array([1.0, *[GRAM] * len(grams)])
    values[[bool(number & 0x80000000) for number in hashes]] *= -1
    return numpy.array([number % DIMENSION for number in hashes]), values


def _pair(pair: tuple[str, str]) -> tuple[tuple[int], Any]:
    import numpy

    number = zlib.crc32(" ".join(pair).encode())
    return (number % DIMENSION,), numpy.array([-PAIR if number & 0x80000000 else PAIR])
