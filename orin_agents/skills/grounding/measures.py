"""The quantities of the evidence in the order of their values, and which of them equal one that is said."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.quantities import Bound, Quantity
from orin_agents.skills.grounding.units import Dimension, factor_of

_SMALL = 1e-9


class Figures:
    """The quantities of the evidence by what they measure, ordered by value, and those derived from them."""

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
        for dimension in comparable(said.dimension):
            values = self._values[dimension]
            for entry in self._by[dimension][bisect_left(values, low) : bisect_right(values, high)]:
                if not (_is_whole(said) and _is_score(entry[2], entry[0], self.known.pieces[entry[1]])):
                    yield entry[1], entry[2]
        if said.value == 0:
            yield from self._nothing
        if said.dimension in (Dimension.BARE, Dimension.COUNT):
            for value, at, quantity in self._raw[
                bisect_left(self._raw_values, low) : bisect_right(self._raw_values, high)
            ]:
                if quantity.dimension not in (Dimension.BARE, Dimension.COUNT) and _is_bare(
                    said, value, quantity, self.known.pieces[at]
                ):
                    yield at, quantity

    @cached_property
    def _nothing(self) -> list[tuple[int, Quantity]]:
        """What is 0, which is so in any unit."""
        return [(at, quantity) for found in self._by.values() for value, at, quantity in found if value == 0]

    def ranks(self, said: Quantity) -> bool:
        """Whether the evidence has such a rank, or gives what it is of another one: nothing else can be said of it."""
        return any(
            rank.value == said.value or set(rank.nouns[:2]) & set(said.nouns[:2])
            for _, _, rank in self._by[Dimension.RANK]
        )

    @property
    def shares(self) -> list[tuple[float, int]]:
        """The shares, each with the piece that has it."""
        return [(value, at) for value, at, _ in self._by[Dimension.SHARE]]


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
        low, high = min(low, (0.7 if said.unit == "share" else 0.8) * value), value if whole else high
    elif said.bound is Bound.ABOVE:
        low, high = value if whole else low, max(high, (1.5 if said.unit == "share" else 1.25) * value)
    return low - _SMALL, high + _SMALL


def comparable(dimension: Dimension) -> tuple[Dimension, ...]:
    """The dimensions whose quantities may equal one of this."""
    if dimension in (Dimension.BARE, Dimension.COUNT):
        return (Dimension.BARE, Dimension.COUNT)
    return (dimension, Dimension.BARE) if dimension is Dimension.MONEY else (dimension,)


def _is_bare(said: Quantity, value: float, quantity: Quantity, piece: Piece) -> bool:
    """Whether a number without a unit may be one that the evidence measures: `345 are free`, `drift is 0.64`."""
    if said.dimension is Dimension.BARE or not float(said.value).is_integer():
        return True
    return quantity.dimension is not Dimension.SHARE and all(noun in piece.roots for noun in said.nouns[:1])


def _is_whole(said: Quantity) -> bool:
    return said.dimension in (Dimension.BARE, Dimension.COUNT) and said.step >= 1 and said.bound is Bound.EXACT


def _is_score(quantity: Quantity, value: float, piece: Piece) -> bool:
    """Whether it is a fact's value without a unit that no count can be: of parts of a whole."""
    return quantity.dimension is Dimension.BARE and piece.fact is not None and not float(value).is_integer()


def meets(said: Quantity, worked_out: Quantity, low: float, high: float) -> bool:
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
