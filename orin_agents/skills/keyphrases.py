"""The phrases a set of documents keeps coming back to, by RAKE: words between function words and punctuation.

A word scores its degree (the words it stands with in phrases, itself included) over its frequency, a phrase the sum
of its words (Rose, Engel, Cramer and Cowley, "Automatic keyword extraction from individual documents", in Berry and
Kogan, Text Mining, 2010). RAKE was made for one abstract and prefers what is long and rare; over many documents the
score is also weighed by log2(1 + n) of the n times a phrase stands and by 1 + ln(d) of the d documents it stands in,
and a single word counts half.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from orin_agents.domain.facts import Fact, Finding, Source, merged
from orin_agents.domain.snapshot import Document
from orin_agents.skills import prose, terms
from orin_agents.skills.pages import own_words

LONGEST = 3
"""Words in a phrase; longer runs are sentences without function words."""
ALONE = 0.5
"""What a single word counts for beside a phrase, which says more."""
MOST_SOURCES = 12
BOILERPLATE = 3
"""A line that stands in this many documents belongs to their form, not to what they say."""

_BETWEEN = re.compile(r"[^\w\s'’.+#/-]+|[./](?=\s|$)|(?<=\s)[-–/.'’]+(?=\s|$)|[/]")

Phrase = tuple[str, ...]


@dataclass(slots=True)
class _Standing:
    """Where a phrase stands, and how it is written there."""

    spellings: Counter[str] = field(default_factory=Counter)
    paths: set[str] = field(default_factory=set)
    sources: list[Source] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.spellings.total()


def find_phrases(documents: tuple[Document, ...], most: int = 12) -> Finding:
    """`phrase.N`: the strongest phrases first, each with the lines where it stands.

    A phrase counts when it stands twice; in less than a page of text, once will do.
    """
    standing = _standing(documents)
    scores = _scores(standing)
    repeated = {phrase for phrase, where in standing.items() if where.count > 1}
    eligible = repeated if len(repeated) >= most else set(standing)
    ranked = sorted(eligible, key=lambda phrase: (-scores[phrase], phrase))
    facts = []
    for number, phrase in enumerate(_distinct(ranked, most), start=1):
        where = standing[phrase]
        spelling = min(where.spellings, key=lambda text: (-where.spellings[text], text))
        facts.append(
            Fact(
                id=f"phrase.{number}",
                label=spelling,
                value=round(scores[phrase], 4),
                sources=merged(where.sources)[:MOST_SOURCES],
            )
        )
    return Finding(skill="keyphrases", facts=tuple(facts))


def _standing(documents: tuple[Document, ...]) -> dict[Phrase, _Standing]:
    found: dict[Phrase, _Standing] = {}
    lines = [(source, text) for document in prose.ordered(documents) for source, text in _lines(document)]
    repeated = Counter(text.lower() for _, text in {(source.path, text): 0 for source, text in lines})
    own = [(source, text) for source, text in lines if repeated[text.lower()] < BOILERPLATE]
    for source, text in own or lines:
        for spelling in _phrases(text):
            key = tuple(map(terms.singular, terms.words(spelling)))
            where = found.setdefault(key, _Standing())
            where.spellings[spelling] += 1
            where.paths.add(source.path)
            where.sources.append(source)
    return found


def _lines(document: Document) -> Iterator[tuple[Source, str]]:
    """The lines of prose with their plain words."""
    for piece in prose.pieces(own_words(document)):
        for at, line in enumerate(re.split(r"\r\n|\r|\n", piece.text), start=piece.first_line):
            yield (
                Source(path=document.path, version=document.version, first_line=at, last_line=at),
                prose.plain(line),
            )


def _phrases(text: str) -> Iterator[str]:
    """The runs of meaningful words of a plain text, as they are written there."""
    for part in _BETWEEN.split(text):
        run: list[str] = []
        for match in [*terms.spelled(part), None]:
            if match is not None and terms.is_content(match.lower().replace("’", "'")):
                run.append(match)
            else:
                if 0 < len(run) <= LONGEST:
                    yield " ".join(run)
                run = []


def _scores(standing: dict[Phrase, _Standing]) -> dict[Phrase, float]:
    frequency: Counter[str] = Counter()
    degree: Counter[str] = Counter()
    for phrase, where in standing.items():
        for word in phrase:
            frequency[word] += where.count
            degree[word] += where.count * len(phrase)
    return {
        phrase: math.fsum(degree[word] / frequency[word] for word in phrase)
        * math.log2(1 + where.count)
        * (1 + math.log(len(where.paths)))
        * (ALONE if len(phrase) == 1 else 1)
        for phrase, where in standing.items()
    }


def _distinct(ranked: list[Phrase], most: int) -> list[Phrase]:
    """The first `most`, without those that only repeat the words of a stronger one."""
    chosen: list[Phrase] = []
    for phrase in ranked:
        if len(chosen) == most:
            break
        if not any(set(phrase) <= set(other) or set(other) <= set(phrase) for other in chosen):
            chosen.append(phrase)
    return chosen
