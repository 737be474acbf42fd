"""The room of the tests' house that answers for runs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from orin_agents.domain.dialogue import ChatMessage, Prompt, Role
from orin_agents.domain.errors import NotFound
from orin_agents.domain.journal import Event
from orin_agents.domain.operations import runs
from orin_agents.domain.runs import Filed, Handoff, Run, RunDetail, RunState, RunStep, StepState
from tests.house_words import HOSTILE

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BRIEF = "drafts/morning_brief.md"


class RunRoom:
    """Runs that are over as soon as they are begun, but for the midday one."""

    files: dict[tuple[str, str], list[tuple[str, str]]]
    say: Callable[..., int]

    def __init__(self) -> None:
        self.runs: dict[str, RunDetail] = {}

    # runs
    def runs_start(self, request: runs.StartRun) -> Run:
        if request.what == "nonsense":
            raise NotFound("There is nothing called nonsense to run.", remedy="See `orin routines list`.")
        id = f"r{len(self.runs) + 1}"
        run = Run(
            id=id,
            project=request.project,
            routine=request.what,
            title=request.what.title(),
            state=RunState.RUNNING,
            actor="person:ada",
            created=NOON,
        )
        self.runs[id] = RunDetail(run=run)
        self.say(Event.RUN_STARTED, id)
        if request.what != "midday":  # the midday run stays at work until somebody cancels it
            self._finish(id, fails=request.what == "evening")
        else:
            self._step(id, "progress.review", "planner", ())
        return run

    def _step(self, id: str, step: str, agent: str, filed: tuple[Filed, ...], error: str = "") -> None:
        detail = self.runs[id]
        done = RunStep(
            id=step,
            agent=agent,
            does="reviews alignment",
            state=StepState.FAILED if error else StepState.OK,
            started=NOON,
            finished=NOON,
            filed=filed,
            facts=12,
            words="no model",
            error=error,
        )
        self.say(Event.RUN_STEP_STARTED, id, agent=agent)
        self.runs[id] = replace(detail, steps=(*detail.steps, done))
        self.say(Event.RUN_STEP_FINISHED, id, agent=agent)

    def _finish(self, id: str, *, fails: bool) -> None:
        project = self.runs[id].run.project
        if fails:
            self._step(id, "sync.tags", "librarian", (), error="tags.yaml is broken")
        else:
            self.files[project, BRIEF] = [("# Morning brief\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "agent:scribe")]
            self._step(id, "alignment.memo", "strategist", (Filed(path=BRIEF, version=1),))
            self._step(id, "audit.risks", "critic", (Filed(path="risk_matrix.json", approval=1),))
        hand = Handoff(
            run=id,
            number=1,
            from_step="alignment.memo",
            to_step="audit.risks",
            from_agent="strategist",
            to_agent="critic",
            text="Look at the plan.",
        )
        self.say(Event.RUN_HANDED_ON, id)
        run = replace(
            self.runs[id].run,
            state=RunState.FAILED if fails else RunState.NEEDS_YOU,
            finished=NOON,
            approvals=0 if fails else 1,
            error="tags.yaml is broken" if fails else "",
        )
        self.runs[id] = replace(self.runs[id], run=run, handoffs=(hand,))
        self.say(Event.RUN_FINISHED, id, state=run.state.value)

    def runs_list(self, request: runs.ListRuns) -> tuple[Run, ...]:
        return tuple(detail.run for detail in reversed(self.runs.values()))[: request.limit]

    def runs_show(self, request: runs.ShowRun) -> RunDetail:
        if request.run not in self.runs:
            raise NotFound(f"There is no run {request.run}.", remedy="List them with `orin runs list`.")
        prompt = Prompt(
            run=request.run,
            step="alignment.memo",
            number=1,
            agent="strategist",
            messages=(ChatMessage(role=Role.SYSTEM, text=f"Be brief. {HOSTILE}"),),
            answer="{}",
            model="qwen",
            claims=9,
            unverified=2,
            left_out=("memory",),
        )
        detail = self.runs[request.run]
        asked = (prompt,) if detail.run.routine == "morning" else ()
        return replace(detail, prompts=asked if request.prompts else None)

    def runs_cancel(self, request: runs.OneRun) -> Run:
        detail = self.runs[request.run]
        self.runs[request.run] = replace(detail, run=replace(detail.run, state=RunState.CANCELLED))
        self.say(Event.RUN_FINISHED, request.run, state="cancelled")
        return self.runs[request.run].run

    def runs_resume(self, request: runs.OneRun) -> Run:
        return self.runs[request.run].run

    def runs_retry(self, request: runs.OneRun) -> Run:
        return self.runs_start(runs.StartRun(what="morning"))

    def runs_fill(self, request: runs.OneRun) -> Run:
        return self.runs_start(runs.StartRun(what="morning", project=self.runs[request.run].run.project))
