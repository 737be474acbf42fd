"""What the evidence says, taken apart once: pieces with their words, quantities and moments, and where a text stands.

A piece is the smallest context that figures share: a fact with its label, or one sentence, list item or table row of a
passage or text. How near a piece is to some words is the weight of the roots they share; a root's weight falls with
the number of pieces it is in (Spärck Jones, "A statistical interpretation of term specificity", 1972).
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from orin_agents.domain.claims import Evidence
from orin_agents.domain.facts import Fact
from orin_agents.domain.figures import figure
from orin_agents.domain.marking import borne_out
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.moments import moment_of
from orin_agents.skills.grounding.pieces import Piece, families_of, pieces_of
from orin_agents.skills.grounding.reading import flat

MOST_PIECES = 20_000
"""Pieces that are looked at; evidence beyond is left out, so that time stays bounded."""


class Known:
    """Evidence, ready to hold words against."""

    def __init__(self, evidence: Evidence) -> None:
        evidence = _unmarked(evidence)
        self.now: datetime = evidence.now
        self.today: date = evidence.now.date()
        self.facts = evidence.facts
        self.pieces = pieces_of(evidence)[:MOST_PIECES]
        self.standing: dict[str, list[int]] = defaultdict(list)
        for at, piece in enumerate(self.pieces):
            for root in piece.roots:
                self.standing[root].append(at)
        self.blocks = _blocks(evidence)
        self.text = "\n".join(text for _, text in self.blocks)
        self.flat_blocks = [(id_, flat(text)) for id_, text in self.blocks]
        spelled = english.WORD.findall(self.text)
        self.plain = {word for word in spelled if word.islower()}
        self.capitals = {word for word in spelled if word[0].isupper()}
        self.capitals |= {re.sub(r"['’]s$", "", word) for word in self.capitals}
        self.families = families_of(evidence.facts)
        self.named: dict[str, list[Piece]] = defaultdict(list)
        for piece in self.pieces:
            if piece.fact and piece.quantities and not piece.row:
                self.named[piece.family].append(piece)
        self.measures = {english.root(fact.unit) for fact in self.facts if fact.unit}
        self.units = {noun for piece in self.pieces if piece.fact for q in piece.quantities for noun in q.nouns[:1]} | {
            english.root(noun) for noun in self.families
        }
        self.counted = {
            q.nouns[0] for piece in self.pieces if not piece.family for q in piece.quantities if q.nouns[:1]
        }
        self.titles = _titles(evidence.facts)
        self.labelled: dict[str, list[int]] = defaultdict(list)
        for at, piece in enumerate(self.pieces):
            if piece.fact:
                for name in _names(piece.fact.label):
                    self.labelled[name].append(at)

    def weight(self, root: str) -> float:
        """How much sharing the root tells: 0 for one that the evidence lacks."""
        count = len(self.standing.get(root, ()))
        return math.log(1 + len(self.pieces) / count) if count else 0.0

    def near(self, roots: Mapping[str, float]) -> dict[int, float]:
        """For each piece that shares some of the roots the weight of these, each times the factor given."""
        scores: dict[int, float] = defaultdict(float)
        for root, factor in roots.items():
            weight = self.weight(root) * factor
            for at in self.standing.get(root, ()):
                scores[at] += weight
        return scores

    def where(self, text: str) -> str:
        """The id of the first fact, passage or text in which the text stands, whatever its case and white space."""
        wanted = flat(text)
        return next((id_ for id_, block in self.flat_blocks if wanted in block), "") if wanted.strip() else ""

    def stands(self, text: str) -> str:
        """As `where`, at the borders of words."""
        wanted = flat(text).strip()
        if not wanted:
            return ""
        for id_, block in self.flat_blocks:
            at = block.find(wanted)
            while at >= 0:
                end = at + len(wanted)
                if not (at and block[at - 1].isalnum() and wanted[0].isalnum()) and not (
                    end < len(block) and block[end].isalnum() and wanted[-1].isalnum()
                ):
                    return id_
                at = block.find(wanted, at + 1)
        return ""


def _unmarked(evidence: Evidence) -> Evidence:
    """The evidence without what was found unverified when it was written: an agent's page is quoted by the next."""
    passages = tuple(replace(passage, text=borne_out(passage.text)) for passage in evidence.passages)
    return replace(evidence, passages=passages, texts=tuple(map(borne_out, evidence.texts)))


def _names(label: str) -> set[str]:
    """A label as it is mentioned; of a path or dotted name the last part, too."""
    whole = flat(label)
    return {whole} if " " in whole else {whole, re.split(r"[./](?!md$)", whole)[-1], whole.rsplit("/", 1)[-1]}


def _blocks(evidence: Evidence) -> list[tuple[str, str]]:
    """Every text of the evidence once, with the id of what has it first."""
    blocks: dict[str, str] = {}
    for fact in evidence.facts:
        shown = fact.value if isinstance(fact.value, str) else figure(fact.value, fact.unit, evidence.now.tzinfo)
        for text in (fact.label, shown, *(source.path for source in fact.sources)):
            blocks.setdefault(text, fact.id)
    for passage in evidence.passages:
        for text in (passage.text, passage.heading, passage.path):
            blocks.setdefault(text, passage.id)
    for number, text in enumerate(evidence.texts, 1):
        blocks.setdefault(text, f"text {number}")
    return [(id_, text) for text, id_ in blocks.items() if text]


def _titles(facts: Iterable[Fact]) -> dict[tuple[str, ...], str]:
    """The labels of three words or more, as the words they have, with the id of a fact that bears them."""
    found: dict[tuple[str, ...], str] = {}
    for fact in facts:
        words = tuple(match.group().lower().replace("’", "'") for match in english.WORD.finditer(fact.label))
        if 3 <= len(words) <= 30 and not moment_of(fact.label):
            found.setdefault(words, fact.id)
    return found


def same_kind(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Pairs of facts that may be set against each other: of one label, or next to each other under one name."""
    by_label: dict[str, list[Piece]] = defaultdict(list)
    by_name: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.fact:
            by_label[piece.fact.label].append(piece)
            by_name[piece.family].append(piece)
    for group in (*by_label.values(), *by_name.values()):
        if len(group) <= 12:
            yield from ((one, other) for at, one in enumerate(group) for other in group[at + 1 :])
        else:
            yield from pairwise(group)
