"""An ask as a run: its rows and its entries in the journal. It has no plan and is not resumed: one asks again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from orin_agents.domain.actors import SYSTEM, Actor, agent
from orin_agents.domain.journal import Event
from orin_agents.domain.runs import Run, RunState, RunStep, StepState
from orin_agents.services.ports import Clock
from orin_agents.services.store import Store

ROUTINE = "ask"
DIED = "The host ended while this was being answered; ask again."

Data = dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class AskRuns:
    """Keeps asks as runs. `new_id` gives the id of a run begun at a moment."""

    store: Store
    clock: Clock
    new_id: Callable[[datetime], str]

    def begin(self, actor: Actor, project: str, title: str) -> Run:
        """A new run, at work."""
        now = self.clock.now()
        run = Run(
            id=self.new_id(now),
            project=project,
            routine=ROUTINE,
            title=title,
            state=RunState.RUNNING,
            actor=str(actor),
            created=now,
        )
        with self.store.transaction():
            self.store.runs.put(run)
            self._note(run, Event.RUN_STARTED, run.actor, ROUTINE, {"title": title})
        return run

    def begin_step(self, run: Run, name: str, does: str) -> RunStep:
        """A step of the agent `name`, at work."""
        step = RunStep(id=f"{ROUTINE}.{name}", agent=name, does=does, state=StepState.RUNNING, started=self.clock.now())
        with self.store.transaction():
            self.store.runs.put_step(run.id, step)
            self._note(run, Event.RUN_STEP_STARTED, str(agent(name)), step.id, {"does": does})
        return step

    def end_step(self, run: Run, step: RunStep, *, facts: int = 0, words: str = "", error: str = "") -> None:
        """The step is over: failed where there is an error. `words` is the model that answered."""
        state = StepState.FAILED if error else StepState.OK
        done = replace(step, state=state, finished=self.clock.now(), facts=facts, words=words, error=error)
        data: Data = {"state": state.value, "agent": step.agent, "facts": facts, "filed": "", "error": error}
        with self.store.transaction():
            self.store.runs.put_step(run.id, done)
            self._note(run, Event.RUN_STEP_FINISHED, str(agent(step.agent)), step.id, data)

    def end(self, run: Run, state: RunState, error: str = "", actor: str = "") -> None:
        """The run is over; steps still at work are marked as failed. Does nothing where it is over already."""
        with self.store.transaction():
            known = self.store.runs.get(run.id)
            if known is None or known.state.over:
                return
            for step in self.store.runs.steps(run.id):
                if step.state is StepState.RUNNING:
                    self.end_step(run, step, error=error or "It did not end.")
            self.store.runs.put(replace(known, state=state, finished=self.clock.now(), error=error))
            self._note(run, Event.RUN_FINISHED, actor or run.actor, ROUTINE, {"state": state.value, "error": error})

    def recover(self) -> None:
        """After a crash: asks that were being answered have failed."""
        for run in self.store.runs.unfinished():
            if is_ask(self.store, run.id, run.routine):
                self.end(run, RunState.FAILED, DIED, str(SYSTEM))

    def _note(self, run: Run, event: Event, actor: str, subject: str, data: Data) -> None:
        self.store.journal.append(
            event, actor, self.clock.now(), project=run.project, subject=subject, correlation=run.id, data=data
        )


def is_ask(store: Store, run: str, routine: str) -> bool:
    """Whether that run of that routine is a question that was asked."""
    return routine == ROUTINE and store.runs.plan(run) is None
