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
from collections.abc import Iterator, Sequence
from dataclasses import replace

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.agreement import counts_the_same, in_another_unit, of_another_unit
from orin_agents.skills.grounding.asides import claims_nothing
from orin_agents.skills.grounding.context import CLOSEST, SURE, WEAK, Context
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.measures import Figures, comparable, reach
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.quantities import Bound, Quantity, quantities
from orin_agents.skills.grounding.units import Dimension, factor_of
from orin_agents.skills.grounding.workings import Workings

_MOST = 40
"""Pieces that have the number said, the nearest first, that are looked at."""
_SPECIFIC = 3
"""Digits from which on a number is not met by chance, so that it needs no words in common with what bears it out."""


def check_numbers(text: str, contexts: Sequence[Context], workings: Workings) -> Iterator[Claim]:
    """A claim for every number of the text, in which all that is no number has been blanked."""
    for context in contexts:
        offset = context.start
        found = [_at(quantity, offset) for quantity in quantities(text[offset : context.end])]
        found = [_of_them(text, quantity, found[at - 1]) if at else quantity for at, quantity in enumerate(found)]
        for quantity in found:
            if claims_nothing(text, quantity, context) or (
                quantity.dimension is Dimension.RANK and not workings.figures.ranks(quantity)
            ):
                continue
            yield _held(text, quantity, context, workings, [q for q in found if q is not quantity])


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


def _held(text: str, said: Quantity, context: Context, workings: Workings, others: Sequence[Quantity]) -> Claim:
    known, figures = context.known, workings.figures
    if _exceeds_its_whole(text, said, others):
        return _claim(text, said, ClaimKind.NUMBER, why="It is more than all of them.")
    equal = list(figures.equal(said)) or list(figures.equal(said := _in_metres(said)))
    fitting = [at for at, quantity in equal if counts_the_same(said, quantity, known.pieces[at], known)]
    if said.dimension is Dimension.TIME and _is_left(text, said, context.start):
        fitting = [at for at in fitting if known.pieces[at].roots & _FREE]
    kind, why = ClaimKind.NUMBER, "No fact or passage has this number."
    doubted: Piece | None = None
    bound = workings.rows.others_than(_nearest(fitting, context, said), said, context, others)
    if bound and all(bound.values()):
        another = next(piece for piece in bound.values() if piece)
        doubted = another
        own = any(another is known.pieces[at] for at in bound)
        why = "The number is known of something else." if own else f"{another.id} says otherwise."
    elif fitting:
        fitting = [at for at in bound or fitting if not bound.get(at)]
        score, piece = context.best(said.start, fitting)
        rival_score, rival = context.rival(
            said.start, lambda at: _says_otherwise(known.pieces[at], said, others, known)
        )
        roots = context.roots(context.clause(said.start))
        other_part = rival and _is_other_part(piece, rival, roots)
        named = piece.fact and piece.plain and piece.label <= roots and piece.label - {english.root(piece.fact.unit)}
        if piece.id in context.cited or (named and not other_part):
            return _claim(text, said, ClaimKind.NUMBER, by=piece.id)
        if (
            rival
            and of_another_unit(said, rival, known)
            and (score < rival_score or _is_entry(text, said, context, rival))
        ):
            kind, why = ClaimKind.UNIT, f"{rival.id} has the number, of something else."
        elif score == 0 and not _stands_alone(said, piece, context) and not _beside(fitting, others, known):
            why = "No fact or passage has this number of what is spoken of."
        elif rival and (other_part or score < _least(piece, rival, context) * rival_score):
            doubted = rival
            why = f"{rival.id} says otherwise."
        else:
            return _claim(text, said, ClaimKind.NUMBER, by=piece.id)
    elif equal:
        kind, why = ClaimKind.UNIT, "The number is known of something else."
    elif _elsewhere(said, figures):
        kind, why = ClaimKind.UNIT, "The number is known in another unit."
    if by := workings.derived(said, context, others):
        return _claim(text, said, ClaimKind.NUMBER, by=by)
    if doubted:
        context.doubt(doubted)
    if equal and any(noun in known.units for noun in said.nouns[:2]):
        kind_end = _noun_end(text, said, known)
        return _claim(text, replace(said, noun_end=kind_end), kind, why=why, of_else=True)
    return _claim(text, said, kind, why=why)


def _noun_end(text: str, said: Quantity, known: Known) -> int:
    """Where the noun ends that is counted, behind an adjective or not."""
    words = list(english.WORD.finditer(text, said.end, min(len(text), said.end + 40)))[:2]
    return next((word.end() for word in words if english.root(word.group()) in known.units), said.noun_end)


def _exceeds_its_whole(text: str, said: Quantity, others: Sequence[Quantity]) -> bool:
    """Whether it is more than what it is said to be of: `two rules are broken, three of them …`, `5 of 3 permits`."""
    if said.dimension not in _NO_UNIT:
        return False
    whole = _WHOLE.match(text, said.end)
    if whole and any(other.start == whole.end() and said.value > other.value > 0 for other in others):
        return True
    before = [other.value for other in others if other.end <= said.start and other.dimension in _NO_UNIT]
    return _OF_THEM.match(text, said.end) is not None and 0 < max(before, default=0.0) < said.value


def _is_left(text: str, said: Quantity, start: int) -> bool:
    """Whether it is said to be what is left over."""
    before = text[max(start, said.start - 30) : said.start]
    return bool(_LEFT_BEHIND.match(text, said.end) or _LEFT_BEFORE.search(before))


_LEFT_BEHIND = re.compile(r" (?:are |is |would be |of )?(?:left|to spare|slack|buffer|leeway)\b", re.IGNORECASE)
_LEFT_BEFORE = re.compile(r"\b(?:leaves?|leaving|left with)(?: [\w'’]+){0,2} $", re.IGNORECASE)
_FREE = english.roots("free left remaining rest")
_WHOLE = re.compile(r" (?:out )?of (?:the |your |all |its )?", re.IGNORECASE)
_OF_THEM = re.compile(r" of (?:them|these|those|which)\b", re.IGNORECASE)


def _in_metres(said: Quantity) -> Quantity:
    """`5 m` as a length, where it is no time that is known."""
    if said.unit != "m":
        return said
    return replace(said, value=said.value / 1.0, dimension=Dimension.COUNT, nouns=(english.root("metres"),), unit="")


def _nearest(pieces: Sequence[int], context: Context, said: Quantity) -> list[int]:
    """Of the pieces those that share words with the clause, the nearest first; a cited one stands for all."""
    near = context.near(said.start)
    if any(context.known.pieces[at].id in context.cited for at in pieces):
        return []
    return sorted((at for at in dict.fromkeys(pieces) if near.get(at)), key=lambda at: (-near[at], at))[:_MOST]


_NO_UNIT = (Dimension.BARE, Dimension.COUNT)


def _says_otherwise(piece: Piece, said: Quantity, others: Sequence[Quantity], known: Known) -> bool:
    """Whether the piece has such a quantity, of another value, that is not what another number of the sentence says."""
    counts = said.dimension is Dimension.COUNT and said.nouns
    alike = [
        quantity
        for quantity in piece.quantities
        if quantity.dimension in comparable(said.dimension)
        and counts_the_same(said, quantity, piece, known)
        and not (counts and piece.fact and quantity.end == 0 and not set(said.nouns) & set(quantity.nouns))
    ]
    low, high = reach(said)
    if any(low <= quantity.value <= high for quantity in alike):
        return False
    if (
        said.dimension is Dimension.COUNT
        and said.nouns
        and any(in_another_unit(said, quantity, piece, known) for quantity in piece.quantities)
    ):
        return not any(reach(other)[0] <= said.value <= reach(other)[1] for other in others)
    return any(not any(_is_said(quantity, other) for other in others) for quantity in alike)


def _is_said(quantity: Quantity, other: Quantity) -> bool:
    low, high = reach(other)
    if other.dimension in comparable(quantity.dimension):
        return low <= quantity.value <= high
    return other.dimension is Dimension.BARE and low <= quantity.value / factor_of(quantity.unit) <= high


def _least(piece: Piece, rival: Piece, context: Context) -> float:
    """How much of the rival's nearness the piece needs: the more, the plainer the words speak of the rival."""
    if context.points_at(piece) and context.points_at(rival):
        return WEAK
    if not piece.row and any(moment.first == context.known.today for moment in rival.moments):
        return 0.0
    named = context.points_at(rival) and not context.points_at(piece)
    return SURE if named or (rival.fact and len(rival.label) > 1) else WEAK


def _is_entry(text: str, said: Quantity, context: Context, rival: Piece) -> bool:
    """Whether hardly more than a label stands in front of the number, as in `Blocks: 8`."""
    before = text[context.clauses[context.clause(said.start)][0] : said.start]
    return len(before.split()) <= 4 and (rival.label <= english.roots(before) or rival.fact is None)


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
    ) or any(_kin_says(known.pieces[at], others, known) for at in pieces[:CLOSEST])


def _kin_says(piece: Piece, others: Sequence[Quantity], known: Known) -> bool:
    """Whether another number of the sentence is that of a fact under the same name, as in `180 of 210 minutes`."""
    kin = known.named.get(piece.family, ()) if piece.fact and not piece.row else ()
    return any(
        other is not piece and any(number.digits > 1 and _is_said(other.quantities[0], number) for number in others)
        for other in kin[:CLOSEST]
    )


def _stands_alone(said: Quantity, piece: Piece, context: Context) -> bool:
    known = context.known
    alike = any(quantity.dimension in comparable(said.dimension) for quantity in piece.quantities)
    if alike and said.unit and not context.pointed and not any(map(known.weight, context.all_roots)):
        return True
    if said.bound is Bound.EXACT and said.digits >= _SPECIFIC and alike:
        return True
    return bool(said.nouns) and any(said.nouns[0] in quantity.nouns[:2] for quantity in piece.quantities)


def _elsewhere(said: Quantity, figures: Figures) -> bool:
    raw = Quantity(
        start=0,
        end=0,
        value=said.value / factor_of(said.unit),
        step=said.step / factor_of(said.unit),
        digits=said.digits,
    )
    return said.dimension is not Dimension.BARE and any(True for _ in figures.equal(raw))


def _at(quantity: Quantity, offset: int) -> Quantity:
    from dataclasses import replace

    return replace(
        quantity, start=quantity.start + offset, end=quantity.end + offset, noun_end=quantity.noun_end + offset
    )


def _claim(text: str, said: Quantity, kind: ClaimKind, by: str = "", why: str = "", *, of_else: bool = False) -> Claim:
    end = max(said.end, said.noun_end) if kind is ClaimKind.UNIT or of_else else said.end
    return Claim(
        kind=kind,
        start=said.start,
        end=end,
        text=text[said.start : end],
        supported=bool(by),
        by=by,
        why=why,
    )
