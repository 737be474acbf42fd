"""Answering without a model: the sentences of the best passages and the facts that speak of the question, cited."""

from collections.abc import Iterator
from datetime import tzinfo

from orin_agents.domain.passages import Passage
from orin_agents.skills import prose
from orin_agents.skills.citing import Sources, harmless, worded
from orin_agents.skills.relevance import BESIDE, Query, score

MOST_FACTS = 6
MOST_PASSAGES = 4
PER_PASSAGE = 2
"""Sentences of one passage."""
LONGEST = 320
"""Characters of a sentence that is shown whole."""


def extract(query: Query, sources: Sources, zone: tzinfo | None) -> str:
    """A bulleted answer: what code says, the facts not said in that, then sentences as they stand in the passages.

    Times are in the zone. Empty when there is nothing to say.
    """
    return "\n".join(f"- {line}" for line in [*_known(sources, zone), *_quoted(query, sources)])


def _known(sources: Sources, zone: tzinfo | None) -> Iterator[str]:
    told: set[str] = set()
    for text, marks in sources.said[: MOST_FACTS // 2]:
        told |= set(marks)
        yield f"{harmless(text)} {''.join(f'[{mark}]' for mark in marks)}".rstrip()
    left = [(mark, fact) for mark, fact in sources.facts.items() if mark not in told]
    for mark, fact in left[: max(MOST_FACTS - len(told), 1) if told else MOST_FACTS]:
        yield f"{harmless(worded(fact, zone))} [{mark}]"


def _quoted(query: Query, sources: Sources) -> Iterator[str]:
    sentences = [
        (score(query, sentence), mark, sentence)
        for mark, passage in sources.passages.items()
        for sentence in _sentences(passage)
    ]
    best = max((rank for rank, _, _ in sentences), default=0.0)
    for mark in list(sources.passages)[:MOST_PASSAGES]:
        own = [(rank, sentence) for rank, at, sentence in sentences if at == mark]
        ranked = sorted(own, key=lambda one: -one[0])[:PER_PASSAGE]
        for rank, sentence in ranked:
            # the first sentence of a passage that only as a whole speaks of the question stands for it
            if rank > best * BESIDE or (not sources.facts and best == 0 and sentence == ranked[0][1]):
                yield f"“{harmless(sentence)}” [{mark}]"


def _sentences(passage: Passage) -> list[str]:
    """The sentences of a passage as plain words, rows of tables as sentences; one that has none gives its beginning."""
    found: list[str] = []
    for piece in prose.pieces(passage.text):
        if piece.form is prose.Form.HEADING:
            continue
        found += [prose.plain(piece.text[start:end]) for start, end in prose.split(piece.text)]
    found += [_row(line) for line in passage.text.splitlines() if line.lstrip().startswith("|")]
    found = [said for said in found if said and len(said) <= LONGEST]
    if not found and (said := prose.plain(passage.text)):
        found = [said if len(said) <= LONGEST else f"{said[:LONGEST]}…"]
    return found


def _row(line: str) -> str:
    if not line.strip("|-: \t"):
        return ""
    return " · ".join(cell for part in line.strip().strip("|").split("|") if (cell := prose.plain(part)))
