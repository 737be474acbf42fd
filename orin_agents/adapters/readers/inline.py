"""What stands inside a line of Markdown: links, tags, and the plain words of a text."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

TAG_CHARACTER = "[^\\s\\x00-,.:-@\\[-^`{-\\x7f\u2000-\u206f\u3000-\u303f]"
TAG = re.compile(rf"#(?:(?<=\s#)|(?<!.#))(?<!\]:.#)({TAG_CHARACTER}+)", re.DOTALL)
LAST_TAG = re.compile(rf"(?:^|\s)#({TAG_CHARACTER}+)$")
FIRST_TAG = re.compile(rf"#({TAG_CHARACTER}+)(?=\s|$)")

_WIKILINK = re.compile(r"(?<!\\)(!?)\[\[([^\[\]\n]+)\]\]")
_DESTINATION = re.compile(r"\]\(\s*(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)(?:\s+[\"'(][^\n]{0,300}?)?\)")
_DEFINITION = re.compile(r"^[ >]{0,6}\[(?!\^)[^\[\]\n]+\]:[ \t]*(\S+)", re.MULTILINE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")

_CODE_LINK = re.compile(
    r"(?<![`\\])!?\[([^\[\]`]*(?:`[^`\n]*`[^\[\]`]*)+)\](?:\([^()`\s]*(?:\([^()`\s]*\)[^()`\s]*)*\)|\[[^\[\]`]*\])"
)
"""A link whose text holds code: found in the whole text, for the rest of the markup is looked for outside code."""

_LONGEST = 4000
_DEEPEST = 5
_MARKUP = (
    (re.compile(r"<br\s*/?>|&nbsp;", re.IGNORECASE), " "),
    (re.compile(r"</?(?:b|i|u|s|em|strong|mark|span|sub|sup|kbd|small|del|ins|font|a)\b[^<>]*>", re.IGNORECASE), ""),
    (re.compile(r"(?<!\\)!?\[\[(?:[^\[\]|]*\\?\|)?([^\[\]|]*)\]\]"), r"\1"),
    (re.compile(r"(?<!\\)\[\^[^\[\]]+\]"), ""),
    (re.compile(r"(?<!\\)!?\[([^\[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)"), r"\1"),
    (re.compile(r"(?<!\\)!?\[([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"(\*\*|__|~~|==)(?=\S)(.{1,200}?)(?<=\S)\1"), r"\2"),
    (
        re.compile(r"(?<![\w*])\*(?=\S)([^*]{1,200}?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^_]{1,200}?)(?<=\S)_(?!\w)"),
        r"\1\2",
    ),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])"), r"\1"),
)


def is_tag(name: str) -> bool:
    """Whether the word after a # is a tag: a number alone is the number of an issue."""
    return not name.replace("/", "").isdigit() and name.strip("/-_") != ""


def tags_in(text: str) -> list[str]:
    """The tags of a text in their order, without #."""
    return [name.rstrip("/") for name in TAG.findall(text) if is_tag(name)] if "#" in text else []


def links_in(text: str) -> Iterator[tuple[int, str, bool]]:
    """Offset, target and whether it embeds, of every link within the vault: wikilinks, Markdown links, definitions."""
    if "[[" in text:
        for match in _WIKILINK.finditer(text):
            target = match[2].replace("\\|", "|").split("|", 1)[0].split("#", 1)[0].strip()
            if target:
                yield match.start(), target, bool(match[1])
    if "](" in text:
        for match in _DESTINATION.finditer(text):
            start = _opening(text, match.start())
            if start >= 0 and (target := _internal(match[1])):
                yield start, target, text[start - 1 : start] == "!"
    if "]:" in text:
        for match in _DEFINITION.finditer(text):
            if target := _internal(match[1]):
                yield match.start(), target, False


def _opening(text: str, closing: int) -> int:
    """Where the bracket opens that is closed there; -1 when it is too far away or was escaped."""
    depth = 0
    for at in range(closing, max(-1, closing - 1000), -1):
        if text[at] in "[]" and text[at - 1 : at] != "\\":
            depth += 1 if text[at] == "]" else -1
            if depth == 0:
                return at
            if depth == _DEEPEST:
                return -1
    return -1


def _internal(destination: str) -> str:
    """The target within the vault, without heading; empty when the link leads elsewhere."""
    bare = destination.strip("<>")
    return "" if _SCHEME.match(bare) else unquote(bare.split("#", 1)[0]).strip()


def plain(text: str) -> str:
    """The words of a piece of Markdown: links as their text, no emphasis; inline code stays as written.

    Very long texts are only cleared of double spaces.
    """
    if len(text) <= _LONGEST and any(mark in text for mark in "[*_~=<\\&"):
        text = _CODE_LINK.sub(r"\1", text) if "`" in text else text
        pieces = text.split("`") if "`" in text else [text]
        if len(pieces) % 2:
            text = "`".join(piece if index % 2 else _stripped(piece) for index, piece in enumerate(pieces))
    return " ".join(text.split())


def _stripped(text: str) -> str:
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text
