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
    kept: list[Candidate] = []
    by_text: dict[str, int] = {}
    by_series: dict[tuple[str, str], list[int]] = {}
    for candidate in candidates:
        text = " ".join(candidate.passage.text.split()).casefold()
        standing = by_series.setdefault(series, []) if (series := _series(candidate)) else []
        place = by_text.get(text)
        if place is None:
            place = next((at for at in standing if _alike(kept[at], candidate)), None)
        if place is None:
            place = len(kept)
            standing.append(place)
            kept.append(candidate)
        elif _standing(candidate) > _standing(kept[place]):
            kept[place] = candidate
        by_text[text] = place
    return kept


def by_agent(candidate: Candidate) -> bool:
    """Whether the passage stands in an agent's own page."""
    return Actor.parse(candidate.owner).kind is ActorKind.AGENT


def _series(candidate: Candidate) -> tuple[str, str] | None:
    """The project, and the path without its dates; none for a path that has no date."""
    path, dates = _DATE.subn("*", candidate.passage.path)
    return (candidate.passage.project, path) if dates else None


def _alike(one: Candidate, other: Candidate) -> bool:
    if one.passage.path == other.passage.path:
        return False
    words, others = (set(_WORD.findall(c.passage.text.casefold())) for c in (one, other))
    return len(words & others) >= ALIKE * len(words | others)


def _standing(candidate: Candidate) -> tuple[bool, str, str]:
    """What decides between equals; the newest of a series is the one with the latest date in its path."""
    dates = "".join(_DATE.findall(candidate.passage.path))
    return not by_agent(candidate), dates, candidate.changed.isoformat()
