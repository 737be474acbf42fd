"""The database as the services see it: one Protocol for each kind of row, and the transaction around them."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from orin_agents.domain.approvals import Approval, ApprovalState
from orin_agents.domain.artifacts import Artifact, Version
from orin_agents.domain.facts import Finding
from orin_agents.domain.journal import Entry, Event
from orin_agents.domain.material import ImportedFile, ImportReport, Reading
from orin_agents.domain.projects import Project
from orin_agents.domain.runs import Handoff, Run, RunStep
from orin_agents.services.word_rows import ConversationRows, MemoryRows, PassageRows, PromptRows


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

    def waiting(self, project: str) -> tuple[Run, ...]:
        """Runs of the project that wait for a person, oldest first."""
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
