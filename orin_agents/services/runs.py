"""What can be done with runs: start, look at, cancel, resume, retry, fill with words."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from orin_agents.domain.actors import Actor, ActorKind
from orin_agents.domain.approvals import ApprovalState
from orin_agents.domain.crew import Agent
from orin_agents.domain.errors import BrokenFile, Conflict, Forbidden, NotFound
from orin_agents.domain.journal import Event
from orin_agents.domain.material import LeftOut
from orin_agents.domain.operations.runs import ListRuns, OneRun, ShowRun, StartRun
from orin_agents.domain.plans import Plan
from orin_agents.domain.routines import Part, Routine
from orin_agents.domain.runs import Run, RunDetail, RunState
from orin_agents.services.ask_runs import AskRuns, is_ask
from orin_agents.services.crew import Crew
from orin_agents.services.ports import Clock, Engine
from orin_agents.services.projects import known_project
from orin_agents.services.store import Store

MOST_ENTRIES = 10_000
"""Entries of one run in the journal that are looked through."""

CANCELLED = "Cancelled by a person; what was said so far is kept."


@dataclass(frozen=True, slots=True)
class Runs:
    """The run service. `new_id` gives the id of a run begun at a moment."""

    store: Store
    crew: Crew
    engine: Engine
    clock: Clock
    zone: str
    new_id: Callable[[datetime], str]
    asks: AskRuns
    stop_asking: Callable[[str], None]

    def start(self, actor: Actor, request: StartRun) -> Run:
        """Start what is named: a part of the day, a routine, an agent. The same key starts it once."""
        project = known_project(self.store, request.project)
        if request.key and (known := self.store.runs.get(request.key)):
            return known
        left_out = self.crew.left_out()
        title, blocks, agents = self._blocks(request.what, left_out)
        now = self.clock.now()
        run = Run(
            id=request.key or self.new_id(now),
            project=project.id,
            routine=request.what,
            title=title,
            state=RunState.QUEUED,
            actor=str(actor),
            created=now,
        )
        plan = Plan(
            run=run.id,
            project=project.id,
            routine=request.what,
            title=title,
            now=now,
            zone=self.zone,
            blocks=blocks,
            agents=agents,
        )
        return self._begin(run, plan.written(), left_out if request.what in set(Part) else ())

    def listed(self, actor: Actor, request: ListRuns) -> tuple[Run, ...]:
        """Runs, newest first."""
        return self.store.runs.all(request.project, request.limit)

    def show(self, actor: Actor, request: ShowRun) -> RunDetail:
        """One run with its steps and handoffs, and where asked its findings and, for a person, its prompts.

        Raises NotFound, Forbidden.
        """
        run = self._find(request.run)
        if request.prompts and actor.kind is not ActorKind.PERSON:
            raise Forbidden(f"Prompts hold what other agents may read; {actor} may not see them.")
        steps = self.store.runs.steps(run.id)
        return RunDetail(
            run=run,
            steps=steps,
            handoffs=self.store.runs.handoffs(run.id),
            broken=self._broken(run.id),
            findings={step.id: self.store.runs.findings(run.id, step.id) for step in steps}
            if request.findings
            else None,
            prompts=self.store.prompts.of(run.id) if request.prompts else None,
        )

    def _broken(self, run: str) -> tuple[LeftOut, ...]:
        entries = self.store.journal.after(0, MOST_ENTRIES, run)
        return tuple(
            LeftOut(path=entry.subject, line=int(entry.data["line"] or 0), reason=str(entry.data["reason"]))
            for entry in entries
            if entry.event is Event.FILE_BROKEN
        )

    def cancel(self, actor: Actor, request: OneRun) -> Run:
        """Stop the run after the part at work. What it has filed stays."""
        run = self._find(request.run)
        if run.state.over:
            raise Conflict(f"Run {run.id} is over already ({run.state}).")
        if is_ask(self.store, run.id, run.routine):
            self.stop_asking(run.id)
            self.asks.end(run, RunState.CANCELLED, CANCELLED, str(actor))
            return self._find(run.id)
        self.engine.cancel(run.id, run.attempt)
        cancelled = replace(run, state=RunState.CANCELLED, finished=self.clock.now())
        with self.store.transaction():
            self.store.runs.put(cancelled)
            self.store.journal.append(
                Event.RUN_FINISHED,
                str(actor),
                self.clock.now(),
                project=run.project,
                subject=run.routine,
                correlation=run.id,
                data={"state": cancelled.state.value, "error": ""},
            )
        return cancelled

    def resume(self, actor: Actor, request: OneRun) -> Run:
        """Go on behind the last finished step of a run that failed or was cancelled."""
        run = self._find(request.run)
        if run.state not in (RunState.FAILED, RunState.CANCELLED):
            raise Conflict(
                f"Run {run.id} is {run.state}; only failed and cancelled runs can be resumed.",
                remedy=f"`orin runs retry {run.id}` runs it again from the start.",
            )
        plan = self.store.runs.plan(run.id)
        if plan is None:
            raise _asked_once(run)
        again = replace(run, state=RunState.QUEUED, finished=None, error="", attempt=run.attempt + 1)
        return self._begin(again, plan)

    def retry(self, actor: Actor, request: OneRun) -> Run:
        """The same again as a new run, with today's crew, routines and facts; words, where they lack still."""
        run = self._find(request.run)
        data = self.store.runs.plan(run.id)
        if data is None:
            raise _asked_once(run)
        if fills := Plan.read(data).fills:
            return self.fill(actor, OneRun(run=fills))
        return self.start(actor, StartRun(what=run.routine, project=run.project))

    def fill(self, actor: Actor, request: OneRun) -> Run:
        """Add words to the pages that a finished run left without, as a new run, around the facts it found then."""
        run = self._find(request.run)
        if not run.state.over:
            raise Conflict(f"Run {run.id} is still at work.", remedy=f"Follow it with `orin runs watch {run.id}`.")
        data = self.store.runs.plan(run.id)
        plan = Plan.read(data) if data else None
        done = [step.id for step in self.store.runs.steps(run.id) if step.filed and not step.words]
        wordless = [name for name in done if plan and _has_place(plan, name)]
        if plan is None or plan.fills or not wordless:
            raise Conflict(f"Run {run.id} left no page without words.", kept="Nothing was changed.")
        now = self.clock.now()
        title = f"Words for {run.title}"
        begun = replace(run, id=self.new_id(now), title=title, state=RunState.QUEUED, actor=str(actor), created=now)
        filling = plan.model_copy(update={"run": begun.id, "title": title, "fills": run.id, "wordless": wordless})
        return self._begin(replace(begun, finished=None, error="", attempt=1, approvals=0), filling.written())

    def recover(self) -> None:
        """After a crash: start what was accepted and never reached the engine, which itself goes on with the rest."""
        self.asks.recover()
        for run in self.store.runs.unfinished():
            if not self.engine.known(run.id, run.attempt) and (plan := self.store.runs.plan(run.id)):
                self.engine.start(run.id, run.attempt, plan)

    def _begin(self, run: Run, plan: bytes, left_out: tuple[LeftOut, ...] = ()) -> Run:
        with self.store.transaction():
            self.store.runs.put(run, plan)
            for item in left_out:
                self.store.journal.append(
                    Event.FILE_BROKEN,
                    run.actor,
                    run.created,
                    project=run.project,
                    subject=item.path,
                    correlation=run.id,
                    data={"line": item.line, "reason": item.reason},
                )
        self.engine.start(run.id, run.attempt, plan)
        return self._find(run.id)

    def _find(self, run: str) -> Run:
        found = self.store.runs.get(run)
        if found is None:
            raise NotFound(f"There is no run {run!r}.", remedy="`orin runs list` shows the runs.")
        return found

    def _blocks(self, what: str, left_out: tuple[LeftOut, ...]) -> tuple[str, list[Routine], dict[str, Agent]]:
        agents = {agent.id: agent for agent in self.crew.agents()}
        routines = self.crew.routines()
        if what in set(Part):
            blocks = [routine for routine in routines if routine.part == what and routine.enabled]
            title = f"{what.capitalize()} routine"
        elif what in agents:
            blocks = agent_alone(what, routines)
            title = f"{agents[what].title} alone"
        else:
            blocks = [routine for routine in routines if routine.id == what]
            title = blocks[0].title if blocks else ""
        broken = next((item for item in left_out if not blocks and PurePosixPath(item.path).stem == what), None)
        if broken:
            raise BrokenFile(
                broken.path, broken.line, broken.reason, remedy="Mend it there; it runs once it can be read."
            )
        if not blocks and what in set(Part):
            raise NotFound(f"No routine of the {what} can be run.", remedy="`orin routines list` says why.")
        if not blocks:
            names = [*Part, *(routine.id for routine in routines), *agents]
            near = difflib.get_close_matches(what, names, n=3)
            raise NotFound(
                f"There is nothing called {what!r} to run.",
                remedy=f"Did you mean {' or '.join(near)}?" if near else "`orin routines list` shows what runs.",
            )
        return title, blocks, agents


def _has_place(plan: Plan, turn: str) -> bool:
    """Whether the turn leaves a page that has a place for words."""
    block, _, step = turn.partition("#")[0].partition(".")
    outputs = (
        output
        for routine in plan.blocks
        if routine.id == block
        for own in routine.steps
        if own.id == step
        for output in own.outputs
    )
    return any(output.narrative for output in outputs)


def _asked_once(run: Run) -> Conflict:
    return Conflict(
        f"Run {run.id} is a question that was asked; it cannot be run again.",
        remedy="Ask it again with `orin ask`.",
    )


def settle(store: Store, project: str) -> None:
    """Close the project's runs that waited for a person, where the last of their proposals is answered.

    Several runs may wait for one proposal: the same one is parked once.
    """
    waiting = {approval.id for approval in store.approvals.all(project, ApprovalState.WAITING)}
    with store.transaction():
        for run in store.runs.waiting(project):
            if waiting.isdisjoint(_asked(store, run)):
                store.runs.put(replace(run, state=RunState.OK))


def _asked(store: Store, run: Run) -> set[int]:
    return {filed.approval for step in store.runs.steps(run.id) for filed in step.filed if filed.approval}


def agent_alone(agent: str, routines: tuple[Routine, ...]) -> list[Routine]:
    """The first routine of the day in which the agent has a part, cut down to its own steps."""
    for routine in routines:
        if own := [step for step in routine.steps if step.agent == agent]:
            return [routine.model_copy(update={"steps": own, "edges": []})]
    return []
