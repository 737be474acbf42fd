"""Several rankings made one, and repetitions taken out of it."""

import re
from collections.abc import Iterable, Sequence

from orin_agents.domain.actors import Actor, ActorKind
from orin_agents.domain.passages import Candidate

K = 60
"""The constant of Cormack, Clarke & Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank
learning methods" (SIGIR 2009)."""
ALIKE = 0.8
"""The share of words that two passages of one series have in common when they say the same."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-[Ww]\d{2}")
_WORD = re.compile(r"\w+")


def fused(rankings: Iterable[Sequence[str]], weights: Iterable[float] = (), k: int = K) -> list[tuple[str, float]]:
    """Every name of the rankings with its score, the best first: the sum of weight / (k + rank), ranks from 1.

    Weights are 1 where none are given. Of a name that stands twice in a ranking the first place counts. Names of the
    same score stay in the order in which they are first met.
    """
    scores: dict[str, float] = {}
    given = tuple(weights)
    for number, ranking in enumerate(rankings):
        weight = given[number] if number < len(given) else 1.0
        for rank, name in enumerate(dict.fromkeys(ranking), start=1):
            scores[name] = scores.get(name, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates without repetitions, in their order.

    The same text is kept once, a person's before an agent's, then the newest. Files that differ in the date of their
    path alone are a series; of passages in it that are almost the same the newest is kept. What is kept takes the best
    place of those it stands for.
    """
    kept: list[tuple[Candidate, str, frozenset[str]]] = []
    for candidate in candidates:
        text = " ".join(candidate.passage.text.split()).casefold()
        words = frozenset(_WORD.findall(text))
        for place, (other, other_text, other_words) in enumerate(kept):
            if text == other_text or (_series(candidate, other) and _alike(words, other_words)):
                if _standing(candidate) > _standing(other):
                    kept[place] = (candidate, text, words)
                break
        else:
            kept.append((candidate, text, words))
    return [candidate for candidate, _, _ in kept]


def _series(one: Candidate, other: Candidate) -> bool:
    paths = one.passage.path, other.passage.path
    if one.passage.project != other.passage.project or paths[0] == paths[1]:
        return False
    return _DATE.sub("*", paths[0]) == _DATE.sub("*", paths[1])


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)


def _standing(candidate: Candidate) -> tuple[bool, str, str]:
    """What decides between equals; the newest of a series is the one with the latest date in its path."""
    by_person = Actor.parse(candidate.owner).kind is not ActorKind.AGENT
    dates = "".join(_DATE.findall(candidate.passage.path))
    return by_person, dates, candidate.changed.isoformat()
