"""Passages: pieces of artifacts as the index keeps and finds them, each with the place it stands."""

from dataclasses import dataclass

from orin_agents.domain.facts import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of one version of an artifact: lines `first_line` to `last_line`, counted from 1, as they stand there.

    `heading` is the trail of headings above it (`Plan › Venue`), or the page of a document that has pages. `score` is
    how well it answers the query it was found by, comparable within one answer only; 0 outside of a search.
    """

    project: str
    path: str
    version: int
    first_line: int
    last_line: int
    text: str
    heading: str = ""
    score: float = 0.0

    @property
    def id(self) -> str:
        """What it is cited by: `raw_notes/hall.md@2:14–20`."""
        return str(self.source)

    @property
    def source(self) -> Source:
        """Where it stands."""
        return Source(path=self.path, first_line=self.first_line, last_line=self.last_line, version=self.version)
