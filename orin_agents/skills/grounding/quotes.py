"""Quotes: what stands between quotation marks must stand so in one fact, passage or text.

White space, the kind of quotes and dashes, letter case and Markdown may differ, `…` and `[…]` may leave words out, and
a mark at the end may be the sentence's own. One word alone, as in “done”, is no quote.
"""

import re
from collections.abc import Iterator

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.reading import flat

LONGEST = 1000
_QUOTE = re.compile(
    r"“([^“”\n]{1,1000})”|„([^„“”\n]{1,1000})[“”]|«([^«»\n]{1,1000})»|»([^«»\n]{1,1000})«"
    r"|‘([^‘’\n]{1,1000}(?:’\w[^‘’\n]{0,300}){0,5})’(?!\w)"
    r"|(?<![\w\"])\"(?![\s\"])([^\"\n]{1,1000})(?<!\s)\"(?!\w)"
)
_LEFT_OUT = re.compile(r"\[?(?:…|\.{3})\]?|\[[^\[\]]{1,60}\]")


def check_quotes(text: str, known: Known) -> Iterator[Claim]:
    """A claim for every quote of two words or more, and for a title of one."""
    for match in _QUOTE.finditer(text):
        group = match.lastindex or 0
        start, end = match.span(group)
        said = match[group]
        if sum(1 for _ in english.WORD.finditer(said)) < 2 and flat(said) not in known.labelled:
            continue
        by = quoted(said, known)
        why = "" if by else "These words stand in no fact or passage."
        yield Claim(
            kind=ClaimKind.QUOTE, start=start, end=end, text=text[start:end], supported=bool(by), by=by, why=why
        )


def quoted(said: str, known: Known) -> str:
    """The id of what has the words, in their order, or nothing."""
    parts = [part for piece in _LEFT_OUT.split(said) if (part := flat(piece).strip(" .,;:!?"))]
    if not parts:
        return ""
    for id_, block in known.flat_blocks:
        at = 0
        for part in parts:
            at = _standing(block, part, at)
            if at < 0:
                break
        else:
            return id_
    return ""


def _standing(block: str, part: str, at: int) -> int:
    """Where the part ends in the block, at the borders of words, from the offset on; -1 where it is not."""
    while (found := block.find(part, at)) >= 0:
        end = found + len(part)
        before, behind = block[found - 1 : found], block[end : end + 1]
        if not (before.isalnum() and part[0].isalnum()) and not (behind.isalnum() and part[-1].isalnum()):
            return end
        at = found + 1
    return -1
