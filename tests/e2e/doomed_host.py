"""A host that dies by kill -9 at a chosen point: `python -m tests.e2e.doomed_host --die-at N …host arguments…`.

Points are counted from the start of the host: each look at the clock (services look before every mark they leave),
each wait for the disk and each rename of a file. `--count FILE` writes how many there were, and dies at none.
"""

import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from orin_agents.host.__main__ import main
from orin_agents.host.composition import compose

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


def doom(arguments: list[str]) -> int:
    die_at, rest = int(arguments[1]), arguments[2:]
    fate = Fate(die_at, None)
    if rest[0] == "--count":
        fate.count, rest = Path(rest[1]), rest[2:]
    for name in ("fsync", "rename", "replace"):
        setattr(os, name, _pointed(getattr(os, name), fate))
    return main(rest, lambda start: compose(start, clock=StoppedClock(fate)))


def _pointed(call, fate: Fate):
    def pointed(*args, **kwargs):
        fate.point()
        return call(*args, **kwargs)

    return pointed


if __name__ == "__main__":
    sys.exit(doom(sys.argv[1:]))
