"""A small house to test the outside with: a real host around operations that live in memory.

`python -m tests.house --workspace PATH …` runs it as the host process that commands start.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from orin_agents.domain.actors import Actor
from orin_agents.domain.approvals import Approval, ApprovalDetail, ApprovalState
from orin_agents.domain.artifacts import Artifact, Kind, Origin, State, Version, kind_of
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.errors import BrokenFile, Conflict, NotFound
from orin_agents.domain.facts import Fact, Source
from orin_agents.domain.hosts import HostStatus
from orin_agents.domain.journal import Entry, Event
from orin_agents.domain.material import ImportReport, LeftOut
from orin_agents.domain.operations import approvals, artifacts, crew, hosts, imports, projects
from orin_agents.domain.projects import Project
from orin_agents.domain.tasks import Task
from orin_agents.domain.version import VERSION
from orin_agents.host.api import build_app
from orin_agents.host.lifecycle import Start
from orin_agents.host.routes import all_operations
from orin_agents.services.feed import Feed
from tests.house_models import ModelRoom
from tests.house_runs import RunRoom
from tests.house_words import HOSTILE, WordRoom

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FACT = Fact(
    id="okr.score", label="Score", value=0.62, unit="ratio", sources=(Source(path="plans/okr.json", first_line=4),)
)


class House(WordRoom, RunRoom, ModelRoom):
    """Operations in memory, with a journal and a feed. Methods are named for the operations they answer."""

    def __init__(self, start: Start, *, version: str = VERSION) -> None:
        WordRoom.__init__(self)
        RunRoom.__init__(self)
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
        self.answers: dict[int, Approval] = {1: _approval()}
        self.projects = [Project(id="home", title="Home", created=NOON)]
        if start.sample:
            self.projects.append(Project(id="sample", title="Sample", created=NOON))
        self.stopped = False
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
