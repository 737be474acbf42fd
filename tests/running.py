"""A real host on a real socket, in the tests' own process: its loop runs in a thread."""

import asyncio
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from orin_agents.client.connection import Client
from orin_agents.host.lifecycle import Life, Start
from tests.house import House

ROOT = Path(__file__).parents[1]


def until(holds: Callable[[], object], within_s: float = 10) -> None:
    """Wait until it holds; fails the test when it does not come about in time."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it does not come about"


@contextmanager
def command_line(*command: str) -> Iterator["subprocess.Popen[str]"]:
    """A process with both outputs as pipes of text; it is killed when the test has no more use for it.

    It hears Ctrl-C even where the tests run in the background of a shell, which has its children ignore it.
    """
    heard = ("env", "--default-signal=INT", *command)
    with subprocess.Popen(heard, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


class Running:
    """A host at work on the workspace, until `end`."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.house: House
        self.failure: BaseException | None = None
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._up.wait()
        if self.failure:
            self._thread.join()
            raise self.failure
        self.client = Client(workspace)

    def _run(self) -> None:
        async def life() -> None:
            self.loop = asyncio.get_running_loop()
            self.life = Life(self._compose)
            await self.life.serve(self.workspace, create=True, ready=self._ready)

        try:
            asyncio.run(life())
        except BaseException as error:  # noqa: BLE001  (raised again in the test's own thread)
            self.failure = error
        finally:
            self._up.set()

    def _compose(self, start: Start) -> House:
        self.house = House(start)
        return self.house

    def _ready(self, socket: Path) -> None:
        self.socket = socket
        self._up.set()

    def end(self) -> None:
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.life.stop)
        self.wait()

    def wait(self) -> None:
        """Until the host has ended by itself."""
        self._thread.join(10)
        assert not self._thread.is_alive(), "the host does not end"
