"""A person's own material on its way into a case file: what was read, and what was left out and why."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orin_agents.domain.facts import Source
from orin_agents.domain.tasks import Task


class Format(StrEnum):
    """What a file was read as."""

    MARKDOWN = "markdown"
    TODOTXT = "todo.txt"
    TASKWARRIOR = "taskwarrior"
    CALENDAR = "calendar"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link from a note: its target as written (without heading or alias), and whether it embeds."""

    target: str
    source: Source
    embed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that could not be read, with the reason; `line` counts from 1, 0 when it is the whole file."""

    path: str
    reason: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}" if self.line else f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file holds.

    `title` is its heading or name; `events` counts calendar entries (each recurring one once).
    """

    path: str
    format: Format
    title: str = ""
    tasks: tuple[Task, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    events: int = 0
    words: int = 0
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import found and did. `batch` is 0 for a dry run; `counts` is by kind (notes, tasks, links, …)."""

    batch: int
    project: str
    path: str
    at: datetime
    counts: dict[str, int]
    added: int
    changed: int
    unchanged: int
    kept_yours: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    dry_run: bool = False
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """A file that an import brought: the version it made, and the one that stood before (0: none)."""

    path: str
    before: int
    after: int
