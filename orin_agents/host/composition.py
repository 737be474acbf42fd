"""The composition root: every part of a host is made and joined here, and nowhere else."""

import asyncio
import getpass
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from orin_agents.adapters.box.linux import LinuxBox
from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.adapters.clock import SystemClock, local_zone, run_id
from orin_agents.adapters.crew_files import CrewFolders
from orin_agents.adapters.database.store import SqlStore
from orin_agents.adapters.durable_runs import DbosEngine
from orin_agents.adapters.hash_embedding import HashEmbedding
from orin_agents.adapters.model_embedding import ModelEmbedding
from orin_agents.adapters.models.discovery import found_servers
from orin_agents.adapters.models.live import LiveModels
from orin_agents.adapters.models.trials import Trials
from orin_agents.adapters.models.yaml_file import ModelsYaml
from orin_agents.adapters.readers.documents import DocumentReader
from orin_agents.adapters.readers.material import Material
from orin_agents.adapters.templates import PageTemplates
from orin_agents.adapters.vectors import ChromaVectors
from orin_agents.domain.actors import person
from orin_agents.domain.errors import OrinError
from orin_agents.domain.places import Places
from orin_agents.domain.plans import Plan
from orin_agents.domain.version import VERSION
from orin_agents.host.api import build_app, person_of
from orin_agents.host.bindings import bindings
from orin_agents.host.gate import Listening
from orin_agents.host.lifecycle import Start
from orin_agents.host.openai_api import OpenAi
from orin_agents.host.orin_host import OrinHost, Parts, Warm
from orin_agents.host.shipped import shipped
from orin_agents.services.answering import Answering
from orin_agents.services.approvals import Approvals
from orin_agents.services.artifacts import Artifacts
from orin_agents.services.ask_runs import AskRuns
from orin_agents.services.asking import Asking
from orin_agents.services.case_file import CaseFile
from orin_agents.services.collaborators import Collaborators
from orin_agents.services.conduct import conduct
from orin_agents.services.conversations import Conversations
from orin_agents.services.crew import Crew
from orin_agents.services.deployments import ModelDeployments
from orin_agents.services.doctor import Doctor
from orin_agents.services.facts import SKILLS
from orin_agents.services.feed import Feed
from orin_agents.services.filing import Filing
from orin_agents.services.gathering import Gathering
from orin_agents.services.imports import Imports
from orin_agents.services.index import Index
from orin_agents.services.indexing import Indexing
from orin_agents.services.memory import Memory
from orin_agents.services.narration import Narration
from orin_agents.services.ports import Checkpoint, Clock, Embedding, Models
from orin_agents.services.projects import Projects
from orin_agents.services.prompts import Prompts
from orin_agents.services.quoting import Quoting
from orin_agents.services.replying import Replying
from orin_agents.services.runs import Runs, settle
from orin_agents.services.snapshots import Snapshots
from orin_agents.services.status import Status
from orin_agents.services.steps import Steps
from orin_agents.services.workspace import Workspace, copy_routines, make_folders, read_settings
from orin_agents.skills import terms

log = logging.getLogger(__name__)

IDLE_S = 5.0
"""Seconds after which a host that has nothing else to do makes ready to ask models."""
WORK_DAYS = (1, 2, 3, 4, 5)
EVERY_DAY = (*WORK_DAYS, 6, 7)
"""A sample workspace works on every day, so that its morning is worth reading on a Sunday too."""
SAMPLE_NAMES = ("Ada",)
"""In the samples the person is Ada."""


def compose(start: Start, models: Models | None = None, clock: Clock | None = None, idle_s: float = IDLE_S) -> OrinHost:
    """A host for the workspace, put together and not yet started. Models and clock stand in for the real ones."""
    places = Places(start.workspace)
    owner = person(getpass.getuser())
    if start.create and not places.database.exists():
        folders = (places.control, places.projects, places.crew, places.schedules)
        names, days = (SAMPLE_NAMES, EVERY_DAY) if start.sample else ((), WORK_DAYS)
        make_folders(start.workspace, folders, owner.name, names, days)
        copy_routines(shipped().schedules, places.schedules)
    ground = _ground(start, places, clock or SystemClock())
    return OrinHost(_join(ground, _voices(ground, models, idle_s)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What everything else stands on: the workspace's settings, its database, files and crew."""

    start: Start
    places: Places
    clock: Clock
    zone: ZoneInfo
    feed: Feed
    store: SqlStore
    case_file: CaseFile
    artifacts: Artifacts
    calendars: IcsCalendars
    box: LinuxBox
    crew: Crew
    templates: PageTemplates
    snapshots: Snapshots
    memory: Memory
    listening: Listening
    settings_problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voices:
    """What speaks through models, and what it finds to speak of."""

    given: Collaborators
    warm: Warm | None
    index: Index
    deployments: ModelDeployments


def _ground(start: Start, places: Places, clock: Clock) -> _Ground:
    settings, settings_problem = read_settings(start.workspace)
    zone = local_zone(settings.timezone)
    you = person(settings.owner or getpass.getuser())
    feed, folder, calendars, box = Feed(0), DiskCaseFolder(), IcsCalendars(), LinuxBox()
    store = SqlStore(places.database, feed.published, start.secrets)
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
    return _Ground(
        start=start,
        places=places,
        clock=clock,
        zone=zone,
        feed=feed,
        store=store,
        case_file=case_file,
        artifacts=Artifacts(store, case_file),
        calendars=calendars,
        box=box,
        crew=crew,
        templates=templates,
        snapshots=Snapshots(store, calendars, box, clock, settings.working_hours(), zone, names, start.workspace),
        memory=Memory(store, folder, clock, places.memory, zone, partial(_titles, crew), start.secrets, you),
        listening=Listening(settings.listen, places.token, start.secrets),
        settings_problem=settings_problem,
    )


def _voices(ground: _Ground, models: Models | None, idle_s: float) -> _Voices:
    """`models` stand in for those of models.yaml. A host that lives as long as a command does not warm itself."""
    places, secrets = ground.places, ground.start.secrets
    live = LiveModels(ModelsYaml(places.models), secrets, os.environ, lambda: uuid4().hex[:12], time.monotonic)
    trials = Trials(live, places.trials, ground.clock.now)
    vectors = ChromaVectors(places.vectors, partial(_embedding, models or live, ground.start.loop))
    given = Collaborators(
        models=models or live,
        recall=ground.memory.told,
        keep=Prompts(ground.store, secrets).keep,
        redacted=secrets.redacted,
    )
    return _Voices(
        given=given,
        warm=partial(live.warm, idle_s) if models is None and not ground.start.embedded else None,
        index=Index(ground.store, vectors, Indexing(ground.store, DocumentReader(), vectors)),
        deployments=ModelDeployments(live.yaml, trials, partial(found_servers, os.environ), str(places.models)),
    )


def _join(ground: _Ground, voices: _Voices) -> Parts:
    start, store, clock, zone, case_file = ground.start, ground.store, ground.clock, ground.zone, ground.case_file
    artifacts, snapshots, crew, index = ground.artifacts, ground.snapshots, ground.crew, voices.index
    ground.feed.tell(ground.memory.hear)
    projects = Projects(store, case_file, snapshots)
    approvals = Approvals(store, artifacts, partial(settle, store))
    filing = Filing(store, artifacts, approvals, ground.templates, ground.calendars)
    quoting = Quoting(store, index.search)
    steps = Steps(store, case_file, filing, snapshots, Narration(voices.given, quoting.search), clock)
    engine = DbosEngine(ground.places.runs, partial(_conduct, steps))
    asks = AskRuns(store, clock, run_id)
    conversations = Conversations(store, clock, run_id)
    replying = Replying(Gathering(snapshots, quoting.search), Answering(voices.given), asks)
    asking = Asking(store, crew, replying, asks, conversations, clock, zone, snapshots.names)
    runs = Runs(store, crew, engine, clock, str(zone), run_id, asks, asking.stop)
    workspace = Workspace(store, projects, artifacts, snapshots, crew, ground.settings_problem)
    checks = (*workspace.checks(), index.check_index, voices.deployments.check_models)
    answers = bindings(
        projects=projects,
        artifacts=artifacts,
        approvals=approvals,
        imports=Imports(store, case_file, case_file.folder, case_file.readers, ground.calendars, zone),
        crew=crew,
        deployments=voices.deployments,
        runs=runs,
        asking=asking,
        conversations=conversations,
        index=index,
        memory=ground.memory,
        doctor=Doctor(ground.box, start.workspace, checks, start.secrets),
        status=_status(ground),
    )
    asker = partial(person_of, doing="asking")
    openai = OpenAi(asking.tell, crew.agents, store.projects.all, asker, ground.feed, clock, start.secrets)
    app = build_app(
        answers,
        store.journal.after,
        ground.feed,
        VERSION,
        start.stop,
        start.secrets,
        listening=ground.listening,
        beside=openai.add_to,
    )
    return Parts(
        start,
        store,
        ground.feed,
        engine,
        case_file,
        workspace,
        approvals,
        runs,
        index,
        ground.memory,
        app,
        clock,
        voices.warm,
    )


def _status(ground: _Ground) -> Status:
    start = ground.start
    return Status(
        store=ground.store,
        started=ground.clock.now(),
        workspace=str(start.workspace),
        socket=str(start.socket),
        embedded=start.embedded,
        address=lambda: ground.listening.address,
    )


def _embedding(models: Models, loop: asyncio.AbstractEventLoop) -> Embedding:
    """The embedding of the models where one is configured, else the one that needs no model.

    Raises ModelUnavailable while models.yaml is broken: what was embedded by a model is not thrown away for a slip.
    """
    name = models.embedding()
    return ModelEmbedding(models, name, loop) if name else HashEmbedding(terms.content)


def _titles(crew: Crew) -> Mapping[str, str]:
    return {agent.id: agent.title for agent in crew.agents()}


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
