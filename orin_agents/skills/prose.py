"""The prose of a Markdown document: its paragraphs, list items and headings, and the sentences in them, with lines.

Front matter, code, tables, comments, formulas, HTML and link definitions are left out. Every step takes time in
proportion to the text, whatever stands in it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from orin_agents.domain.facts import Source
from orin_agents.domain.snapshot import Document
from orin_agents.skills.pages import own_words


class Form(StrEnum):
    """What a piece of prose is."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    TASK = "task"
    HEADING = "heading"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A paragraph, list item, task or heading: `text` as it stands in the file, from `first_line` on."""

    form: Form
    text: str
    first_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as it stands in the file, line breaks included."""

    document: Document
    form: Form
    text: str
    first_line: int
    last_line: int

    @property
    def source(self) -> Source:
        """Its lines in its document."""
        return Source(
            path=self.document.path,
            version=self.document.version,
            first_line=self.first_line,
            last_line=self.last_line,
        )

    @property
    def quotable(self) -> bool:
        """Whether it can be shown as it is: without links, footnotes, HTML, comments, or characters nobody sees."""
        if self.form is Form.QUOTE and self.first_line != self.last_line:
            return False
        return not _MARKED.search(self.text) and all(char.isprintable() or char in "\t\r\n" for char in self.text)


def ordered(documents: tuple[Document, ...]) -> list[Document]:
    """The documents in the order of their paths, so that a result never depends on the order they come in."""
    return sorted(documents, key=lambda document: (document.path, document.version))


def whole(document: Document) -> Source:
    """The document itself as a source."""
    return Source(path=document.path, version=document.version)


def sentences(document: Document) -> Iterator[Sentence]:
    """The sentences of a document in their order; a heading is one sentence."""
    for piece in pieces(own_words(document)):
        spans = [(0, len(piece.text))] if piece.form is Form.HEADING else split(piece.text)
        breaks = [match.end() for match in _BREAK.finditer(piece.text)]
        for start, end in spans:
            yield Sentence(
                document=document,
                form=piece.form,
                text=piece.text[start:end],
                first_line=piece.first_line + bisect_right(breaks, start),
                last_line=piece.first_line + bisect_right(breaks, end - 1),
            )


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of prose of a Markdown text in their order."""
    reader = _Reader(text)
    for number, (start, end) in enumerate(_lines(text), start=1):
        yield from reader.line(number, start, end)
    yield from reader.close()


def plain(text: str) -> str:
    """The words of a piece of Markdown on one line: links as their text, without addresses, tags and emphasis."""
    for mark, pattern, replacement in _MARKUP:
        if mark in text:
            text = pattern.sub(replacement, text)
    return " ".join(text.split())


_BREAK = re.compile(r"\r\n|\r|\n")
_MARKED = re.compile(r"[\[\]]|<[!/a-zA-Z]|://|%%|\(\(|\{\{|\^[\w-]+$")
_MARKUP = (
    ("[[", re.compile(r"!?\[\[[^\[\]|]{0,500}\|([^\[\]]{0,500})\]\]"), r"\1"),
    ("[[", re.compile(r"!?\[\[([^\[\]|]{0,500})\]\]"), r"\1"),
    ("](", re.compile(r"!?\[([^\[\]]{0,1000})\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)"), r"\1"),
    ("[", re.compile(r"\[\^[^\[\]]{1,100}\]|\[f\d{1,4}\]"), " "),
    ("[", re.compile(r"\[([^\[\]]{0,1000})\](?:\[[^\[\]]{0,200}\])?"), r"\1"),
    ("://", re.compile(r"<?\b[a-z][a-z0-9+.-]{1,15}://[^\s<>]*>?", re.IGNORECASE), " "),
    ("<", re.compile(r"<[!/a-zA-Z][^<>]{0,300}>"), " "),
    ("#", re.compile(r"(?<!\S)#[^\s#]{1,200}"), " "),
    ("`", re.compile(r"`+"), ""),
    ("*", re.compile(r"\*{1,3}"), ""),
    ("_", re.compile(r"(?<!\w)_+|_+(?!\w)"), ""),
    ("~", re.compile(r"~~"), ""),
    ("=", re.compile(r"=="), ""),
)
"""Each with a mark that must stand in a text for the pattern to be looked for."""
_QUOTES = re.compile(r"(?:[ \t]{0,3}>)+[ \t]?")
_FENCE = re.compile(r"(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(`{3,}(?=[^`]*$)|~{3,})")
_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_CHECKBOX = re.compile(r"\[[^\]\r\n]\](?:[ \t]+|$)")
_HEADING = re.compile(r"#{1,6}(?:[ \t]+|$)")
_UNDERLINE = re.compile(r"(?:=+|-{2,})[ \t]*")
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}")
_DELIMITERS = re.compile(r"(?=[^-]*-)[|:\- \t]+")
_SKIPPED = re.compile(r"\||</?[a-zA-Z]|\[[^\[\]]{1,300}\]:|\[![^\[\]]{1,60}\]|[\w-]{1,40}::|\{%|\{\{")
_CLOSERS = {"<!--": "-->", "%%": "%%", "$$": "$$"}
_STOP = re.compile(r"[.!?…](?=[\"'”’»)\]*_]{0,3}(?:\s|$))|[。！？]")
_BEHIND = re.compile(r"[\"'”’»)\]*_]{0,3}")
_ABBREVIATIONS = (
    "e.g i.e etc vs cf approx dr mr mrs ms prof st no nr vol fig al resp incl ca z.b d.h u.a bzw usw ggf vgl abs ing"
    " jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m"
)
_NO_STOP = frozenset(_ABBREVIATIONS.split())


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every line, without its line break."""
    start = 0
    for match in _BREAK.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


class _Reader:
    """Reads a text line by line and gives each piece when it is complete."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.until = ""
        """What closes the block that is skipped: a fence, or the end of front matter, a comment or a formula."""
        self.quoted = False
        self.table = False
        self.listed = False
        self.open: list[tuple[int, int]] = []
        self.form = Form.PARAGRAPH
        self.number = 0
        if re.match(r"\ufeff?---[ \t]*(?:\r?\n|\r)", text) and re.search(
            r"(?:\n|\r)(?:---|\.\.\.)[ \t]*(?:[\r\n]|$)", text
        ):
            self.until = "---"

    def line(self, number: int, start: int, end: int) -> Iterator[Piece]:
        """Take in the line; gives the pieces that end before it."""
        if quotes := _QUOTES.match(self.text, start, end):
            start = quotes.end()
        if self.until and self._skips(number, start, end, quoted=bool(quotes)):
            return
        indent = start
        while start < end and self.text[start] in " \t\ufeff\u200b":
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start == end:
            self.table = False
            yield from self.close()
        elif self._opens(start, end, quoted=bool(quotes)) or self._is_table(start, end):
            yield from self.close()
        else:
            yield from self._prose(number, start, end, deep=start - indent >= 4, quoted=bool(quotes))

    def close(self) -> Iterator[Piece]:
        """The piece that is open."""
        if self.open:
            yield Piece(form=self.form, text=self.text[self.open[0][0] : self.open[-1][1]], first_line=self.number)
            self.open = []

    def _skips(self, number: int, start: int, end: int, *, quoted: bool) -> bool:
        """Whether the line belongs to the block that is skipped; ends the block when the line closes it."""
        if self.quoted and not quoted:
            self.until, self.quoted = "", False
            return False
        bare = self.text[start:end].strip()
        if self.until == "---":
            closes = number > 1 and bare in ("---", "...")
        elif self.until[0] in "`~":
            closes = bare.startswith(self.until) and not bare.strip(self.until[0])
        else:
            closes = self.until in bare
        if closes:
            self.until = ""
        return True

    def _opens(self, start: int, end: int, *, quoted: bool) -> bool:
        """Whether a block begins here that is skipped: code, a comment, a formula."""
        if fence := _FENCE.match(self.text, start, end):
            self.until, self.quoted = fence[1], quoted
            return True
        for mark, closer in _CLOSERS.items():
            if self.text.startswith(mark, start, end):
                if self.text.find(closer, start + len(mark), end) < 0:
                    self.until, self.quoted = closer, quoted
                return True
        return False

    def _is_table(self, start: int, end: int) -> bool:
        """Whether the line is part of a table; the header of one may still be open as prose."""
        text, first = self.text, self.text[start]
        if (
            first in "|:- \t"
            and self.open
            and text.find("|", start, end) >= 0
            and _DELIMITERS.fullmatch(text, start, end)
        ):
            self.table = True
            self.open.pop()
        return self.table or first == "|"

    def _prose(self, number: int, start: int, end: int, *, deep: bool, quoted: bool) -> Iterator[Piece]:
        text = self.text
        if self.open and self.form in (Form.PARAGRAPH, Form.QUOTE) and _UNDERLINE.fullmatch(text, start, end):
            self.form = Form.HEADING
            yield from self.close()
        elif _RULE.fullmatch(text, start, end) or _SKIPPED.match(text, start, end):
            yield from self.close()
        elif heading := _HEADING.match(text, start, end):
            yield from self.close()
            self.listed = False
            yield from self._single(number, heading.end(), end)
        elif marker := _MARKER.match(text, start, end):
            yield from self.close()
            self.listed = True
            box = _CHECKBOX.match(text, marker.end(), end)
            self._begin(Form.TASK if box else Form.ITEM, number, (box or marker).end(), end)
        elif self.open:
            self.open.append((start, end))
        elif not deep or self.listed:
            self.listed = self.listed and deep
            self._begin(Form.QUOTE if quoted else Form.PARAGRAPH, number, start, end)

    def _begin(self, form: Form, number: int, start: int, end: int) -> None:
        if start < end:
            self.form, self.number, self.open = form, number, [(start, end)]

    def _single(self, number: int, start: int, end: int) -> Iterator[Piece]:
        title = self.text[start:end].rstrip("# \t")
        if title:
            yield Piece(form=Form.HEADING, text=title, first_line=number)


def split(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of a piece."""
    start = 0
    for stop in _STOP.finditer(text):
        if stop.start() < start or (stop[0] == "." and _abbreviates(text, stop.start())):
            continue
        behind = _BEHIND.match(text, stop.end())
        end = behind.end() if behind else stop.end()
        following = text[end : end + 3].lstrip()
        if following[:1].islower() and stop[0] in ".…":
            continue
        yield from trimmed(text, start, end)
        start = end
    yield from trimmed(text, start, len(text))


def _abbreviates(text: str, dot: int) -> bool:
    """Whether the dot ends an abbreviation, an initial or the number of an item, not a sentence."""
    word = re.split(r"[\s(\[\"'“‘«]", text[max(0, dot - 20) : dot])[-1]
    return word.lower() in _NO_STOP or (len(word) == 1 and word.isalpha() and word.isupper())


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without blanks at its ends; none where it has nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
