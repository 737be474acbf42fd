"""Numbers and their units, held against the quantities of the evidence.

A number is borne out where a fact or passage has it: in another form (5.5 h is 330 minutes, 0.62 is 62 %), rounded to
the digits that the writer shows, or as far off as the writer's hedge says:

- `about`, `around`, `~`: within 5 %, or half of the last place that is no zero, though no more than 10 %;
- `nearly`, `under`, `up to`: from 80 % of it up to it; `over`, `more than`, `at least`: from it up to 125 %;
- fractions in words (`two thirds`) within 0.02, with a hedge within 0.05.

What is measured has to agree, and so does what is counted, where the evidence counts such things too. Plainly derived,
and accepted where the words say so: how many things of a kind the facts list, the difference of two facts of one kind
(`more`, `gap`, `up by`), their sum (`together`, `in total`), and what a share lacks to 1 (`left`, `remaining`).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.context import SURE, WEAK, Context
from orin_agents.skills.grounding.known import Known, Piece, same_kind
from orin_agents.skills.grounding.quantities import Bound, Dimension, Quantity, factor_of, quantities

_SMALL = 1e-9
_GAPS = frozenset(
    """
    gap difference more less fewer up down rose fell grew dropped increase increased decrease decreased above below ahead
    behind short missing left remain remaining over under higher lower longer shorter further away point points lack
    lacks spare leaves leave leaving beyond exceeds ago apart
    """.split()
)
_SUMS = frozenset("together total add adds up altogether combined sum sums adds whole all overall both".split())
_RESTS = frozenset("left remaining remain remains rest other not missing still outside elsewhere lacking un".split())
_SPECIFIC = 3
"""Digits from which on a number is not met by chance, so that it needs no words in common with what bears it out."""


class Figures:
    """The quantities of the evidence in the order of their values, by what they measure, and those derived from them."""

    def __init__(self, known: Known) -> None:
        self.known = known
        by: dict[Dimension, list[tuple[float, int, Quantity]]] = {dimension: [] for dimension in Dimension}
        raw: list[tuple[float, int, Quantity]] = []
        for at, piece in enumerate(known.pieces):
            for quantity in piece.quantities:
                for value in _shown(quantity, piece):
                    by[quantity.dimension].append((value, at, quantity))
                    if quantity.dimension is not Dimension.RANK:
                        raw.append((value / factor_of(quantity.unit), at, quantity))
        self._by = {dimension: sorted(found, key=lambda entry: entry[0]) for dimension, found in by.items()}
        self._values = {dimension: [entry[0] for entry in found] for dimension, found in self._by.items()}
        self._raw = sorted(raw, key=lambda entry: entry[0])
        self._raw_values = [entry[0] for entry in self._raw]

    def equal(self, said: Quantity) -> Iterator[tuple[int, Quantity]]:
        """The pieces, each with the quantity of it, that have the value said, whatever is counted."""
        low, high = reach(said)
        for dimension in _comparable(said.dimension):
            values = self._values[dimension]
            for entry in self._by[dimension][bisect_left(values, low) : bisect_right(values, high)]:
                yield entry[1], entry[2]
        if said.dimension in (Dimension.BARE, Dimension.COUNT):
            for value, at, quantity in self._raw[
                bisect_left(self._raw_values, low) : bisect_right(self._raw_values, high)
            ]:
                if quantity.dimension not in (Dimension.BARE, Dimension.COUNT) and _is_bare(
                    said, value, quantity, self.known.pieces[at]
                ):
                    yield at, quantity

    def ranks(self, said: Quantity) -> bool:
        """Whether the evidence has such a rank, or gives what it is of another one: nothing else can be said of it."""
        return any(
            rank.value == said.value or set(rank.nouns[:2]) & set(said.nouns[:2])
            for _, _, rank in self._by[Dimension.RANK]
        )

    def derived(self, said: Quantity, words: frozenset[str], near: dict[int, float]) -> Piece | None:
        """The fact from which the value said plainly follows, where the words say that it was worked out."""
        low, high = reach(said)
        for value, piece, other in self._pairs if words & _GAPS else ():
            if _meets(said, value, low, high) and self._near(piece, near) and self._near(other, near):
                return piece
        for value, piece in self._totals if words & _SUMS else ():
            if _meets(said, value, low, high) and self._near(piece, near):
                return piece
        if said.dimension is Dimension.SHARE:
            for value, at, _ in self._by[Dimension.SHARE]:
                rest = 1 - value if words & _RESTS else value - 1 if value > 1 and words & _GAPS else 0.0
                if rest and low <= rest <= high and near.get(at):
                    return self.known.pieces[at]
        return None

    def _near(self, piece: Piece, near: dict[int, float]) -> bool:
        return near.get(self._places[piece.id], 0.0) > 0

    @cached_property
    def _places(self) -> dict[str, int]:
        return {piece.id: at for at, piece in reversed(list(enumerate(self.known.pieces)))}

    @cached_property
    def _pairs(self) -> list[tuple[Quantity, Piece, Piece]]:
        found = []
        for one, other in same_kind(self.known.pieces):
            for a in one.quantities[:1]:
                for b in other.quantities[:1]:
                    if a.dimension is b.dimension and a.unit == b.unit:
                        found.append((_as(a, abs(a.value - b.value)), one, other))
        return found

    @cached_property
    def _totals(self) -> list[tuple[Quantity, Piece]]:
        found = []
        for one, other in same_kind(self.known.pieces):
            for a in one.quantities[:1]:
                for b in other.quantities[:1]:
                    if a.dimension is b.dimension and a.unit == b.unit:
                        found.append((_as(a, a.value + b.value), one))
        rows: dict[tuple[str, str, Dimension], list[tuple[Quantity, Piece]]] = {}
        for piece in self.known.pieces:
            prefix, _, rest = piece.fact.id.partition(".") if piece.fact else ("", "", "")
            number, _, part = rest.partition(".")
            for quantity in piece.quantities if number.isdigit() else ():
                if quantity.end == 0 and quantity.dimension is not Dimension.BARE:
                    rows.setdefault((prefix, part, quantity.dimension), []).append((quantity, piece))
        for row in rows.values():
            found.append((_as(row[0][0], sum(quantity.value for quantity, _ in row)), row[0][1]))
        return found


def check_numbers(text: str, contexts: Sequence[Context], figures: Figures) -> Iterator[Claim]:
    """A claim for every number of the text, in which all that is no number has been blanked."""
    for context in contexts:
        offset = context.start
        found = [_at(quantity, offset) for quantity in quantities(text[offset : context.end])]
        found = [_of_them(text, quantity, found[at - 1]) if at else quantity for at, quantity in enumerate(found)]
        for quantity in found:
            if _counts_itself(quantity) or (quantity.dimension is Dimension.RANK and not figures.ranks(quantity)):
                continue
            yield _held(text, quantity, context, figures, [q for q in found if q is not quantity])


def _of_them(text: str, said: Quantity, before: Quantity) -> Quantity:
    """`8 hours are free, 5 of them planned`: a number of what the one before it measures."""
    bare = said.dimension is Dimension.BARE and before.dimension is not Dimension.COUNT
    points_back = text.startswith((" of them", " of these", " of those"), said.end)
    if not bare or not (points_back or "of which" in text[before.end : said.start]):
        return said
    factor = factor_of(before.unit)
    return replace(
        said,
        value=said.value * factor,
        step=said.step * factor,
        dimension=before.dimension,
        nouns=before.nouns,
        unit=before.unit,
    )


def reach(said: Quantity) -> tuple[float, float]:
    """From where to where a value bears the quantity out."""
    value, slack = said.value, said.step / 2
    size = abs(value)
    if said.dimension is Dimension.RANK:
        return value, value
    if said.unit == "share":
        slack = 0.02 if said.bound is Bound.EXACT else 0.05
    elif said.bound is Bound.ABOUT:
        place = said.step
        while place and size >= place * 10 and abs(size / (place * 10) - round(size / (place * 10))) < _SMALL:
            place *= 10
        slack = max(slack, 0.05 * size, min(place / 2, 0.1 * size))
    low, high = value - slack, value + slack
    whole = said.unit != "share" and float(value / factor_of(said.unit)).is_integer()
    if said.bound is Bound.BELOW:
        low, high = min(low, 0.8 * value), value if whole else high
    elif said.bound is Bound.ABOVE:
        low, high = value if whole else low, max(high, 1.25 * value)
    return low - _SMALL, high + _SMALL


def _held(text: str, said: Quantity, context: Context, figures: Figures, others: Sequence[Quantity]) -> Claim:
    known, near = context.known, context.near(said.start)
    equal = list(figures.equal(said))
    fitting = [at for at, quantity in equal if _counts_the_same(said, quantity, known.pieces[at], known)]
    kind, why = ClaimKind.NUMBER, "No fact or passage has this number."
    if fitting:
        score, piece = context.best(said.start, fitting)
        rival_score, rival = context.rival(
            said.start, lambda at: _says_otherwise(known.pieces[at], said, others, known)
        )
        roots = context.roots(context.clause(said.start))
        other_part = rival and _is_other_part(piece, rival, roots)
        named = piece.fact and piece.plain and piece.label <= roots and piece.label - {english.root(piece.fact.unit)}
        if piece.id in context.cited or (named and not other_part):
            return _claim(text, said, ClaimKind.NUMBER, by=piece.id)
        if rival and _of_another_unit(said, rival, known) and (score < rival_score or _is_entry(text, said, context)):
            kind, why = ClaimKind.UNIT, f"{rival.id} has the number, of something else."
        elif score == 0 and not _stands_alone(said, piece) and not _beside(fitting, others, known):
            why = "No fact or passage has this number of what is spoken of."
        elif rival and (other_part or score < (SURE if rival.fact and len(rival.label) > 1 else WEAK) * rival_score):
            why = f"{rival.id} says otherwise."
        else:
            return _claim(text, said, ClaimKind.NUMBER, by=piece.id)
    elif equal:
        kind, why = ClaimKind.UNIT, "The number is known of something else."
    elif _elsewhere(said, figures):
        kind, why = ClaimKind.UNIT, "The number is known in another unit."
    if piece_ := figures.derived(said, _words_around(text, said, context), near):
        return _claim(text, said, ClaimKind.NUMBER, by=piece_.id)
    return _claim(text, said, kind, why=why)


_PART_OF = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)) (?:out )?of (?:the |your |all )?$", re.IGNORECASE
)


def _of_another_unit(said: Quantity, piece: Piece, known: Known) -> bool:
    """Whether the piece has the very number, in a unit that is not the one said."""
    return said.dimension is Dimension.COUNT and any(
        _in_another_unit(said, quantity, piece, known) for quantity in piece.quantities
    )


def _words_around(text: str, said: Quantity, context: Context) -> frozenset[str]:
    """The words of the sentence; `3 of 5` says that 5 is a total."""
    words = {word.lower() for word in english.WORD.findall(text[context.start : context.end])}
    if said.dimension is Dimension.COUNT and _PART_OF.search(text[max(0, said.start - 24) : said.start]):
        words.add("total")
    return frozenset(words)


def _says_otherwise(piece: Piece, said: Quantity, others: Sequence[Quantity], known: Known) -> bool:
    """Whether the piece has such a quantity, of another value, that is not what another number of the sentence says."""
    comparable = [
        quantity
        for quantity in piece.quantities
        if quantity.dimension in _comparable(said.dimension)
        and _counts_the_same(said, quantity, piece, known)
        and not (said.nouns and piece.fact and quantity.end == 0 and not set(said.nouns) & set(quantity.nouns))
    ]
    low, high = reach(said)
    if any(low <= quantity.value <= high for quantity in comparable):
        return False
    if (
        said.dimension is Dimension.COUNT
        and said.nouns
        and any(_in_another_unit(said, quantity, piece, known) for quantity in piece.quantities)
    ):
        return not any(reach(other)[0] <= said.value <= reach(other)[1] for other in others)
    return any(
        not any(
            reach(other)[0] <= quantity.value <= reach(other)[1]
            for other in others
            if other.dimension in _comparable(quantity.dimension)
        )
        for quantity in comparable
    )


def _in_another_unit(said: Quantity, quantity: Quantity, piece: Piece, known: Known) -> bool:
    """Whether it is the number said, though of something else than what is counted there."""
    low, high = reach(said)
    if not low <= quantity.value / factor_of(quantity.unit) <= high:
        return False
    counted = any(noun in known.units for noun in said.nouns[:2])
    if quantity.dimension is Dimension.COUNT:
        return counted and not _counts_the_same(said, quantity, piece, known)
    return (
        quantity.dimension is not Dimension.BARE
        and (counted or quantity.dimension is Dimension.SHARE)
        and float(said.value).is_integer()
    )


def _counts_the_same(said: Quantity, quantity: Quantity, piece: Piece, known: Known) -> bool:
    if said.dimension is not Dimension.COUNT or quantity.dimension is not Dimension.COUNT:
        return True
    if not quantity.nouns or set(said.nouns) & set(quantity.nouns) or set(quantity.nouns) & _ANYTHING:
        return True
    counted = next((noun for noun in said.nouns if noun in known.units), "")
    return not counted or (counted in piece.roots and not (counted in known.measures and quantity.end == 0))


def _is_entry(text: str, said: Quantity, context: Context) -> bool:
    """Whether hardly more than a label stands in front of the number, as in `Blocks: 8`."""
    start = context.clauses[context.clause(said.start)][0]
    return len(text[start : said.start].split()) <= 4


def _is_other_part(piece: Piece, rival: Piece, roots: frozenset[str]) -> bool:
    """Whether the two are parts of one thing, and the words name the part that the rival is."""
    if not piece.fact or not rival.fact or piece.fact.label != rival.fact.label:
        return False
    one, other = (english.root(id_.rsplit(".", 1)[-1]) for id_ in (piece.id, rival.id))
    return one != other and other in roots and one not in roots


def _beside(pieces: Sequence[int], others: Sequence[Quantity], known: Known) -> bool:
    """Whether one of the pieces has another number of the sentence as well, as in a range."""
    return any(
        reach(other)[0] <= quantity.value <= reach(other)[1]
        for at in pieces
        if known.pieces[at].fact is None
        for quantity in known.pieces[at].quantities
        for other in others
    )


def _stands_alone(said: Quantity, piece: Piece) -> bool:
    if said.bound is Bound.EXACT and said.digits >= _SPECIFIC:
        return True
    return bool(said.nouns) and any(said.nouns[0] in quantity.nouns[:2] for quantity in piece.quantities)


def _counts_itself(said: Quantity) -> bool:
    """Whether it counts what the account itself brings up: `two things stand out`."""
    small = said.value <= 10 and said.dimension in (Dimension.COUNT, Dimension.RANK)
    return small and any(noun in _VAGUE for noun in said.nouns[:2])


_ANYTHING = frozenset({"flag"})
"""Units that stand for whatever they are about."""
_VAGUE = frozenset(english.root(word) for word in english.VAGUE)


def _elsewhere(said: Quantity, figures: Figures) -> bool:
    raw = Quantity(
        start=0,
        end=0,
        value=said.value / factor_of(said.unit),
        step=said.step / factor_of(said.unit),
        digits=said.digits,
    )
    return said.dimension is not Dimension.BARE and any(True for _ in figures.equal(raw))


def _comparable(dimension: Dimension) -> tuple[Dimension, ...]:
    if dimension in (Dimension.BARE, Dimension.COUNT):
        return (Dimension.BARE, Dimension.COUNT)
    return (dimension, Dimension.BARE) if dimension is Dimension.MONEY else (dimension,)


def _is_bare(said: Quantity, value: float, quantity: Quantity, piece: Piece) -> bool:
    """Whether a number without a unit may be one that the evidence measures: `345 are free`, `drift is 0.64`."""
    if said.dimension is Dimension.BARE or not float(said.value).is_integer():
        return True
    return quantity.dimension is not Dimension.SHARE and all(noun in piece.roots for noun in said.nouns[:1])


def _meets(said: Quantity, worked_out: Quantity, low: float, high: float) -> bool:
    """Whether what was worked out lies between the two; a bare number is taken in its own unit."""
    if said.dimension is Dimension.BARE or worked_out.dimension is Dimension.BARE:
        return low <= worked_out.value / factor_of(worked_out.unit) <= high
    return said.dimension is worked_out.dimension and low <= worked_out.value <= high


def _shown(quantity: Quantity, piece: Piece) -> set[float]:
    """The value, and as pages show it: two digits of a ratio, one of hours."""
    if not piece.fact or quantity.end:
        return {quantity.value}
    if quantity.unit == "hours":
        return {quantity.value, round(quantity.value / 60, 1) * 60}
    return {quantity.value, round(quantity.value, 2)}


def _as(quantity: Quantity, value: float) -> Quantity:
    return replace(quantity, start=0, end=0, step=0.0, value=value)


def _at(quantity: Quantity, offset: int) -> Quantity:
    from dataclasses import replace

    return replace(
        quantity, start=quantity.start + offset, end=quantity.end + offset, noun_end=quantity.noun_end + offset
    )


def _claim(text: str, said: Quantity, kind: ClaimKind, by: str = "", why: str = "") -> Claim:
    end = max(said.end, said.noun_end) if kind is ClaimKind.UNIT else said.end
    return Claim(
        kind=kind,
        start=said.start,
        end=end,
        text=text[said.start : end],
        supported=bool(by),
        by=by,
        why=why,
    )
