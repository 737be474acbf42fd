"""Dates and times of day, held against those of the evidence.

A day is borne out where a fact or passage has it, however it is written; a bare weekday where one within 13 days falls
on it; `next week` where a day in it is known; a month or a year where any day of it is. A weekday beside a date has to
be that date's. What is about today itself (`today`, `this week`) claims nothing.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import date

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.domain.figures import DAYS, MONTHS
from orin_agents.skills.grounding.context import WEAK, Context
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.moments import Moment, moments
from orin_agents.skills.grounding.pieces import Piece

NOW = "now"
"""What bears out the date of the day itself."""


class Calendar:
    """The moments of the evidence by the day, minute or name they have."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.at_minute: dict[int, list[int]] = {}
        self.named: dict[str, list[int]] = {}
        self.on_day: dict[date, list[int]] = {}
        self.maybe: dict[date, list[int]] = {}
        self.spans: list[tuple[date, date, int]] = []
        for at, piece in enumerate(known.pieces):
            for moment in piece.moments:
                if moment.minute is not None:
                    self.at_minute.setdefault(moment.minute, []).append(at)
                if moment.said:
                    self.named.setdefault(moment.said, []).append(at)
                if moment.first and moment.last:
                    self.spans.append((moment.first, moment.last, at))
                if moment.single and moment.first:
                    self.on_day.setdefault(moment.first, []).append(at)
                for day in moment.days:
                    self.maybe.setdefault(day, []).append(at)

    def pieces(self, said: Moment) -> list[int]:
        """The pieces that have the moment said."""
        if said.minute is not None and said.first is None:
            later = self.at_minute.get(said.minute + 720, []) if said.half_day else []
            return self.at_minute.get(said.minute, []) + later
        if said.said:
            return self.named.get(said.said, []) + self._in_named(said.said)
        if said.days:
            return [at for day in said.days for at in self.on_day.get(day, []) + self.maybe.get(day, [])]
        if said.single and said.first:
            found = self.on_day.get(said.first, [])
            return found or self._any_year(said.first) if said.any_year else found
        assert said.first and said.last
        return [at for first, last, at in self.spans if said.first <= first and last <= said.last]

    def in_role(self, pieces: Sequence[int], said: Moment, role: str) -> list[int]:
        """Of the pieces those that, if they are a span of time, begin or end then, as the role has it."""
        return [at for at in pieces if not role or self._plays(self.known.pieces[at], said, role)]

    def _plays(self, piece: Piece, said: Moment, role: str) -> bool:
        if not piece.fact or piece.fact.unit != "interval":
            return True
        minutes = [moment.minute for moment in piece.moments if moment.minute is not None][-2:]
        at = minutes[:1] if role == "begin" else minutes[1:]
        return said.minute in at or (said.half_day and said.minute is not None and said.minute + 720 in at)

    def _any_year(self, day: date) -> list[int]:
        return [
            at
            for known, pieces in self.on_day.items()
            if (known.month, known.day) == (day.month, day.day)
            for at in pieces
        ]

    def _in_named(self, name: str) -> list[int]:
        """Pieces with a date in the month, quarter or half of a year named without its year."""
        return [at for first, last, at in self.spans if name in _names_of(first, last)]


def check_dates(text: str, contexts: Sequence[Context], calendar: Calendar) -> Iterator[Claim]:
    """A claim for every date and time of day in the text."""
    known = calendar.known
    for context in contexts:
        found = [_shifted(moment, context.start) for moment in moments(text[context.start : context.end], known.today)]
        yield from [
            _held(text, moment, context, calendar, [other for other in found if other is not moment])
            for moment in found
        ]
        for moment in found:
            if not moment.impossible and moment.minute is None and (moment.single or moment.days):
                days = calendar.pieces(moment)
                context.point(moment.start, [at for at in dict.fromkeys(days) if known.pieces[at].fact])


def _held(text: str, said: Moment, context: Context, calendar: Calendar, others: Sequence[Moment]) -> Claim:
    known = calendar.known
    span = text[said.start : said.end]
    if contrary := next((other for other in others if _is_apposed(text, other, said)), None):
        return _claim(text, said, why=f"It is not {text[contrary.start : contrary.end]}.")
    if said.impossible:
        by = known.stands(span)
        return _claim(
            text,
            said,
            by=by,
            why=f"There is {said.impossible}." if "no" in said.impossible[:3] else "The weekday is another.",
        )
    pieces = calendar.pieces(said)
    if said.minute is not None and said.first is None and pieces:
        fitting = calendar.in_role(pieces, said, _role(text, said, context.start))
        if not fitting:
            return _claim(text, said, why="Something ends then rather than begins, or begins rather than ends.")
        pieces = fitting
    if not pieces:
        if said.first and said.first <= known.today <= (said.last or said.first) and said.minute is None:
            return _claim(text, said, by=NOW)
        by = known.stands(span) if not said.single or said.minute is not None else ""
        return _claim(
            text,
            said,
            by=by,
            why="No fact or passage has this date." if said.minute is None else "Nothing is known to be at this time.",
        )
    score, piece = context.best(said.start, pieces)
    if piece.id in context.cited:
        return _claim(text, said, by=piece.id)
    precise = said.minute is not None or ((said.single or bool(said.days)) and not span[0].islower())
    if score == 0 and (known.today == said.first or known.today in said.days):
        return _claim(text, said, by=NOW)
    precise = precise and any(map(known.weight, context.all_roots))
    if score == 0 and precise and not (said.minute is not None and piece.fact and not context.pointed):
        return _claim(text, said, why="No fact or passage has this date of what is spoken of.")
    rival_score, rival = context.rival(said.start, lambda at: _says_otherwise(at, said, set(pieces), others, calendar))
    if rival and score < WEAK * rival_score:
        return _claim(text, said, why=f"{rival.id} says otherwise.")
    return _claim(text, said, by=piece.id)


def _says_otherwise(
    at: int, said: Moment, having: Container[int], others: Sequence[Moment], calendar: Calendar
) -> bool:
    """Whether the piece has a moment of the kind said, of another value that is not said elsewhere in the sentence."""
    clock = said.minute is not None and said.first is None
    comparable = [
        moment
        for moment in calendar.known.pieces[at].moments
        if (moment.minute is not None and moment.first is None) is clock and (clock or moment.single or not said.single)
    ]
    if not comparable or at in having:
        return False
    return not any(at in calendar.pieces(other) for other in others if not other.impossible)


_BEGINS = re.compile(
    r"(?:\b(?:starts?|begins?|starting|beginning|opens?|scheduled|planned) (?:at |from |for )?|\bfrom |\bat )$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:until |till |til |(?:ends?|ending|ended|stops?|finish(?:es)?|over|done|finished|completed?) (?:at |by ))$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\d(?: ?(?:am|pm))? ?(?:-|–|—|to|until|till) ?$", re.IGNORECASE)
_EMPTY = re.compile(
    r"\b(?:free|break|gap|pause|nothing|between|over|ends?|done|finish(?:es|ed)?|rest|spare)\b", re.IGNORECASE
)


def _role(text: str, said: Moment, start: int) -> str:
    """Whether the words make the time the `begin` or the `end` of something, or neither."""
    before = text[max(start, said.start - 30) : said.start]
    if _ENDS.search(before) or _RANGE.search(before):
        return "" if _EMPTY.search(text, start, said.start) and not _ENDS.search(before) else "end"
    if _BEGINS.search(before) and not _EMPTY.search(text, start, said.end + 40):
        return "begin"
    return ""


def _is_apposed(text: str, one: Moment, other: Moment) -> bool:
    """Whether the two are one beside the other, as in `tomorrow, 22 February`, and no one day is both."""
    first, second = sorted((one, other), key=lambda moment: moment.start)
    listed = _LIST_GOES_ON.match(text, second.end) is not None
    if text[first.end : second.start] not in (", ", " (") or listed or first.impossible or second.impossible:
        return False
    if first.minute is not None or second.minute is not None:
        return False
    days = [
        frozenset(moment.days) or (frozenset((moment.first,)) if moment.first and moment.single else None)
        for moment in (first, second)
    ]
    apart = days[0] is not None and days[1] is not None and not days[0] & days[1]
    return apart and text[first.start : first.end].lower() in _OWN_DAYS


_LIST_GOES_ON = re.compile(rf",? (?:and|or)\b|, (?:on )?(?:{'|'.join(DAYS)}|\d)")
_OWN_DAYS = frozenset(("today", "tomorrow", "yesterday", *(name.lower() for name in DAYS)))


def _names_of(first: date, last: date) -> set[str]:
    names = set()
    if (first.year, first.month) == (last.year, last.month):
        names.add(MONTHS[first.month - 1].lower())
    if first.year == last.year and (first.month - 1) // 3 == (last.month - 1) // 3:
        names.add(f"q{(first.month - 1) // 3 + 1}")
    if first.year == last.year and (first.month - 1) // 6 == (last.month - 1) // 6:
        names.add(f"h{(first.month - 1) // 6 + 1}")
    return names


def _shifted(moment: Moment, offset: int) -> Moment:
    return replace(moment, start=moment.start + offset, end=moment.end + offset)


def _claim(text: str, said: Moment, by: str = "", why: str = "") -> Claim:
    return Claim(
        kind=ClaimKind.DATE,
        start=said.start,
        end=said.end,
        text=text[said.start : said.end],
        supported=bool(by),
        by=by,
        why="" if by else why,
    )
