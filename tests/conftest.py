"""Isolation for every test: its own home and runtime folder, no settings of the person's, UTC, default umask."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.models.llama import Llama
    from tests.models.ollama import Ollama
    from tests.models.scripted import Scripted
    from tests.running import Running

# The same examples every time, and no limit by the clock, which a busy box would break.
settings.register_profile("orin", deadline=None, derandomize=True)
settings.load_profile("orin")


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


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny models lie that were made so far."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def llama(tiny_models: Path) -> "Iterator[Llama]":
    """A real llama.cpp server for chat, shared by the tests of a process: nobody kills it."""
    from tests.models.llama import Kind, serving

    with serving(tiny_models, Kind.CHAT) as server:
        yield server


@pytest.fixture(scope="session")
def embedder(tiny_models: Path) -> "Iterator[Llama]":
    """A real llama.cpp server for embeddings, shared."""
    from tests.models.llama import Kind, serving

    with serving(tiny_models, Kind.EMBED) as server:
        yield server


@pytest.fixture
def scripted() -> "Iterator[Scripted]":
    """An OpenAI-shaped server that answers as it is told to."""
    from tests.models.scripted import scripted_server

    with scripted_server() as server:
        yield server


@pytest.fixture
def ollama() -> "Iterator[Ollama]":
    """A server shaped like Ollama."""
    from tests.models.ollama import Ollama
    from tests.models.scripted import scripted_server

    with scripted_server(Ollama()) as server:
        assert isinstance(server, Ollama)
        yield server
