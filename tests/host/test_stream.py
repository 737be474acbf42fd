import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orin_agents.domain.journal import Event
from orin_agents.host.stream import FAREWELL, EventStream
from orin_agents.services.feed import Feed
from tests.running import Running, until


@contextmanager
def reader(running: Running, target: str = "/v1/events?after=0", **headers: str) -> Iterator[Iterator[bytes]]:
    """The lines of an event stream, read raw from the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(running.socket))
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        with connection.makefile("rb") as file:
            yield (line.rstrip(b"\r\n") for line in file)


def ids(lines: Iterator[bytes], most: int) -> list[int]:
    """The next numbers of the stream."""
    return list(itertools.islice((int(line[4:]) for line in lines if line.startswith(b"id: ")), most))


def test_an_event_has_number_type_and_data(running: Running) -> None:
    running.house.say(Event.RUN_STARTED, "r1", text="two\nlines")
    with reader(running, Last_Event_ID="1") as lines:
        found = list(itertools.takewhile(lambda line: not line.startswith(b"data"), lines))
        assert found[-2:] == [b"id: 2", b"event: run.started"]
        assert b"Content-Type: text/event-stream; charset=utf-8".lower() in [line.lower() for line in found]


def test_the_past_is_replayed_and_the_present_follows(running: Running) -> None:
    for _ in range(1200):
        running.house.say(Event.ARTIFACT_SAVED)
    with reader(running) as lines:
        assert ids(lines, 1201) == list(range(1, 1202))
        running.house.say(Event.ARTIFACT_SAVED)
        assert ids(lines, 1) == [1202]
    with reader(running, Last_Event_ID="1199") as lines:
        assert ids(lines, 3) == [1200, 1201, 1202]


def test_without_a_number_only_news_come(running: Running) -> None:
    with reader(running, "/v1/events") as lines:
        assert b": orin" in lines
        running.house.say(Event.ARTIFACT_SAVED)
        assert ids(lines, 1) == [2]


def test_a_number_from_the_future_goes_on_from_the_end(running: Running) -> None:
    with reader(running, Last_Event_ID="5000") as lines:
        assert b": orin" in lines
        running.house.say(Event.ARTIFACT_SAVED)
        assert ids(lines, 1) == [2]


def test_two_readers_each_get_everything(running: Running) -> None:
    with reader(running) as one, reader(running) as other:
        assert ids(one, 1) == ids(other, 1) == [1]
        for _ in range(3):
            running.house.say(Event.ARTIFACT_SAVED)
        assert ids(one, 3) == [2, 3, 4]
        running.house.say(Event.ARTIFACT_SAVED)
        assert ids(other, 4) == [2, 3, 4, 5]


def test_one_run_can_be_followed(running: Running) -> None:
    for run in ("r1", "r2", "r1"):
        running.house.say(Event.RUN_STARTED, run)
    with reader(running, "/v1/events?after=0&run=r1") as lines:
        assert ids(lines, 2) == [2, 4]


def test_a_reader_that_leaves_is_forgotten(running: Running) -> None:
    with reader(running, "/v1/events") as lines:
        assert b": orin" in lines
        until(lambda: running.house.feed.waiting)
    until(lambda: not running.house.feed.waiting)


def test_a_stop_says_farewell_and_ends_readers_at_once(running: Running) -> None:
    with reader(running) as lines:
        assert ids(lines, 1) == [1]
        running.end()
        assert b"event: host.stopping" in lines


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "٣"])
def test_a_wrong_number_is_refused(running: Running, number: str) -> None:
    with reader(running, Last_Event_ID=number.encode().decode("latin-1")) as lines:
        assert b" 422 " in next(lines)


async def test_silence_is_filled_with_heartbeats() -> None:
    feed = Feed(0)
    stream = EventStream(lambda after, limit: (), feed, heartbeat=0.01).events(0, "")
    assert [await anext(stream) for _ in range(3)] == [b": orin\n\n", b": still here\n\n", b": still here\n\n"]
    feed.close()
    assert [part async for part in stream][-1] == FAREWELL


async def test_a_number_the_journal_lacks_does_not_spin() -> None:
    feed = Feed(3)
    asked: list[int] = []

    def after(seq: int, limit: int) -> tuple[()]:
        asked.append(seq)
        return ()

    stream = EventStream(after, feed, heartbeat=0.01).events(0, "")
    assert [await anext(stream) for _ in range(4)][1:] == [b": still here\n\n"] * 3
    assert len(asked) == 3
    await stream.aclose()  # type: ignore[attr-defined]
