"""The life of a host: own the workspace, serve it on a socket, end cleanly."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from orin_agents.domain.errors import NotFound, OrinError
from orin_agents.domain.places import Places
from orin_agents.domain.secrets import Secrets
from orin_agents.host.ground import check_filesystem, mounts, nearest_existing, real
from orin_agents.host.logs import close_log, open_log
from orin_agents.host.ownership import Ownership, listen, socket_place

log = logging.getLogger(__name__)

PATIENCE = 3
"""Seconds that requests at work get to end when the host stops."""
WATCH = 2.0
"""Seconds between looks at the socket, which a log-out may have cleaned away with XDG_RUNTIME_DIR."""


class Host(Protocol):
    """What a composition yields: the API, and what has to be started before it serves and stopped after."""

    @property
    def app(self) -> FastAPI:
        """The API, from build_app."""
        ...

    async def start(self) -> None:
        """Open and start everything; the socket opens once this returns."""
        ...

    async def stop(self) -> None:
        """Stop and close everything; called once the socket is closed, also when start failed half-way."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a composition is given. `workspace` is a real path and locked; `stop` may be called on the loop only.

    `secrets` are those the log leaves out; whoever reads another one adds it.
    """

    workspace: Path
    socket: Path
    loop: asyncio.AbstractEventLoop
    stop: Callable[[], None]
    create: bool = False
    sample: bool = False
    embedded: bool = False
    secrets: Secrets = field(default_factory=Secrets)


Compose = Callable[[Start], Host]
"""Puts a host together, without starting it."""


class Life:
    """One host's life, from `serve` to the end that `stop` asks for."""

    def __init__(self, compose: Compose, secrets: Secrets | None = None) -> None:
        self._compose = compose
        self._secrets = secrets or environment_secrets()
        self._server: uvicorn.Server | None = None
        self._host: Host | None = None
        self._stopping = False

    def stop(self) -> None:
        """Ask the host to end: readers of events end at once, requests within moments. On the host's loop only."""
        self._stopping = True
        if self._host is not None:
            self._host.app.state.feed.close()
        if self._server is not None:
            self._server.should_exit = True

    async def serve(
        self,
        workspace: Path,
        *,
        create: bool = False,
        sample: bool = False,
        embedded: bool = False,
        ready: Callable[[Path], None] = lambda socket: None,
    ) -> None:
        """Own the workspace and serve it until `stop`. `ready` is called with the socket once it can be asked.

        Raises AlreadyOwned when another host runs, NotFound when there is no workspace and `create` is not given,
        StorageFailure on a network file system.
        """
        workspace = real(workspace)
        doubt = check_filesystem(nearest_existing(workspace), mounts())
        places = Places(workspace)
        if not create and not places.control.is_dir():
            raise NotFound(f"{workspace} is no workspace.", remedy=f"Make one with `orin init {workspace}`.")
        with Ownership(places) as ownership, _logging(places, self._secrets):
            if doubt:
                log.warning("%s", doubt)
            where = socket_place(workspace, os.environ.get("XDG_RUNTIME_DIR", ""), os.getuid())
            loop = asyncio.get_running_loop()
            start = Start(
                workspace=workspace,
                socket=where,
                loop=loop,
                stop=self.stop,
                create=create,
                sample=sample,
                embedded=embedded,
                secrets=self._secrets,
            )
            self._host = self._compose(start)
            try:
                await self._host.start()
                if not self._stopping:
                    await self._listen(self._host, where, ownership, ready)
            finally:
                await self._host.stop()
                log.info("stopped")

    async def _listen(self, host: Host, where: Path, ownership: Ownership, ready: Callable[[Path], None]) -> None:
        config = uvicorn.Config(
            host.app, lifespan="on", access_log=False, log_config=None, ws="none", timeout_graceful_shutdown=PATIENCE
        )
        self._server = server = _Server(config)
        listening = listen(where)
        door = _Door(server, ownership, where, self.stop)
        ownership.write(str(where))
        log.info("version %s, process %d, serving on %s", host.app.version, os.getpid(), where)
        keeper = asyncio.create_task(door.keep())
        ready(where)
        try:
            await server.serve(sockets=[listening, *host.app.state.listening.sockets])
        finally:
            keeper.cancel()
            door.where.unlink(missing_ok=True)


class _Door:
    """How clients find the host: the lock file and the socket's name, put back when a clean-up takes them.

    A log-out takes all of XDG_RUNTIME_DIR; the socket then moves to where the next best folder is. When the workspace
    itself has gone from its place there is nothing left to serve: `stop` is called, and the next command starts a host
    where the workspace lies then.
    """

    def __init__(self, server: uvicorn.Server, ownership: Ownership, where: Path, stop: Callable[[], None]) -> None:
        self._server = server
        self._ownership = ownership
        self._stop = stop
        self.where = where

    async def keep(self) -> None:
        """Look at lock file and socket now and then, and put back what is gone, until cancelled."""
        while True:
            await asyncio.sleep(WATCH)
            if not self._ownership.in_place:
                log.error("%s was moved or removed; the host ends", self._ownership.workspace)
                return self._stop()
            try:
                if self._ownership.renew():
                    log.warning("the lock file was gone and is put back")
                if self._server.started and not self.where.is_socket():
                    await self._reopen()
            except (OrinError, OSError) as error:
                log.error("clients cannot find the host until this is mended: %s", error)

    async def _reopen(self) -> None:
        self.where = socket_place(self._ownership.workspace, os.environ.get("XDG_RUNTIME_DIR", ""), os.getuid())
        listening = listen(self.where)
        loop = asyncio.get_running_loop()
        self._server.servers.append(await loop.create_server(self._protocol, sock=listening))
        self._ownership.write(str(self.where))
        log.warning("the socket was gone; serving on %s", self.where)

    def _protocol(self) -> asyncio.Protocol:
        server = self._server
        protocol: asyncio.Protocol = server.config.http_protocol_class(  # type: ignore[call-arg]
            config=server.config, server_state=server.server_state, app_state=server.lifespan.state
        )
        return protocol


class _Server(uvicorn.Server):
    """uvicorn, leaving the process's signals alone: they are the host's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def environment_secrets() -> Secrets:
    """What this process must never write anywhere, as far as its environment says."""
    secrets = Secrets()
    secrets.add_environment(os.environ)
    return secrets


@contextmanager
def _logging(places: Places, secrets: Secrets) -> Iterator[None]:
    handler = open_log(places.log, secrets)
    try:
        yield
    finally:
        close_log(handler)
