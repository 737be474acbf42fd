"""Takes a snapshot of a project: its structured files, tasks, calendars, notes, code and logs, as skills need them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TypeVar
from zoneinfo import ZoneInfo

from orin_agents.domain import okr, project_map, risks, rules, task_log, task_queue
from orin_agents.domain.actors import Actor, ActorKind
from orin_agents.domain.artifacts import Artifact, Kind, kind_of
from orin_agents.domain.calendar import Event, WorkingHours
from orin_agents.domain.documents import read_document
from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.globs import matches
from orin_agents.domain.material import LeftOut, Reading
from orin_agents.domain.okr import Okr
from orin_agents.domain.projects import Project
from orin_agents.domain.risks import RiskMatrix
from orin_agents.domain.rules import RuleChecklist
from orin_agents.domain.snapshot import Document, Produced, Snapshot
from orin_agents.domain.task_queue import TaskQueue
from orin_agents.domain.tasks import Task
from orin_agents.services.ports import Box, Calendars, Clock
from orin_agents.services.store import Store

File = TypeVar("File")
STRUCTURED = (okr.PATH, task_log.PATH, task_queue.PATH, risks.PATH, rules.PATH, project_map.PATH)
CALENDAR_DAYS = 14
JOURNAL_DAYS = 30
TEXT_SUFFIXES = (".md", ".markdown", ".txt")


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Reads a project once. Locked artifacts are left out: nothing of them may leak into a fact."""

    store: Store
    calendars: Calendars
    box: Box
    clock: Clock
    hours: WorkingHours
    zone: ZoneInfo
    names: tuple[str, ...]
    workspace: Path

    def take(
        self,
        project: Project,
        now: datetime | None = None,
        *,
        reads: tuple[str, ...] = ("**",),
        look_at_box: bool = False,
    ) -> Snapshot:
        """The project at `now` (the clock's time by default); text is limited to the paths the globs `reads` name.

        Structured files, tasks and calendars are facts the program itself works out; an agent sees only what skills
        make of them. Text it would read in words is cut to what its policy lets it read.
        """
        now = (now or self.clock.now()).astimezone(self.zone)
        live = tuple(a for a in self.store.artifacts.all(project.id) if not a.removed and not a.locked)
        files = _Files(self.store, {artifact.path: artifact for artifact in live})
        readable = tuple(artifact for artifact in live if matches(artifact.path, reads))
        events, unread = self._events(live, now)
        queue = files.document(task_queue.PATH, TaskQueue)
        readings = dict(self._readings(project))
        text = [_document(a, readings.get(a.path), self.store) for a in readable if _is_text(a)]
        return Snapshot(
            project=project,
            now=now,
            hours=self.hours,
            you=self.names,
            tasks=self.tasks(project, queue),
            events=events,
            log=files.read(task_log.PATH, task_log.read_task_log) or (),
            okr=files.document(okr.PATH, Okr),
            map=files.read(project_map.PATH, project_map.read_project_map),
            risks=files.document(risks.PATH, RiskMatrix),
            rules=files.document(rules.PATH, RuleChecklist),
            artifacts=live,
            documents=tuple(d for d in text if d.path.lower().endswith(TEXT_SUFFIXES)),
            code=tuple(d for d in text if kind_of(d.path) in (Kind.CODE, Kind.SCRIPT)),
            logs=tuple(d for d in text if kind_of(d.path) is Kind.LOG or d.path.startswith("logs/")),
            journal=self.store.journal.since(now - timedelta(days=JOURNAL_DAYS), project.id),
            today=self._produced(project, now),
            checks=self.box.checks(self.workspace) if look_at_box else (),
            broken=(*files.broken, *unread),
            absent=tuple(path for path in STRUCTURED if path not in files.artifacts),
        )

    def tasks(self, project: Project, queue: TaskQueue | None = None) -> tuple[Task, ...]:
        """The project's tasks: those of its queue first, then those in notes; an id names one task."""
        if queue is None:
            artifact = self.store.artifacts.find(project.id, task_queue.PATH)
            usable = artifact if artifact and not artifact.removed and not artifact.locked else None
            queue = _Files(self.store, {task_queue.PATH: usable} if usable else {}).document(task_queue.PATH, TaskQueue)
        found = {task.id: task for task in (item.task() for item in queue.tasks)} if queue else {}
        for _, reading in self._readings(project):
            for task in _kept_apart(reading, found.keys()):
                found[task.id] = task
        return told_apart(found.values())

    def _events(self, live: tuple[Artifact, ...], now: datetime) -> tuple[tuple[Event, ...], tuple[LeftOut, ...]]:
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        events: list[Event] = []
        left_out: list[LeftOut] = []
        known: set[tuple[str, datetime, datetime, bool]] = set()
        for artifact in live:
            if artifact.kind is Kind.CALENDAR and not artifact.owner.startswith("agent:"):
                data = self.store.artifacts.content(artifact.sha256) or b""
                end = start + timedelta(days=CALENDAR_DAYS)
                found, unread = self.calendars.events(artifact.path, data, start, end, self.zone)
                # One event in two files, say a calendar exported anew under another name, takes place once.
                same = {(event.title, event.start, event.end, event.busy) for event in found}
                events += [event for event in found if (event.title, event.start, event.end, event.busy) not in known]
                known |= same
                left_out.extend(unread)
        return tuple(sorted(events, key=lambda event: (event.start, event.end, event.title))), tuple(left_out)

    def _readings(self, project: Project) -> Iterator[tuple[str, Reading]]:
        for artifact, reading in self.store.artifacts.readings(project.id):
            if not artifact.locked:
                yield artifact.path, reading

    def _produced(self, project: Project, now: datetime) -> tuple[Produced, ...]:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        newest: dict[str, Produced] = {}
        for artifact, version in self.store.artifacts.made_by_runs(project.id, midnight):
            if not artifact.locked and not version.tombstone:
                newest[version.path] = Produced(
                    path=version.path,
                    version=version.number,
                    agent=Actor.parse(version.author).name,
                    at=version.at,
                    facts=version.origin.facts,
                )
        return tuple(newest.values())


class _Files:
    """Reads structured files, and keeps what was broken instead of raising: the run goes on without it."""

    def __init__(self, store: Store, artifacts: dict[str, Artifact]) -> None:
        self._store = store
        self.artifacts = artifacts
        self.broken: list[LeftOut] = []

    def document(self, path: str, model: type[File]) -> File | None:
        """The YAML or JSON file as a model."""
        return self.read(path, lambda text, path: read_document(model, text, path))  # type: ignore[type-var]

    def read(self, path: str, reader: Callable[[str, str], File]) -> File | None:
        """The file as `reader` gives it, or None when it is absent or broken."""
        artifact = self.artifacts.get(path)
        if artifact is None:
            return None
        try:
            text = (self._store.artifacts.content(artifact.sha256) or b"").decode("utf-8-sig")
            return reader(text, path)
        except UnicodeDecodeError as error:
            self.broken.append(LeftOut(path=path, reason=f"not UTF-8 at byte {error.start}; save it as UTF-8 text"))
        except BrokenFile as error:
            self.broken.append(LeftOut(path=path, line=error.line, reason=f"{error.reason}. {error.remedy}"))
        return None


def _kept_apart(reading: Reading, taken: Iterable[str]) -> Iterator[Task]:
    """The file's tasks; an id another file uses already is made longer, also where the file's own tasks name it."""
    taken = set(taken)
    names = {task.id: f"{task.id}@{reading.path}" for task in reading.tasks if task.id in taken}
    for task in reading.tasks:
        depends_on = tuple(names.get(other, other) for other in task.depends_on)
        yield replace(task, id=names.get(task.id, task.id), depends_on=depends_on)


def told_apart(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks, with titles that stand for several made longer: by their heading, then by their file."""
    tasks = tuple(tasks)
    for context in (lambda task: task.group, lambda task: PurePosixPath(task.source.path).stem):
        often = Counter(task.title for task in tasks)
        tasks = tuple(
            replace(task, title=f"{task.title} · {context(task)}")
            if often[task.title] > 1 and context(task) and context(task) not in task.title
            else task
            for task in tasks
        )
    return tasks


def _is_text(artifact: Artifact) -> bool:
    code = artifact.kind in (Kind.CODE, Kind.SCRIPT)
    return code or artifact.path.lower().endswith((*TEXT_SUFFIXES, ".log")) or artifact.path.startswith("logs/")


def _document(artifact: Artifact, reading: Reading | None, store: Store) -> Document:
    return Document(
        path=artifact.path,
        version=artifact.version,
        title=(reading.title if reading else "") or PurePosixPath(artifact.path).stem,
        text=(store.artifacts.content(artifact.sha256) or b"").decode(errors="replace"),
        changed=artifact.changed,
        created=artifact.created,
        owner=artifact.owner,
        author=_author(artifact, store),
        tags=reading.tags if reading else (),
        links=reading.links if reading else (),
        aliases=reading.aliases if reading else (),
    )


def _author(artifact: Artifact, store: Store) -> str:
    """Who saved the newest version; that of a person's artifact is not looked up, for it is read whole anyhow."""
    if Actor.parse(artifact.owner).kind is not ActorKind.AGENT:
        return artifact.owner
    return store.artifacts.versions(artifact.id)[-1].author
