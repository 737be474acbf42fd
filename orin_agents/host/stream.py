"""The live event stream: the journal as Server-Sent Events.

Format and resumption are those of the HTML standard, section 9.2 (Server-sent events).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated

import msgspec
from fastapi import Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from orin_agents.domain.errors import Invalid
from orin_agents.domain.journal import Entry
from orin_agents.services.feed import Feed

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that both sides notice a dead line."""
CHUNK = 500
FAREWELL = b"event: host.stopping\ndata: {}\n\n"
"""The last thing a reader gets when the host stops, so that it can tell a stop from a crash. It has no number."""


class EventStream:
    """Serves each reader its own view of the journal, from where the reader left off."""

    def __init__(
        self,
        journal_after: Callable[[int, int], tuple[Entry, ...]],
        feed: Feed,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self._journal_after = journal_after
        self._feed = feed
        self._heartbeat = heartbeat

    async def open(
        self,
        after: Annotated[
            int | None, Query(ge=0, description="replay behind this number; without it, only news")
        ] = None,
        run: Annotated[str, Query(description="only what belongs to this run")] = "",
        last_event_id: Annotated[str | None, Header(description="the same as `after`, and above it")] = None,
    ) -> StreamingResponse:
        """The stream as an answer."""
        start = self._start(after, last_event_id)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self.events(start, run), media_type="text/event-stream", headers=headers)

    def _start(self, after: int | None, last_event_id: str | None) -> int:
        if last_event_id:
            if not last_event_id.isascii() or not last_event_id.isdecimal():
                raise Invalid(f"Last-Event-ID: {last_event_id!r} is not a number", remedy="Send the last number seen.")
            after = int(last_event_id)
        # A number from the future belongs to a journal that was since restored from a backup: go on from its end.
        return self._feed.last if after is None else min(after, self._feed.last)

    async def events(self, after: int, run: str) -> AsyncIterator[bytes]:
        """The journal behind `after` as it is and as it grows, encoded, until the host stops."""
        yield b": orin\n\n"
        while not self._feed.closed:
            seen = self._feed.last  # read first: what is published was committed, so this reading holds all up to it
            entries = await run_in_threadpool(self._journal_after, after, CHUNK)
            if entries:
                after = entries[-1].seq
                if text := b"".join(_encoded(entry) for entry in entries if not run or entry.correlation == run):
                    yield text
                continue
            try:
                await asyncio.wait_for(self._feed.beyond(max(after, seen)), self._heartbeat)
            except TimeoutError:
                yield b": still here\n\n"
        yield FAREWELL


def _encoded(entry: Entry) -> bytes:
    data = msgspec.json.encode(entry)  # JSON on one line: newlines in texts are escaped
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (entry.seq, entry.event.encode(), data)
