"""The composition root: every part of a host is made and joined here, and nowhere else."""

import asyncio
import contextlib
import getpass
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI

from orin_agents.adapters.box.linux import LinuxBox
from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.adapters.clock import SystemClock, local_zone, run_id
from orin_agents.adapters.crew_files import CrewFolders
from orin_agents.adapters.database.store import SqlStore
from orin_agents.adapters.durable_runs import DbosEngine
from orin_agents.adapters.folder_watch import DiskFolderWatch
from orin_agents.adapters.models.discovery import found_servers
from orin_agents.adapters.models.live import LiveModels
from orin_agents.adapters.models.trials import Trials
from orin_agents.adapters.models.yaml_file import ModelsYaml
from orin_agents.adapters.no_models import NoModels
from orin_agents.adapters.readers.material import Material
from orin_agents.adapters.samples import samples
from orin_agents.adapters.templates import PageTemplates
from orin_agents.domain.actors import SYSTEM, person
from orin_agents.domain.errors import OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.places import Places
from orin_agents.domain.plans import Plan
from orin_agents.domain.secrets import Secrets
from orin_agents.domain.version import VERSION
from orin_agents.host.api import build_app
from orin_agents.host.bindings import bindings
from orin_agents.host.lifecycle import Start
from orin_agents.host.shipped import shipped
from orin_agents.services.approvals import Approvals
from orin_agents.services.artifacts import Artifacts
from orin_agents.services.case_file import CaseFile
from orin_agents.services.conduct import conduct
from orin_agents.services.crew import Crew
from orin_agents.services.deployments import ModelDeployments
from orin_agents.services.doctor import Doctor
from orin_agents.services.facts import SKILLS
from orin_agents.services.feed import Feed
from orin_agents.services.filing import Filing
from orin_agents.services.imports import Imports
from orin_agents.services.ports import Checkpoint, Clock, Words
from orin_agents.services.projects import Projects
from orin_agents.services.runs import Runs, settle
from orin_agents.services.snapshots import Snapshots
from orin_agents.services.status import Status
from orin_agents.services.steps import Steps
from orin_agents.services.workspace import Workspace, copy_routines, make_folders, read_settings

log = logging.getLogger(__name__)

WORK_DAYS = (1, 2, 3, 4, 5)
EVERY_DAY = (*WORK_DAYS, 6, 7)
"""A sample workspace works on every day, so that its morning is worth reading on a Sunday too."""
SAMPLE_NAMES = ("Ada",)
"""In the samples the person is Ada."""


def compose(start: Start, words: Words | None = None, clock: Clock | None = None) -> "OrinHost":
    """A host for the workspace, put together and not yet started. Words and clock stand in for the real ones."""
    places = Places(start.workspace)
    owner = person(getpass.getuser())
    if start.create and not places.database.exists():
        folders = (places.control, places.projects, places.crew, places.schedules)
        names, days = (SAMPLE_NAMES, EVERY_DAY) if start.sample else ((), WORK_DAYS)
        make_folders(start.workspace, folders, owner.name, names, days)
        copy_routines(shipped().schedules, places.schedules)
    return OrinHost(_join(start, places, words or NoModels(), clock or SystemClock()))


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a host is made of."""

    start: Start
    store: SqlStore
    feed: Feed
    engine: DbosEngine
    case_file: CaseFile
    workspace: Workspace
    approvals: Approvals
    runs: Runs
    app: FastAPI
    clock: Clock


def _join(start: Start, places: Places, words: Words, clock: Clock) -> Parts:
    settings, settings_problem = read_settings(start.workspace)
    zone = local_zone(settings.timezone)
    you = person(settings.owner or getpass.getuser())
    secrets = Secrets()
    feed = Feed(0)
    store = SqlStore(places.database, feed.published)
    models = LiveModels(ModelsYaml(places.models), secrets, os.environ, lambda: uuid4().hex[:12], time.monotonic)
    folder, calendars, box = DiskCaseFolder(), IcsCalendars(), LinuxBox()
    case_file = CaseFile(store, folder, Material(zone), clock, places.projects, you)
    ours, templates = shipped(), PageTemplates(shipped().templates)
    crew_files = CrewFolders(
        shipped_crew=ours.crew,
        shipped_schedules=ours.schedules,
        crew=places.crew,
        schedules=places.schedules,
        skills=frozenset(SKILLS),
        templates=templates.names(),
    )
    crew = Crew(crew_files, clock, zone)
    names = (you.name, *settings.names)
    snapshots = Snapshots(store, calendars, box, clock, settings.working_hours(), zone, names, start.workspace)
    projects = Projects(store, case_file, snapshots)
    artifacts = Artifacts(store, case_file)
    approvals = Approvals(store, artifacts, partial(settle, store))
    filing = Filing(store, artifacts, approvals, templates, calendars)
    steps = Steps(store, case_file, filing, snapshots, words, clock)
    engine = DbosEngine(places.runs, partial(_conduct, steps))
    runs = Runs(store, crew, engine, clock, str(zone), run_id)
    workspace = Workspace(store, projects, artifacts, snapshots, crew, settings_problem)
    deployments = ModelDeployments(
        models.yaml,
        Trials(models, places.trials, clock.now),
        partial(found_servers, os.environ),
        str(places.models),
    )
    answers = bindings(
        projects=projects,
        artifacts=artifacts,
        approvals=approvals,
        imports=Imports(store, case_file, folder, case_file.readers, calendars, zone),
        crew=crew,
        deployments=deployments,
        runs=runs,
        doctor=Doctor(box, start.workspace, (*workspace.checks(), deployments.check_models)),
        status=Status(store, clock.now(), str(start.workspace), str(start.socket), start.embedded),
    )
    app = build_app(answers, store.journal.after, feed, VERSION, start.stop)
    return Parts(start, store, feed, engine, case_file, workspace, approvals, runs, app, clock)


async def _conduct(steps: Steps, data: bytes, checkpoint: Checkpoint) -> None:
    """Conduct a run; what ends it before its time is marked on it."""
    plan = Plan.read(data)
    try:
        await conduct(plan, steps, checkpoint)
    except OrinError as error:
        log.error("run %s ended: %s", plan.run, error.what)
        await asyncio.to_thread(steps.end, plan, error.what)
    except Exception as error:
        log.exception("run %s ended", plan.run)
        await asyncio.to_thread(steps.end, plan, f"{type(error).__name__}: {error}")
        raise


class OrinHost:
    """The host of a workspace; implements lifecycle.Host."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._watching: asyncio.Task[None] | None = None
        self._launched = False

    @property
    def app(self) -> FastAPI:
        """The API."""
        return self._parts.app

    async def start(self) -> None:
        """Bring disk and database together, take up what a crash left, watch the case files."""
        parts = self._parts
        await asyncio.to_thread(parts.workspace.open)
        if parts.start.sample:
            today = parts.clock.now().astimezone(parts.workspace.snapshots.zone).date()
            chosen = samples(shipped().casefiles, today)
            await asyncio.to_thread(parts.workspace.add_samples, parts.case_file.you, chosen)
        self._note(Event.HOST_STARTED)
        self._watching = asyncio.create_task(self._keep_watching())
        parts.engine.launch()
        self._launched = True
        await asyncio.to_thread(parts.runs.recover)

    async def stop(self) -> None:
        """Stop watching and running; what is at work goes on at the next start."""
        if self._watching:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        if self._launched:
            await self._parts.engine.close()
            self._note(Event.HOST_STOPPED)
        self._parts.store.close()

    def _note(self, event: Event) -> None:
        data: Mapping[str, str | int] = {"version": VERSION, "pid": os.getpid()}
        with self._parts.store.transaction():
            self._parts.store.journal.append(event, str(SYSTEM), self._parts.clock.now(), data=dict(data))

    async def _keep_watching(self) -> None:
        try:
            await self._watch()
        except OrinError as error:
            log.error("%s %s", error.what, error.kept)

    async def _watch(self) -> None:
        """Take in what a person changes in an editor, as it happens. The first set says that the watch is in place."""
        root, in_place = self._parts.case_file.projects, False
        async for changed in DiskFolderWatch().changes(root):
            if not in_place:
                in_place = True
                for project in self._parts.store.projects.all():
                    await asyncio.to_thread(self._parts.case_file.notice_all, project.id)
            for path in sorted(changed):
                await asyncio.to_thread(self._notice, path.relative_to(root))

    def _notice(self, path: Path) -> None:
        project, name = path.parts[0], "/".join(path.parts[1:])
        if not name or self._parts.store.projects.get(project) is None:
            return
        try:
            self._parts.case_file.notice(project, name)
        except OrinError as error:
            log.warning("%s was left out: %s", path, error.what)
