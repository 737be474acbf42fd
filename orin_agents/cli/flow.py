"""Words set in lines of a terminal's width, also while they are still coming, so that no word is broken."""

import re
import shutil
import unicodedata

WIDEST = 100
"""Columns that are used at most: longer lines are hard to read."""
_ITEM = re.compile(r"[-*•]|\d{1,3}[.)]|\[[pf]\d+\]")


class Flow:
    """Sets text in lines. A word is held back until it is whole; lines of an item hang below its beginning."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._column = self._hang = self._blanks = 0
        self._word = ""
        self._begins = True

    def feed(self, text: str) -> str:
        """What can be shown now."""
        shown = []
        for char in text:
            if char == "\n":
                shown += [self._placed(), "\n"]
                self._column = self._hang = self._blanks = 0
                self._begins = True
            elif char in " \t":
                shown.append(self._placed())
                self._blanks += 1
            elif _cells(char) > 1:  # scripts of wide letters have no blanks between words
                shown.append(self._placed())
                self._word = char
                shown.append(self._placed())
            else:
                self._word += char
        return "".join(shown)

    def rest(self) -> str:
        """What was held back."""
        return self._placed()

    def _placed(self) -> str:
        """The word, on this line or on the next."""
        word, self._word = self._word, ""
        if not word:
            return ""
        size, blanks = sum(map(_cells, word)), self._blanks
        self._blanks = 0
        if not self._begins and self._column + blanks + size > self._width:
            lead, self._column = "\n" + " " * self._hang, self._hang + size
        else:
            lead, self._column = " " * blanks, self._column + blanks + size
        if self._begins and _ITEM.fullmatch(word):
            self._hang = self._column + 1
        self._begins = False
        return lead + word


def flow() -> Flow:
    """For the terminal as wide as it is now."""
    return Flow(min(shutil.get_terminal_size().columns, WIDEST))


def flowed(text: str) -> str:
    """A whole text, set for the terminal."""
    lines = flow()
    return lines.feed(text) + lines.rest()


def _cells(char: str) -> int:
    """Columns that a character takes (UAX 11)."""
    if unicodedata.combining(char) or char == "\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
