"""Operations on artifacts. An artifact is named by its project and its path in the case file."""

from dataclasses import dataclass

from orin_agents.domain.artifacts import Artifact, State, Version
from orin_agents.domain.operations.operation import Operation, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class ListArtifacts:
    project: str
    kind: str = ""
    state: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveArtifact:
    """Save `text` as the next version. `base` is the version it was made from: 0 for a new file, None for no check."""

    project: str
    path: str
    text: str
    kind: str = ""
    base: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneArtifact:
    project: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowArtifact:
    project: str
    path: str
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactText:
    """An artifact with one version of its text (empty for a file that is not text) and that version's origin."""

    artifact: Artifact
    version: Version
    text: str
    binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffArtifact:
    """Two versions to compare; 0 means the newest, and the one before it."""

    project: str
    path: str
    old: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """A unified diff; empty when the two are the same."""

    path: str
    old: int
    new: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreArtifact:
    project: str
    path: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockArtifact:
    project: str
    path: str
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveArtifact:
    project: str
    path: str
    state: State


LIST: Operation[ListArtifacts, tuple[Artifact, ...]] = Operation(
    "artifacts.list", "GET", "/v1/projects/{project}/artifacts", ListArtifacts, tuple[Artifact, ...], "A case file."
)
SAVE: Operation[SaveArtifact, Artifact] = Operation(
    "artifacts.save",
    "POST",
    "/v1/projects/{project}/artifacts",
    SaveArtifact,
    Artifact,
    "Save the next version.",
    Who.PERSON,
)
SHOW: Operation[ShowArtifact, ArtifactText] = Operation(
    "artifacts.show",
    "GET",
    "/v1/projects/{project}/artifact",
    ShowArtifact,
    ArtifactText,
    "One version, with its origin.",
)
HISTORY: Operation[OneArtifact, tuple[Version, ...]] = Operation(
    "artifacts.history", "GET", "/v1/projects/{project}/history", OneArtifact, tuple[Version, ...], "All versions."
)
DIFF: Operation[DiffArtifact, Diff] = Operation(
    "artifacts.diff", "GET", "/v1/projects/{project}/diff", DiffArtifact, Diff, "Two versions compared."
)
RESTORE: Operation[RestoreArtifact, Artifact] = Operation(
    "artifacts.restore",
    "POST",
    "/v1/projects/{project}/artifact/restore",
    RestoreArtifact,
    Artifact,
    "Make an old version the newest; works on a removed artifact too.",
    Who.PERSON,
)
LOCK: Operation[LockArtifact, Artifact] = Operation(
    "artifacts.lock",
    "POST",
    "/v1/projects/{project}/artifact/lock",
    LockArtifact,
    Artifact,
    "Lock or unlock.",
    Who.PERSON,
)
MOVE: Operation[MoveArtifact, Artifact] = Operation(
    "artifacts.state",
    "POST",
    "/v1/projects/{project}/artifact/state",
    MoveArtifact,
    Artifact,
    "Change the state.",
    Who.PERSON,
)
REMOVE: Operation[OneArtifact, Artifact] = Operation(
    "artifacts.remove",
    "POST",
    "/v1/projects/{project}/artifact/remove",
    OneArtifact,
    Artifact,
    "Remove; a tombstone and all versions stay.",
    Who.PERSON,
)
