"""Artifacts: the files of a case file, with kind, state, owner, versions and provenance."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orin_agents.domain.facts import Fact


class Kind(StrEnum):
    """What an artifact is.

    The first row are cognitive artifacts, the second intellectual ones, the third the data both rest on.
    """

    NOTE = "note"
    LIST = "list"
    FORM = "form"
    WORKSHEET = "worksheet"
    QUESTIONNAIRE = "questionnaire"
    CANVAS = "canvas"

    PLAN = "plan"
    REPORT = "report"
    BRIEF = "brief"
    BLUEPRINT = "blueprint"
    CODE = "code"
    SCRIPT = "script"
    CREATIVE = "creative"

    DATA = "data"
    LOG = "log"
    CALENDAR = "calendar"


class State(StrEnum):
    """The artifact's life cycle; only quality assurance leads to `information product`."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PRODUCT = "information product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file of a case file as it stands. `version` counts from 1; `removed` is the tombstone's time."""

    id: int
    project: str
    path: str
    kind: Kind
    state: State
    owner: str
    version: int
    sha256: str
    size: int
    created: datetime
    changed: datetime
    locked: bool = False
    removed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a version comes from: the run and step, or import, that made it, what it read, and the facts it states.

    `sources` are `path@version` of the artifacts read; `approved_by` names the person who let a proposal through.
    """

    run: str = ""
    step: str = ""
    batch: str = ""
    routine: str = ""
    sources: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    model: str = ""
    approved_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One saved state of an artifact; never overwritten. `author` is written `kind:name`."""

    artifact: int
    number: int
    path: str
    author: str
    at: datetime
    sha256: str
    size: int
    origin: Origin
    tombstone: bool = False


SUFFIX_KINDS = {
    ".py": Kind.CODE,
    ".rs": Kind.CODE,
    ".ts": Kind.CODE,
    ".js": Kind.CODE,
    ".c": Kind.CODE,
    ".sh": Kind.SCRIPT,
    ".ics": Kind.CALENDAR,
    ".ical": Kind.CALENDAR,
    ".ifb": Kind.CALENDAR,
    ".json": Kind.DATA,
    ".yaml": Kind.DATA,
    ".yml": Kind.DATA,
    ".csv": Kind.DATA,
    ".canvas": Kind.CANVAS,
    ".log": Kind.LOG,
}
FOLDER_KINDS = {
    "schedule": Kind.PLAN,
    "plans": Kind.PLAN,
    "drafts": Kind.REPORT,
    "critique": Kind.REPORT,
    "outputs": Kind.BRIEF,
}


def kind_of(path: str) -> Kind:
    """The kind a file has unless somebody says otherwise: by its suffix, then by its folder, else a note."""
    dot = path.rfind(".")
    by_suffix = SUFFIX_KINDS.get(path[dot:].lower()) if dot > path.rfind("/") else None
    return by_suffix or FOLDER_KINDS.get(path.split("/", 1)[0], Kind.NOTE)
