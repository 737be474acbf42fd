"""Runs beside their engine: what closes one that waited for a person."""

from dataclasses import replace

from orin_agents.domain.artifacts import Origin
from orin_agents.domain.operations.approvals import AnswerApproval
from orin_agents.domain.runs import Filed, Run, RunState, RunStep, StepState
from orin_agents.services.approvals import Approvals, Proposal
from orin_agents.services.runs import settle
from tests.services.conftest import ADA, Desk

NEWER = 1100


def test_a_run_that_waited_long_is_closed_all_the_same(desk: Desk) -> None:
    approvals = Approvals(desk.store, desk.artifacts, lambda project: settle(desk.store, project))
    proposal = Proposal("home", "strategist", "plans/okr.json", b"{}", "counted", Origin(run="r1", step="x.a"))
    asked = approvals.ask(proposal, "r1").id
    run = Run(
        id="r1",
        project="home",
        routine="x",
        title="X",
        state=RunState.NEEDS_YOU,
        actor="person:ada",
        created=desk.clock.now(),
    )
    step = RunStep(id="x.a", agent="strategist", state=StepState.NEEDS_YOU, filed=(Filed(path="a", approval=asked),))
    with desk.store.transaction():
        desk.store.runs.put(run)
        desk.store.runs.put_step("r1", step)
        for number in range(NEWER):  # every question is a run
            asking = replace(run, id=f"q{number}", routine="ask", state=RunState.OK, created=desk.clock.now())
            desk.store.runs.put(asking)
    approvals.reject(ADA, AnswerApproval(approval=asked, reason="no"))
    closed = desk.store.runs.get("r1")
    assert closed and closed.state is RunState.OK
