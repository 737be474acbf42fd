"""Whether what is counted or measured in words is what is counted in the evidence."""

from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.measures import reach
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.quantities import Quantity
from orin_agents.skills.grounding.units import Dimension, factor_of

_ANYTHING = frozenset({"flag"})
"""Units that stand for whatever they are about."""
_MEASURES_WORDS = """
metre meter foot feet inch mile yard kilometre kilometer km cm mm kilogram kilo kg gram ton tonne litre liter ampere amp
volt watt kilowatt degree byte kilobyte megabyte gigabyte kb mb gb page line word euro
"""
_MEASURES = {english.root(word): english.root(word) for word in _MEASURES_WORDS.split()} | {
    english.root(word): english.root(one)
    for one, word in (("metre", "meter"), ("foot", "feet"), ("ampere", "amp"), ("litre", "liter"), ("kilo", "kilogram"))
}


def _are_measures(one: str, other: str) -> bool:
    """Whether the two are units of measure, and not the same."""
    return one in _MEASURES and other in _MEASURES and _MEASURES[one] != _MEASURES[other]


def of_another_unit(said: Quantity, piece: Piece, known: Known) -> bool:
    """Whether the piece has the very number, in a unit that is not the one said."""
    return said.dimension is Dimension.COUNT and any(
        in_another_unit(said, quantity, piece, known) for quantity in piece.quantities
    )


def in_another_unit(said: Quantity, quantity: Quantity, piece: Piece, known: Known) -> bool:
    """Whether it is the number said, though of something else than what is counted there."""
    low, high = reach(said)
    if not low <= quantity.value / factor_of(quantity.unit) <= high:
        return False
    counted = any(noun in known.units for noun in said.nouns[:2])
    if quantity.dimension is Dimension.COUNT:
        return counted and not counts_the_same(said, quantity, piece, known)
    return (
        quantity.dimension is not Dimension.BARE
        and (counted or quantity.dimension is Dimension.SHARE)
        and float(said.value).is_integer()
    )


def counts_the_same(said: Quantity, quantity: Quantity, piece: Piece, known: Known) -> bool:
    """Whether the two count one thing, so far as the words behind them and the piece of the one tell."""
    if said.dimension is not Dimension.COUNT:
        return True
    if quantity.dimension is not Dimension.COUNT:
        scored = quantity.dimension is Dimension.BARE and piece.fact and piece.row and quantity.end == 0
        return not (scored and said.nouns[0] in known.units and said.nouns[0] not in piece.roots)
    own = set(quantity.nouns) | piece.roots
    if said.nouns and said.nouns[0] in known.counted and not piece.family and said.nouns[0] not in own:
        return False
    if said.nouns and quantity.nouns and _are_measures(said.nouns[0], quantity.nouns[0]):
        return False
    if not quantity.nouns or set(said.nouns) & set(quantity.nouns) or set(quantity.nouns) & _ANYTHING:
        return True
    counted = next((noun for noun in said.nouns if noun in known.units), "")
    return not counted or (counted in piece.roots and not (counted in known.measures and quantity.end == 0))
