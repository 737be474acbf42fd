"""The same host inside a command: its loop on the main thread, the command in a worker thread, the same socket."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orin_agents.host.lifecycle import Compose, Life

Starter = Callable[[Path, bool, bool], Path]
INTERRUPTED = 130
FAREWELL = 1.0
"""Seconds an interrupted command gets to end by itself."""


def embedded(command: Callable[[Starter], int], compose: "Compose | None" = None) -> int:
    """Run the command, which may start hosts in this process by what it is given; gives the command's exit code.

    The host ends with the command. Where a host of its own runs for the workspace already, the command uses that one.
    """
    return asyncio.run(_Embedded(command, compose).live())


class _Embedded:
    def __init__(self, command: Callable[[Starter], int], compose: "Compose | None") -> None:
        self._command = command
        self._compose = compose
        self._lives: list[tuple[Life, asyncio.Task[None]]] = []
        self._interrupted = False
        self._ended: asyncio.Future[int]

    async def live(self) -> int:
        """Run the command beside its hosts, end these with it; the command's exit code."""
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # signals go to main threads alone
            for number in (signal.SIGINT, signal.SIGTERM):
                self._loop.add_signal_handler(number, self._interrupt)
        self._ended = ended = self._loop.create_future()
        # A daemon: a command that waits on stdin or an editor must not keep an interrupted process alive.
        threading.Thread(target=self._work, args=(ended,), name="command", daemon=True).start()
        code = await ended
        for life, task in self._lives:
            life.stop()
            await asyncio.wait([task])
        return INTERRUPTED if self._interrupted else code

    def _work(self, ended: "asyncio.Future[int]") -> None:
        try:
            code = self._command(self.start)
            self._loop.call_soon_threadsafe(_settle, ended, code)
        except BaseException as error:  # noqa: BLE001  (handed on to the main thread)
            self._loop.call_soon_threadsafe(_fail, ended, error)

    def _interrupt(self) -> None:
        self._interrupted = True
        for life, _ in self._lives:
            life.stop()
        self._loop.call_later(FAREWELL, _settle, self._ended, INTERRUPTED)

    def start(self, workspace: Path, create: bool, sample: bool) -> Path:
        """The socket of the workspace's host; called in the command's thread."""
        from orin_agents.host.ownership import AlreadyOwned

        ready: Future[Path] = Future()
        self._loop.call_soon_threadsafe(self._serve, workspace, create, sample, ready)
        try:
            return ready.result()
        except AlreadyOwned as error:
            if error.socket:
                return Path(error.socket)
            raise

    def _serve(self, workspace: Path, create: bool, sample: bool, ready: "Future[Path]") -> None:
        try:
            from orin_agents.host.__main__ import composition
            from orin_agents.host.lifecycle import Life

            life = Life(self._compose or composition())
        except BaseException as error:  # noqa: BLE001  (handed on to the command that waits)
            ready.set_exception(error)
            return

        async def serve() -> None:
            try:
                await life.serve(workspace, create=create, sample=sample, embedded=True, ready=ready.set_result)
            except BaseException as error:
                if ready.done():
                    raise
                ready.set_exception(error)

        self._lives.append((life, self._loop.create_task(serve())))


def _settle(ended: "asyncio.Future[int]", code: int) -> None:
    if not ended.done():
        ended.set_result(code)


def _fail(ended: "asyncio.Future[int]", error: BaseException) -> None:
    if not ended.done():
        ended.set_exception(error)
