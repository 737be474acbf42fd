"""kill -9 the host anywhere in a five-agent routine: after a restart it ends as if nothing had happened."""

import contextlib
import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from orin_agents.client.connection import Client
from orin_agents.domain.errors import HostUnavailable
from orin_agents.domain.operations import projects, runs
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.places import Places

ROOT = Path(__file__).parents[2]
POINTS = 20
RUN = "five@2026-11-20T07:30"
FIVE = Path(__file__).parent.parent / "data" / "routines" / "five.yaml"
SQL = {
    "artifacts": "SELECT path, kind, state, owner, version, sha256, on_disk FROM artifacts ORDER BY path",
    "versions": "SELECT path, number, author, sha256, origin, tombstone, key FROM versions ORDER BY path, number",
    "handoffs": "SELECT number, handoff, key FROM handoffs ORDER BY number",
    "approvals": "SELECT id, agent, path, state, data, key FROM approvals ORDER BY id",
    "steps": "SELECT id, step, findings FROM run_steps ORDER BY number",
    "run": "SELECT id, state, error FROM runs",
    # What asked a model may happen again behind a crash: then the same prompt is kept twice.
    "prompts": "SELECT DISTINCT step, json_remove(prompt, '$.number') FROM prompts ORDER BY 1, 2",
    "journal": "SELECT event, actor, project, subject, correlation, data, key FROM journal"
    " WHERE event NOT LIKE 'host.%' ORDER BY seq",
}


class Nursery:
    """The process that forks hosts. Its hosts end by kill -9, so that measuring their coverage would be in vain."""

    def __init__(self, place: Path) -> None:
        self._pipe = place / "report"
        os.mkfifo(self._pipe)
        own = {"HOME": str(place), "XDG_RUNTIME_DIR": str(place), "XDG_STATE_HOME": str(place)}
        bare = {name: value for name, value in os.environ.items() if not name.startswith("COV")} | own
        command = [sys.executable, "-m", "tests.e2e.doomed_host"]
        self._process = subprocess.Popen(command, cwd=ROOT, env=bare, stdin=subprocess.PIPE, text=True)

    def start(self, workspace: Path, die_at: int = 0, count: Path | str = "", *flags: str) -> Client:
        """A host of the workspace that dies at that point. Raises HostUnavailable when it is dead already."""
        assert self._process.stdin
        asked = {"arguments": ["--workspace", str(workspace), *flags], "die_at": die_at, "count": str(count)}
        self._process.stdin.write(json.dumps(asked | {"pipe": str(self._pipe)}) + "\n")
        self._process.stdin.flush()
        report = self._pipe.read_text()  # until the host has reported and closed the pipe, or died
        if not report:
            raise HostUnavailable("the host died while it started")
        assert "socket" in json.loads(report), report
        return Client(workspace)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=10)


def run_to_the_end(client: Client) -> None:
    project = next(p.project.id for p in client.call(projects.LIST, Nothing()) if p.project.id != "home")
    run = client.call(runs.START, runs.StartRun(what="five", project=project, key=RUN))
    if run.state.over:
        return
    for entry in client.events(0, run.id):
        if entry.event == "run.finished":
            return


@contextlib.contextmanager
def watched(workspace: Path) -> Iterator[Callable[[], bool]]:
    """Waits for the end of the workspace's host: the process, not its first closed connection."""
    text = Places(workspace).lock.read_text()
    try:
        fd = os.pidfd_open(int(text.split("\n")[0]))
    except ProcessLookupError:
        yield lambda: True
        return
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    try:
        yield lambda: bool(poll.poll(10_000))
    finally:
        os.close(fd)


def stop(workspace: Path) -> None:
    with watched(workspace) as died:
        os.kill(int(Places(workspace).lock.read_text().split("\n")[0]), signal.SIGKILL)
        assert died()


def state_of(workspace: Path) -> dict[str, object]:
    connection = sqlite3.connect(workspace / ".orin" / "workspace.db")
    try:
        found: dict[str, object] = {name: connection.execute(sql).fetchall() for name, sql in SQL.items()}
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()
    for name in ("projects", "memory"):
        root = workspace / name
        files = (path for path in sorted(root.rglob("*")) if path.is_file())
        found[name] = {str(path.relative_to(root)): path.read_bytes() for path in files}
    assert found["memory"]
    return found


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where the hosts of these tests come from."""
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.close()


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object], range]:
    """A sample workspace before the run, the state after an undisturbed one, and the points the run passes."""
    place = tmp_path_factory.mktemp("kill")
    before, after, count = place / "before", place / "after", place / "count"
    (before / "schedules").mkdir(parents=True)
    shutil.copy(FIVE, before / "schedules")
    nursery.start(before, 0, "", "--create", "--sample")
    stop(before)
    shutil.copytree(before, after)
    client = nursery.start(after, 0, count)
    opened = int(count.read_text())
    run_to_the_end(client)
    stop(after)
    expected = state_of(after)
    pages = [text.decode() for text in cast(dict[str, bytes], expected["projects"]).values() if b"leaned" in text]
    assert len(pages) == len(cast(list[object], expected["prompts"])) == 2
    assert all("The week leaned to one side, as it did in ⟦⚠ March⟧" in page for page in pages)
    return before, expected, range(opened, int(count.read_text()))


@pytest.mark.parametrize("number", range(POINTS))
def test_a_run_ends_the_same_wherever_its_host_was_killed(number: int, nursery: Nursery, undisturbed, tmp_path: Path):
    before, expected, points = undisturbed
    die_at = points.start + 1 + number * (len(points) - 1) // (POINTS - 1)
    workspace = tmp_path / "workspace"
    shutil.copytree(before, workspace)
    with contextlib.suppress(HostUnavailable):
        doomed = nursery.start(workspace, die_at)
        with watched(workspace) as died:
            with contextlib.suppress(HostUnavailable):
                run_to_the_end(doomed)
            assert died(), f"the host outlived point {die_at} of {points}"
    client = nursery.start(workspace)
    run_to_the_end(client)
    stop(workspace)
    found = state_of(workspace)
    for part, value in expected.items():
        assert found[part] == value, part
