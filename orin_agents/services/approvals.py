"""Changes that wait for a person. Nothing ever waits for the answer: a run parks the proposal and ends."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from orin_agents.domain.actors import Actor, agent
from orin_agents.domain.approvals import Approval, ApprovalDetail, ApprovalState
from orin_agents.domain.artifacts import Artifact, Origin
from orin_agents.domain.errors import Conflict, NotFound
from orin_agents.domain.journal import Event
from orin_agents.domain.operations.approvals import AnswerApproval, ListApprovals, OneApproval
from orin_agents.services.artifacts import Artifacts, unified
from orin_agents.services.store import Store


@dataclass(frozen=True, slots=True)
class Proposal:
    """A write that an agent wants and may not do itself."""

    project: str
    agent: str
    path: str
    data: bytes
    reason: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Approvals:
    """The approval service. `answered` is told the project when a proposal of it has been answered."""

    store: Store
    artifacts: Artifacts
    answered: Callable[[str], None]

    def ask(self, proposal: Proposal, key: str) -> Approval:
        """Park a proposal. The same one is never parked twice; a newer one for the same file replaces the older.

        What a person turned down is not asked again while it is the same and the file is as it was: the approval given
        back is then rejected.
        """
        standing = self._live(proposal.project, proposal.path)
        now = self.artifacts.case_file.clock.now()
        with self.store.transaction():
            asked = [
                old
                for old in self.store.approvals.all(proposal.project)
                if (old.agent, old.path) == (proposal.agent, proposal.path)
            ]
            waiting = [old for old in asked if old.state is ApprovalState.WAITING]
            for old in [*waiting, *_turned_down(asked)]:
                if self._content(old.id)[1] == proposal.data and old.base == (standing.version if standing else 0):
                    return old
            approval = self.store.approvals.add(
                Approval(
                    id=0,
                    project=proposal.project,
                    agent=proposal.agent,
                    path=proposal.path,
                    reason=proposal.reason,
                    base=standing.version if standing else 0,
                    state=ApprovalState.WAITING,
                    asked=now,
                    run=proposal.origin.run,
                    step=proposal.origin.step,
                ),
                proposal.data,
                key,
            )
            for old in waiting:
                if old.id != approval.id:
                    self._answer(agent(old.agent), old, ApprovalState.REJECTED, f"replaced by proposal {approval.id}")
            self.store.journal.append(
                Event.APPROVAL_ASKED,
                str(agent(proposal.agent)),
                now,
                project=proposal.project,
                subject=proposal.path,
                correlation=proposal.origin.run,
                data={"approval": approval.id, "reason": proposal.reason},
                key=f"asked:{key}",
            )
        return approval

    def listed(self, actor: Actor, request: ListApprovals) -> tuple[Approval, ...]:
        """What waits, oldest first; all of them, answered ones too, where asked."""
        return self.store.approvals.all(request.project, None if request.all else ApprovalState.WAITING)

    def show(self, actor: Actor, request: OneApproval) -> ApprovalDetail:
        """One proposal as a diff against the artifact as it stands now."""
        approval, data = self._content(request.approval)
        standing = self._live(approval.project, approval.path)
        before = (self.store.artifacts.content(standing.sha256) or b"") if standing else b""
        names = (f"{approval.path}@{standing.version if standing else 0}", f"{approval.path} (proposed)")
        return ApprovalDetail(
            approval=approval,
            diff=unified(before.decode(errors="replace"), data.decode(errors="replace"), *names),
            proposed=data.decode(errors="replace"),
            stale=approval.base != (standing.version if standing else 0),
        )

    def approve(self, actor: Actor, request: AnswerApproval) -> Approval:
        """Save the proposal as the agent's version, approved by the person. Raises Conflict when the file moved on."""
        approval, data = self._waiting(request.approval)
        origin = Origin(run=approval.run, step=approval.step, approved_by=actor.name, note=approval.reason)
        key = f"approval:{approval.id}"
        self.artifacts.case_file.notice(approval.project, approval.path)
        standing = self._live(approval.project, approval.path)
        moved_on = approval.base != (standing.version if standing else 0)
        if moved_on and not self.store.artifacts.keyed(key):  # a crash may have come between the save and the answer
            raise Conflict(
                f"{approval.path} has changed since proposal {approval.id} was made.",
                kept="The file and the proposal are as they were.",
                remedy=f"Reject it (`orin approvals reject {approval.id}`); the next run proposes anew.",
            )
        saved = self.artifacts.put(agent(approval.agent), approval.project, approval.path, data, origin, key=key)
        with self.store.transaction():
            answered = self._answer(actor, approval, ApprovalState.APPROVED, request.reason)
        if saved.beside:
            raise Conflict(
                f"{approval.path} was changed on disk just now.",
                kept=f"The proposal was kept as {saved.beside}.",
                remedy="Compare the two and save the one you want.",
            )
        return answered

    def reject(self, actor: Actor, request: AnswerApproval) -> Approval:
        """Turn the proposal down; its content stays with it."""
        approval, _ = self._waiting(request.approval)
        with self.store.transaction():
            return self._answer(actor, approval, ApprovalState.REJECTED, request.reason)

    def _answer(self, actor: Actor, approval: Approval, state: ApprovalState, reason: str) -> Approval:
        now = self.artifacts.case_file.clock.now()
        answered = replace(approval, state=state, answered=now, answered_by=actor.name, answer=reason)
        self.store.approvals.put(answered)
        self.store.journal.append(
            Event.APPROVAL_GIVEN if state is ApprovalState.APPROVED else Event.APPROVAL_REFUSED,
            str(actor),
            now,
            project=approval.project,
            subject=approval.path,
            correlation=approval.run,
            data={"approval": approval.id, "reason": reason},
        )
        self.answered(approval.project)
        return answered

    def _waiting(self, number: int) -> tuple[Approval, bytes]:
        approval, data = self._content(number)
        if approval.state is not ApprovalState.WAITING:
            raise Conflict(f"Proposal {number} was {approval.state} by {approval.answered_by} already.")
        return approval, data

    def _content(self, number: int) -> tuple[Approval, bytes]:
        found = self.store.approvals.get(number)
        if found is None:
            raise NotFound(f"There is no proposal {number}.", remedy="`orin approvals list` shows what waits.")
        return found

    def _live(self, project: str, path: str) -> Artifact | None:
        artifact = self.store.artifacts.find(project, path)
        return artifact if artifact and not artifact.removed else None


def _turned_down(asked: list[Approval]) -> list[Approval]:
    """The last proposal answered, if a person rejected it."""
    answered = [old for old in asked if old.state is not ApprovalState.WAITING]
    last = answered[-1:]
    return [old for old in last if old.state is ApprovalState.REJECTED and old.answered_by != old.agent]
