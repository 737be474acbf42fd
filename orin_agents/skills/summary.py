"""The sentences that say most of what the documents say, word for word and each with its lines.

The method is SumBasic: a sentence is worth the mean weight of its words, and words that were said weigh less in the
next pick (Nenkova and Vanderwende, "The Impact of Frequency on Summarization", MSR-TR-2005-101). As there, a sentence
near the head of its document counts for more (Edmundson, "New Methods in Automatic Extracting", JACM 16(2), 1969).
Its time grows with the text, not with its square, as centrality on a graph of sentences (LexRank) would.
"""

import math
from collections import Counter
from dataclasses import dataclass

from orin_agents.domain.facts import Fact, Finding
from orin_agents.domain.markdown import MOST
from orin_agents.domain.snapshot import Document
from orin_agents.skills import prose, terms
from orin_agents.skills.prose import Form, Sentence

FEWEST_WORDS = 6
"""Fewer distinct words that carry meaning say too little to stand alone."""
USUAL_WORDS = 12
"""Shorter sentences are weighed as if they had this many words, or a short one of frequent words always won."""
BOILERPLATE = 3
"""A sentence that stands in this many documents belongs to their form, not to what they say."""
OVERLAP = 0.5
"""Two sentences that share more of the words of the shorter one say the same."""
EACH = 2
"""How many sentences of one document are quoted, when there are several."""
_LEANING = "this that these those it its they them their he she his her such so however but and or also"
LEANING = frozenset(_LEANING.split())
"""A sentence that begins with one of these leans on the one before; alone it says half."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    sentence: Sentence
    words: tuple[str, ...]
    kinds: frozenset[str]
    place: float


def summarise(documents: tuple[Document, ...], sentences: int = 5) -> Finding:
    """`sentence.N`: the most telling sentences first, each a verbatim part of its document at its lines.

    Sentences with links, and those too long for a page, are weighed but not quoted.
    """
    documents = tuple(prose.ordered(documents))
    candidates, total = _read(documents)
    chosen = _pick(candidates, sentences, EACH if len(documents) > 1 else sentences)
    facts = [
        Fact(id=f"sentence.{number}", label=found.document.title, value=found.text, sources=(found.source,))
        for number, found in enumerate(chosen, start=1)
    ]
    facts.append(Fact(id="summary.documents", label="Documents read", value=len(documents), unit="documents"))
    facts.append(Fact(id="summary.words", label="Words read", value=total, unit="words"))
    return Finding(skill="summary", facts=tuple(facts))


def _read(documents: tuple[Document, ...]) -> tuple[list[_Candidate], int]:
    """Each distinct sentence once, where it stands first; and how many words were read."""
    first: dict[tuple[str, ...], _Candidate] = {}
    standing: dict[tuple[str, ...], set[str]] = {}
    total = 0
    for document in documents:
        place = 0
        for sentence in prose.sentences(document):
            text = prose.plain(sentence.text)
            total += terms.count(text)
            words = tuple(terms.content(text))
            if not words or sentence.form in (Form.HEADING, Form.TASK):
                continue
            first.setdefault(words, _Candidate(sentence, words, frozenset(words), 1 + 1 / (1 + place)))
            standing.setdefault(words, set()).add(document.path)
            place += 1
    own = [found for words, found in first.items() if len(standing[words]) < BOILERPLATE]
    return own or list(first.values()), total


def _pick(candidates: list[_Candidate], most: int, each: int) -> list[Sentence]:
    weight = _weights(candidates)
    left = [candidate for candidate in candidates if _can_be_shown(candidate)]
    chosen: list[Sentence] = []
    while left and len(chosen) < most:
        best = max(left, key=lambda candidate: _worth(candidate, weight))
        chosen.append(best.sentence)
        for word in best.kinds:
            weight[word] *= weight[word]
        path = best.sentence.document.path
        full = sum(1 for sentence in chosen if sentence.document.path == path) >= each
        left = [
            candidate
            for candidate in left
            if not _repeats(candidate, best) and not (full and candidate.sentence.document.path == path)
        ]
    return chosen


def _weights(candidates: list[_Candidate]) -> dict[str, float]:
    """The share of each word, between 0 and 1, taken from the logarithm of its count in each document: no long one
    outtalks the others.
    """
    spoken: dict[str, Counter[str]] = {}
    for candidate in candidates:
        spoken.setdefault(candidate.sentence.document.path, Counter()).update(candidate.words)
    weight: dict[str, float] = {}
    for counts in spoken.values():
        for word, number in counts.items():
            weight[word] = weight.get(word, 0.0) + math.log1p(number)
    total = math.fsum(weight.values())
    return {word: found / total for word, found in weight.items()}


def _worth(candidate: _Candidate, weight: dict[str, float]) -> float:
    """The worth of a sentence now; ties fall to the sentence that stands first, as `max` keeps the earliest."""
    mean = math.fsum(weight[word] for word in candidate.words) / max(len(candidate.words), USUAL_WORDS)
    leaning = terms.words(candidate.sentence.text[:40])[:1]
    return mean * candidate.place * (0.5 if leaning and leaning[0] in LEANING else 1)


def _repeats(one: _Candidate, other: _Candidate) -> bool:
    return len(one.kinds & other.kinds) > OVERLAP * min(len(one.kinds), len(other.kinds))


def _can_be_shown(candidate: _Candidate) -> bool:
    text = candidate.sentence.text
    starts_well = text[0].isalnum() or text[0] in "\"'“‘«*_`("
    whole = not text.endswith((":", "?", ";", ",", " and", " or"))
    return (
        len(candidate.kinds) >= FEWEST_WORDS
        and len(text) <= MOST
        and starts_well
        and whole
        and candidate.sentence.quotable
    )
