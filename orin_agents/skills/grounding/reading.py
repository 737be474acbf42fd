"""How a text is taken apart before it is looked at: sentences, clauses, and what is blanked out of it.

Blanking puts a character that no pattern takes for a word in place of each one, so that offsets stay those of the text.
"""

import re
from collections.abc import Iterable, Iterator

from orin_agents.skills.prose import trimmed

BLANK = "\x00"
LONGEST = 2000
"""Characters of a sentence; a longer one is cut, so that what looks at a whole sentence takes a bounded time."""

_ENDS = re.compile(r"[.!?…]+[\"'”’»)\]*_]{0,3}(?=\s|$)|[。！？]|\n[ \t]*\n|\n(?=[ \t]*(?:[-*+|>#]|\d{1,3}[.)]) ?)")
_CLAUSE = re.compile(
    r"[,;:()—|]|\s[–-]\s|\s(?:while|whereas|but|although|though|because|so that|which|and|with|than|against|yet)\s",
    re.IGNORECASE,
)
_SHORT_WORDS = """
e.g i.e etc vs cf approx dr mr mrs ms prof st no nr vol fig incl a.m p.m jan feb mar apr jun jul aug sep sept oct nov
dec
"""
_SHORT = frozenset(_SHORT_WORDS.split())
_QUOTES = str.maketrans({c: '"' for c in "“”„«»″"} | {c: "'" for c in "’‘‚′`´"} | {c: "-" for c in "–—−‐‑"})
_MARKUP = re.compile(r"(?<!\S)!(?=\w)|\*{1,3}|~~|==|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])|`+|\\(?=[\\`*\[\]|~_#>])")
_QUOTED = re.compile(r"^[ \t]{0,8}(?:>[ \t]?)+", re.MULTILINE)
_LINK = re.compile(
    r"!?\[([^\[\]\n]{1,300})\](?:\([^()\s]{0,1000}\)|\[[^\[\]\n]{0,200}\])?|\[\[(?:[^\[\]|\n]{1,300}\|)?([^\[\]|\n]{1,300})\]\]"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, list item or table row, without the white space around."""
    start = 0
    for match in _ENDS.finditer(text):
        if match.group().startswith(".") and _goes_on(text, start, match.start()):
            continue
        yield from _bounded(text, start, match.end())
        start = match.end()
    yield from _bounded(text, start, len(text))


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Start and end of the clauses of a sentence; a comma inside a number ends none."""
    found, at = [], start
    for match in _CLAUSE.finditer(text, start, end):
        if (
            match.group() == ":"
            and min(len(text[at : match.start()].split()), len(text[match.end() : end].split())) < 4
        ):
            continue
        if match.group() in ",:" and text[match.end() : match.end() + 1].isdigit():
            continue
        found.append((at, match.start()))
        at = match.end()
    return [*found, (at, end)]


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with each span blanked out."""
    kept, at = [], 0
    for start, end in sorted(spans):
        start = max(start, at)
        if end > start:
            kept += [text[at:start], BLANK * (end - start)]
            at = end
    return "".join([*kept, text[at:]])


def flat(text: str) -> str:
    """The text to compare by: one case, one kind of quotes and dashes, single spaces, no Markdown."""
    text = _LINK.sub(lambda match: match[1] or match[2], text)
    return " ".join(_MARKUP.sub("", _QUOTED.sub("", text)).translate(_QUOTES).casefold().split())


def _goes_on(text: str, start: int, at: int) -> bool:
    word = re.search(r"[\w.]{1,8}$", text[max(start, at - 8) : at])
    short = word.group() if word else ""
    return short.lower() in _SHORT or (len(short) == 1 and short.isupper())


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without blanks at its ends, in pieces of bounded length."""
    for first, last in trimmed(text, start, end):
        while last - first > LONGEST:
            cut = text.rfind(" ", first + LONGEST // 2, first + LONGEST)
            cut = cut if cut > 0 else first + LONGEST
            yield first, cut
            first = cut
        yield first, last
