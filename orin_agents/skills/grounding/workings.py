"""What plainly follows from the figures of the evidence, where the words say that something was worked out.

- the gap between two facts of one kind (`leaves`, `short of`), their sum (`together`), a row's or a sentence's sum;
- what a share lacks to 1 (`left`, `remaining`), and how many of all there are (`half of the tasks`, `9 in 10 helpers`);
- how many notes were read, by any name (`all four goals`);
- what follows from the other numbers of the sentence, if these are known: `Of 26, 5 are with others, so 21 are yours`,
  `ten blocks of half an hour make 300 minutes`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations, permutations

from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.binding import Rows
from orin_agents.skills.grounding.context import Context
from orin_agents.skills.grounding.known import Known, same_kind
from orin_agents.skills.grounding.measures import Figures, meets, reach
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.quantities import Quantity
from orin_agents.skills.grounding.remainders import days_between, rest_of
from orin_agents.skills.grounding.units import Dimension, factor_of

_GAPS_WORDS = """
gap difference more less fewer up down rose fell grew dropped increase increased decrease decreased above below ahead
behind short missing left remain remaining over under higher lower longer shorter further away point points lack lacks
spare leaves leave leaving beyond exceeds ago apart another need needs slack buffer leeway margin room surplus
"""
_LEFT_WORDS = """
leaves leave leaving left slack buffer leeway margin spare short surplus missing remain remains remaining
"""
_LEFT = frozenset(_LEFT_WORDS.split())
"""Words for the gap between what there is and what is used, of which but one needs to be named."""
_LEFT_OVER = _LEFT | {"lack", "lacks", "lacking"}
_GAPS = frozenset(_GAPS_WORDS.split()) | _LEFT
_SLACK = frozenset(("slack", "buffer", "leeway", "short", "left", "leaves"))
_SUMS_WORDS = "together total totals totalling adds add altogether combined sum sums both"
_SUMS = frozenset(_SUMS_WORDS.split())
_WHOLES_WORDS = "whole all overall adds up"
_WHOLES = _SUMS | frozenset(_WHOLES_WORDS.split())
_RESTS_WORDS = (
    "left remaining remain remains rest other not missing still outside elsewhere lacking lack lacks un without"
)
_RESTS = frozenset(_RESTS_WORDS.split())
_TIMES_WORDS = "make makes making each per times average mean total totals gives give amount amounts come comes equals"
_TIMES = frozenset(_TIMES_WORDS.split())
_BY_CHANCE = 12
"""Up to here a sum or gap of two numbers is met by chance, and needs a word that says it was worked out."""
_MOST_NUMBERS = 6
_NO_UNIT = (Dimension.BARE, Dimension.COUNT)
_CLOSEST = 24


class Workings:
    """The gaps and sums of the facts that may be set against each other."""

    def __init__(self, figures: Figures) -> None:
        self.known: Known = figures.known
        self.figures = figures
        self.rows = Rows(figures.known)

    def derived(self, said: Quantity, context: Context, others: Sequence[Quantity]) -> str:
        """The id of a fact or passage from which the value said plainly follows, or nothing."""
        if said.nouns[:1] == ("point",):
            said = replace(
                said, value=said.value / 100, step=said.step / 100, dimension=Dimension.SHARE, unit="percent"
            )
        words = _words_around(said, context)
        return (
            _of_the_notes(said, context)
            or days_between(said, context)
            or self._as_gap(said, words, context, others)
            or self._as_sum(said, words, context)
            or self._as_rest(said, words, context)
            or (rest_of(said, context) if words & _LEFT_OVER else "")
            or self._as_part(said, words, context)
            or self._of_the_sentence(said, words, others)
        )

    def _as_gap(self, said: Quantity, words: frozenset[str], context: Context, others: Sequence[Quantity]) -> str:
        near, (low, high) = context.near(said.start), reach(said)
        for gap, one, other in self._pairs if words & _GAPS else ():
            if not meets(said, gap, low, high) or not _counts_alike(said, one):
                continue
            named = self._is_meant(one, near, context), self._is_meant(other, near, context)
            said_too = any(_equals(other_, piece) for other_ in others for piece in (one, other))
            if all(named) or (said_too and all(near.get(self._places[piece.id]) for piece in (one, other))):
                return one.id
            if words & _LEFT and (any(named) or words & _SLACK) and not (one.row or other.row):
                return one.id
        return ""

    def _as_sum(self, said: Quantity, words: frozenset[str], context: Context) -> str:
        near, (low, high) = context.near(said.start), reach(said)
        for a, b, one, other in self._comparisons() if words & _SUMS else ():
            if (
                meets(said, _as(a, a.value + b.value), low, high)
                and _counts_alike(said, one)
                and self._is_meant(one, near, context)
                and self._is_meant(other, near, context)
            ):
                return one.id
        for total, piece in self._totals if words & _WHOLES else ():
            if meets(said, total, low, high) and near.get(self._places[piece.id], 0.0) > 0:
                return piece.id
        for at in sorted(near, key=lambda at: (-near[at], at))[:_CLOSEST] if words & _SUMS else ():
            piece = self.known.pieces[at]
            if piece.fact is None and len(piece.quantities) > 1 and _sums_up(said, piece.quantities, low, high):
                return piece.id
        return ""

    def _as_rest(self, said: Quantity, words: frozenset[str], context: Context) -> str:
        near, (low, high) = context.near(said.start), reach(said)
        for value, at in self.figures.shares if said.dimension is Dimension.SHARE else ():
            rest = 1 - value if words & _RESTS else value - 1 if value > 1 and words & _GAPS else 0.0
            if rest and low <= rest <= high and near.get(at):
                return self.known.pieces[at].id
        return ""

    def _as_part(self, said: Quantity, words: frozenset[str], context: Context) -> str:
        """`Half of the risks are critical`: one count of a noun over the greatest."""
        if said.dimension is not Dimension.SHARE:
            return ""
        near, (low, high) = context.near(said.start), reach(said)
        behind = context.text[said.end : said.end + 50]
        for noun in [english.root(word) for word in english.WORD.findall(behind)[:5]]:
            counts = self._counts.get(noun, [])
            whole = max((quantity.value for quantity, _ in counts), default=0.0)
            for quantity, at in counts:
                more = (
                    [other.value for other, place in counts if place != at and near.get(place)]
                    if words & {"or"}
                    else []
                )
                parts = [quantity.value, *(quantity.value + value for value in more)]
                shares = [part / whole for part in parts if part < whole]
                shares += [1 - share for share in shares if words & _RESTS]
                about = self.known.pieces[at].roots - {noun} & context.all_roots
                if near.get(at) and about and any(low <= share <= high for share in shares):
                    return self.known.pieces[at].id
        return ""

    def _of_the_sentence(self, said: Quantity, words: frozenset[str], others: Sequence[Quantity]) -> str:
        """Sums, gaps, products and shares of two or more other numbers of the sentence that are known."""
        bearers = [(other, by) for other in others[:_MOST_NUMBERS] if (by := self._bearer(other))]
        low, high = reach(said)
        for (one, by), (other, _) in permutations(bearers, 2):
            if not other.value or not one.value:
                continue
            if said.dimension is Dimension.SHARE:
                if one.dimension is other.dimension and low <= one.value / other.value <= high:
                    return by
                continue
            told = bool(words & (_GAPS | _SUMS | _TIMES)) or said.value > _BY_CHANCE
            if told and _alike(said, one, other) and _reaches(said, (one.value + other.value, one.value - other.value)):
                return by
            if words & _TIMES and (
                (_alike(said, other) and _reaches(said, (one.value * other.value,)))
                or (_alike(said, one) and _reaches(said, (one.value / other.value,)))
            ):
                return by
        if len(bearers) > 2 and words & _SUMS and _reaches(said, (sum(other.value for other, _ in bearers),)):
            return bearers[0][1]
        return ""

    def _bearer(self, said: Quantity) -> str:
        return next((self.known.pieces[at].id for at, _ in self.figures.equal(said)), "")

    def _is_meant(self, piece: Piece, near: dict[int, float], context: Context) -> bool:
        """Whether the words come near to the piece; of a row, such as a day or risk, they have to name which it is."""
        if near.get(self._places[piece.id], 0.0) <= 0:
            return False
        return not piece.row or context.points_at(piece) or context.names(piece) >= 0.5

    @cached_property
    def _places(self) -> dict[str, int]:
        return {piece.id: at for at, piece in reversed(list(enumerate(self.known.pieces)))}

    @cached_property
    def _pairs(self) -> list[tuple[Quantity, Piece, Piece]]:
        return [(_as(a, abs(a.value - b.value)), one, other) for a, b, one, other in self._comparisons()]

    @cached_property
    def _totals(self) -> list[tuple[Quantity, Piece]]:
        rows: dict[tuple[str, str, Dimension], list[tuple[Quantity, Piece]]] = {}
        for piece in self.known.pieces:
            prefix, _, rest = piece.fact.id.partition(".") if piece.fact else ("", "", "")
            number, _, part = rest.partition(".")
            for quantity in piece.quantities if number.isdigit() else ():
                if quantity.end == 0 and quantity.dimension is not Dimension.BARE:
                    rows.setdefault((prefix, part, quantity.dimension), []).append((quantity, piece))
        return [(_as(row[0][0], sum(quantity.value for quantity, _ in row)), row[0][1]) for row in rows.values()]

    @cached_property
    def _counts(self) -> dict[str, list[tuple[Quantity, int]]]:
        """The counts of the facts by what they count."""
        found: dict[str, list[tuple[Quantity, int]]] = {}
        for at, piece in enumerate(self.known.pieces):
            if piece.fact or piece.family == "*":
                for quantity in piece.quantities[:1]:
                    for noun in quantity.nouns[:1] if quantity.dimension is Dimension.COUNT else ():
                        found.setdefault(noun, []).append((quantity, at))
        return found

    def _comparisons(self) -> Iterator[tuple[Quantity, Quantity, Piece, Piece]]:
        """The values of facts of one kind and unit, two by two."""
        for one, other in self._kin:
            a, b = one.quantities[0], other.quantities[0]
            if a.dimension is b.dimension and a.unit == b.unit:
                yield a, b, one, other

    @cached_property
    def _kin(self) -> list[tuple[Piece, Piece]]:
        return [(one, other) for one, other in same_kind(self.known.pieces) if one.quantities and other.quantities]


def _counts_alike(said: Quantity, piece: Piece) -> bool:
    """Whether what is counted, if anything, is what the fact is of."""
    if said.dimension is not Dimension.COUNT or not said.nouns:
        return True
    return bool(set(said.nouns[:2]) & (piece.roots | set(piece.quantities[0].nouns)))


def _equals(said: Quantity, piece: Piece) -> bool:
    low, high = reach(said)
    return low <= piece.quantities[0].value <= high


def _sums_up(said: Quantity, quantities: Sequence[Quantity], low: float, high: float) -> bool:
    """Whether all of these, or two of them, add up to what is said."""
    same = [quantity.value for quantity in quantities if quantity.dimension is not Dimension.RANK][:12]
    sums = [sum(same), *(one + other for one, other in combinations(same, 2))]
    return said.dimension in (Dimension.BARE, Dimension.COUNT, Dimension.MONEY) and any(
        low <= value <= high for value in sums
    )


def _alike(*quantities: Quantity) -> bool:
    """Whether these may be added: all of one dimension, where what says none is of the other's."""
    kinds = {quantity.dimension for quantity in quantities} - {Dimension.BARE, Dimension.COUNT}
    return len(kinds) <= 1


def _reaches(said: Quantity, values: Sequence[float]) -> bool:
    low, high = reach(said)
    bare = said.dimension in (Dimension.BARE, Dimension.COUNT)
    return any(low <= value <= high or (bare and low <= value / factor_of("hours") <= high) for value in values)


def _as(quantity: Quantity, value: float) -> Quantity:
    return replace(quantity, start=0, end=0, step=0.0, value=value)


_PART_OF = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)) (?:out )?of (?:the |your |all )?$", re.IGNORECASE
)


_HEDGE = re.compile(
    rf"\b(?:more|less|fewer) than (?=\d|(?:an?|{'|'.join((*english.NUMBERS, *english.TENS))})\b)"
    rf"|\b(?:over|under|above|below) (?=\d|(?:{'|'.join((*english.NUMBERS, *english.TENS))})\b)",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby (?:about |around |nearly |almost |more than |over |a good )?$", re.IGNORECASE)
_SHORT_OF = re.compile(r"\bshort (?:of|by)\b|(?:\b(?:minutes?|hours?|days?|h|min|percent)|%) short\b", re.IGNORECASE)


def _words_around(said: Quantity, context: Context) -> frozenset[str]:
    """The words of the sentence without its hedges; `3 of 5` says that 5 is a total, `by 5` that it is a gap."""
    text = context.shape
    plain = _HEDGE.sub(" ", text[context.start : context.end])
    words = {word.lower() for word in english.WORD.findall(plain)}
    if _BY.search(text[max(context.start, said.start - 24) : said.start]):
        words.add("difference")
    if not _SHORT_OF.search(text, context.start, context.end):
        words.discard("short")
    if said.dimension is Dimension.COUNT and _PART_OF.search(text[max(0, said.start - 24) : said.start]):
        words.add("total")
    return frozenset(words)


_ALL_THE = re.compile(r"\b(?:all|the|these|your|all the|all of the) $", re.IGNORECASE)


def _of_the_notes(said: Quantity, context: Context) -> str:
    """The count of what was read, where the account calls it by another noun: `the four goals`, `all five`."""
    known, text = context.known, context.shape
    if said.dimension not in _NO_UNIT or not _ALL_THE.search(text[max(0, said.start - 16) : said.start]):
        return ""
    if any(noun in known.units for noun in said.nouns[:2]):
        return ""
    return next(
        (
            piece.id
            for piece in known.pieces
            if piece.fact and piece.fact.unit == "documents" and piece.fact.value == said.value
        ),
        "",
    )
