"""kill -9 the host anywhere in a five-agent routine: after a restart it ends as if nothing had happened."""

import contextlib
import os
import select
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orin_agents.client.connection import Client
from orin_agents.client.launch import start_host
from orin_agents.domain.errors import HostUnavailable
from orin_agents.domain.operations import projects, runs
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.places import Places

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
    "journal": "SELECT event, actor, project, subject, correlation, data, key FROM journal"
    " WHERE event NOT LIKE 'host.%' ORDER BY seq",
}


def start(workspace: Path, die_at: int, *extra: str) -> Client:
    command = ("-m", "tests.e2e.doomed_host", "--die-at", str(die_at), *extra)

    def revive() -> Path:
        return start_host(workspace, say=lambda text: None, command=command)

    revive()
    return Client(workspace)


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
    root = workspace / "projects"
    found["disk"] = {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object], range]:
    """A sample workspace before the run, the state after an undisturbed one, and the points the run passes."""
    place = tmp_path_factory.mktemp("kill")
    before, after, count = place / "before", place / "after", place / "count"
    start_sample(before, count)
    stop(before)
    shutil.copytree(before, after)
    client = start(after, 0, "--count", str(count))
    opened = int(count.read_text())
    run_to_the_end(client)
    stop(after)
    return before, state_of(after), range(opened, int(count.read_text()))


def start_sample(workspace: Path, count: Path) -> None:
    (workspace / "schedules").mkdir(parents=True)
    shutil.copy(FIVE, workspace / "schedules")
    command = ("-m", "tests.e2e.doomed_host", "--die-at", "0", "--count", str(count))
    start_host(workspace, say=lambda text: None, command=command, create=True, sample=True)


@pytest.mark.parametrize("number", range(POINTS))
def test_a_run_ends_the_same_wherever_its_host_was_killed(number: int, undisturbed, tmp_path: Path):
    before, expected, points = undisturbed
    die_at = points.start + 1 + number * (len(points) - 1) // (POINTS - 1)
    workspace = tmp_path / "workspace"
    shutil.copytree(before, workspace)
    with contextlib.suppress(HostUnavailable):
        doomed = start(workspace, die_at)
        with watched(workspace) as died:
            with contextlib.suppress(HostUnavailable):
                run_to_the_end(doomed)
            assert died(), f"the host outlived point {die_at} of {points}"
    client = start(workspace, 0)
    run_to_the_end(client)
    stop(workspace)
    found = state_of(workspace)
    for part, value in expected.items():
        assert found[part] == value, part
