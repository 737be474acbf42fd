"""Thoughts that a model writes into its answer between <think> and </think>, taken out as they stream by."""

from orin_agents.adapters.models.marks import begun

OPEN = "<think>"
CLOSE = "</think>"


class Thoughts:
    """Feed it the pieces; it gives back what is answer. `seen` says whether there were thoughts at all."""

    def __init__(self) -> None:
        self.seen = False
        self._inside = False
        self._held = ""
        self._began = False

    def feed(self, piece: str) -> str:
        """The part of the text so far that is surely answer and was not given before."""
        self._held += piece
        out = ""
        while self._held:
            mark = CLOSE if self._inside else OPEN
            before, found, after = self._held.partition(mark)
            if found:
                out += "" if self._inside else before
                self.seen, self._inside, self._held = True, not self._inside, after
                continue
            kept = begun(self._held, mark)
            out += "" if self._inside else self._held[: len(self._held) - kept]
            self._held = self._held[len(self._held) - kept :]
            break
        return self._after_blanks(out)

    def end(self) -> str:
        """What was held back and turned out to be answer."""
        rest, self._held = ("" if self._inside else self._held), ""
        return self._after_blanks(rest)

    def _after_blanks(self, text: str) -> str:
        """The answer does not begin with the empty lines that stand between thoughts and answer."""
        text = text if self._began else text.lstrip()
        self._began = self._began or bool(text)
        return text
