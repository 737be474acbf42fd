"""Cuts a text into chunks: pieces large enough to say something and small enough to be cited.

Markdown is cut by its structure (CommonMark 0.31, sections 3 to 5, as far as lines tell it): a chunk never spans a
heading that has text of its own above it, and paragraphs, lists, tables and code stay whole where they fit. Every line
that is not blank is in exactly one chunk, and a chunk's text is exactly its lines; only of a line longer than the bound
the chunks are parts, which together are that line. The time taken is in proportion to the text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from orin_agents.domain.passages import Chunk, Form, ReadText
from orin_agents.domain.syntax import lines_of

ENOUGH = 80
"""Words from which on a chunk is closed where the text lets it."""
GOOD = 160
"""Words that a chunk of several blocks has at most."""
MOST = 320
"""Words that one block has at most; a longer one is cut."""
LONGEST = 2400
"""Characters that a chunk has at most."""
SHORT = 30
"""A section with fewer words is joined with the one below it."""
FRONT_MATTER = 200
"""Lines within which front matter is closed."""
TRAIL = " › "
HEADING = 120
"""Characters that are kept of one heading in a trail."""

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r"[ \t]*(?:[-*+>][ \t]+){0,4}(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_CLOSE = re.compile(r"(?<=[.!?…])\s+|\s+")


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together, counted from 1; `level` is that of a heading (1 to 6), `apart` parts it from others.

    `text` is the heading's, or the part of a line that was too long.
    """

    first: int
    last: int
    words: int
    size: int
    level: int = 0
    apart: bool = False
    text: str = ""


def chunks(read: ReadText) -> tuple[Chunk, ...]:
    """The chunks of a text in their order."""
    lines = lines_of(read.text)
    if read.form is Form.MARKDOWN:
        blocks = _markdown(lines)
    elif read.form is Form.PAGES:
        return tuple(_paged(lines, read.pages))
    else:
        blocks = _runs(lines, 1, len(lines))
    return tuple(_packed(lines, _cut(lines, blocks)))


def _paged(lines: list[str], pages: tuple[int, ...]) -> Iterator[Chunk]:
    starts = [*pages, len(lines) + 1] if pages and pages[0] == 1 else [1, *pages, len(lines) + 1]
    for number, (start, after) in enumerate(pairwise(starts), start=1):
        yield from _packed(lines, _cut(lines, _runs(lines, start, after - 1)), f"page {number}")


def _runs(lines: list[str], first: int, last: int) -> Iterator[_Block]:
    """Runs of lines that are not blank."""
    start = 0
    for number in range(first, last + 1):
        if lines[number - 1].strip():
            start = start or number
        elif start:
            yield _block(lines, start, number - 1)
            start = 0
    if start:
        yield _block(lines, start, last)


def _block(lines: list[str], first: int, last: int, level: int = 0, apart: bool = False, text: str = "") -> _Block:
    taken = lines[first - 1 : last]
    words = sum(len(line.split()) for line in taken)
    return _Block(first, last, words, sum(map(len, taken)) + last - first, level, apart, text)


def _markdown(lines: list[str]) -> Iterator[_Block]:
    """Front matter, headings, code in fences, and runs of other lines."""
    number = _front_matter(lines)
    if number:
        yield _block(lines, 1, number, apart=True)
    start = 0
    while number < len(lines):
        number += 1
        line = lines[number - 1]
        if line.isspace() or not line:
            heading, fence = None, None
        else:
            heading, fence = _ATX.match(line), _FENCE.match(line)
            if 0 < start == number - 1 and _SETEXT.fullmatch(line) and not _ITEM.match(lines[start - 1]):
                level = 1 if "=" in line else 2
                yield _block(lines, start, number, level, text=lines[start - 1].strip())
                start = 0
                continue
            if not heading and not fence:
                start = start or number
                continue
        if start:
            yield _block(lines, start, number - 1)
            start = 0
        if heading:
            yield _block(lines, number, number, len(heading[1]), text=_heading(line[heading.end() :]))
        elif fence:
            end = _fence_end(lines, number, fence[1])
            yield _block(lines, number, end)
            number = end
    if start:
        yield _block(lines, start, len(lines))


def _heading(rest: str) -> str:
    """A heading's text without the marks that may close it."""
    text = rest.strip()
    bare = text.rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else text


def _front_matter(lines: list[str]) -> int:
    if lines[0].rstrip() != "---":
        return 0
    ends = (n for n in range(1, min(len(lines), FRONT_MATTER)) if lines[n].rstrip() in ("---", "..."))
    return next(ends, -1) + 1


def _fence_end(lines: list[str], opened: int, mark: str) -> int:
    """The line that closes the fence opened at a line, or the last one with text where none does."""
    last = opened
    for number in range(opened + 1, len(lines) + 1):
        bare = lines[number - 1].strip(" \t>")
        if len(bare) >= len(mark) and not bare.strip(mark[0]):
            return number
        last = number if bare else last
    return last


def _cut(lines: list[str], blocks: Iterable[_Block]) -> Iterator[_Block]:
    """The blocks, those beyond the bounds cut: before list items where there are any, between lines, within lines."""
    for block in blocks:
        if block.words <= MOST and block.size <= LONGEST:
            yield block
            continue
        items = [n for n in range(block.first, block.last + 1) if _ITEM.match(lines[n - 1])]
        starts = items if len(items) > 1 else range(block.first, block.last + 1)
        edges = sorted({block.first, *starts, block.last + 1})
        for first, after in pairwise(edges):
            part = _block(lines, first, after - 1, block.level, text=block.text)
            if part.words <= MOST and part.size <= LONGEST:
                yield part
                continue
            for number in range(first, after):
                yield from _within(lines, number, block)


def _within(lines: list[str], number: int, block: _Block) -> Iterator[_Block]:
    line = lines[number - 1]
    one = _block(lines, number, number, block.level, text=block.text)
    if one.words <= MOST and one.size <= LONGEST:
        if one.words:
            yield one
        return
    start, words, good = 0, 0, 0
    for gap in _CLOSE.finditer(line):
        words += 1
        if gap.start() - start > LONGEST or words > GOOD:
            cut = good if good > start else gap.start()
            yield from _parts(line, start, cut, number)
            start, words, good = cut, len(line[cut : gap.start()].split()), 0
        if line[gap.start() - 1 : gap.start()] in (".", "!", "?", "…"):
            good = gap.start()
    yield from _parts(line, start, len(line), number)


def _parts(line: str, start: int, end: int, number: int) -> Iterator[_Block]:
    """A part of a line, in pieces no longer than the bound."""
    for at in range(start, end, LONGEST):
        text = line[at : min(at + LONGEST, end)]
        if not text.isspace():
            yield _Block(number, number, len(text.split()), len(text), 0, True, text)


def _packed(lines: list[str], blocks: Iterable[_Block], heading: str = "") -> Iterator[Chunk]:
    """Blocks put together into chunks, under the trail of their headings."""
    pack = _Pack(lines, heading)
    for block in blocks:
        yield from pack.add(block)
    yield from pack.close()


class _Pack:
    """The chunk being put together, and the trail of headings it stands under."""

    def __init__(self, lines: list[str], heading: str) -> None:
        self._lines = lines
        self._given = heading
        self._trail: list[tuple[int, str]] = []
        self._heading = heading
        self._ends = [0, *accumulate(len(line) + 1 for line in lines)]
        self._first = self._last = self._words = 0
        self._body = False

    def add(self, block: _Block) -> Iterator[Chunk]:
        """Take the block in; gives the chunk before it when that is complete now."""
        if block.level:
            yield from self._head(block)
            return
        if block.apart:
            yield from self.close()
            text = block.text or self._text(block.first, block.last)
            yield Chunk(first_line=block.first, last_line=block.last, text=text, heading=self._name())
            return
        if self._first and not self._takes(block):
            yield from self.close()
        self._take(block)
        self._body = True

    def _head(self, block: _Block) -> Iterator[Chunk]:
        if self._first and ((self._body and self._words >= SHORT) or not self._takes(block)):
            yield from self.close()
        kept = block.text[:HEADING]
        self._trail = [(level, text) for level, text in self._trail if level < block.level]
        if kept and (not self._trail or self._trail[-1][1] != kept):
            self._trail.append((block.level, kept))
        if not self._body:
            self._heading = self._name()
        self._take(block)

    def _takes(self, block: _Block) -> bool:
        most = GOOD if self._words >= ENOUGH else MOST
        size = self._ends[block.last] - self._ends[self._first - 1] - 1
        return self._words + block.words <= most and size <= LONGEST

    def _take(self, block: _Block) -> None:
        if not self._first:
            self._first, self._heading = block.first, self._name()
        self._words += block.words
        self._last = block.last

    def _name(self) -> str:
        return TRAIL.join(text for _, text in self._trail) or self._given

    def _text(self, first: int, last: int) -> str:
        return "\n".join(self._lines[first - 1 : last])

    def close(self) -> Iterator[Chunk]:
        """The chunk as it stands; nothing when it is empty."""
        if self._first:
            yield Chunk(
                first_line=self._first,
                last_line=self._last,
                text=self._text(self._first, self._last),
                heading=self._heading,
            )
        self._first = self._last = self._words = 0
        self._body = False
