"""Notices a model that says the same again and again.

The longest period is found by the prefix function of Knuth, Morris and Pratt (1977), over the end of the text read
backwards: a text of n characters whose prefix function ends in f has the period n - f.
"""

TAIL = 1600
"""Characters looked at; a passage of more than a fifth of it is not seen to repeat."""
EVERY = 120
SPAN = 320
TIMES = 5
"""So long a stretch, of the same so many times in a row, is no answer any more: rules and tables are shorter."""


class Repetition:
    """Feed it the pieces; it says when the end of the text does nothing but repeat."""

    def __init__(self) -> None:
        self._tail = ""
        self._since = 0

    def feed(self, piece: str) -> bool:
        """Whether the text now ends in a loop."""
        self._tail = (self._tail + piece)[-TAIL:]
        self._since += len(piece)
        if self._since < EVERY:
            return False
        self._since = 0
        return repeats(self._tail)


def repeats(text: str) -> bool:
    """Whether the text ends in at least TIMES of the same, SPAN characters together."""
    backwards = text[::-1]
    fits = [0] * len(backwards)
    for at in range(1, len(backwards)):
        length = fits[at - 1]
        while length and backwards[at] != backwards[length]:
            length = fits[length - 1]
        fits[at] = length + (backwards[at] == backwards[length])
        span = at + 1
        if span >= SPAN and span >= TIMES * (span - fits[at]):
            return True
    return False
