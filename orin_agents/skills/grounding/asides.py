"""Numbers that say nothing of the facts: what an account counts of its own making, numbers as names, suppositions."""

import re

from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.context import Context
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.quantities import Quantity
from orin_agents.skills.grounding.remainders import is_a_week
from orin_agents.skills.grounding.units import Dimension


def claims_nothing(text: str, said: Quantity, context: Context) -> bool:
    """Whether the number is no claim about the evidence."""
    return is_a_week(said, text) or _counts_itself(text, said, context) or _supposed(text, said, context)


def _counts_itself(text: str, said: Quantity, context: Context) -> bool:
    """Whether it counts what the account itself brings up: `two things stand out`."""
    if _NUMBERED.search(text[max(0, said.start - 12) : said.start]) or _lists(text, said, context):
        return True
    if said.value == 1 and said.nouns and text[said.start].isalpha() and said.nouns[0] not in _counted(context.known):
        return True
    small = said.value <= 10 and said.dimension in (Dimension.COUNT, Dimension.RANK)
    if not small or not said.nouns:
        return False
    if _OF_A_ROW.search(text[max(0, said.start - 12) : said.start]):
        return True
    return said.nouns[0] in _VAGUE or (
        said.nouns[0] not in _counted(context.known) and said.nouns[1:2] != () and said.nouns[1] in _VAGUE
    )


def _counted(known: Known) -> set[str]:
    return known.units | known.counted


_OF_A_ROW = re.compile(r"\b(?:first|last|next|top|other|these|those) $", re.IGNORECASE)


_NUMBERED = re.compile(
    r"\b(?:step|point|option|phase|part|priority|tip|reason|item|round|suggestion|idea) $", re.IGNORECASE
)
_ARE = re.compile(
    r"[\w'’` \x00-]{1,60}(?:, [\w'’` \x00-]{1,60}){0,8},? and [\w'’`\x00-]+ (?:are|were|make) (?:the |your )?$"
)


def _lists(text: str, said: Quantity, context: Context) -> bool:
    """Whether it counts what the sentence lists in front of it: `Bo and Carla are two of them`."""
    before = text[context.start : said.start]
    return bool(_ARE.match(before)) and said.value == before.replace(", and ", ", ").count(", ") + 1 + (
        ", and " not in before
    )


def _supposed(text: str, said: Quantity, context: Context) -> bool:
    """Whether it is only supposed, as in `if you have ten minutes`."""
    start, end = context.clauses[context.clause(said.start)]
    return bool(_IF.match(text, start) or _WOULD.match(text, said.end, end))


_WOULD = re.compile(r"(?: [\w'’-]+){0,2} would\b", re.IGNORECASE)


_IF = re.compile(r"[\W_]*(?:if|should|in case|whenever|when) (?:you|there|someone|somebody)\b", re.IGNORECASE)
_VAGUE = frozenset(english.root(word) for word in english.VAGUE)
