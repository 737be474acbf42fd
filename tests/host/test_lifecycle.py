import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orin_agents.client.connection import Client, listening
from orin_agents.domain.errors import HostUnavailable, NotFound
from orin_agents.domain.operations import hosts, projects
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.places import Places
from orin_agents.host import lifecycle
from orin_agents.host.lifecycle import Life, Start
from orin_agents.host.ownership import AlreadyOwned
from tests.house import House
from tests.running import Running, until


def test_a_second_host_is_refused_and_the_first_goes_on(start: Callable[[], Running]) -> None:
    first = start()
    with pytest.raises(AlreadyOwned):
        start()
    assert first.client.call(hosts.STATUS, Nothing()).workspace == str(first.workspace)


def test_a_stop_leaves_nothing_behind(start: Callable[[], Running]) -> None:
    first = start()
    first.client.call(hosts.STOP, Nothing())
    first.wait()
    assert first.house.stopped
    assert not first.socket.exists()
    with pytest.raises(HostUnavailable):
        first.client.call(hosts.STATUS, Nothing())
    assert start().client.call(hosts.STATUS, Nothing())


def test_a_request_at_work_is_answered_before_the_end(running: Running) -> None:
    answers: list[object] = []

    def ask() -> None:
        answers.append(running.client.call(projects.TASKS, projects.OneProject(project="slow")))

    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: running.house.calls)
    running.end()
    thread.join()
    assert answers


def test_without_a_workspace_nothing_is_made(isolated: Path) -> None:
    async def serve() -> None:
        await Life(House).serve(isolated / "nowhere")

    with pytest.raises(NotFound) as refused:
        asyncio.run(serve())
    assert "orin init" in refused.value.remedy
    assert not (isolated / "nowhere").exists()


def test_a_failed_start_is_told_cleaned_up_and_frees_the_lock(
    start: Callable[[], Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSE_BREAKS", "1")
    with pytest.raises(RuntimeError, match="a wire came loose"):
        start()
    monkeypatch.delenv("HOUSE_BREAKS")
    assert start().client.call(hosts.STATUS, Nothing())


def test_a_stop_during_the_start_ends_it(isolated: Path) -> None:
    houses: list[House] = []

    def compose(start: Start) -> House:
        houses.append(House(start))
        start.loop.call_soon(start.stop)
        return houses[-1]

    async def serve() -> None:
        await asyncio.wait_for(Life(compose).serve(isolated / "work", create=True), 10)

    asyncio.run(serve())
    assert houses[0].stopped


@pytest.mark.parametrize("whole_folder", [False, True])
def test_a_socket_that_was_cleaned_away_comes_back(
    start: Callable[[], Running], monkeypatch: pytest.MonkeyPatch, whole_folder: bool
) -> None:
    monkeypatch.setattr(lifecycle, "WATCH", 0.01)
    running = start()
    running.socket.unlink()
    if whole_folder:
        running.socket.parent.rmdir()
        running.socket.parent.parent.rmdir()
    places = Places(running.workspace)
    until(lambda: listening(places))
    found = listening(places)
    assert found
    assert (found == running.socket) is not whole_folder
    assert Client(running.workspace).call(hosts.STATUS, Nothing())
    running.end()
    assert not found.exists()


def test_a_lock_file_that_was_removed_comes_back(start: Callable[[], Running], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "WATCH", 0.01)
    running = start()
    places = Places(running.workspace)
    places.lock.unlink()
    with pytest.raises(AlreadyOwned):
        start()
    until(lambda: listening(places))
    assert Client(running.workspace).call(hosts.STATUS, Nothing())


def test_a_host_ends_when_its_workspace_is_moved_away(
    start: Callable[[], Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "WATCH", 0.01)
    running = start()
    there = running.workspace.with_name("there")
    running.workspace.rename(there)
    running.wait()
    assert running.house.stopped
    assert not running.socket.exists()
    there.rename(running.workspace)
    assert start().client.call(hosts.STATUS, Nothing())
