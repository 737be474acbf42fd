"""Which of several like figures words speak of: those of another row, another part or another clause are not theirs.

A fact of several of its kind, such as a risk's score or a day's hours, has siblings. It bears nothing out where the
words name a sibling, and not it; nor where they name another part of it (its weight, not its confidence). Of a sentence
with several figures each is bound to the words beside it: of `six for bicycles, two for the door` only 2 to the door.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.context import Context
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.measures import comparable, reach
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.quantities import Quantity
from orin_agents.skills.grounding.reading import clauses
from orin_agents.skills.grounding.units import Dimension, factor_of

NAMED = 0.5
"""The share of a label's weight from which on words name what bears it."""
HINTED = 0.34
"""The same, where two words hint at it, and nothing at the piece."""
_MEASURES = {
    "initiative": english.roots("score scored rank ranked"),
    "risk": english.roots("score scored rated"),
    "objective": english.roots("score progress"),
    "share": english.roots("share spent went logged"),
}
"""What the headline of such a row is called."""
_WANTED = english.roots("need needed require required want wanted")
"""What is said of all that is counted."""
_FOR = re.compile(r" (?:for|in|of) (?:its |the )?([\w-]+)")
_MOST_ROWS = 60
_SMALL = 1e-9


class Rows:
    """The facts of which there are several of a kind, by kind and part, and by label."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.like: dict[tuple[str, str], list[int]] = {}
        self.of: dict[tuple[str, str], list[int]] = {}
        for at, piece in enumerate(known.pieces):
            if piece.fact and (kind := _kind(piece)) and piece.quantities:
                self.like.setdefault(kind, []).append(at)
                self.of.setdefault((kind[0], piece.fact.label), []).append(at)
        self._rated = [
            (names, rows[:_MOST_ROWS])
            for (_, part), rows in self.like.items()
            if part
            and known.pieces[rows[0]].quantities[0].dimension in (Dimension.BARE, Dimension.SHARE)
            and (names := english.roots(part.replace("_", " ")))
        ]

    def others_than(
        self, fitting: Sequence[int], said: Quantity, context: Context, others: Sequence[Quantity]
    ) -> dict[int, Piece | None]:
        """For each of the pieces, which have the number said, the one that the words name instead; None if none is."""
        rated = self._of_parts(said, context, others)
        return {at: self._another(at, said, context, others, rated) for at in fitting}

    def _another(
        self,
        at: int,
        said: Quantity,
        context: Context,
        others: Sequence[Quantity],
        rated: Sequence[tuple[frozenset[str], Piece]],
    ) -> Piece | None:
        piece = self.known.pieces[at]
        if (_in_label(piece, said) or piece.text.startswith("|")) and context.names(piece) < NAMED:
            return piece
        if other := next((other for names, other in rated if not names <= piece.roots), None):
            return other
        if not piece.fact or _is_prose(piece):
            return self._beside(piece, said, context, others)
        kind = _kind(piece)
        if not kind:
            return None
        own = self._named(at, context)
        best, most = self._sibling(piece, kind, context, NAMED if own else HINTED)
        if best and best.fact and own < NAMED * most:
            parts = [self.known.pieces[part] for part in self.of[kind[0], best.fact.label]]
            told = any(_has(part, said) for part in parts) or _said_elsewhere(best, said, others)
            return None if told else best
        if own >= NAMED:
            return self._part(piece, kind, said, context, others)
        return self._kin(kind, said, context, others)

    def _sibling(
        self, piece: Piece, kind: tuple[str, str], context: Context, least: float
    ) -> tuple[Piece | None, float]:
        """The row of the same kind that the words name most, and how much; one that is only hinted at by two words."""
        assert piece.fact
        best, most = None, least
        for at in self.like.get(kind, ())[:_MOST_ROWS]:
            sibling = self.known.pieces[at]
            own = sibling.fact is not None and sibling.fact.label == piece.fact.label
            if not own and (named := self._named(at, context)) >= most:
                best, most = sibling, named + _SMALL
        if best and most < NAMED and len(best.label & context.all_roots) < 2:
            return None, 0.0
        return best, max(most, NAMED)

    def _of_parts(
        self, said: Quantity, context: Context, others: Sequence[Quantity]
    ) -> list[tuple[frozenset[str], Piece]]:
        """The rows named together with a part of them (`the urgency of the fire permit`), with the words for it."""
        found = []
        roots = context.roots(context.clause(said.start))
        for names, rows in self._rated:
            for at in rows if names <= roots else ():
                other = self.known.pieces[at]
                if not context.points_at(other) and (
                    len(other.label & context.all_roots) < 2 or context.names(other) < HINTED
                ):
                    continue
                beside = self._part_beside(other, said, context)
                told = _has(other, said) or _said_elsewhere(other, said, others)
                if (not beside or beside <= names) and not told and _comparable(other, said):
                    found.append((names, other))
        return found

    def _kin(self, kind: tuple[str, str], said: Quantity, context: Context, others: Sequence[Quantity]) -> Piece | None:
        """The row of another kind that the words name by its kind and label."""
        roots = context.all_roots
        if english.root(kind[0]) in roots:
            return None
        for (prefix, part), rows in self.like.items():
            if prefix == kind[0] or part or english.root(prefix) not in roots:
                continue
            for at in rows[:_MOST_ROWS]:
                other = self.known.pieces[at]
                if self._named(at, context) < NAMED or not _comparable(other, said):
                    continue
                return None if _has(other, said) or _said_elsewhere(other, said, others) else other
        return None

    def _named(self, at: int, context: Context) -> float:
        piece = self.known.pieces[at]
        return 1.0 if context.points_at(piece) else context.names(piece)

    def _part(
        self, piece: Piece, kind: tuple[str, str], said: Quantity, context: Context, others: Sequence[Quantity]
    ) -> Piece | None:
        """The other part of the same row that the clause names."""
        assert piece.fact
        roots = self._part_beside(piece, said, context) or context.roots(context.clause(said.start))
        if _part_names(kind) & roots:
            return None
        for at in self.of.get((kind[0], piece.fact.label), ()):
            other = self.known.pieces[at]
            if other is piece or not (found := _kind(other)) or not _part_names(found) & roots:
                continue
            if _comparable(other, said) and not _has(other, said) and not _said_elsewhere(other, said, others):
                return other
        return None

    def _part_beside(self, piece: Piece, said: Quantity, context: Context) -> frozenset[str]:
        """The last word before the number that names a part of the piece's row, if one stands close to it."""
        assert piece.fact
        names = {
            name
            for at in self.of.get((piece.family, piece.fact.label), ())
            if (kind := _kind(self.known.pieces[at]))
            for name in _part_names(kind)
        }
        if behind := _FOR.match(context.text, said.end):
            root = english.root(behind[1])
            return frozenset((root,)) if root in names else frozenset()
        before = english.WORD.findall(context.text[max(context.start, said.start - 30) : said.start])[-3:]
        return frozenset([root for word in before if (root := english.root(word)) in names][-1:])

    def _beside(self, piece: Piece, said: Quantity, context: Context, others: Sequence[Quantity]) -> Piece | None:
        """The piece itself, where the clause speaks of what another figure of it stands beside."""
        figures = [quantity for quantity in piece.quantities if quantity.dimension in comparable(said.dimension)]
        if len(figures) < 2 or said.dimension is Dimension.RANK:
            return None
        roots = context.roots(context.clause(said.start)) - _WANTED
        low, high = reach(said)
        fits, rivals = 0.0, 0.0
        for quantity in figures:
            beside = _beside(str(piece.fact.value) if piece.fact else piece.text, quantity.start)
            shared = sum(map(self.known.weight, beside & roots))
            if low <= quantity.value <= high:
                fits = max(fits, shared if beside else 1.0)
            elif not any(_says(other, quantity) for other in others):
                rivals = max(rivals, shared)
        return piece if rivals > fits and fits == 0 else None


def _kind(piece: Piece) -> tuple[str, str] | None:
    prefix, _, rest = piece.id.partition(".")
    number, _, part = rest.partition(".")
    return (prefix, part) if number.isdigit() and piece.fact else None


def _part_names(kind: tuple[str, str]) -> frozenset[str]:
    return english.roots(kind[1].replace("_", " ")) if kind[1] else _MEASURES.get(kind[0], frozenset())


@lru_cache(maxsize=4096)
def _beside(text: str, start: int) -> frozenset[str]:
    """The roots of the clause of a piece that a figure stands in."""
    for first, last in clauses(text, 0, len(text)):
        if first <= start < last:
            return english.roots(text[first:last])
    return frozenset()


def _in_label(piece: Piece, said: Quantity) -> bool:
    """Whether the figure only stands in the title that the fact is of."""
    if piece.fact is None or _is_prose(piece):
        return False
    low, high = reach(said)
    fits = [
        quantity
        for quantity in piece.quantities
        if low <= quantity.value <= high or low <= quantity.value / factor_of(quantity.unit) <= high
    ]
    return bool(fits) and all(q.end and not set(q.nouns[:1]) & set(said.nouns) for q in fits)


def _is_prose(piece: Piece) -> bool:
    return piece.fact is not None and isinstance(piece.fact.value, str) and piece.fact.value.count(" ") > 4


def _says(other: Quantity, quantity: Quantity) -> bool:
    """Whether the other number says this one, of the same things where both say of what."""
    low, high = reach(other)
    alike = not other.nouns or not quantity.nouns or bool(set(other.nouns) & set(quantity.nouns))
    return alike and low <= quantity.value <= high


def _comparable(piece: Piece, said: Quantity) -> bool:
    return any(quantity.dimension in comparable(said.dimension) for quantity in piece.quantities[:1])


def _has(piece: Piece, said: Quantity) -> bool:
    low, high = reach(said)
    return any(low <= quantity.value <= high for quantity in piece.quantities)


def _said_elsewhere(piece: Piece, said: Quantity, others: Sequence[Quantity]) -> bool:
    return any(_has(piece, other) for other in others)
