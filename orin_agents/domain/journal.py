"""The journal: everything that happened, append-only, numbered, typed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Event(StrEnum):
    """What can happen. The live stream, history and metrics are projections of these."""

    WORKSPACE_CREATED = "workspace.created"
    PROJECT_CREATED = "project.created"
    ARTIFACT_SAVED = "artifact.saved"
    ARTIFACT_CONFLICT = "artifact.conflict"
    ARTIFACT_MOVED_ON = "artifact.state"
    ARTIFACT_LOCKED = "artifact.locked"
    ARTIFACT_UNLOCKED = "artifact.unlocked"
    ARTIFACT_REMOVED = "artifact.removed"
    IMPORT_COMMITTED = "import.committed"
    IMPORT_UNDONE = "import.undone"
    RUN_STARTED = "run.started"
    RUN_STEP_STARTED = "run.step.started"
    RUN_STEP_FINISHED = "run.step.finished"
    RUN_HANDED_ON = "run.handed-on"
    RUN_FINISHED = "run.finished"
    CONVERSATION_BEGUN = "conversation.begun"
    CONVERSATION_REMOVED = "conversation.removed"
    APPROVAL_ASKED = "approval.asked"
    APPROVAL_GIVEN = "approval.given"
    APPROVAL_REFUSED = "approval.refused"
    MEMORY_REMEMBERED = "memory.remembered"
    MEMORY_FORGOTTEN = "memory.forgotten"
    FILE_BROKEN = "file.broken"
    HOST_STARTED = "host.started"
    HOST_STOPPED = "host.stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened.

    `seq` counts from 1 without gaps; `subject` is what it happened to, `correlation` the run or request.
    """

    seq: int
    at: datetime
    event: Event
    actor: str
    project: str = ""
    subject: str = ""
    correlation: str = ""
    data: dict[str, str | int | float | bool | None] = field(default_factory=dict)
