"""Hides code and comments of a Markdown text, so that nothing inside them is taken for a task, a link or a tag."""

import re
from bisect import bisect_right
from collections.abc import Iterator

_TOKEN = re.compile(r"`+|~{3,}|<!--|%%")
_BEFORE_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?)?")
_WIDEST = 200
_SHOWN = re.compile(r"[^\n]")
Span = tuple[int, int]


def masked(text: str) -> tuple[str, str]:
    """The text without code blocks and comments, and the same without inline code too.

    What is hidden becomes spaces, so offsets and lines stay.
    """
    if not ("`" in text or "~~~" in text or "<!--" in text or "%%" in text):
        return text, text
    hidden: list[Span] = []
    code: list[Span] = []
    for span, inline in _spans(text):
        (code if inline else hidden).append(span)
    blocks = _blank(text, hidden)
    return blocks, _blank(blocks, code)


def _spans(text: str) -> Iterator[tuple[Span, bool]]:
    """Spans to hide in their order, and whether each is inline code."""
    runs = _Runs(text)
    unclosed: set[str] = set()
    at = 0
    while match := _TOKEN.search(text, at):
        start, mark = match.start(), match[0]
        inline = False
        if mark in ("<!--", "%%"):
            end = _comment_end(text, start, mark, unclosed)
        elif len(mark) >= 3 and (lead := _fence_lead(text, start, match.end())) is not None:
            end = _fence_end(text, match.end(), mark, quoted=">" in lead)
        elif mark[0] == "~" or text[start - 1 : start] == "\\":
            end = -1
        else:
            end, inline = runs.closing(start, len(mark)), True
        if end > match.end():
            yield (start, end), inline
        at = max(end, match.end())


def _fence_lead(text: str, start: int, end: int) -> str | None:
    """What stands before the marks on their line when they open a code block, else None."""
    lead = _lead(text, start)
    if lead is None or not _BEFORE_FENCE.fullmatch(lead):
        return None
    rest = text.find("\n", end)
    return None if text[start] == "`" and "`" in text[end : rest if rest >= 0 else len(text)] else lead


def _fence_end(text: str, at: int, fence: str, *, quoted: bool) -> int:
    """Where the code block ends: behind its closing line, or where its blockquote ends, or with the text."""
    at = text.find("\n", at)
    while 0 <= at < len(text):
        end = text.find("\n", at + 1)
        line = text[at + 1 : end if end >= 0 else len(text)]
        if quoted and not line.lstrip(" ").startswith(">"):
            return at
        bare = line.strip(" \t>")
        if bare.startswith(fence) and not bare.strip(fence[0]):
            return end if end >= 0 else len(text)
        at = end
    return len(text)


def _comment_end(text: str, start: int, mark: str, unclosed: set[str]) -> int:
    """Where the comment ends; an opening mark that is never closed hides the rest only where it starts a line."""
    closing = "-->" if mark == "<!--" else "%%"
    end = -1 if mark in unclosed else text.find(closing, start + len(mark))
    if end >= 0:
        return end + len(closing)
    unclosed.add(mark)
    lead = _lead(text, start)
    return -1 if lead is None or lead.strip(" \t>") else len(text)


def _lead(text: str, start: int) -> str | None:
    """What stands before that place on its line; None when that is too much to be the indentation of anything."""
    line = text.rfind("\n", max(0, start - _WIDEST), start)
    return None if line < 0 and start > _WIDEST else text[line + 1 : start]


class _Runs:
    """The runs of backticks of a text, by length; a run of code closes at the next run as long as its opening."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: dict[int, list[int]] | None = None

    def closing(self, start: int, length: int) -> int:
        """Where the code that opens there ends; -1 when it does not, within its paragraph."""
        if self._starts is None:
            self._starts = {}
            for run in re.finditer("`+", self.text):
                self._starts.setdefault(len(run[0]), []).append(run.start())
        starts = self._starts.get(length, [])
        index = bisect_right(starts, start)
        if index == len(starts):
            return -1
        paragraph = self.text.find("\n\n", start, starts[index])
        return -1 if paragraph >= 0 else starts[index] + length


def _blank(text: str, spans: list[Span]) -> str:
    if not spans:
        return text
    parts = []
    at = 0
    for start, end in spans:
        piece = text[start:end]
        parts += [text[at:start], _SHOWN.sub(" ", piece) if "\n" in piece else " " * len(piece)]
        at = end
    return "".join([*parts, text[at:]])
