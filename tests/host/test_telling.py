import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from itertools import islice

import pytest

from orin_agents.client.connection import Stopped
from orin_agents.domain.asking import TellingKind, Told
from orin_agents.domain.errors import Conflict, HostUnavailable, Invalid
from orin_agents.domain.operations.asking import ASK, Ask
from orin_agents.domain.secrets import Secrets
from orin_agents.host.stream import FAREWELL
from orin_agents.host.telling import END, STILL_HERE, StreamResponse, encoded
from orin_agents.services.feed import Feed
from tests.running import Running, until


@contextmanager
def asking(running: Running, question: str) -> Iterator[Iterator[bytes]]:
    """The lines of an answer, read raw from the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(running.socket))
        body = f'{{"question": "{question}"}}'.encode()
        head = f"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        connection.sendall(f"{head}\r\n\r\n".encode() + body)
        with connection.makefile("rb") as file:
            yield (line.rstrip(b"\r\n") for line in file)


def test_each_event_has_number_kind_and_data(running: Running) -> None:
    with asking(running, "how long?") as lines:
        assert b" 200 " in next(lines)
        found = list(islice((line for line in lines if line.startswith((b"id: ", b"event: "))), 4))
        assert found == [b"id: 1", b"event: begun", b"id: 2", b"event: step"]


def test_the_client_gives_the_events_as_values(running: Running) -> None:
    told = list(running.client.stream(ASK, Ask(question="how long?")))
    assert [one.kind.value for one in told] == [
        *("begun", "step", "piece", "piece", "piece", "cited", "answer", "ended")
    ]
    assert told[-2].citations[0].place == "raw_notes/hall.md@2:14–20"


def test_what_fails_before_anything_is_told_is_an_answer_of_its_own(running: Running) -> None:
    with asking(running, " ") as lines:
        assert b" 422 " in next(lines)
    with pytest.raises(Invalid, match=r"There is no question\."):
        next(running.client.stream(ASK, Ask(question=" ")))


def test_what_fails_in_the_middle_is_raised_there(running: Running) -> None:
    stream = running.client.stream(ASK, Ask(question="break"))
    told = [next(stream) for _ in range(5)]
    assert told[-1].text == "."
    with pytest.raises(Conflict, match=r"It broke\."):
        next(stream)


def test_one_who_leaves_ends_the_work(running: Running) -> None:
    stream = running.client.stream(ASK, Ask(question="hang"))
    for _ in range(5):
        next(stream)
    assert running.house.asking == 1
    stream.close()
    until(lambda: running.house.asking == 0)


def test_a_host_that_stops_says_so_and_ends_the_work(running: Running) -> None:
    stream = running.client.stream(ASK, Ask(question="hang"))
    for _ in range(5):
        next(stream)
    running.end()
    with pytest.raises(Stopped):
        next(stream)
    assert running.house.asking == 0


def test_a_line_that_breaks_is_no_end(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orin_agents.host.telling.END", b"")
    stream = running.client.stream(ASK, Ask(question="how long?"))
    with pytest.raises(HostUnavailable):
        list(stream)


class Line:
    """Both ends of an ASGI response: what was sent, and a reader that leaves when it is told to."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.leaves = asyncio.Event()
        self.sent = asyncio.Condition()

    async def send(self, message: dict[str, object]) -> None:
        async with self.sent:
            self.bodies += [message["body"]] if "body" in message else []  # type: ignore[list-item]
            self.sent.notify_all()

    async def receive(self) -> dict[str, object]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}


async def told_of(*events: Told | BaseException | None) -> AsyncGenerator[Told, None]:
    for event in events:
        if isinstance(event, BaseException):
            raise event
        if event is None:
            await asyncio.Event().wait()
        else:
            yield event


async def test_silence_is_filled_and_the_stop_of_the_host_ends_it() -> None:
    feed, line = Feed(0), Line()
    answer = StreamResponse(encoded(told_of(None), Secrets()), feed, heartbeat=0.01)
    sending = asyncio.create_task(answer({"type": "http"}, line.receive, line.send))  # type: ignore[arg-type]
    async with line.sent:
        await asyncio.wait_for(line.sent.wait_for(lambda: len(line.bodies) > 1), 10)
    feed.close()
    await sending
    assert line.bodies[:2] == [STILL_HERE, STILL_HERE] and line.bodies[-2:] == [FAREWELL, b""]


async def test_a_stream_told_to_its_end_says_so() -> None:
    line = Line()
    answer = StreamResponse(encoded(told_of(Told(kind=TellingKind.PIECE, text="a\nb")), Secrets()), Feed(0))
    await answer({"type": "http"}, line.receive, line.send)  # type: ignore[arg-type]
    assert line.bodies[0].startswith(b'id: 1\nevent: piece\ndata: {"kind":"piece","text":"a\\nb"')
    assert line.bodies[1:] == [END, b""]


async def test_an_unforeseen_failure_is_told_without_a_trace() -> None:
    parts = [part async for part in encoded(told_of(ZeroDivisionError("no such luck")), Secrets())]
    assert len(parts) == 1 and parts[0].startswith(b"event: problem\n") and b"no such luck" not in parts[0]
