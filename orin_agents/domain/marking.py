"""Marking what no source bears out, in the text itself: `The kit ⟦⚠ ships in March⟧.`

The brackets mean nothing to Markdown and hardly ever stand in a text, so the mark can be read everywhere, searched
for, and taken away again. Because of the blank in it a link or an image whose address is marked is none any more:
`![x](⟦⚠ http://a.example/x⟧)` is shown as text and loads nothing.
"""

import re
from collections.abc import Iterable

from orin_agents.domain.claims import Claim, ClaimKind

OPEN, CLOSE = "⟦⚠ ", "⟧"

_MARKED = re.compile(rf"{OPEN}[^{CLOSE}]*{CLOSE}")
_PLAIN = str.maketrans({"⟦": "[", "⟧": "]"})
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>()\"'\]]+|//[^\s<>()\"'\]]+|www\.[^\s<>()\"'\]]+", re.IGNORECASE)

Span = tuple[int, int]


def marked(text: str, claims: Iterable[Claim]) -> str:
    """The text with every span marked that a claim without support covers; overlapping spans get one mark.

    Brackets of that kind that stood in the text before become plain ones, so that no model can mark anything itself.
    """
    parts, at = [], 0
    plain = text.translate(_PLAIN)
    for start, end in unverified(text, claims):
        parts += [plain[at:start], OPEN, plain[start:end], CLOSE]
        at = end
    return "".join([*parts, plain[at:]])


def unmarked(text: str) -> str:
    """The text as it was before it was marked."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def borne_out(text: str) -> str:
    """A marked text without what was marked in it: no source bore that out, so it is none itself."""
    return _MARKED.sub("…", text)


def marks(text: str) -> int:
    """How many marks stand in a marked text."""
    return text.count(OPEN)


def unverified(text: str, claims: Iterable[Claim]) -> tuple[Span, ...]:
    """The spans `text[start:end]` that are to be marked, in order, apart from each other, without blanks at their ends.

    Of a link only its address is marked, wherever the claim begins and ends.
    """
    spans: list[Span] = []
    for claim in claims:
        if claim.supported:
            continue
        start, end = max(claim.start, 0), min(claim.end, len(text))
        addresses = [*_ADDRESS.finditer(text, start, end)] if claim.kind is ClaimKind.LINK else []
        spans += [found.span() for found in addresses] or [(start, end)]
    joined: list[Span] = []
    for span in sorted(spans):
        trimmed = _trimmed(text, span)
        if trimmed is None:
            continue
        start, end = trimmed
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def _trimmed(text: str, span: Span) -> Span | None:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
