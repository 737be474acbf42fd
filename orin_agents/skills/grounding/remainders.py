"""What is left or gone: of a whole of which the evidence gives a part, and of the days to and from a day it has."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from orin_agents.skills.grounding.context import Context
from orin_agents.skills.grounding.measures import reach
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.quantities import Quantity
from orin_agents.skills.grounding.units import Dimension

_CLOSEST = 24
"""The nearest pieces that are looked at."""
_MOST_FIGURES = 6
_SHARED = 2
"""Words that the sentence and a piece have to share, so that the distance is to the piece's day."""
_AHEAD_BEFORE = re.compile(r"\b(?:in|within)(?: just| only)? $", re.IGNORECASE)
_AHEAD_BEHIND = re.compile(r" (?:from (?:now|today)|away|left|remain(?:ing)?|until|before|to go)\b", re.IGNORECASE)
_AGO = re.compile(r" ago\b", re.IGNORECASE)
_WINDOW = re.compile(r"\b(?:coming|next|last|past|following) $", re.IGNORECASE)
_WEEK = 7


def is_a_week(said: Quantity, text: str) -> bool:
    """Whether it is no more than another name for a week, as in `the coming seven days`."""
    named = said.dimension is Dimension.DAYS and said.value == _WEEK
    return named and _WINDOW.search(text, max(0, said.start - 12), said.start) is not None


def rest_of(said: Quantity, context: Context) -> str:
    """The id of a near piece that has a whole and a part of it between which the number said lies; else nothing."""
    low, high = reach(said)
    for piece in _near(said, context):
        alike = [quantity for quantity in piece.quantities if quantity.dimension is said.dimension][:_MOST_FIGURES]
        apart = (abs(one.value - other.value) for at, one in enumerate(alike) for other in alike[:at])
        if said.dimension is not Dimension.BARE and any(gap and low <= gap <= high for gap in apart):
            return piece.id
    return ""


def days_between(said: Quantity, context: Context) -> str:
    """The id of a near piece with the day that many days from today, as in `in six days` or `two weeks ago`."""
    if said.dimension is not Dimension.DAYS or not said.value.is_integer():
        return ""
    text, days = context.text, timedelta(days=said.value)
    if _AGO.match(text, said.end):
        day = context.known.today - days
    elif _AHEAD_BEHIND.match(text, said.end) or _AHEAD_BEFORE.search(text, max(0, said.start - 14), said.start):
        day = context.known.today + days
    else:
        return ""
    close: Iterable[Piece] = (piece for piece in _near(said, context) if _is_close(piece, context))
    return next((piece.id for piece in close if any(moment.first == day for moment in piece.moments)), "")


def _is_close(piece: Piece, context: Context) -> bool:
    return context.points_at(piece) or len(piece.label & context.all_roots) >= _SHARED


def _near(said: Quantity, context: Context) -> Iterator[Piece]:
    near = context.near(said.start)
    for at in sorted(near, key=lambda at: (-near[at], at))[:_CLOSEST]:
        yield context.known.pieces[at]
