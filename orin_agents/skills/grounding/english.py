"""The English that the check reads: words that hold others together, words for one thing, number words, roots."""

import re
from functools import lru_cache

from orin_agents.skills.terms import STOPWORDS, singular

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_LENDS_NOTHING_WORDS = """
today still yet currently present including plus per out just only about around roughly nearly almost exactly you your
yours we our total amount number count figure stand stands standing come comes sit sits them their show
shows mean means shown there here have has had been being got gets take takes took make makes made run runs put puts
leave leaves week day days hour hours minute minutes time times month year please note monday tuesday wednesday
thursday friday saturday sunday january february march april june july august september october november december
"""
_LENDS_NOTHING = frozenset(_LENDS_NOTHING_WORDS.split())
"""Content by their form, but so common in any account of a day that sharing one of them ties nothing together."""

_ONE_THING = """
done finish finished complete completed completion accomplished closed
overdue late delayed
open outstanding pending unfinished remaining
task todo to-do item job
begin start kick-off
doc document note page
risk hazard threat
dangerous critical severe
free available spare buffer leeway
plan planned schedule scheduled
block slot session
goal objective aim
link reference
drift drifted
logged recorded tracked
confident confidence
helper volunteer
mend fix fixed repair repaired
meet met
appointment appointments busy event meeting
untested uncovered
fit placed place
rule check
share proportion fraction portion percentage
weight weigh weighted weighting
score scored rated rating
load workload
broken dangling dead
kept passed
estimate estimated
blocked waiting wait waits stuck
forgotten untouched neglected
organise organize organizing organising
see sees seen saw
write writes wrote written
hold holds held
stabilise stabilize stabilization stabilisation stabilized
previous prior before last
elapsed gone
"""

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_RANKS = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
NUMBERS = {word: value for value, word in enumerate(_SMALL.split())}
TENS = {word: value for value, word in enumerate(_TENS.split(), start=2)}
RANKS = {word: value for value, word in enumerate(_RANKS.split(), start=3)}
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_VAGUE_WORDS = """
thing point way option step reason question side hand aspect factor matter kind sort type area theme priority
suggestion idea thought place choice more another other part move take win focus remark figure
"""
VAGUE = frozenset(_VAGUE_WORDS.split())
"""What an account counts of its own making: “two things stand out” says nothing about the facts."""

_NEGATORS_WORDS = """
not no never none nothing nobody neither nor without cannot can't won't isn't aren't wasn't weren't doesn't don't
didn't hasn't haven't hadn't couldn't shouldn't wouldn't unable hardly
"""
NEGATORS = frozenset(_NEGATORS_WORDS.split())


@lru_cache(maxsize=1 << 16)
def root(word: str) -> str:
    """What forms of a word share: `planning` and `plans` give `plan`; words for one thing give the first of them."""
    word = word.lower().replace("’", "'").removesuffix("'s").removesuffix("s'")
    return _SAME.get(word) or _SAME.get(_bare(word), _bare(word))


@lru_cache(maxsize=1 << 13)
def roots(text: str) -> frozenset[str]:
    """The roots of the words that carry meaning; numbers and function words are left out."""
    return frozenset(found for match in WORD.finditer(text) if (found := meaning(match.group())))


@lru_cache(maxsize=1 << 16)
def meaning(word: str) -> str:
    """The word's root if it carries meaning, else nothing."""
    lower = word.lower().replace("’", "'")
    if len(lower) < 2 or len(lower) > 40 or lower[0].isdigit():
        return ""
    if lower in NUMBERS or lower in TENS or lower in _LENDS_NOTHING:
        return ""
    if lower in STOPWORDS and lower not in _KEPT:
        return ""
    return root(lower)


def _bare(word: str) -> str:
    word = singular(word)
    if len(word) > 6 and word.endswith(("isation", "ization")):
        word = word[:-7] + "ize"
    for ending in ("ation", "ing", "ed", "ly"):
        if len(word) >= len(ending) + 3 and word.endswith(ending):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiousl":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_KEPT_WORDS = "done second last next first"
_KEPT = frozenset(_KEPT_WORDS.split())
"""Function words elsewhere that tell facts apart: `Done yesterday`, `Drift last week`."""

_GROUPS = [group.split() for group in _ONE_THING.strip().splitlines()]
_SAME = {_bare(word): group[0] for group in _GROUPS for word in group} | {
    word: group[0] for group in _GROUPS for word in group
}
