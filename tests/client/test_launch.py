"""Hosts as real processes of their own."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from orin_agents.client.connection import Client
from orin_agents.client.launch import answering, start_host, tail
from orin_agents.domain.errors import BrokenFile, HostUnavailable, NotFound, OrinError, VersionMismatch
from orin_agents.domain.operations import hosts, projects
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.places import Places

HOUSE = ("-m", "tests.house")

Launch = Callable[..., Path]


@pytest.fixture
def launch(isolated: Path) -> Iterator[Launch]:
    """Starts host processes for the test's workspace, which end with the test."""
    said: list[str] = []
    workspace = isolated / "work"
    yield partial(start_host, workspace, say=said.append, create=True, command=HOUSE)
    if answering(workspace):
        process(workspace, signal.SIGKILL)


def process(workspace: Path, number: int) -> None:
    """Send the host of the workspace a signal, and wait until that has ended it."""
    pid = Client(workspace).call(hosts.STATUS, Nothing()).pid
    os.kill(pid, number)
    os.waitpid(pid, 0)


def test_a_host_is_started_once_and_found_again(isolated: Path, launch: Launch) -> None:
    workspace = isolated / "work"
    first = launch()
    assert launch() == first == answering(workspace)
    one = Client(workspace).call(hosts.STATUS, Nothing())
    assert os.getsid(one.pid) == one.pid != os.getsid(0)
    assert Places(workspace).lock.read_text() == f"{one.pid}\n{first}\n{workspace}"
    os.kill(one.pid, signal.SIGHUP)
    assert Client(workspace).call(hosts.STATUS, Nothing()).pid == one.pid


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(isolated: Path, launch: Launch, number: int) -> None:
    socket = launch()
    process(isolated / "work", number)
    assert not socket.exists()
    assert Places(isolated / "work").lock.read_text() == ""
    assert "stopped" in Places(isolated / "work").log.read_text()


def test_after_kill_9_the_next_start_heals(isolated: Path, launch: Launch) -> None:
    workspace = isolated / "work"
    socket = launch()
    process(workspace, signal.SIGKILL)
    assert socket.exists()
    assert answering(workspace) is None
    client = Client(workspace, revive=launch)
    assert client.call(projects.LIST, Nothing())
    assert answering(workspace) == socket


def test_events_go_on_over_kill_9(isolated: Path, launch: Launch) -> None:
    launch()
    client = Client(isolated / "work", revive=launch)
    events = client.events(0)
    assert next(events).seq == 1
    process(isolated / "work", signal.SIGKILL)
    client.call(projects.NEW, projects.NewProject(title="X"))  # number 2 of the new house's journal
    assert next(events).seq == 2
    events.close()


def test_two_commands_at_once_start_one_host(isolated: Path, launch: Launch) -> None:
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(launch())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1


def test_another_version_is_named_with_the_remedy(
    launch: Launch, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSE_VERSION", "9.9.9")
    launch()
    with pytest.raises(VersionMismatch, match=r"9\.9\.9.*0\.1\.0") as refused:
        Client(isolated / "work").call(projects.LIST, Nothing())
    assert "orin host stop" in refused.value.remedy


def test_what_a_start_fails_with_is_told_as_it_was(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSE_FAILS", "1")
    with pytest.raises(BrokenFile, match=r"workspace.yaml:3: unknown key 'zone'"):
        launch()
    monkeypatch.delenv("HOUSE_FAILS")
    monkeypatch.setenv("HOUSE_BREAKS", "1")
    with pytest.raises(OrinError, match="RuntimeError: a wire came loose") as refused:
        launch()
    assert "host.log" in refused.value.remedy


def test_without_leave_to_create_there_must_be_a_workspace(launch: Launch) -> None:
    with pytest.raises(NotFound, match="is no workspace"):
        launch(create=False)


def test_a_host_that_dies_at_once_leaves_its_last_words(launch: Launch) -> None:
    with pytest.raises(HostUnavailable, match="I cannot live"):
        launch(command=("-c", "raise SystemExit('I cannot live')"))


def test_long_waiting_is_explained_and_has_an_end(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orin_agents.client.launch.SAY_AFTER", 0)
    said: list[str] = []
    with pytest.raises(HostUnavailable, match=r"did not answer within 0\.3 seconds"):
        start_host(
            isolated / "work",
            say=said.append,
            command=("-c", "import signal; signal.alarm(2); signal.pause()"),
            patience=0.3,
        )
    assert len(said) == 1
    assert "Waiting for the host" in said[0]


def test_the_host_takes_no_modules_from_the_workspace(isolated: Path, launch: Launch) -> None:
    (isolated / "work").mkdir()
    (isolated / "work" / "uvicorn.py").write_text("raise SystemExit('taken in')")
    os.chdir(isolated / "work")
    try:
        assert launch()
    finally:
        os.chdir("/")


def test_the_tail_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("".join(f"line {number}\n" for number in range(10_000)))
    assert tail(file, 2) == ["line 9998", "line 9999"]
    assert tail(tmp_path / "none", 2) == []
