"""The database as the services see it: one Protocol for each kind of row, and the transaction around them."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orin_agents.domain.approvals import Approval, ApprovalState
from orin_agents.domain.artifacts import Artifact, Version
from orin_agents.domain.conversations import Conversation, Utterance
from orin_agents.domain.dialogue import Prompt
from orin_agents.domain.facts import Finding
from orin_agents.domain.journal import Entry, Event
from orin_agents.domain.material import ImportReport, LeftOut, Reading
from orin_agents.domain.memory import Lesson
from orin_agents.domain.passages import Candidate, Chunk
from orin_agents.domain.projects import Project
from orin_agents.domain.runs import Handoff, Run, RunStep


class ProjectRows(Protocol):
    """Projects, kept."""

    def add(self, project: Project) -> None:
        """Keep a new project."""
        ...

    def get(self, project: str) -> Project | None:
        """The project of that id."""
        ...

    def all(self) -> tuple[Project, ...]:
        """All projects, home first, then by id."""
        ...


class JournalRows(Protocol):
    """The journal, kept. Appended to only inside a transaction."""

    def append(
        self,
        event: Event,
        actor: str,
        at: datetime,
        *,
        project: str = "",
        subject: str = "",
        correlation: str = "",
        data: dict[str, str | int | float | bool | None] | None = None,
        key: str = "",
    ) -> int:
        """The number of the new entry; of the old one, when an entry with that key stands already."""
        ...

    def after(self, seq: int, limit: int, correlation: str = "") -> tuple[Entry, ...]:
        """Entries numbered above seq, oldest first."""
        ...

    def since(self, moment: datetime, project: str = "") -> tuple[Entry, ...]:
        """Entries from that moment on, oldest first; of one project, when named."""
        ...

    def last(self) -> int:
        """The highest number, 0 when nothing happened yet."""
        ...

    def count(self) -> int:
        """How many entries stand; equal to `last()` as long as none was taken out."""
        ...


class ArtifactRows(Protocol):
    """Artifacts with their versions and contents, kept. Contents are kept once per hash."""

    def find(self, project: str, path: str) -> Artifact | None:
        """The artifact at that path, removed ones too."""
        ...

    def all(self, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts in the order of path, removed ones too; of every project when none is named."""
        ...

    def put(self, artifact: Artifact) -> Artifact:
        """Keep the artifact as it stands now; id 0 makes a new one, which is returned with its id."""
        ...

    def add_version(self, version: Version, data: bytes, key: str = "") -> None:
        """Keep a version and its content. A key makes it findable by `keyed`."""
        ...

    def keyed(self, key: str) -> Version | None:
        """The version that was saved under that key."""
        ...

    def versions(self, artifact: int) -> tuple[Version, ...]:
        """All versions, oldest first."""
        ...

    def content(self, sha256: str) -> bytes | None:
        """The content with that hash."""
        ...

    def on_disk(self, artifact: int) -> str:
        """The hash last known to stand in the case file; empty when none."""
        ...

    def set_on_disk(self, artifact: int, sha256: str) -> None:
        """Note what stands in the case file now."""
        ...

    def unwritten(self) -> tuple[Artifact, ...]:
        """Artifacts whose newest version is not known to stand in the case file."""
        ...

    def reading(self, artifact: int) -> Reading | None:
        """What was read from the newest version."""
        ...

    def set_reading(self, artifact: int, reading: Reading | None) -> None:
        """Keep, or forget, what was read from the newest version."""
        ...

    def readings(self, project: str) -> tuple[tuple[Artifact, Reading], ...]:
        """What was read from the project's artifacts that are not removed, in the order of path."""
        ...

    def made_by_runs(self, project: str, since: datetime) -> tuple[tuple[Artifact, Version], ...]:
        """Versions that runs made since that moment, oldest first."""
        ...


class ApprovalRows(Protocol):
    """Approvals, kept."""

    def add(self, approval: Approval, data: bytes, key: str) -> Approval:
        """Keep a new approval with the content it proposes; under a key that stands already, the old one."""
        ...

    def get(self, approval: int) -> tuple[Approval, bytes] | None:
        """The approval and the content it proposes."""
        ...

    def all(self, project: str = "", state: ApprovalState | None = None, run: str = "") -> tuple[Approval, ...]:
        """Approvals, oldest first."""
        ...

    def put(self, approval: Approval) -> None:
        """Keep the approval as it stands now."""
        ...


class RunRows(Protocol):
    """Runs, their steps, handoffs and findings, kept."""

    def put(self, run: Run, plan: bytes | None = None) -> None:
        """Keep the run as it stands now; the plan is kept once."""
        ...

    def get(self, run: str) -> Run | None:
        """The run of that id."""
        ...

    def plan(self, run: str) -> bytes | None:
        """The plan the run was started with."""
        ...

    def all(self, project: str = "", limit: int = 50) -> tuple[Run, ...]:
        """Runs, newest first."""
        ...

    def unfinished(self) -> tuple[Run, ...]:
        """Runs that are queued or running, oldest first."""
        ...

    def put_step(self, run: str, step: RunStep, findings: tuple[Finding, ...] | None = None) -> None:
        """Keep a step as it stands now, and what it found."""
        ...

    def step(self, run: str, step: str) -> RunStep | None:
        """One step."""
        ...

    def steps(self, run: str) -> tuple[RunStep, ...]:
        """All steps in the order they began."""
        ...

    def findings(self, run: str, step: str) -> tuple[Finding, ...]:
        """What a step found; it can be large, so it is read only where it is asked for."""
        ...

    def hand_on(self, handoff: Handoff, key: str) -> bool:
        """Keep a handoff; false when one stands under that key already."""
        ...

    def handoffs(self, run: str) -> tuple[Handoff, ...]:
        """A run's handoffs in order."""
        ...


class PromptRows(Protocol):
    """What was said to models in runs, kept."""

    def add(self, prompt: Prompt) -> None:
        """Keep a prompt behind those of its step; its number is given here."""
        ...

    def of(self, run: str) -> tuple[Prompt, ...]:
        """A run's prompts in the order they were asked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """A file that an import brought: the version it made, and the one that stood before (0: none)."""

    path: str
    before: int
    after: int


class ImportRows(Protocol):
    """Imports, kept."""

    def add(self, report: ImportReport, files: tuple[ImportedFile, ...]) -> None:
        """Keep a new import with what it brought."""
        ...

    def next_batch(self) -> int:
        """The number the next import gets."""
        ...

    def get(self, batch: int) -> tuple[ImportReport, tuple[ImportedFile, ...]] | None:
        """An import and what it brought."""
        ...

    def put(self, report: ImportReport) -> None:
        """Keep the report as it stands now."""
        ...

    def all(self) -> tuple[ImportReport, ...]:
        """Imports, newest first."""
        ...


class PassageRows(Protocol):
    """Passages of artifacts, kept and found by their words. What is removed or locked is never found."""

    def pending(self, reader: str, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts whose newest version was not read yet by that reader, in the order of their ids."""
        ...

    def gone(self, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts that have passages and are removed or locked now."""
        ...

    def put(self, artifact: Artifact, reader: str, chunks: Sequence[tuple[str, Chunk]], note: str = "") -> None:
        """Replace the artifact's passages, each with its key; `note` says why there are none, or not all."""
        ...

    def drop(self, artifact: int) -> None:
        """Forget the artifact's passages."""
        ...

    def clear(self) -> None:
        """Forget everything; all artifacts are pending then."""
        ...

    def readable(self, project: str = "") -> tuple[tuple[int, str], ...]:
        """The artifacts that have passages: id and path."""
        ...

    def rare(self, words: Sequence[str], most: int) -> tuple[str, ...]:
        """The rarest of the words that stand in some passage, as long as they stand in `most` together, the rarest
        first; when every single one stands in more, the first of the rarest alone.
        """
        ...

    def matching(
        self, terms: Sequence[str], project: str, artifacts: Collection[int] | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Passages that hold one of the terms (words, or phrases of several), the best first (BM25).

        Of every project when none is named; of the artifacts given alone, unless None.
        """
        ...

    def keyed(self, keys: Sequence[str], project: str, artifacts: Collection[int] | None) -> tuple[Candidate, ...]:
        """The passages of those keys, within the same bounds."""
        ...

    def keys(self, project: str) -> frozenset[str]:
        """The keys of all passages of the project."""
        ...

    def texts(self, project: str, keys: Collection[str]) -> dict[str, str]:
        """Heading and text of each of the keys that the project has."""
        ...

    def count(self) -> tuple[int, int]:
        """How many passages there are, and of how many artifacts."""
        ...

    def notes(self) -> tuple[LeftOut, ...]:
        """What could not be read of artifacts, in the order of their paths."""
        ...


class ConversationRows(Protocol):
    """Conversations with agents, kept."""

    def add(self, conversation: Conversation) -> None:
        """Keep a new conversation."""
        ...

    def get(self, conversation: str) -> Conversation | None:
        """The conversation of that id."""
        ...

    def all(self, project: str = "", agent: str = "", limit: int = 50) -> tuple[Conversation, ...]:
        """Conversations, the one spoken in last first."""
        ...

    def newest(self, project: str, agent: str, since: datetime) -> Conversation | None:
        """The conversation with that agent that was spoken in last, if that was at or after the moment."""
        ...

    def say(self, conversation: str, utterance: Utterance) -> None:
        """Add a message behind the last; its number is given here."""
        ...

    def messages(self, conversation: str, last: int = 0) -> tuple[Utterance, ...]:
        """The messages in order; only so many from the end, where `last` is above 0."""
        ...

    def remove(self, conversation: str) -> None:
        """Forget the conversation and all that was said in it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMemory:
    """What is known of an agent's memory beside its file: the lessons last written there, and the keys of those that a
    person took out, which are not learnt again.
    """

    known: tuple[Lesson, ...] = ()
    forgotten: tuple[str, ...] = ()


class MemoryRows(Protocol):
    """What is known of agents' memories, kept."""

    def seen(self) -> int:
        """The number of the journal up to which memories are put together; 0 at first."""
        ...

    def set_seen(self, seq: int) -> None:
        """Keep that number."""
        ...

    def all(self) -> dict[str, KeptMemory]:
        """What is known, by agent."""
        ...

    def put(self, agent: str, kept: KeptMemory) -> None:
        """Keep what is known of an agent's memory."""
        ...


class Store(Protocol):
    """The workspace's database: one writer, every change inside a transaction."""

    @property
    def projects(self) -> ProjectRows: ...
    @property
    def journal(self) -> JournalRows: ...
    @property
    def artifacts(self) -> ArtifactRows: ...
    @property
    def approvals(self) -> ApprovalRows: ...
    @property
    def runs(self) -> RunRows: ...
    @property
    def imports(self) -> ImportRows: ...
    @property
    def prompts(self) -> PromptRows: ...
    @property
    def passages(self) -> PassageRows: ...
    @property
    def conversations(self) -> ConversationRows: ...
    @property
    def memories(self) -> MemoryRows: ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; the outermost one commits. Other threads wait meanwhile. Raises StorageFailure."""
        ...

    def check(self) -> tuple[str, ...]:
        """What a check of the database found wrong; empty when it is sound."""
        ...
