"""Proposals: parked once, answered once, never lost, and never blind to what changed meanwhile."""

from collections.abc import Callable

import pytest

from orin_agents.domain.approvals import ApprovalState
from orin_agents.domain.artifacts import Origin
from orin_agents.domain.errors import Conflict, NotFound
from orin_agents.domain.operations.approvals import AnswerApproval, ListApprovals, OneApproval
from orin_agents.domain.operations.artifacts import SaveArtifact
from orin_agents.services.approvals import Approvals, Proposal
from tests.services.conftest import ADA, Desk

OKR = "plans/okr.json"


@pytest.fixture
def settled() -> list[str]:
    return []


@pytest.fixture
def approvals(desk: Desk, settled: list[str]) -> Approvals:
    return Approvals(desk.store, desk.artifacts, settled.append)


@pytest.fixture
def ask(approvals: Approvals) -> Callable[..., int]:
    def ask(data: bytes = b"new\n", run: str = "r1", key: str = "") -> int:
        proposal = Proposal(
            project="home", agent="strategist", path=OKR, data=data, reason="counted", origin=Origin(run=run, step="s")
        )
        return approvals.ask(proposal, key or f"{run}:{data!r}").id

    return ask


def save(desk: Desk, text: str) -> None:
    desk.artifacts.save(ADA, SaveArtifact(project="home", path=OKR, text=text))


def test_an_approved_proposal_becomes_the_agents_version(desk: Desk, approvals: Approvals, ask, settled):
    save(desk, "old\n")
    number = ask()
    detail = approvals.show(ADA, OneApproval(approval=number))
    assert "-old\n+new\n" in detail.diff
    approvals.approve(ADA, AnswerApproval(approval=number))
    assert desk.text(OKR) == "new\n"
    version = desk.store.artifacts.versions(desk.store.artifacts.find("home", OKR).id)[-1]
    assert (version.author, version.origin.approved_by, version.origin.run) == ("agent:strategist", "ada", "r1")
    assert settled == ["home"]
    assert approvals.listed(ADA, ListApprovals()) == ()


def test_a_rejected_proposal_changes_nothing_and_keeps_its_reason(desk: Desk, approvals: Approvals, ask, settled):
    number = ask()
    answered = approvals.reject(ADA, AnswerApproval(approval=number, reason="not yet"))
    assert (answered.state, answered.answer, answered.answered_by) == (ApprovalState.REJECTED, "not yet", "ada")
    assert not (desk.root / OKR).exists()
    assert settled == ["home"]


def test_an_answer_is_given_once(approvals: Approvals, ask):
    number = ask()
    approvals.approve(ADA, AnswerApproval(approval=number))
    with pytest.raises(Conflict):
        approvals.reject(ADA, AnswerApproval(approval=number))
    with pytest.raises(NotFound):
        approvals.approve(ADA, AnswerApproval(approval=99))


def test_a_proposal_is_not_let_through_over_a_change_it_has_not_seen(desk: Desk, approvals: Approvals, ask):
    save(desk, "old\n")
    number = ask()
    save(desk, "mine\n")
    assert approvals.show(ADA, OneApproval(approval=number)).stale
    with pytest.raises(Conflict):
        approvals.approve(ADA, AnswerApproval(approval=number))
    assert desk.text(OKR) == "mine\n"
    assert approvals.listed(ADA, ListApprovals())[0].state is ApprovalState.WAITING


def test_the_same_proposal_waits_once_and_a_newer_one_takes_its_place(desk: Desk, approvals: Approvals, ask):
    first = ask(b"a\n", run="monday")
    assert ask(b"a\n", run="tuesday") == first
    second = ask(b"b\n", run="wednesday")
    assert [approval.id for approval in approvals.listed(ADA, ListApprovals())] == [second]
    old = next(a for a in approvals.listed(ADA, ListApprovals(all=True)) if a.id == first)
    assert old.answer == f"replaced by proposal {second}"


def test_what_was_turned_down_is_not_asked_again_until_something_changes(desk: Desk, approvals: Approvals, ask):
    save(desk, "old\n")
    first = ask(b"a\n", run="monday")
    approvals.reject(ADA, AnswerApproval(approval=first))
    assert ask(b"a\n", run="tuesday") == first
    assert approvals.listed(ADA, ListApprovals()) == ()
    second = ask(b"b\n", run="wednesday")
    assert second != first
    approvals.reject(ADA, AnswerApproval(approval=second))
    save(desk, "edited\n")
    assert ask(b"b\n", run="thursday") not in (first, second)


def test_a_step_that_happens_again_parks_its_proposal_once(desk: Desk, approvals: Approvals, ask):
    assert ask(key="run:step") == ask(key="run:step")
    asked = [entry for entry in desk.store.journal.after(0, 99) if entry.event == "approval.asked"]
    assert len(asked) == 1


def test_an_edit_on_disk_that_nobody_noticed_yet_survives_an_approval(desk: Desk, approvals: Approvals, ask):
    save(desk, "old\n")
    number = ask()
    desk.edit(OKR, "edited just now\n")
    with pytest.raises(Conflict):
        approvals.approve(ADA, AnswerApproval(approval=number))
    assert desk.text(OKR) == "edited just now\n"
