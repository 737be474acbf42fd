"""The host of a workspace at work: started, kept in step with disk and journal, stopped."""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from orin_agents.adapters.database.store import SqlStore
from orin_agents.adapters.durable_runs import DbosEngine
from orin_agents.adapters.folder_watch import DiskFolderWatch
from orin_agents.adapters.heap import give_back
from orin_agents.adapters.samples import samples
from orin_agents.domain.actors import SYSTEM
from orin_agents.domain.errors import OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.version import VERSION
from orin_agents.host.lifecycle import Start
from orin_agents.host.shipped import shipped
from orin_agents.services.approvals import Approvals
from orin_agents.services.case_file import CaseFile
from orin_agents.services.feed import Feed
from orin_agents.services.index import Index
from orin_agents.services.memory import Memory
from orin_agents.services.ports import Clock
from orin_agents.services.runs import Runs
from orin_agents.services.workspace import Workspace

log = logging.getLogger(__name__)

QUIET = 2.0
"""Seconds behind something that happened after which freed memory is given back."""

Warm = Callable[[], Coroutine[None, None, None]]
"""Waits until the host is at rest, and imports what would else hold up the first question to a model."""


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
    index: Index
    memory: Memory
    app: FastAPI
    clock: Clock
    warm: Warm | None


class OrinHost:
    """The host of a workspace; implements lifecycle.Host."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._keeping: list[asyncio.Task[None]] = []
        self._warming: asyncio.Task[None] | None = None
        self._launched = False

    @property
    def app(self) -> FastAPI:
        """The API."""
        return self._parts.app

    async def start(self) -> None:
        """Bring disk and database together, take up what a crash left, watch the case files."""
        parts = self._parts
        await asyncio.to_thread(parts.workspace.open)
        await asyncio.to_thread(parts.memory.open)
        if parts.start.sample:
            today = parts.clock.now().astimezone(parts.workspace.snapshots.zone).date()
            chosen = samples(shipped().casefiles, today)
            await asyncio.to_thread(parts.workspace.add_samples, parts.case_file.you, chosen)
        self._note(Event.HOST_STARTED)
        self._keep(self._keep_watching(), self._keep_indexing(), self._keep_lean())
        parts.engine.launch()
        self._launched = True
        await asyncio.to_thread(parts.runs.recover)
        parts.app.state.listening.open()
        self._warming = asyncio.create_task(self._warm())
        self._keeping.append(self._warming)

    async def stop(self) -> None:
        """Stop watching, indexing and running; what is at work goes on at the next start."""
        self._parts.app.state.listening.close()
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        if self._launched:
            await self._parts.engine.close()  # before the index, in which runs at work search
        await asyncio.to_thread(self._parts.index.indexing.close)
        if self._launched:
            self._note(Event.HOST_STOPPED)
        self._parts.store.close()

    def _keep(self, *work: Coroutine[Any, Any, None]) -> None:
        self._keeping.extend(map(asyncio.create_task, work))

    def _note(self, event: Event) -> None:
        data: Mapping[str, str | int] = {"version": VERSION, "pid": os.getpid()}
        with self._parts.store.transaction():
            self._parts.store.journal.append(event, str(SYSTEM), self._parts.clock.now(), data=dict(data))

    async def _keep_watching(self) -> None:
        try:
            await self._watch()
        except OrinError as error:
            log.error("%s %s", error.what, error.kept)
        except Exception:
            log.exception("changes of the case files are noticed at the next run only")

    async def _watch(self) -> None:
        """Take in what a person changes in an editor, as it happens. The first set says that the watch is in place."""
        root, in_place = self._parts.case_file.projects, False
        async for changed in DiskFolderWatch().changes(root):
            if not in_place:
                in_place = True
                for project in await asyncio.to_thread(self._parts.store.projects.all):
                    await asyncio.to_thread(self._parts.case_file.notice_all, project.id)
            for path in sorted(changed):
                await asyncio.to_thread(self._notice, path.relative_to(root))

    async def _keep_indexing(self) -> None:
        """Bring the index in step whenever something happened."""
        while not self._parts.feed.closed:
            seen = self._parts.feed.last
            try:
                await asyncio.wrap_future(self._parts.index.indexing.refresh())
            except OrinError as error:
                log.error("the index is not up to date: %s %s", error.what, error.kept)
            except Exception:
                log.exception("the index is not up to date")
            await self._parts.feed.beyond(seen)

    async def _keep_lean(self) -> None:
        """Give freed memory back once a burst of work is over."""
        feed = self._parts.feed
        while not feed.closed:
            await feed.beyond(feed.last)
            await asyncio.sleep(QUIET)
            await asyncio.to_thread(give_back)

    async def _warm(self) -> None:
        try:
            if self._parts.warm:
                await self._parts.warm()
        except Exception:  # whatever it is, the first question meets it too, and tells it to a person
            log.exception("models cannot be made ready")

    def _notice(self, path: Path) -> None:
        project, name = path.parts[0], "/".join(path.parts[1:])
        if not name or self._parts.store.projects.get(project) is None:
            return
        try:
            self._parts.case_file.notice(project, name)
        except OrinError as error:
            log.warning("%s was left out: %s", path, error.what)
        except Exception:  # one file never ends the watch over the others
            log.exception("%s was left out", path)
