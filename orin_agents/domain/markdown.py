"""A person's text inside a Markdown page: it is data, and can neither restyle the page nor break it.

The rules are those of CommonMark 0.31 and of GitHub's tables; `#tags`, `%%comments%%` and `[[links]]` are Obsidian's.
"""

import re
import unicodedata

MOST = 300
"""Characters of one text that a page shows; the rest is in its source."""

_ALWAYS = re.compile(r"([\\`*\[\]|~])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_TAG = re.compile(r"(?<!\S)#")
_HTML = re.compile(r"<(?=[!/?a-zA-Z])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LEADING = re.compile(r"^([>+=-])")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def one_line(text: str) -> str:
    """The text as one line of printable characters: white space joined, control and direction marks gone."""
    kept = text if text.isprintable() else "".join(_printable(char) for char in text)
    return " ".join(kept.split())


def inline(text: str, most: int = MOST) -> str:
    """The text so that a Markdown page shows exactly its characters, on one line, cut after `most` characters."""
    line = one_line(text)
    if len(line) > most:
        line = line[: most - 1].rstrip() + "…"
    line = _ALWAYS.sub(r"\\\1", line)
    line = _ENTITY.sub("&amp;", line)
    line = _HTML.sub("&lt;", line)
    line = _UNDERSCORE.sub(r"\\_", line)
    line = _TAG.sub(r"\\#", line)
    line = line.replace("%%", r"\%\%")
    line = _LEADING.sub(r"\\\1", line)
    return _NUMBERED.sub(r"\1\\\2", line)


def _printable(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace():
        return " "
    if category == "Cs":
        return "\ufffd"
    if category == "Cc" or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069":
        return ""
    return char
