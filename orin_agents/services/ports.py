"""What the services need of the outside, as small Protocols.

Adapters implement them; tests bring fakes or the real thing.
"""

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from orin_agents.domain.calendar import Event
from orin_agents.domain.checks import CheckLine
from orin_agents.domain.crew import Agent
from orin_agents.domain.deployments import Trial
from orin_agents.domain.dialogue import ModelEvent, ModelRequest, Window
from orin_agents.domain.material import LeftOut, Reading
from orin_agents.domain.pages import Page, Rendered
from orin_agents.domain.passages import ReadText
from orin_agents.domain.routines import Routine


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class FileStat:
    """A file of a case file: its path there, size in bytes and time of change in nanoseconds."""

    path: str
    size: int
    changed_ns: int


class CaseFolder(Protocol):
    """The files of a case file on disk. No call follows a symbolic link, in any part of the path."""

    def read(self, root: Path, path: str) -> bytes | None:
        """The file's bytes, or None when there is no such file. Raises Forbidden for links and special files."""
        ...

    def write(self, root: Path, path: str, data: bytes) -> None:
        """Replace or create the file in one step that survives a power cut. Raises Forbidden, StorageFailure."""
        ...

    def write_many(self, root: Path, files: Iterable[tuple[str, bytes]]) -> None:
        """The same for many files, each whole or absent, with fewer waits for the disk."""
        ...

    def remove(self, root: Path, path: str) -> None:
        """Remove the file if it is there, and folders left empty by it."""
        ...

    def files(self, root: Path) -> Iterator[FileStat]:
        """All regular files below root, in order of path, without hidden folders and temporary files."""
        ...

    def strays(self, root: Path) -> Iterator[LeftOut]:
        """What `files` leaves out, with the reason: links, special files, names not in normal form."""
        ...

    def sweep(self, root: Path) -> int:
        """Remove the temporary files that a crash left; how many there were."""
        ...

    def obstacle(self, root: Path, path: str) -> str:
        """Why the path does not lead to a plain place inside root (a link, a hard link, a folder), or an empty
        string.
        """
        ...


class FolderWatch(Protocol):
    """Notices changes below a folder."""

    def changes(self, folder: Path) -> AsyncIterator[set[Path]]:
        """Sets of absolute paths that changed, as they change, until the iterator is closed."""
        ...


class Readers(Protocol):
    """Reads a person's material. Content never makes it raise: what cannot be read is in `left_out`."""

    def read(self, path: str, data: bytes) -> Reading:
        """What the file holds; sources of tasks and links carry `path` and lines."""
        ...


class Calendars(Protocol):
    """Reads and writes iCalendar files."""

    def events(
        self, path: str, data: bytes, start: datetime, end: datetime, zone: ZoneInfo
    ) -> tuple[tuple[Event, ...], tuple[LeftOut, ...]]:
        """The occurrences between start and end, recurrences resolved, in the zone; and what could not be read."""
        ...

    def write(self, title: str, events: Iterable[Event]) -> str:
        """A calendar holding the events; the same events give the same text."""
        ...


class CrewFiles(Protocol):
    """The agents and routines as files: shipped, and the workspace's own, which replace shipped ones of the same id."""

    def agents(self) -> tuple[tuple[Agent, ...], tuple[LeftOut, ...]]:
        """The agents that could be read, in the order of the crew; and the files that could not."""
        ...

    def routines(self, agents: frozenset[str]) -> tuple[tuple[Routine, ...], tuple[LeftOut, ...]]:
        """The routines that could be read, in the order of the day; unknown agents, skills and templates are
        refused.
        """
        ...


class Templates(Protocol):
    """Turns a page into an artifact's text."""

    def render(self, template: str, page: Page) -> Rendered:
        """The text with its facts marked and listed. The same page gives the same text."""
        ...


class Box(Protocol):
    """The machine Orin stands on, as `orin doctor` and the Watcher look at it. Nothing it meets makes it raise."""

    def checks(self, workspace: Path) -> tuple[CheckLine, ...]:
        """What was seen of board, GPU, memory, disk, clock, Python, SQLite and model servers."""
        ...


class Models(Protocol):
    """Language models behind logical names, however many servers there are and whether or not they answer."""

    def window(self, first: str, fallback: str = "") -> Window:
        """The window of the deployment that would answer now. Raises ModelUnavailable when none is configured."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """The answer as it comes: pieces, maybe a restart, and Ended as the last event. Closing it stops the server.

        Raises ModelUnavailable when no deployment answers, ModelFailed when one answers with nothing of use, and
        PromptTooLong when the prompt does not fit the window.
        """
        ...

    def embedding(self) -> str:
        """The model that embeds, whichever deployment runs it; empty when none is configured to. From any thread.

        Raises ModelUnavailable when that cannot be said, because models.yaml is broken.
        """
        ...

    async def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """A vector for each text, by the logical model `embedding`. Raises ModelUnavailable."""
        ...


class ModelsText(Protocol):
    """models.yaml as a text, to be added to."""

    def text(self) -> str | None:
        """What stands in it, None when there is no such file. Raises BrokenFile when it is no text."""
        ...

    def annotated(self) -> str:
        """A new file, in which every key and every server is a comment."""
        ...

    def write(self, text: str, before: str | None) -> None:
        """Replace what was read before by the text, whole or not at all. Raises Conflict, StorageFailure."""
        ...


class ModelTrials(Protocol):
    """Tries deployments out, and remembers how they did."""

    async def try_out(self, name: str) -> Trial:
        """Ask the deployment a few short questions; what fails is told in the trial. Raises NotFound."""
        ...

    def kept(self) -> dict[str, Trial]:
        """The last trial of each deployment, by its name."""
        ...

    def keep(self, trials: Iterable[Trial]) -> None:
        """Keep them in place of older ones. Raises StorageFailure."""
        ...


class Documents(Protocol):
    """Reads the text out of files, for the index. Content never makes it raise."""

    @property
    def version(self) -> str:
        """Which reader this is; another one may read the same file differently."""
        ...

    def read(self, path: str, data: bytes, stopped: Callable[[], bool] = lambda: False) -> ReadText | LeftOut | None:
        """The file's text, or why it cannot be read; None when a file of that kind holds no text to find.

        Where reading takes long it ends early, with anything, once `stopped` says so.
        """
        ...


class Embedding(Protocol):
    """Turns texts into vectors that lie near each other where the texts mean something alike."""

    @property
    def name(self) -> str:
        """Which embedding this is; vectors of two embeddings cannot be compared."""
        ...

    @property
    def least(self) -> float:
        """The cosine of two vectors below which their texts have nothing in common; -1 where that cannot be said."""
        ...

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector for each text, all of one length. From a worker thread. Raises ModelUnavailable, ModelFailed."""
        ...


class Vectors(Protocol):
    """Finds texts near in meaning. A cache: what it lacks is added from the rows, and it may be empty at any start.

    Texts are kept by their keys, project by project. Opened at the first call; from worker threads, one at a time or
    several. Every call raises StorageFailure when the cache cannot be used, and ModelUnavailable or ModelFailed when
    the embedding cannot.
    """

    def embedding(self) -> str:
        """The embedding's name."""
        ...

    def keys(self, project: str) -> frozenset[str]:
        """The keys it knows of the project."""
        ...

    def add(self, project: str, texts: Mapping[str, str]) -> None:
        """Take texts in by their keys; a key it knows already is replaced."""
        ...

    def drop(self, project: str, keys: Collection[str]) -> None:
        """Forget those keys."""
        ...

    def nearest(self, projects: Sequence[str], text: str, most: int) -> tuple[str, ...]:
        """At most so many keys of those projects, the nearest first; none for a text without meaning."""
        ...

    def clear(self) -> None:
        """Throw everything away, also what could not be opened."""
        ...

    def close(self) -> None:
        """Let go of the files. Never raises; nothing can be called afterwards."""
        ...


Part = Callable[[], Coroutine[Any, Any, dict[str, str]]]
"""A part of a run: does something once, or again without harm, and gives a small result to keep."""


class Checkpoint(Protocol):
    """Makes a part of a run durable."""

    async def __call__(self, name: str, part: Part) -> dict[str, str]:
        """The part's result: done now and kept, or kept from before. Names are unique in a run."""
        ...


Conduct = Callable[[bytes, Checkpoint], Awaitable[None]]
"""Walks a run's plan, part by part."""


class Engine(Protocol):
    """Runs plans durably: behind a crash a run goes on after its last finished step."""

    def start(self, run: str, attempt: int, plan: bytes) -> None:
        """Start a run, or do nothing when this attempt was started before. Returns at once."""
        ...

    def cancel(self, run: str, attempt: int) -> None:
        """Stop the run before its next step."""
        ...

    def known(self, run: str, attempt: int) -> bool:
        """Whether this attempt was ever started."""
        ...
