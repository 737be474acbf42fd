"""One try at one deployment: its stream read, watched, and cleaned of what is no answer."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from orin_agents.adapters.models.faults import Fault, Kind, translated
from orin_agents.adapters.models.repetition import Repetition
from orin_agents.adapters.models.thinking import Thoughts
from orin_agents.adapters.models.toolcalls import Assembly, Held, in_text
from orin_agents.domain.dialogue import Ended, Finish, ModelRequest, Piece, ToolCall
from orin_agents.domain.models import Deployment

Open = Callable[[], Awaitable[Any]]
"""Sends the request; gives LiteLLM's stream once the server has answered."""
Value = TypeVar("Value")

FINISHES = {"length": Finish.LENGTH, "tool_calls": Finish.TOOLS, "function_call": Finish.TOOLS}
THOUGHT = "its thinking used the whole answer up"
CLOSING_S = 2.0


class Attempt:
    """The events of one answer. `thought` says afterwards whether there were thoughts."""

    def __init__(self, name: str, deployment: Deployment, request: ModelRequest, new_id: Callable[[], str]) -> None:
        self.thought = False
        self._name = name
        self._deployment = deployment
        self._known = frozenset(tool.name for tool in request.tools)
        self._new_id = new_id
        self._thoughts = Thoughts()
        self._loops, self._thinks_in_loops = Repetition(), Repetition()
        self._held = Held() if request.tools else None
        self._calls = Assembly()
        self._finish = ""
        self._alive = self._said = self._loops_on = False
        self._counted = (0, 0)

    async def events(self, send: Open, within_s: float) -> AsyncGenerator[Piece | Ended, None]:
        """Pieces, and Ended as the last. The server is stopped when this is closed. Raises Fault."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within_s
        first = min(end, loop.time() + self._deployment.first_token_seconds)
        stream: Any = None
        try:
            stream = await self._in_time(send(), first, end)
            chunks = aiter(stream)
            while True:
                until = min(end, loop.time() + self._deployment.stall_seconds) if self._alive else first
                chunk = await self._in_time(anext(chunks, None), until, end)
                if chunk is None:
                    break
                for text in self._texts(chunk):
                    yield Piece(text)
                if self._loops_on and not self._said:
                    raise Fault(Kind.USELESS, "it only repeats itself")
                if self._loops_on:
                    yield self._ended(Finish.REPEATS)
                    return
            self._refuse_broken(getattr(stream, "received_finish_reason", None))
            for event in self._last():
                yield event
        finally:
            if stream is not None:
                with suppress(Exception):  # a connection that is gone already
                    await asyncio.wait_for(stream.aclose(), CLOSING_S)

    async def _in_time(self, awaited: Awaitable[Value], until: float, end: float) -> Value:
        """What is awaited, or the fault that it did not come, or came to."""
        try:
            async with asyncio.timeout_at(until):
                return await awaited
        except TimeoutError as error:
            raise self._late(until >= end) from error
        except Fault:
            raise
        except Exception as error:  # whatever a library makes of what a server does is a fault of this try
            raise translated(error, self._deployment, begun=self._alive) from error

    def _late(self, whole: bool) -> Fault:
        limits = self._deployment
        if whole:
            return Fault(Kind.BROKEN, f"it was not done after {limits.answer_seconds:g} s")
        if self._alive:
            return Fault(Kind.BROKEN, f"it fell silent in mid-answer for {limits.stall_seconds:g} s")
        return Fault(Kind.AWAY, f"not a word came within {limits.first_token_seconds:g} s")

    def _texts(self, chunk: Any) -> list[str]:
        """What of the chunk can be shown; the rest is kept for the end."""
        if usage := getattr(chunk, "usage", None):
            self._counted = (int(usage.prompt_tokens or 0), int(usage.completion_tokens or 0))
        shown = []
        for choice in chunk.choices[:1]:
            self._finish = choice.finish_reason or self._finish
            delta = choice.delta
            self._take_thought(getattr(delta, "reasoning_content", None) or "")
            for call in delta.tool_calls or ():
                self._alive = True
                said = call.function
                self._calls.feed(call.index or 0, call.id or "", said.name or "", said.arguments or "")
            if delta.content:
                self._alive = True
                shown.append(self._visible(self._thoughts.feed(delta.content)))
        return [text for text in shown if text]

    def _take_thought(self, text: str) -> None:
        if not text:
            return
        self._alive = self.thought = True
        if self._thinks_in_loops.feed(text):
            raise Fault(Kind.USELESS, "its thinking goes round in circles", thought=True)

    def _visible(self, text: str) -> str:
        self._loops_on = self._loops_on or (bool(text) and self._loops.feed(text))
        text = self._held.feed(text) if self._held else text
        self._said = self._said or bool(text.strip())
        return text

    def _refuse_broken(self, received: str | None) -> None:
        """LiteLLM ends a stream that broke off as if it had been whole; that the server finished is told apart."""
        if received is None:
            what = "it broke off in mid-answer" if self._alive else "its answer is none a model server gives"
            raise Fault(Kind.BROKEN, what)
        if received == "content_filter":
            raise Fault(Kind.USELESS, "its filter withheld the answer")

    def _last(self) -> list[Piece | Ended]:
        """The rest of the text and how it ended."""
        rest = self._visible(self._thoughts.end())
        self.thought = self.thought or self._thoughts.seen
        calls = self._calls.whole(self._new_id)
        if self._held and not calls:
            calls = in_text(self._held.text, self._known, self._new_id)
            rest += "" if calls else self._held.end()
        if calls:
            return [*([Piece(rest)] if rest else []), self._ended(Finish.TOOLS, calls)]
        if not self._said and not rest.strip():
            if self._calls:
                raise Fault(Kind.USELESS, "it asks for a tool with arguments that broke off")
            raise Fault(Kind.USELESS, THOUGHT if self.thought else "its answer is empty", thought=self.thought)
        finish = FINISHES.get(self._finish, Finish.STOP)
        return [*([Piece(rest)] if rest else []), self._ended(Finish.STOP if finish is Finish.TOOLS else finish)]

    def _ended(self, finish: Finish, calls: tuple[ToolCall, ...] = ()) -> Ended:
        prompt, answer = self._counted
        return Ended(model=self._name, finish=finish, prompt_tokens=prompt, answer_tokens=answer, calls=calls)
