"""Operations on approvals."""

from dataclasses import dataclass

from orin_agents.domain.approvals import Approval, ApprovalDetail
from orin_agents.domain.operations.operation import Operation, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class ListApprovals:
    project: str = ""
    all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OneApproval:
    approval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerApproval:
    approval: int
    reason: str = ""


LIST: Operation[ListApprovals, tuple[Approval, ...]] = Operation(
    "approvals.list", "GET", "/v1/approvals", ListApprovals, tuple[Approval, ...], "What waits for a person."
)
SHOW: Operation[OneApproval, ApprovalDetail] = Operation(
    "approvals.show", "GET", "/v1/approvals/{approval}", OneApproval, ApprovalDetail, "One, with its diff."
)
APPROVE: Operation[AnswerApproval, Approval] = Operation(
    "approvals.approve",
    "POST",
    "/v1/approvals/{approval}/approve",
    AnswerApproval,
    Approval,
    "Let it through.",
    Who.PERSON,
)
REJECT: Operation[AnswerApproval, Approval] = Operation(
    "approvals.reject", "POST", "/v1/approvals/{approval}/reject", AnswerApproval, Approval, "Turn it down.", Who.PERSON
)
