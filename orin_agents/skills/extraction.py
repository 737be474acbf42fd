"""Answering without a model: the sentences of the best passages and the facts that speak of the question, cited."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import tzinfo

from orin_agents.domain.artifacts import Kind, kind_of
from orin_agents.domain.markdown import one_line
from orin_agents.domain.passages import Passage
from orin_agents.skills import prose
from orin_agents.skills.citing import Sources, harmless, worded
from orin_agents.skills.relevance import BESIDE, Query, fact_score, passage_score, score

MOST_FACTS = 6
MOST_PASSAGES = 4
PER_PASSAGE = 2
"""Sentences of one passage."""
PER_LABEL = 2
"""Facts about one thing."""
LONGEST = 320
"""Characters of a sentence that is shown whole."""

_FRONT_MATTER = re.compile(r"\A---\n.*?(?:\n---\s*|\Z)", re.DOTALL)


def extract(query: Query, sources: Sources, zone: tzinfo | None) -> str:
    """A bulleted answer: what code says, the facts not said in that, then sentences as they stand in the passages.

    What holds much less of the question than the best of all is left out. Times are in the zone. Empty when there is
    nothing to say.
    """
    said = [(score(query, text), text, marks) for text, marks in sources.said]
    facts = {mark: fact_score(query, fact) for mark, fact in sources.facts.items()}
    passages = {mark: passage_score(query, passage) for mark, passage in sources.passages.items()}
    best = max([*facts.values(), *passages.values(), *(rank for rank, _, _ in said)], default=0.0)
    kept = Sources(
        passages={mark: p for mark, p in sources.passages.items() if not best or passages[mark] > best * BESIDE},
        facts={mark: fact for mark, fact in sources.facts.items() if not best or facts[mark] > best * BESIDE},
        said=tuple((text, marks) for rank, text, marks in said if not best or rank > best * BESIDE),
    )
    known = max([*(facts[mark] for mark in kept.facts), *(rank for rank, _, _ in said)], default=0.0)
    told = [*_known(kept, zone)]
    quoted = [line for sentence, line in _quoted(query, kept, known) if not any(sentence in one for one in told)]
    return "\n".join(f"- {line}" for line in [*told, *quoted])


def _known(sources: Sources, zone: tzinfo | None) -> Iterator[str]:
    told: set[str] = set()
    for text, marks in sources.said[: MOST_FACTS // 2]:
        told |= set(marks)
        yield f"{harmless(text)} {''.join(f'[{mark}]' for mark in marks)}".rstrip()
    about = Counter(fact.label for mark, fact in sources.facts.items() if mark in told)
    left = []
    for mark, fact in sources.facts.items():
        if mark not in told and about[fact.label] < PER_LABEL:
            about[fact.label] += 1
            left.append((mark, fact))
    for mark, fact in left[: max(MOST_FACTS - len(told), 1) if told else MOST_FACTS]:
        yield f"{harmless(worded(fact, zone))} [{mark}]"


def _quoted(query: Query, sources: Sources, known: float) -> Iterator[tuple[str, str]]:
    """Sentences that hold as much of the question as others, and as the best that is `known`; each as it is shown."""
    ranked = {mark: [(score(query, said), said) for said in _sentences(p)] for mark, p in sources.passages.items()}
    best = max([known, *(rank for own in ranked.values() for rank, _ in own)])
    for mark in list(ranked)[:MOST_PASSAGES]:
        own = sorted(ranked[mark], key=lambda one: -one[0])[:PER_PASSAGE]
        for rank, sentence in own:
            # the first sentence of a passage that only as a whole speaks of the question stands for it
            if rank > best * BESIDE or (not sources.facts and best == 0 and sentence == own[0][1]):
                yield harmless(sentence), f"“{harmless(sentence)}” [{mark}]"


def _sentences(passage: Passage) -> list[str]:
    """The sentences of a passage as plain words, rows of tables and lines of data as sentences; one that has none gives
    its beginning.
    """
    if kind_of(passage.path) is Kind.DATA:
        return [line for line in map(one_line, passage.text.splitlines()) if re.search(r"\w", line)]
    text = _FRONT_MATTER.sub("", passage.text) if passage.first_line == 1 else passage.text
    found: list[str] = []
    for piece in prose.pieces(text):
        if piece.form is prose.Form.HEADING:
            continue
        found += [prose.plain(piece.text[start:end]) for start, end in prose.split(piece.text)]
    found += [_row(line) for line in text.splitlines() if line.lstrip().startswith("|")]
    found = [said for said in found if said and len(said) <= LONGEST]
    if not found and (said := prose.plain(text)):
        found = [said if len(said) <= LONGEST else f"{said[:LONGEST]}…"]
    return found


def _row(line: str) -> str:
    if not line.strip("|-: \t"):
        return ""
    return " · ".join(cell for part in line.strip().strip("|").split("|") if (cell := prose.plain(part)))
