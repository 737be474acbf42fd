"""The words of a text that carry meaning, as skills count them."""

import re
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 40
"""A longer run of letters is no word."""

_WORD = re.compile(r"[^\W_]++(?:['’.+#-][^\W_]++)*+[+#]{0,2}")

_ENGLISH = """
a about above across after again against all almost along already also although always am among an and another any
anyone anything are aren't around as at back be became because become been before being below between both but by
can can't cannot come could couldn't did didn't do does doesn't doing don't done down during each either else enough
etc even ever every everyone everything few first for from further get gets getting give given go goes going gone
got had hadn't has hasn't have haven't having he he's her here hers herself him himself his how however i i'd i'll
i'm i've if in include includes including indeed instead into is isn't it it's its itself just keep kind last later
least less let let's like likely long look made mainly make makes making many may maybe me might more most much must
my myself near need needs never new next no nobody none nor not nothing now of off often on once one ones only onto
or other others otherwise our ours ourselves out over own part per perhaps possible put quite rather really right
said same say says second see seem seems several shall she should shouldn't since so some someone something soon
still such take taken takes than that that's the their theirs them themselves then there there's thereby therefore
these they they're thing things this those though three through thus to today together too toward towards two under
unless until up upon us use used uses using very via want wants was wasn't way ways we we'd we'll we're we've well
went were weren't what what's whatever when where whether which while who whole whom whose why will with within
without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself able e.g i.e vs www com http
https
"""
_GERMAN = """
ab aber alle allem allen aller alles als also am andere anderen auch auf aus bei beim bin bis bist da damit dann das
dass dein deine dem den denn der des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine
einem einen einer eines er es euch euer für gegen haben habe hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr
ihre im immer in ins ist ja jede jedem jeden jeder jedes jetzt kann kein keine keinen können könnte machen man mehr
mein meine mich mir mit muss müssen nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner
selbst sich sie sind so soll sollen sollte sondern sonst über um und uns unser unsere unter vom von vor war waren
warum was weil welche wenn wer werden wie wieder will wir wird wo wurde wurden zu zum zur zwar zwischen
"""
STOPWORDS = frozenset(f"{_ENGLISH} {_GERMAN}".split())
"""Words of English and German that only hold others together."""


def words(text: str) -> list[str]:
    """All words of a plain text in lower case."""
    return _WORD.findall(text.lower().replace("’", "'"))


def spelled(text: str) -> list[str]:
    """All words of a plain text as they are written."""
    return _WORD.findall(text)


def count(text: str) -> int:
    """How many words the text has."""
    return sum(1 for _ in _WORD.finditer(text))


def is_content(word: str) -> bool:
    """Whether a lower-case word carries meaning: no function word, no bare number, neither too short nor too long."""
    return 1 < len(word) <= LONGEST and word not in STOPWORDS and not word[0].isdigit() and any(map(str.isalpha, word))


def content(text: str) -> Iterator[str]:
    """The words of a plain text that carry meaning, in lower case, an English plural as its singular."""
    for word in words(text):
        if root := _root(word):
            yield root


@lru_cache(maxsize=1 << 16)
def _root(word: str) -> str:
    return singular(word) if is_content(word) else ""


def singular(word: str) -> str:
    """The word without the s of an English plural (the S-stemmer of Harman 1991, "How effective is suffixing?")."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "'s")):
        return word.removesuffix("'s")
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    return word[:-1]
