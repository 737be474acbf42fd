"""What stands around a span: its sentence and clause, the pieces of evidence near to them, the sources they cite."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orin_agents.domain.claims import Claim
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.pieces import STATES, Piece
from orin_agents.skills.grounding.reading import clauses

ASIDE = 0.4
"""How much a word elsewhere in the sentence counts against one in the clause itself."""
WEAK = 0.5
"""A match that is less than so near as another piece that says otherwise is taken for chance."""
SURE = 0.9
"""The same, where the other is a fact whose label of two words or more is in the clause."""
CLOSEST = 12
"""Pieces looked at for one that says otherwise."""
POINTED = 5.0
"""How near a piece is whose title or day is named, beside the words it shares."""
MOST_POINTED = 50
MOST_ROOTS = 60
"""Words of a sentence that are looked at."""


@dataclass(slots=True)
class Context:
    """A sentence of the words: `near` gives for each clause the score of every piece that shares words with it.

    `doubted` are the places of dates that the numbers beside them are not of.
    `shape` is the text with titles and quotes blanked out, whose commas and points part nothing.
    """

    start: int
    end: int
    text: str
    shape: str
    known: Known
    cited: frozenset[str] = frozenset()
    clauses: list[tuple[int, int]] = field(default_factory=list)
    pointed: dict[int, list[int]] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    _near: dict[int, dict[int, float]] = field(default_factory=dict)
    _roots: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clauses = self._merged(clauses(self.shape, self.start, self.end)[:MOST_ROOTS])
        self._roots = [sorted(english.roots(self.text[start:end]))[:MOST_ROOTS] for start, end in self.clauses]

    def _merged(self, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """The clauses, one that has no word of the evidence (`On 18 June, …`) joined to the next, or to the last."""
        found: list[tuple[int, int]] = []
        begin = self.start
        for _, end in parts:
            if any(map(self.known.weight, english.roots(self.text[begin:end]))):
                found.append((begin, end))
                begin = end
        if found:
            found[-1] = (found[-1][0], self.end)
        return found or [(self.start, self.end)]

    def clause(self, at: int) -> int:
        """The number of the clause that the offset is in."""
        number = next((n for n, (start, end) in enumerate(self.clauses) if start <= at < end), len(self.clauses) - 1)
        return min(number, len(self._roots) - 1)

    def roots(self, number: int) -> frozenset[str]:
        """The roots of a clause."""
        return frozenset(self._roots[number])

    @property
    def all_roots(self) -> frozenset[str]:
        """The roots of the sentence."""
        return frozenset(root for roots in self._roots for root in roots)

    def near(self, at: int) -> dict[int, float]:
        """The score of the pieces near to the clause that the offset is in."""
        number = self.clause(at)
        if number not in self._near:
            factors = {root: ASIDE for roots in self._roots for root in roots[: MOST_ROOTS // 2]}
            factors.update(dict.fromkeys(self._roots[number], 1.0))
            near = self.known.near(factors)
            for index, places in self.pointed.items():
                for place in places:
                    whole = self._speaks_of(index, place, number)
                    near[index] = near.get(index, 0.0) + POINTED * (1.0 if whole else ASIDE)
            self._near[number] = near
        return self._near[number]

    def point(self, at: int, pieces: Iterable[int]) -> None:
        """Take these pieces for what the title or date at the offset speaks of."""
        for index in list(pieces)[:MOST_POINTED]:
            self.pointed.setdefault(index, []).append(at)
        self._near.clear()

    def best(self, at: int, pieces: Sequence[int]) -> tuple[float, Piece]:
        """The piece of these that the span at the offset rests on: a cited one before any other, then the nearest."""
        near, all_ = self.near(at), self.known.pieces
        found = max(pieces, key=lambda piece: (all_[piece].id in self.cited, near.get(piece, 0.0), -piece))
        return near.get(found, 0.0), all_[found]

    def rival(self, at: int, says_otherwise: Callable[[int], bool]) -> tuple[float, Piece | None]:
        """The nearest piece that the clause is plainly about, and that says otherwise, by its number.

        That is a fact whose whole label is in the clause, or a sentence that shares three words, and half of the
        clause's weight, with it.
        """
        near, number = self.near(at), self.clause(at)
        roots = self.roots(number)
        whole = sum(self.known.weight(root) for root in roots) or 1.0
        named = {
            index
            for index, places in self.pointed.items()
            if any(self._speaks_of(index, place, number) for place in places)
        }
        found = [index for index in near if index in named or self._is_about(self.known.pieces[index], roots, whole)]
        for index in sorted(found, key=lambda piece: (-near[piece], piece))[:CLOSEST]:
            if says_otherwise(index):
                return near[index], self.known.pieces[index]
        return 0.0, None

    def _speaks_of(self, index: int, place: int, number: int) -> bool:
        """Whether the clause is about the piece that the title or date at the place is of.

        It is where it has the title, or where this is the only one of the sentence and the piece has all its words.
        """
        if self.clause(place) == number:
            return True
        alone = len({at for places in self.pointed.values() for at in places}) == 1
        return alone and self.roots(number) <= self.known.pieces[index].roots

    def doubt(self, piece: Piece) -> None:
        """Take the only date of the sentence, which points at the piece, for one that its numbers are not of."""
        places = {at for index, found in self.pointed.items() if self.known.pieces[index] is piece for at in found}
        if len({at for found in self.pointed.values() for at in found}) == 1 and not piece.label:
            self.doubted |= places

    def names(self, piece: Piece) -> float:
        """How much of the weight of the piece's label the sentence has, from 0 to 1."""
        whole = sum(map(self.known.weight, piece.label))
        return sum(map(self.known.weight, piece.label & self.all_roots)) / whole if whole else 0.0

    def points_at(self, piece: Piece) -> bool:
        """Whether a title or date of the sentence is that of the piece."""
        return any(self.known.pieces[index] is piece for index in self.pointed)

    def _is_about(self, piece: Piece, roots: frozenset[str], whole: float) -> bool:
        if piece.fact:
            return piece.plain and piece.label <= roots
        shared = piece.label & roots
        if piece.family == "*":
            return piece.id.split(".")[0] in STATES and piece.label <= roots and piece.id.count(".") == 1
        if len(shared) < 2:
            return False
        return sum(map(self.known.weight, shared)) >= (0.5 if len(shared) > 2 else 0.55) * whole


def within(context: Context, claims: Sequence[Claim]) -> Sequence[Claim]:
    """The claims, which are in order, that begin in the sentence."""
    first = bisect_left(claims, context.start, key=lambda claim: claim.start)
    return claims[first : bisect_left(claims, context.end, first, key=lambda claim: claim.start)]


def cited_in(marks: Sequence[str], cited: Mapping[str, str]) -> frozenset[str]:
    """The ids of the facts and passages that marks such as `f3` stand for."""
    return frozenset(cited[mark] for mark in marks if mark in cited)
