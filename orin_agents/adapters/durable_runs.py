"""Durable runs on DBOS: every part of a run is checkpointed in runs.db; a run goes on behind its last finished part.

What decides the settings: the file is put into WAL mode with full sync (a finished part survives a power cut);
values are JSON, never pickle; the application version is pinned, because DBOS leaves runs of another version
pending without a word; the executor id is fixed, because recovery looks at its own only.
"""

import asyncio
import logging
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orin_agents.services.ports import Conduct, Part

if TYPE_CHECKING:
    import sqlalchemy

log = logging.getLogger(__name__)

INTERPRETER = "1"
"""Raised when the course `conduct` takes for one plan changes: runs in flight would not find their parts again."""
SUBSECONDS = (3, 42)
"""The first SQLite that knows unixepoch('subsec'); Ubuntu 22.04 and Debian 12 have older ones."""
PATIENCE = 10
"""Seconds that accepting a run may take."""


class DbosEngine:
    """Implements the Engine port. One a process: DBOS keeps its state in the class."""

    def __init__(self, path: Path, conduct: Conduct) -> None:
        self._path = path
        self._conduct = conduct
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workflow: Any = None
        self._at_work: set[asyncio.Task[Any]] = set()

    def launch(self) -> None:
        """Take up the runs a crash left, and accept new ones. On the event loop that shall run them."""
        from dbos import DBOS, DBOSPortableJSONSerializer

        _quiet()
        _set_aside_damaged(self._path)
        self._loop = asyncio.get_running_loop()
        DBOS(
            config={
                "name": "orin",
                "system_database_engine": _engine(self._path),
                "application_version": INTERPRETER,
                "executor_id": "orin-host",
                "max_executor_threads": 8,
                "log_level": "WARNING",
                "serializer": DBOSPortableJSONSerializer(),
                "notification_listener_polling_interval_sec": 0.5,  # also how long closing takes
            }
        )

        async def checkpoint(name: str, part: Part) -> dict[str, str]:
            return await DBOS.run_step_async({"name": name}, part)

        @DBOS.workflow(name="orin.run")
        async def run(plan: str) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
            await self._conduct(plan.encode(), checkpoint)

        self._workflow = run
        DBOS.launch()

    def start(self, run: str, attempt: int, plan: bytes) -> None:
        """Start a run, or do nothing when this attempt was started before. From any thread but the loop's."""
        assert self._loop is not None, "launch first"
        started = asyncio.run_coroutine_threadsafe(self._start(_workflow_id(run, attempt), plan.decode()), self._loop)
        started.result(PATIENCE)

    async def _start(self, workflow: str, plan: str) -> None:
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(workflow):
            await DBOS.start_workflow_async(self._workflow, plan)

    def cancel(self, run: str, attempt: int) -> None:
        """Stop the run before its next part."""
        from dbos import DBOS

        DBOS.cancel_workflow(_workflow_id(run, attempt))

    def known(self, run: str, attempt: int) -> bool:
        """Whether this attempt was ever started."""
        from dbos import DBOS

        return DBOS.get_workflow_status(_workflow_id(run, attempt)) is not None

    async def close(self) -> None:
        """Stop; runs at work go on at the next launch. On the loop of `launch`, which is free for other work after."""
        from dbos import DBOS

        loop, logger = asyncio.get_running_loop(), logging.getLogger("dbos")
        logger.setLevel(logging.CRITICAL + 1)  # it reports every run it leaves as an error, with a trace
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        loop.set_default_executor(ThreadPoolExecutor())  # DBOS has put its own in place, and shut it down
        for task in tuple(self._at_work):
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)


def _workflow_id(run: str, attempt: int) -> str:
    return run if attempt == 1 else f"{run}~{attempt}"


def _set_aside_damaged(path: Path) -> None:
    """Move a runs.db that is damaged out of the way.

    Nothing of the workspace is in it: unfinished runs start anew, and what they left already is left once.
    """
    if not path.exists():
        return
    connection = sqlite3.connect(path)
    try:
        sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        sound = False
    finally:
        connection.close()
    if not sound:
        log.error("%s is damaged; it was set aside as %s.damaged, and unfinished runs start anew", path, path.name)
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(path.with_name(f"{path.name}.damaged{suffix}"))


def _engine(path: Path) -> "sqlalchemy.Engine":
    """The engine DBOS would make itself, with WAL and full sync beside its own settings."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(f"sqlite:///{path}")

    @sqlalchemy.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if sqlite3.sqlite_version_info < SUBSECONDS:
            connection.create_function("unixepoch", 1, _unixepoch)
        connection.isolation_level = "IMMEDIATE"

    return engine


def _unixepoch(modifier: str) -> float:
    """SQLite's unixepoch('subsec'), which on Python 3.12 and newer DBOS asks for, also as a column's default."""
    assert modifier == "subsec"
    return time.time()


def _quiet() -> None:
    """DBOS writes to stderr unless its logger has a handler; its records go the way of the host's own."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = True
    logger.setLevel(logging.WARNING)
