"""Hosts that die by kill -9 at a chosen point: `python -m tests.e2e.doomed_host` forks one for each line of its input.

A line is JSON: the host's arguments, the point it dies at (0: none), a file to count the points in (or none) and a pipe
to report the start to. Points are counted from the start of the host: each look at the clock (services look before
every mark they leave), each wait for the disk and each rename of a file. Forking spares every host but the first the
time it takes to import the program. Its model is scripted, and always says the same.
"""

import json
import os
import signal
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path

from orin_agents.host.__main__ import main
from orin_agents.host.composition import compose
from orin_agents.host.lifecycle import Start
from orin_agents.host.orin_host import OrinHost
from tests.fake_models import ScriptedModels

ANSWER = {"text": "The week leaned to one side, as it did in March.", "cites": ["f1"]}
NARRATIVE = json.dumps({"paragraphs": [{"sentences": [ANSWER]}]})
"""In no source stands anything of March."""
NOON = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


class Fate:
    """Counts the points and ends the process at the chosen one."""

    def __init__(self, die_at: int, count: Path | None) -> None:
        self.die_at = die_at
        self.count = count
        self.seen = 0
        self.lock = threading.Lock()

    def point(self) -> None:
        with self.lock:
            self.seen += 1
            if self.count:
                self.count.write_text(str(self.seen))
            if self.seen == self.die_at:
                os.kill(os.getpid(), signal.SIGKILL)


class StoppedClock:
    """Always the same moment, so that two runs can be compared; each look is a point."""

    def __init__(self, fate: Fate) -> None:
        self.fate = fate

    def now(self) -> datetime:
        self.fate.point()
        return NOON


def live(arguments: list[str], die_at: int, count: str, pipe: str) -> int:
    """Be a host until it is asked to stop, or dies."""
    fate = Fate(die_at, Path(count) if count else None)
    for name in ("fsync", "rename", "replace"):
        setattr(os, name, _pointed(getattr(os, name), fate))
    report = os.open(pipe, os.O_WRONLY)

    def composed(start: Start) -> OrinHost:
        return compose(start, models=ScriptedModels((NARRATIVE,), embeds=False), clock=StoppedClock(fate))

    return main([*arguments, "--report", str(report)], composed)


def _pointed(call, fate: Fate):
    def pointed(*args, **kwargs):
        fate.point()
        return call(*args, **kwargs)

    return pointed


def preload() -> None:
    """Import what a host imports once it is composed and at work. Nothing of it may start a thread."""
    import dbos  # noqa: F401  (for the modules alone)
    import icalendar  # noqa: F401
    import jinja2  # noqa: F401
    import recurring_ical_events  # noqa: F401
    import sqlalchemy.dialects.sqlite  # noqa: F401
    import sqlite_utils  # noqa: F401
    import uvicorn.protocols.http.auto  # noqa: F401
    import watchfiles  # noqa: F401

    assert threading.active_count() == 1, "a forked process would lack the other threads"


def bear() -> None:
    """Fork a host for each line of standard input; nobody waits for them."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            code = 1
            try:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.setsid()
                code = live(**json.loads(line))
            except BaseException:  # noqa: BLE001  (a child must end here, whatever ends it)
                traceback.print_exc()
            finally:
                os._exit(code)


if __name__ == "__main__":
    preload()
    bear()
