"""One agent's turn, left to right: facts, words, file, hand on. A part may happen twice and leaves its mark once."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from orin_agents.domain.actors import agent
from orin_agents.domain.approvals import ApprovalState
from orin_agents.domain.errors import Conflict, OrinError
from orin_agents.domain.facts import Finding, Severity
from orin_agents.domain.journal import Event
from orin_agents.domain.pages import Message, Narrative, Page
from orin_agents.domain.plans import Plan
from orin_agents.domain.routines import Routine
from orin_agents.domain.runs import Filed, Handoff, Run, RunState, RunStep, StepState
from orin_agents.services.case_file import CaseFile
from orin_agents.services.facts import LOOKS_AT_BOX, find
from orin_agents.services.filing import Filing, placed
from orin_agents.services.narration import Narration, Telling
from orin_agents.services.ports import Clock
from orin_agents.services.projects import known_project
from orin_agents.services.snapshots import Snapshots
from orin_agents.services.store import Store
from orin_agents.skills.flow import Turn

SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Steps:
    """Does the parts of a turn; every mark carries the key `run:turn`, so that a repeated part changes nothing."""

    store: Store
    case_file: CaseFile
    filing: Filing
    snapshots: Snapshots
    narration: Narration
    clock: Clock

    def begin(self, plan: Plan) -> None:
        """Mark the run as running, and take in what was changed by hand since."""
        self.case_file.notice_all(plan.project)
        with self.store.transaction():
            run = self._run(plan)
            if not run.state.over:
                self.store.runs.put(replace(run, state=RunState.RUNNING))
            self._note(plan, Event.RUN_STARTED, run.actor, plan.routine, {"title": plan.title})

    def find_facts(self, plan: Plan, turn: Turn) -> None:
        """Work out the turn's findings and keep them with the run."""
        known = self.store.runs.step(plan.run, turn.id)
        if known and known.state in (StepState.OK, StepState.NEEDS_YOU):
            return
        crew = plan.agents[turn.step.agent]
        step = RunStep(
            id=turn.id,
            agent=crew.id,
            does=turn.step.does,
            state=StepState.RUNNING,
            started=known.started if known else self.clock.now(),
        )
        if plan.fills:
            with self.store.transaction():
                self.store.runs.put_step(plan.run, step)
                self._note(plan, Event.RUN_STEP_STARTED, str(agent(crew.id)), turn.id, {"does": turn.step.does})
            return
        snapshot = self.snapshots.take(
            known_project(self.store, plan.project),
            plan.now,
            reads=tuple(crew.reads),
            look_at_box=not LOOKS_AT_BOX.isdisjoint(turn.step.skills),
        )
        findings = tuple(find(skill, snapshot) for skill in turn.step.skills)
        with self.store.transaction():
            self.store.runs.put_step(plan.run, step, findings)
            self._note(plan, Event.RUN_STEP_STARTED, str(agent(crew.id)), turn.id, {"does": turn.step.does})
            for broken in snapshot.broken:
                self.store.journal.append(
                    Event.FILE_BROKEN,
                    str(agent(crew.id)),
                    self.clock.now(),
                    project=plan.project,
                    subject=broken.path,
                    correlation=plan.run,
                    data={"line": broken.line, "reason": broken.reason},
                    key=f"{plan.run}:broken:{broken.path}:{broken.line}",
                )

    async def find_words(self, plan: Plan, block: Routine, turn: Turn) -> Narrative:
        """The words around the turn's facts; where there are none, the narrative says why."""
        return await self.narration.narrate(await asyncio.to_thread(self._telling, plan, block, turn))

    def _telling(self, plan: Plan, block: Routine, turn: Turn) -> Telling:
        page = self._page(plan, block, turn)
        return Telling(
            run=plan.run,
            step=turn.id,
            project=plan.project,
            agent=plan.agents[turn.step.agent],
            title=block.title,
            purpose=turn.step.does,
            now=page.now,
            facts=self.filing.shown(turn.step.outputs, page),
            findings=tuple(page.findings.values()),
            messages=page.messages,
            pages=tuple(placed(output.path, page.now) for output in turn.step.outputs),
        )

    def _page(self, plan: Plan, block: Routine, turn: Turn) -> Page:
        return Page(
            project=known_project(self.store, plan.project).title,
            agent=plan.agents[turn.step.agent].title,
            routine=block.title,
            now=plan.now.astimezone(ZoneInfo(plan.zone)),
            findings={finding.skill: finding for finding in self.findings(plan, turn)},
            messages=self.messages(plan, turn),
            files=self.filing.standing_texts(plan.project, turn.step.outputs),
        )

    def findings(self, plan: Plan, turn: Turn) -> tuple[Finding, ...]:
        """What the turn found, as it was kept."""
        return self.store.runs.findings(plan.found_by, turn.id)

    def messages(self, plan: Plan, turn: Turn) -> tuple[Message, ...]:
        """What was handed to the turn's agent so far."""
        name = turn.id.partition("#")[0]
        return tuple(
            Message(from_agent=plan.agents[handoff.from_agent].title, text=handoff.text)
            for handoff in self.store.runs.handoffs(plan.found_by)
            if handoff.to_step == name
        )

    def file(self, plan: Plan, block: Routine, turn: Turn, narrative: Narrative) -> None:
        """Join facts and words, and save each output as a draft, or park it as a proposal."""
        step = self.store.runs.step(plan.run, turn.id)
        if step is None or step.state is not StepState.RUNNING:
            return
        page = self._page(plan, block, turn)
        filed: list[Filed] = []
        refused: list[str] = []
        late: list[str] = []
        for output in turn.step.outputs:
            try:
                filed.extend(self.filing.file(plan, turn, output, page, narrative))
            except Conflict as error:  # words come too late for a page that has changed: it stays, and nothing failed
                late.append(error.what)
            except OrinError as error:
                refused.append(f"{output.path}: {error.what}")
        if plan.fills and not (filed or late or refused):
            late.append(narrative.note or "No words came.")
        state = StepState.FAILED if refused else self._state(filed)
        done = replace(step, state=state, filed=tuple(filed), error="; ".join(refused + late))
        self._finish(plan, turn, done, tuple(page.findings.values()), narrative)

    def fail(self, plan: Plan, turn: Turn, reason: str) -> None:
        """Mark the turn as failed; the run goes on with the next."""
        known = self.store.runs.step(plan.run, turn.id)
        started = known.started if known else self.clock.now()
        step = RunStep(
            id=turn.id,
            agent=turn.step.agent,
            does=turn.step.does,
            state=StepState.FAILED,
            started=started,
            error=reason,
        )
        self._finish(plan, turn, step, self.findings(plan, turn), Narrative())

    def hand_on(self, plan: Plan, turn: Turn, to_step: str, to_agent: str) -> None:
        """Keep the message the turn's agent sends to the next."""
        text, facts = summary(self.findings(plan, turn), self.store.runs.step(plan.run, turn.id))
        number = len(self.store.runs.handoffs(plan.run)) + 1
        handoff = Handoff(
            run=plan.run,
            number=number,
            from_step=turn.id,
            to_step=to_step,
            from_agent=turn.step.agent,
            to_agent=to_agent,
            text=text,
            facts=facts,
        )
        with self.store.transaction():
            if self.store.runs.hand_on(handoff, f"{plan.run}:{turn.id}>{to_step}"):
                data: dict[str, str | int | float | bool | None] = {"to": to_step, "text": text}
                self._note(plan, Event.RUN_HANDED_ON, str(agent(turn.step.agent)), f"{turn.id}>{to_step}", data)

    def end(self, plan: Plan, error: str = "") -> None:
        """Close the run: failed when a step failed, needs-you when a proposal waits, else ok."""
        with self.store.transaction():
            run = self._run(plan)
            if run.state.over:
                return
            steps = self.store.runs.steps(plan.run)
            failed = [step for step in steps if step.state is StepState.FAILED]
            waiting = any(step.state is StepState.NEEDS_YOU for step in steps)
            unbroken = RunState.NEEDS_YOU if waiting else RunState.OK
            state = RunState.FAILED if error or failed else unbroken
            reason = error or "; ".join(f"{step.id}: {step.error}" for step in failed)
            self.store.runs.put(replace(run, state=state, finished=self.clock.now(), error=reason))
            data: dict[str, str | int | float | bool | None] = {"state": state.value, "error": reason}
            self._note(plan, Event.RUN_FINISHED, run.actor, plan.routine, data)

    def _state(self, filed: list[Filed]) -> StepState:
        waiting = {approval.id for approval in self.store.approvals.all(state=ApprovalState.WAITING)}
        return StepState.NEEDS_YOU if any(item.approval in waiting for item in filed) else StepState.OK

    def _finish(
        self, plan: Plan, turn: Turn, step: RunStep, findings: tuple[Finding, ...], narrative: Narrative
    ) -> None:
        facts = sum(len(finding.facts) for finding in findings)
        done = replace(step, finished=self.clock.now(), facts=facts, words=narrative.model)
        with self.store.transaction():
            self.store.runs.put_step(plan.run, done)
            if plan.fills and done.filed and (filled := self.store.runs.step(plan.fills, turn.id)):
                self.store.runs.put_step(plan.fills, replace(filled, words=narrative.model))
            data: dict[str, str | int | float | bool | None] = {
                "state": done.state.value,
                "agent": done.agent,
                "facts": facts,
                "filed": ", ".join(item.path for item in done.filed),
                "error": done.error,
            }
            self._note(plan, Event.RUN_STEP_FINISHED, str(agent(done.agent)), turn.id, data)

    def _run(self, plan: Plan) -> Run:
        run = self.store.runs.get(plan.run)
        assert run is not None, "a run is kept before it is started"
        return run

    def _note(
        self, plan: Plan, event: Event, actor: str, subject: str, data: dict[str, str | int | float | bool | None]
    ) -> None:
        attempt = self._run(plan).attempt
        again = f":{attempt}" if attempt > 1 else ""
        self.store.journal.append(
            event,
            actor,
            self.clock.now(),
            project=plan.project,
            subject=subject,
            correlation=plan.run,
            data=data,
            key=f"{plan.run}:{event}:{subject}{again}",
        )


def summary(findings: Iterable[Finding], step: RunStep | None) -> tuple[str, tuple[str, ...]]:
    """A handoff's text, put together by code: the three gravest remarks and what was filed; the facts it rests on."""
    remarks = [remark for finding in findings for remark in finding.remarks]
    gravest = sorted(remarks, key=lambda remark: -SEVERITIES.index(remark.severity))[:3]
    parts = [remark.text for remark in gravest]
    for said, asked in (("Filed", False), ("Proposed", True)):
        if step and (paths := [item.path for item in step.filed if bool(item.approval) is asked]):
            parts.append(f"{said}: {', '.join(paths)}.")
    if step and step.error:
        parts.append(f"Failed: {step.error}")
    facts = tuple(dict.fromkeys(fact for remark in gravest for fact in remark.facts))
    return " ".join(parts) or "Nothing to report.", facts
