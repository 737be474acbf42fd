import re
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orin_agents.client import connection
from orin_agents.client.connection import Client, Stopped, listening
from orin_agents.domain.errors import (
    BrokenFile,
    Conflict,
    Forbidden,
    HostUnavailable,
    Invalid,
    NotFound,
    OrinError,
    VersionMismatch,
)
from orin_agents.domain.journal import Event
from orin_agents.domain.operations import approvals, artifacts, crew, hosts, imports, projects, runs
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.places import Places
from orin_agents.domain.runs import RunState
from tests.running import Running


def test_answers_come_back_as_domain_values(running: Running) -> None:
    client = running.client
    assert client.call(projects.LIST, Nothing())[0].project.created == datetime(2026, 3, 2, 12, tzinfo=UTC)
    run = client.call(runs.START, runs.StartRun(what="morning"))
    assert run.state is RunState.RUNNING
    detail = client.call(runs.SHOW, runs.ShowRun(run=run.id, findings=True))
    assert detail.steps[0].filed[0].path == "drafts/morning_brief.md"
    assert client.call(crew.AGENT, crew.One(id="strategist")).outcomes == {"alignment": ("refined OKRs",)}
    assert client.call(approvals.SHOW, approvals.OneApproval(approval=1)).stale
    task = client.call(projects.TASKS, projects.OneProject(project="home"))[0]
    assert (task.due, task.source.first_line) == (datetime(2026, 3, 2, tzinfo=UTC).date(), 3)


def test_any_text_arrives_as_it_was_sent(running: Running) -> None:
    path, text = "notes/a b&c=d?#%/ü.md", 'quotes " \\ and \x00\x1b and 🜁\r\n'
    running.client.call(artifacts.SAVE, artifacts.SaveArtifact(project="home", path=path, text=text))
    found = running.client.call(artifacts.SHOW, artifacts.ShowArtifact(project="home", path=path))
    assert (found.artifact.path, found.text) == (path, text)
    for odd in ("a b", "ü", "..", "%2e", "a?b=c#d"):
        with pytest.raises(NotFound, match=re.escape(f"There is no project {odd}.")):
            running.client.call(projects.SHOW, projects.OneProject(project=odd))
    for impossible in ("", "a/b"):
        with pytest.raises(NotFound):
            running.client.call(projects.SHOW, projects.OneProject(project=impossible))


def test_flags_and_absent_values_travel(running: Running) -> None:
    running.client.call(approvals.LIST, approvals.ListApprovals(all=True))
    request = artifacts.SaveArtifact(project="home", path="x.md", text="", base=0)
    running.client.call(artifacts.SAVE, request)
    assert [made for _, made in running.house.calls] == [approvals.ListApprovals(all=True), request]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (projects.OneProject(project="nowhere"), NotFound),
        (projects.OneProject(project="broken"), BrokenFile),
        (projects.OneProject(project="crash"), OrinError),
    ],
)
def test_problems_come_back_as_the_error_they_were(
    running: Running, request_: projects.OneProject, error: type[OrinError]
) -> None:
    with pytest.raises(OrinError) as raised:
        running.client.call(projects.SHOW, request_)
    assert type(raised.value) is error
    assert raised.value.what and raised.value.remedy
    if isinstance(raised.value, BrokenFile):
        assert (raised.value.path, raised.value.line) == ("plans/okr.json", 4)
        assert raised.value.what == "plans/okr.json:4: the key 'title' is missing"


def test_conflicts_and_refusals_say_what_was_kept(running: Running) -> None:
    save = artifacts.SaveArtifact(project="home", path="notes/a.md", text="x", base=7)
    with pytest.raises(Conflict) as refused:
        running.client.call(artifacts.SAVE, save)
    assert (refused.value.kept, refused.value.remedy) == ("Both.", "Compare them.")
    with pytest.raises(Forbidden):
        Client(running.workspace, actor="agent:critic").call(artifacts.SAVE, save)
    with pytest.raises(Invalid, match="limit: "):
        running.client.call(runs.LIST, runs.ListRuns(limit="many"))  # type: ignore[arg-type]


def test_versions_must_agree(running: Running) -> None:
    old = Client(running.workspace, version="0.0.1")
    with pytest.raises(VersionMismatch, match=r"0\.1\.0.*0\.0\.1"):
        old.call(projects.LIST, Nothing())
    with pytest.raises(VersionMismatch):
        next(old.events(0))
    assert old.call(hosts.STATUS, Nothing()).version == "0.1.0"


def test_without_a_host_there_is_a_remedy(isolated: Path) -> None:
    with pytest.raises(HostUnavailable, match="No host runs") as refused:
        Client(isolated / "work").call(projects.LIST, Nothing())
    assert "orin host start" in refused.value.remedy


def test_a_dead_hosts_socket_is_passed_over(isolated: Path, start: Callable[[], Running]) -> None:
    places = Places(isolated / "work")
    places.control.mkdir(parents=True)
    dead = isolated / "run" / "dead.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as abandoned:
        abandoned.bind(str(dead))
    places.lock.write_text(f"99999\n{dead}\n{places.root}")
    assert listening(places) == dead
    client = Client(isolated / "work", revive=lambda: start().socket)
    assert client.call(hosts.STATUS, Nothing()).workspace == str(isolated / "work")


@pytest.mark.parametrize("text", ["", "12", "12\n", "12\n/etc/passwd\n", "12\n/no/where\n", "\0\n\0\n"])
def test_a_lock_file_that_names_no_socket_of_ours_is_not_followed(isolated: Path, text: str) -> None:
    places = Places(isolated / "work")
    places.control.mkdir(parents=True)
    places.lock.write_text(f"{text}{places.root}")
    assert listening(places) is None


def test_a_copy_of_a_workspace_does_not_lead_to_the_host_of_the_original(
    isolated: Path, start: Callable[[], Running]
) -> None:
    running = start()
    shutil.copytree(isolated / "work", isolated / "copy")
    assert listening(Places(isolated / "work")) == running.socket
    assert listening(Places(isolated / "copy")) is None


def _broken_host(isolated: Path) -> socket.socket:
    places = Places(isolated / "work")
    places.control.mkdir(parents=True)
    path = isolated / "run" / "broken.sock"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    places.lock.write_text(f"1\n{path}\n{places.root}")
    return listener


@pytest.mark.parametrize(("operation", "tries"), [(projects.LIST, 2), (hosts.STOP, 1)])
def test_only_looking_is_tried_again_when_a_host_dies_at_work(isolated: Path, operation: object, tries: int) -> None:
    import threading

    asked: list[bytes] = []

    def hang_up() -> None:
        while len(asked) < tries:
            peer, _ = listener.accept()
            asked.append(peer.recv(65536))
            peer.close()

    with _broken_host(isolated) as listener:
        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(HostUnavailable, match="went away") as refused:
            Client(isolated / "work").call(operation, Nothing())  # type: ignore[arg-type]
        thread.join()
    assert len(asked) == tries
    assert refused.value.kept


def test_what_is_not_a_problem_document_is_an_error_all_the_same(isolated: Path) -> None:
    import threading

    def answer() -> None:
        peer, _ = listener.accept()
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 502 Bad\r\nContent-Length: 4\r\n\r\n<p>x")
        peer.close()

    with _broken_host(isolated) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(OrinError, match="without a word"):
            Client(isolated / "work").call(projects.LIST, Nothing())
        thread.join()


def test_events_come_as_they_happen_and_end_with_the_host(running: Running) -> None:
    events = running.client.events(0)
    assert next(events).event is Event.HOST_STARTED
    running.house.say(Event.RUN_STARTED, "r1", text="a\nb")
    entry = next(events)
    assert (entry.seq, entry.correlation, entry.data) == (2, "r1", {"text": "a\nb"})
    running.end()
    with pytest.raises(Stopped):
        next(events)


def test_events_of_one_run(running: Running) -> None:
    for run in ("r1", "r2", "r1"):
        running.house.say(Event.RUN_STARTED, run)
    events = running.client.events(0, "r1")
    assert [next(events).seq, next(events).seq] == [2, 4]
    events.close()


def test_a_dropped_stream_goes_on_behind_the_last_number(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[socket.socket] = []
    plain = connection._UnixConnection.connect

    def connect(self: connection._UnixConnection) -> None:
        plain(self)
        opened.append(self.sock)

    monkeypatch.setattr(connection._UnixConnection, "connect", connect)
    running.house.say(Event.ARTIFACT_SAVED)
    events = running.client.events(0)
    assert [next(events).seq, next(events).seq] == [1, 2]
    opened[-1].shutdown(socket.SHUT_RDWR)
    running.house.say(Event.ARTIFACT_SAVED)
    assert next(events).seq == 3
    assert len(opened) == 2
    events.close()


def test_a_stream_that_keeps_breaking_is_given_up(isolated: Path) -> None:
    import threading

    def hang_up() -> None:
        for _ in range(connection.TRIES):
            listener.accept()[0].close()

    with _broken_host(isolated) as listener:
        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(HostUnavailable, match="keeps breaking off"):
            next(Client(isolated / "work").events(0))
        thread.join()


def test_an_import_is_described_whole(running: Running) -> None:
    report = running.client.call(imports.IMPORT, imports.ImportMaterial(project="home", path="/vault", dry_run=True))
    assert (report.counts, report.left_out[0].line, report.dry_run) == ({"notes": 3, "tasks": 7}, 2, True)
