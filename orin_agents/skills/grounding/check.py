"""The grounding check: what a text says, span by span, held against facts, passages and texts by rules alone.

What it cannot catch: a true figure or name put in a false connection that shares no words with what is known of it; a
small number that some nearby fact happens to have; claims of cause, intent or value; anything said without a number,
date, name, link or quote, unless it turns a sentence of the evidence around nearly word for word; words of another
language than English; and errors of the evidence itself.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from orin_agents.domain.claims import Claim, Evidence
from orin_agents.skills.grounding.comparisons import check_comparisons
from orin_agents.skills.grounding.context import Context, cited_in, within
from orin_agents.skills.grounding.dates import Calendar, check_dates
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.links import Links, check_links
from orin_agents.skills.grounding.measures import Figures
from orin_agents.skills.grounding.names import Names, check_names, check_titles, check_tokens
from orin_agents.skills.grounding.numbers import check_numbers
from orin_agents.skills.grounding.polarity import check_polarity
from orin_agents.skills.grounding.quotes import check_quotes
from orin_agents.skills.grounding.reading import blank, flat, sentences
from orin_agents.skills.grounding.subjects import Values, check_subjects
from orin_agents.skills.grounding.workings import Workings

_MARK = re.compile(r"\[(?:([fp]\d{1,4})|\^[^\[\]\n]{1,60}|\d{1,3})\]")
_ITEM = re.compile(r"^[ \t>]*(?:[-*+•](?:[ \t]+\[[^\]\n]\])?|\d{1,3}[.)]|#{1,6})(?=[ \t])", re.MULTILINE)
_OF_ANOTHER = "The number beside it is known of another day."
_NOTHING: Mapping[str, str] = MappingProxyType({})


def check_words(text: str, evidence: Evidence, cited: Mapping[str, str] = _NOTHING) -> tuple[Claim, ...]:
    """Every checkable span of the text, supported or not, in order and without overlap; an unverified one wins.

    `cited` says for marks such as `f3` or `p2` in the text which fact or passage they stand for: a claim rests on a
    source that its sentence cites, where that has it, before any other.
    """
    return Grounds(evidence).check(text, cited)


class Grounds:
    """Evidence, taken apart once so that several texts can be held against it."""

    def __init__(self, evidence: Evidence) -> None:
        self._known = Known(evidence)
        self._workings = Workings(Figures(self._known))
        self._calendar = Calendar(self._known)
        self._names = Names(self._known)
        self._links = Links(self._known)
        self._values = Values(self._known)

    def check(self, text: str, cited: Mapping[str, str] = _NOTHING) -> tuple[Claim, ...]:
        """As `check_words`."""
        marks = [(match.start(), match.end()) for match in _MARK.finditer(text)]
        plain = blank(text, [*marks, *(match.span() for match in _ITEM.finditer(text))])
        claims = [*check_links(plain, self._links)]
        links = len(claims)
        rest = _without(plain, claims)
        quotes = [*check_quotes(rest, self._known)]
        rest = _without(rest, quotes)
        tokens = [*check_tokens(rest, self._names)]
        rest = _without(rest, tokens)
        titles = [*check_titles(rest, self._names)]
        rest = _without(rest, titles)
        said = _mentioned([*titles, *quotes, *tokens])
        contexts = [
            Context(start, end, plain, rest, self._known, cited_in(_marks(text[start:end]), cited))
            for start, end in sentences(rest)
        ]
        for context in contexts:
            for claim in within(context, said):
                context.point(claim.start, self._known.labelled.get(flat(claim.text), ()))
        dates = [*check_dates(rest, contexts, self._calendar)]
        rest = _without(rest, dates)
        numbers = [*check_numbers(rest, contexts, self._workings)]
        rest = _without(rest, numbers)
        doubted = {at for context in contexts for at in context.doubted}
        dates = [
            replace(claim, supported=False, by="", why=_OF_ANOTHER) if claim.start in doubted else claim
            for claim in dates
        ]
        names = [*check_names(rest, (context.start for context in contexts), self._names)]
        claims += [*quotes, *tokens, *titles, *dates, *numbers, *names]
        said = _mentioned([*titles, *quotes])
        claims += check_polarity(plain, contexts, _ordered([*said, *tokens, *claims[:links]]))
        claims += check_subjects(plain, contexts, _ordered([*tokens, *names]), said, self._values)
        claims += check_comparisons(plain, contexts, said)
        return _apart(claims)


def _marks(text: str) -> list[str]:
    return [match[1] for match in _MARK.finditer(text) if match[1]]


def _mentioned(claims: Iterable[Claim]) -> list[Claim]:
    """Titles of the evidence and quotes from it: words that are not the text's own."""
    return _ordered(claim for claim in claims if claim.supported)


def _ordered(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: claim.start)


def _without(text: str, claims: Iterable[Claim]) -> str:
    return blank(text, [(claim.start, claim.end) for claim in claims])


def _apart(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims that do not overlap: unverified before borne out, then long before short."""
    kept: list[Claim] = []
    taken: set[int] = set()
    for claim in sorted(claims, key=lambda claim: (claim.supported, claim.start - claim.end, claim.start)):
        span = range(claim.start, claim.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(claim)
    return tuple(sorted(kept, key=lambda claim: claim.start))
