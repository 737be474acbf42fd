"""Isolation for every test: its own home and runtime folder, no settings of the person's, UTC, default umask."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.running import Running


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder in /tmp with home and runtime in it (a socket path holds 107 bytes); gone after the test."""
    place = Path(tempfile.mkdtemp(prefix="orin-", dir="/tmp"))
    for name in [name for name in os.environ if name.startswith("ORIN_")]:
        monkeypatch.delenv(name)
    for name, folder in (("HOME", "home"), ("XDG_RUNTIME_DIR", "run"), ("XDG_STATE_HOME", "state")):
        (place / folder).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(place / folder))
    for name in ("EDITOR", "VISUAL", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def start(isolated: Path) -> "Iterator[Callable[[], Running]]":
    """Starts a host for the test's workspace; all are ended with the test."""
    from tests.running import Running

    started: list[Running] = []

    def begin() -> "Running":
        started.append(Running(isolated / "work"))
        return started[-1]

    yield begin
    for running in started:
        running.end()


@pytest.fixture
def running(start: "Callable[[], Running]") -> "Running":
    """A host at work."""
    return start()
