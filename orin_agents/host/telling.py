"""Answers that are told as they come: an operation's stream as Server-Sent Events (HTML standard, section 9.2).

Each event has a number, its kind and its data; a stream that was told to its end closes with `event: end`, so that a
reader can tell an end from a line that broke. When the reader goes away, or the host stops, the work behind is closed.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from orin_agents.domain.errors import OrinError
from orin_agents.domain.problems import problem
from orin_agents.domain.secrets import Secrets
from orin_agents.host.stream import FAREWELL, HEARTBEAT
from orin_agents.services.feed import Feed

log = logging.getLogger(__name__)

END = b"event: end\ndata: {}\n\n"
STILL_HERE = b": still here\n\n"


class StreamResponse(Response):
    """A body sent as its parts come. `parts` is closed at the end, whatever the end is."""

    media_type = "text/event-stream"

    def __init__(
        self,
        parts: AsyncGenerator[bytes, None],
        feed: Feed,
        *,
        heartbeat: float = HEARTBEAT,
        farewell: bytes = FAREWELL,
    ) -> None:
        """Through silence `heartbeat` seconds long a comment is sent; `farewell` when the host stops."""
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._parts = parts
        self._feed = feed
        self._heartbeat = heartbeat
        self._farewell = farewell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(left(receive))
        stopping = asyncio.create_task(self._feed.stopped())
        try:
            await asyncio.wait({sending, leaving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            told = sending.done()
        finally:
            for task in (sending, leaving, stopping):
                task.cancel()
            await asyncio.wait({sending, leaving, stopping})
            await self._parts.aclose()
        if told:
            sending.result()
        elif not leaving.cancelled():
            return
        with suppress(OSError):
            if not told:
                await send({"type": "http.response.body", "body": self._farewell, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _send(self, send: Send) -> None:
        parts = aiter(self._parts)
        coming: asyncio.Task[bytes] | None = None
        try:
            while True:
                coming = asyncio.ensure_future(anext(parts))
                while not (await asyncio.wait({coming}, timeout=self._heartbeat))[0]:
                    await send({"type": "http.response.body", "body": STILL_HERE, "more_body": True})
                try:
                    part = coming.result()
                except StopAsyncIteration:
                    return
                await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            if coming is not None and not coming.done():
                coming.cancel()
                await asyncio.wait({coming})


async def left(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def begun(events: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """The same events once the first is there: what fails before it is an answer of its own, with its own status."""
    try:
        first = await anext(events)
    except StopAsyncIteration:
        return _all(None, events)
    except BaseException:
        await events.aclose()
        raise
    return _all(first, events)


async def _all(first: Any, events: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    try:
        if first is not None:
            yield first
        async for event in events:
            yield event
    finally:
        await events.aclose()


async def encoded(events: AsyncGenerator[Any, None], secrets: Secrets) -> AsyncGenerator[bytes, None]:
    """The events as they travel; an error ends them as an event `problem`, which holds none of the secrets."""
    number = 0
    try:
        async for event in events:
            number += 1
            yield b"id: %d\nevent: %s\ndata: %s\n\n" % (number, event.kind.encode(), msgspec.json.encode(event))
        yield END
    except OrinError as error:
        yield b"event: problem\ndata: %s\n\n" % msgspec.json.encode(secrets.redacted_within(problem(error)))
    except Exception:
        log.exception("an answer broke off")
        wrong = OrinError("Something in the host went wrong that it did not expect.", kept="Its log has the trace.")
        yield b"event: problem\ndata: %s\n\n" % msgspec.json.encode(problem(wrong))
    finally:
        await events.aclose()
