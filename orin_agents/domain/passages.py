"""Passages: pieces of artifacts as the index keeps and finds them, each with the place it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orin_agents.domain.facts import Source
from orin_agents.domain.material import LeftOut


class Form(StrEnum):
    """How a text is built: by Markdown's headings and blocks, by lines alone, or by pages."""

    MARKDOWN = "markdown"
    LINES = "lines"
    PAGES = "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """A file's text as it is read for the index; lines are counted in it.

    For text files it is the file itself. `pages` holds the first line of each page of a document that has pages;
    `note` says what could not be read of the file.
    """

    text: str
    form: Form = Form.LINES
    pages: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a text that is found as one: its lines, counted from 1, and the trail of headings above it."""

    first_line: int
    last_line: int
    text: str
    heading: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage that may answer, with what decides between equals: its artifact's owner, and when that changed.

    `key` names its heading and text: passages that say the same under the same heading have the same key.
    """

    key: str
    passage: Passage
    owner: str
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """How the index stands: passages of so many files, files not taken in yet, and what cannot be read.

    `embedding` names what finds by meaning, empty until something was searched for; `embedded` counts the passages it
    knows. `problems` says why something is not as it should be, a sentence each.
    """

    passages: int
    files: int
    pending: int
    embedding: str = ""
    embedded: int = 0
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[str, ...] = ()
