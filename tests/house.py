"""A small house to test the outside with: a real host around operations that live in memory.

`python -m tests.house --workspace PATH …` runs it as the host process that commands start.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from orin_agents.domain.actors import Actor
from orin_agents.domain.approvals import Approval, ApprovalDetail, ApprovalState
from orin_agents.domain.artifacts import Artifact, Kind, Origin, State, Version, kind_of
from orin_agents.domain.asking import Citation, Outcome, TellingKind, Told
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.conversations import Conversation, ConversationDetail, Utterance
from orin_agents.domain.dialogue import ChatMessage, Prompt, Role
from orin_agents.domain.errors import BrokenFile, Conflict, Invalid, NotFound
from orin_agents.domain.facts import Fact, Source
from orin_agents.domain.hosts import HostStatus
from orin_agents.domain.journal import Entry, Event
from orin_agents.domain.material import ImportReport, LeftOut
from orin_agents.domain.memory import AgentMemory, Lesson, read_memory
from orin_agents.domain.operations import (
    approvals,
    artifacts,
    asking,
    chats,
    crew,
    hosts,
    imports,
    index,
    memory,
    projects,
    runs,
)
from orin_agents.domain.passages import IndexState, Passage
from orin_agents.domain.projects import Project
from orin_agents.domain.runs import Filed, Handoff, Run, RunDetail, RunState, RunStep, StepState
from orin_agents.domain.tasks import Task
from orin_agents.domain.version import VERSION
from orin_agents.host.api import build_app
from orin_agents.host.lifecycle import Start
from orin_agents.host.routes import all_operations
from orin_agents.services.feed import Feed
from tests.house_models import ModelRoom

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BRIEF = "drafts/morning_brief.md"
FACT = Fact(
    id="okr.score", label="Score", value=0.62, unit="ratio", sources=(Source(path="plans/okr.json", first_line=4),)
)
CITED = Citation(mark="p1", place="raw_notes/hall.md@2:14–20", text="The rope hall is long.")
HOSTILE = "Evil \x1b]0;title\x07 [red]name[/red]\nsecond line"

MEMORY = """# Strategist
## Rules
Be \x1b[31mbrief.
## Lessons
- plans/okr.json: “not confirmed” [approval 1]
- ada removes the section “Order” from drafts/*.md [drafts/a.md@2] (waiting for a second observation)
## Recent work
- 2026-03-02 12:00 home: Filed drafts/a.md. [r1 alignment.memo]
"""


class House(ModelRoom):
    """Operations in memory, with a journal and a feed. Methods are named for the operations they answer."""

    def __init__(self, start: Start, *, version: str = VERSION) -> None:
        self.begin = start
        self.version = version
        self.feed = Feed(0)
        self.entries: list[Entry] = []
        self.lock = threading.Lock()
        self.calls: list[tuple[Actor, Any]] = []
        self.files: dict[tuple[str, str], list[tuple[str, str]]] = {("home", "notes/a.md"): [("# A\n", "person:ada")]}
        self.locked: set[tuple[str, str]] = set()
        self.removed: set[tuple[str, str]] = set()
        self.state = State.DRAFT
        self.runs: dict[str, RunDetail] = {}
        self.answers: dict[int, Approval] = {1: _approval()}
        self.projects = [Project(id="home", title="Home", created=NOON)]
        if start.sample:
            self.projects.append(Project(id="sample", title="Sample", created=NOON))
        self.memories: dict[str, AgentMemory] = {}
        self.stopped = False
        self.asking = 0
        self.chats = {
            id: Conversation(
                id=id, project="home", agent=agent, title="How long?", created=NOON, changed=NOON, messages=2
            )
            for id, agent in (("c1", "manager"), ("c2", "planner"))
        }
        self.app: FastAPI = build_app(self.bindings(), self.after, self.feed, version, start.stop)
        self.app: FastAPI = build_app(self.bindings(), self.after, self.feed, version, start.stop, start.secrets)

    def bindings(self) -> dict[str, Callable[[Actor, Any], Any]]:
        return {
            operation.name: self._noted(getattr(self, operation.name.replace(".", "_")))
            for operation in all_operations()
            if operation.name != hosts.STOP.name
        }

    def _noted(self, method: Callable[[Any], Any]) -> Callable[[Actor, Any], Any]:
        def call(actor: Actor, request: Any) -> Any:
            self.calls.append((actor, request))
            return method(request)

        return call

    async def start(self) -> None:
        if os.environ.get("HOUSE_FAILS"):
            raise BrokenFile("workspace.yaml", 3, "unknown key 'zone'", remedy="Mend it.")
        if os.environ.get("HOUSE_BREAKS"):
            raise RuntimeError("a wire came loose")
        await asyncio.sleep(float(os.environ.get("HOUSE_WAITS", "0")))
        self.say(Event.HOST_STARTED)

    async def stop(self) -> None:
        self.stopped = True

    def say(self, event: Event, correlation: str = "", **data: str | int) -> int:
        with self.lock:
            seq = len(self.entries) + 1
            entry = Entry(seq=seq, at=NOON, event=event, actor="system:host", correlation=correlation, data={**data})
            self.entries.append(entry)
        self.feed.published(seq)
        return seq

    def after(self, seq: int, limit: int) -> tuple[Entry, ...]:
        return tuple(self.entries[seq : seq + limit])

    # host
    def host_status(self, request: Any) -> HostStatus:
        return HostStatus(
            version=self.version,
            pid=os.getpid(),
            workspace=str(self.begin.workspace),
            socket=str(self.begin.socket),
            started=NOON,
            memory=50_000_000,
            runs=0,
            journal=len(self.entries),
            embedded=self.begin.embedded,
        )

    def doctor_check(self, request: Any) -> tuple[CheckLine, ...]:
        bad = (self.begin.workspace / "sick").exists()
        return (
            CheckLine(area="box", name="Python", verdict=Verdict.OK, seen="3.11"),
            CheckLine(
                area="disk",
                name="free",
                verdict=Verdict.PROBLEM if bad else Verdict.WARNING,
                seen="1 GB left",
                remedy="Make room.",
            ),
        )

    # projects
    def projects_new(self, request: projects.NewProject) -> Project:
        made = Project(id=request.title.lower(), title=request.title, goal=request.goal, created=NOON)
        self.projects.append(made)
        self.say(Event.PROJECT_CREATED)
        return made

    def _summary(self, project: Project) -> projects.ProjectSummary:
        folder = str(self.begin.workspace / "projects" / project.id)
        return projects.ProjectSummary(
            project=project, folder=folder, artifacts=1, open_tasks=2, done_tasks=1, approvals=0
        )

    def projects_list(self, request: Any) -> tuple[projects.ProjectSummary, ...]:
        return tuple(self._summary(project) for project in self.projects)

    def projects_show(self, request: projects.OneProject) -> projects.ProjectSummary:
        if request.project == "broken":
            raise BrokenFile("plans/okr.json", 4, "the key 'title' is missing", remedy="Add the key.")
        if request.project == "crash":
            raise ZeroDivisionError("no such luck")
        found = [project for project in self.projects if project.id == request.project]
        if not found:
            raise NotFound(f"There is no project {request.project}.", remedy="List them with `orin project list`.")
        return self._summary(found[0])

    def projects_tasks(self, request: projects.OneProject) -> tuple[Task, ...]:
        if request.project == "slow":
            time.sleep(0.4)  # stands for a service at work while the host is told to stop
        source = Source(path="notes/a.md", first_line=3)
        return (Task(id="t1", title=HOSTILE, source=source, due=NOON.date(), owner="ada"),)

    # artifacts
    def _artifact(self, project: str, path: str) -> Artifact:
        key = (project, path)
        if key not in self.files:
            raise NotFound(f"There is no {path} in {project}.", remedy="List them with `orin artifact list`.")
        versions = self.files[key]
        return Artifact(
            id=1,
            project=project,
            path=path,
            kind=kind_of(path),
            state=self.state,
            owner="ada",
            version=len(versions),
            sha256="0" * 64,
            size=len(versions[-1][0]),
            created=NOON,
            changed=NOON,
            locked=key in self.locked,
            removed=NOON if key in self.removed else None,
        )

    def _version(self, project: str, path: str, number: int) -> Version:
        artifact = self._artifact(project, path)
        number = number or artifact.version
        text, author = self.files[project, path][number - 1]
        return Version(
            artifact=1,
            number=number,
            path=path,
            author=author,
            at=NOON,
            sha256="0" * 64,
            size=len(text),
            origin=Origin(run="r1", step="alignment.memo", sources=("plans/okr.json@1",), facts=(FACT,)),
        )

    def artifacts_list(self, request: artifacts.ListArtifacts) -> tuple[Artifact, ...]:
        return tuple(self._artifact(*key) for key in sorted(self.files) if key[0] == request.project)

    def artifacts_save(self, request: artifacts.SaveArtifact) -> Artifact:
        versions = self.files.setdefault((request.project, request.path), [])
        if request.base is not None and request.base != len(versions):
            raise Conflict(f"{request.path} changed meanwhile.", kept="Both.", remedy="Compare them.")
        versions.append((request.text, "person:ada"))
        return replace(self._artifact(request.project, request.path), kind=Kind(request.kind or kind_of(request.path)))

    def artifacts_show(self, request: artifacts.ShowArtifact) -> artifacts.ArtifactText:
        version = self._version(request.project, request.path, request.version)
        text = self.files[request.project, request.path][version.number - 1][0]
        artifact = self._artifact(request.project, request.path)
        return artifacts.ArtifactText(artifact=artifact, version=version, text=text, binary=text.startswith("\0"))

    def artifacts_history(self, request: artifacts.OneArtifact) -> tuple[Version, ...]:
        newest = self._artifact(request.project, request.path).version
        return tuple(self._version(request.project, request.path, number) for number in range(newest, 0, -1))

    def artifacts_diff(self, request: artifacts.DiffArtifact) -> artifacts.Diff:
        return artifacts.Diff(path=request.path, old=1, new=2, text="--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n")

    def artifacts_restore(self, request: artifacts.RestoreArtifact) -> Artifact:
        versions = self.files[request.project, request.path]
        versions.append(versions[request.version - 1])
        return self._artifact(request.project, request.path)

    def artifacts_lock(self, request: artifacts.LockArtifact) -> Artifact:
        change = self.locked.add if request.locked else self.locked.discard
        change((request.project, request.path))
        return self._artifact(request.project, request.path)

    def artifacts_state(self, request: artifacts.MoveArtifact) -> Artifact:
        self.state = request.state
        return self._artifact(request.project, request.path)

    def artifacts_remove(self, request: artifacts.OneArtifact) -> Artifact:
        self.removed.add((request.project, request.path))
        return self._artifact(request.project, request.path)

    # approvals
    def approvals_list(self, request: approvals.ListApprovals) -> tuple[Approval, ...]:
        waiting = ApprovalState.WAITING
        return tuple(one for one in self.answers.values() if request.all or one.state is waiting)

    def approvals_show(self, request: approvals.OneApproval) -> ApprovalDetail:
        if request.approval not in self.answers:
            raise NotFound(f"There is no approval {request.approval}.")
        return ApprovalDetail(approval=self.answers[request.approval], diff="+new\n", proposed="new\n", stale=True)

    def _answered(self, request: approvals.AnswerApproval, state: ApprovalState) -> Approval:
        answered = replace(self.answers[request.approval], state=state, answer=request.reason, answered_by="ada")
        self.answers[request.approval] = answered
        return answered

    def approvals_approve(self, request: approvals.AnswerApproval) -> Approval:
        return self._answered(request, ApprovalState.APPROVED)

    def approvals_reject(self, request: approvals.AnswerApproval) -> Approval:
        return self._answered(request, ApprovalState.REJECTED)

    # crew
    def agents_list(self, request: Any) -> crew.Agents:
        broken = (LeftOut(path="crew/bad.yaml", reason="unknown key 'reeds'", line=4),)
        return crew.Agents(agents=(_agent(),), broken=broken)

    def agents_show(self, request: crew.One) -> crew.AgentView:
        return _agent()

    def routines_list(self, request: Any) -> crew.Routines:
        return crew.Routines(routines=(_routine(),))

    def routines_show(self, request: crew.One) -> crew.RoutineView:
        return _routine()

    def graphs_crew(self, request: Any) -> crew.Drawing:
        return crew.Drawing(mermaid="flowchart LR\n  strategist --> planner\n")

    # memory
    def memory_show(self, request: memory.OneMemory) -> memory.MemoryView:
        one = self.memories.setdefault(request.agent, read_memory(MEMORY))
        return memory.MemoryView(
            agent=request.agent,
            title=one.title,
            file=str(self.begin.workspace / "memory" / f"{request.agent}.md"),
            rules=one.rules,
            lessons=one.lessons,
            work=one.work,
            told=one.told(1500),
        )

    def memory_remember(self, request: memory.NewLesson) -> memory.MemoryView:
        one = self.memories.setdefault(request.agent, read_memory(MEMORY))
        self.memories[request.agent] = one.with_lesson(request.text, "ada, 2026-03-02", holds=True)
        return self.memory_show(memory.OneMemory(agent=request.agent))

    def memory_forget(self, request: memory.OneLesson) -> Lesson:
        one = self.memories.setdefault(request.agent, read_memory(MEMORY))
        lesson = one.lessons[request.lesson - 1]
        self.memories[request.agent] = one.without(lesson.key)
        return lesson

    # imports
    def _report(self, batch: int, **changes: Any) -> ImportReport:
        report = ImportReport(
            batch=batch,
            project="home",
            path="/vault",
            at=NOON,
            counts={"notes": 3, "tasks": 7},
            added=3,
            changed=0,
            unchanged=1,
            left_out=(LeftOut(path="bad.ics", reason="not a calendar", line=2),),
        )
        return replace(report, **changes)

    def imports_run(self, request: imports.ImportMaterial) -> ImportReport:
        return self._report(0 if request.dry_run else 1, path=request.path, dry_run=request.dry_run)

    def imports_list(self, request: Any) -> tuple[ImportReport, ...]:
        return (self._report(1),)

    def imports_undo(self, request: imports.OneImport) -> ImportReport:
        return self._report(request.batch, undone=True, kept_yours=("notes/mine.md",))

    # asking
    async def ask_ask(self, request: asking.Ask) -> AsyncGenerator[Told, None]:
        if not request.question.strip():
            raise Invalid("There is no question.", kept="Nothing was asked.", remedy="Ask something.")
        self.asking += 1
        try:
            agent = request.agent or ("group" if request.team else "manager")
            yield Told(kind=TellingKind.BEGUN, run="r1", conversation=request.conversation or "c1", agent=agent)
            yield Told(kind=TellingKind.STEP, agent=agent, text="searches the case file")
            if request.question.startswith("unknown"):
                yield Told(kind=TellingKind.ANSWER, text="I don't know: nothing.", outcome=Outcome.UNKNOWN, note="Bad.")
            else:
                for piece in ("The hall ", f"is 80 metres {HOSTILE[5:14]} long [p1]", "."):
                    yield Told(kind=TellingKind.PIECE, text=piece)
                if request.question.startswith("hang"):
                    await asyncio.Event().wait()
                if request.question.startswith("break"):
                    raise Conflict("It broke.", kept="All of it.", remedy="Ask again.")
                if request.question.startswith("again"):
                    yield Told(kind=TellingKind.RESTART, text="it broke off")
                    yield Told(kind=TellingKind.PIECE, text="It is long [p1].")
                yield Told(kind=TellingKind.CITED, citations=(CITED,))
                yield Told(
                    kind=TellingKind.ANSWER,
                    text="The hall is ⟦⚠ 80 metres⟧ long [p1].",
                    citations=(CITED,),
                    unverified=("80 metres",),
                    outcome=Outcome.WORDS,
                )
            yield Told(kind=TellingKind.ENDED, run="r1", state="ok", model="tiny", prompt_tokens=9, answer_tokens=7)
        finally:
            self.asking -= 1

    def chats_list(self, request: chats.ListChats) -> tuple[Conversation, ...]:
        return tuple(one for one in self.chats.values() if request.agent in ("", one.agent))

    def chats_show(self, request: chats.OneChat) -> ConversationDetail:
        if request.conversation not in self.chats:
            raise NotFound(f"There is no conversation {request.conversation}.", remedy="List them.")
        said = [(Role.USER, "How long?"), (Role.ASSISTANT, f"Long {HOSTILE[5:14]} [p1].")]
        messages = tuple(
            Utterance(number=n, role=role, text=text, at=NOON, citations=(CITED,) if n == 2 else (), run="r1")
            for n, (role, text) in enumerate(said, 1)
        )
        return ConversationDetail(conversation=self.chats[request.conversation], messages=messages)

    def chats_remove(self, request: chats.OneChat) -> Conversation:
        detail = self.chats_show(request)
        del self.chats[request.conversation]
        return detail.conversation

    # index
    def index_search(self, request: index.SearchPassages) -> index.Found:
        if request.query == "nothing":
            return index.Found(passages=(), notes=("Not in the index yet: 2 files.",))
        text = f"{HOSTILE}\n\n" + "\n".join(f"line {number}" for number in range(20)) + "\n" + "long " * 100
        passage = Passage(
            project=request.project or "garden",
            path="notes/a.md",
            version=2,
            first_line=3,
            last_line=25,
            text=text,
            heading="A › B",
            score=0.5,
        )
        return index.Found(passages=(passage,) * min(request.most, 2))

    def index_state(self, request: Any) -> IndexState:
        left_out = (LeftOut(path="home/scan.pdf", reason="holds no text; it may be a scan"),)
        return IndexState(passages=12, files=3, pending=1, left_out=left_out)

    def index_rebuild(self, request: Any) -> IndexState:
        return IndexState(passages=12, files=3, pending=0, embedding="hashing", embedded=11, problems=("slow",))

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
        return replace(self.runs[request.run], prompts=(prompt,) if request.prompts else None)

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


def _approval() -> Approval:
    return Approval(
        id=1,
        project="home",
        agent="critic",
        path="risk_matrix.json",
        reason="outside its globs",
        base=0,
        state=ApprovalState.WAITING,
        asked=NOON,
        run="r1",
    )


def _agent() -> crew.AgentView:
    return crew.AgentView(
        id="strategist",
        title="Strategist",
        associate=False,
        duty="keeps work aligned",
        prompt="Be brief.",
        models=("reasoning", "small"),
        skills=("okr",),
        reads=("plans/**",),
        writes=("drafts/strategic_memos/**",),
        outcomes={"alignment": ("refined OKRs",)},
        hands_to=("planner",),
        routines=("daily_alignment",),
        origin="shipped",
    )


def _routine() -> crew.RoutineView:
    step = crew.StepView(id="memo", agent="strategist", does="aligns", skills=("okr",), outputs=("drafts/memo.md",))
    return crew.RoutineView(
        id="daily_alignment",
        title="Daily alignment",
        part="morning",
        about="OKRs, drift",
        when="every day at 07:30",
        enabled=True,
        next_at="2026-03-03T07:30",
        steps=(step,),
        edges=(),
        origin="shipped",
    )


def compose(start: Start) -> House:
    """A house; of another version when HOUSE_VERSION says so."""
    return House(start, version=os.environ.get("HOUSE_VERSION", VERSION))


if __name__ == "__main__":
    from orin_agents.host.__main__ import main

    sys.exit(main(compose=compose))
