"""Approvals: a change that waits for a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A proposed write by an agent. `base` is the version it was made against (0: the file is new)."""

    id: int
    project: str
    agent: str
    path: str
    reason: str
    base: int
    state: ApprovalState
    asked: datetime
    run: str = ""
    step: str = ""
    answered: datetime | None = None
    answered_by: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDetail:
    """An approval with its change as a unified diff and the text proposed."""

    approval: Approval
    diff: str
    proposed: str
    stale: bool = False
