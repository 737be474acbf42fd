"""How words show what is not borne out: `**in March**⚠`, bold with a sign behind it, plain in any Markdown reader."""

from collections.abc import Callable, Iterable

from orin_agents.domain.claims import Claim

SIGN = "⚠"


def marked(text: str, claims: Iterable[Claim], written: Callable[[str], str] = str) -> str:
    """The text with every unsupported claim marked. `written` writes each piece of it for the format at hand.

    The spans are of `text` as it is given, in order and apart; white space at a span's ends stays outside of the mark.
    """
    parts, at = [], 0
    for claim in claims:
        span = text[claim.start : claim.end]
        if claim.supported or not span.strip():
            continue
        start = claim.start + len(span) - len(span.lstrip())
        end = claim.end - len(span) + len(span.rstrip())
        parts += [_piece(text[at:start], written), f"**{written(text[start:end])}**{SIGN}"]
        at = end
    return "".join([*parts, _piece(text[at:], written)])


def _piece(text: str, written: Callable[[str], str]) -> str:
    """The piece as it is written, with the spaces at its ends, which `written` may take away."""
    body = text.strip()
    if not body:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{written(body)}{after}"
