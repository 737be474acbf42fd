"""Whether a piece of work touches what a project leaves out of its scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from orin_agents.domain.project_map import ProjectMap, ScopeLine
from orin_agents.skills.terms import singular, words

TOUCHED = 0.6
"""The share of a line's words that work must name to touch it."""
# fmt: off
SMALL = frozenset({
    "a", "an", "the", "of", "for", "and", "or", "nor", "in", "on", "at", "to", "with", "by", "from", "as", "into",
    "is", "are", "be", "being", "any", "no", "not", "all", "every", "our", "my", "your", "their", "der", "die",
    "das", "ein", "eine", "von", "für", "und", "oder", "im", "am", "zu", "zum", "zur", "mit"
})
# fmt: on
"""Words that say nothing about what a line is about."""


@dataclass(frozen=True, slots=True)
class _Line:
    line: ScopeLine
    words: frozenset[str]
    own: frozenset[str]
    """Those of its words that stand in no line of what is in scope."""


class Scope:
    """The lines out of scope, ready to hold work against."""

    def __init__(self, map: ProjectMap) -> None:
        inside = frozenset(word for line in map.in_scope for word in _words(line.text))
        self._lines = [_Line(line, found, found - inside) for line in map.out_of_scope if (found := _words(line.text))]

    def touched(self, title: str, tags: Iterable[str] = ()) -> ScopeLine | None:
        """The line that the work names most of, at least TOUCHED of it and one word that no line in scope has."""
        named = _words(" ".join([title, *tags]))
        best: tuple[float, ScopeLine] | None = None
        for one in self._lines:
            share = len(one.words & named) / len(one.words)
            if share >= TOUCHED and (one.own or one.words) & named and (best is None or share > best[0]):
                best = (share, one.line)
        return best[1] if best else None


def _words(text: str) -> frozenset[str]:
    return frozenset(singular(word) for word in words(text) if word not in SMALL)
