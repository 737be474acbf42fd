"""The `Models` port without a model: it answers from a script, and fails on demand."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from orin_agents.domain.dialogue import Ended, Finish, ModelEvent, ModelRequest, Piece, Restart, ToolCall, Window
from orin_agents.domain.errors import ModelUnavailable, OrinError

Scripted = str | OrinError | Iterable[ModelEvent | OrinError]
"""A text (told word by word), a failure, or the events one by one, the last of which may be a failure."""
Script = Callable[[ModelRequest], Scripted]


@dataclass
class ScriptedModels:
    """Implements ports.Models.

    `script` is a function of the request, or answers that are used up in order, the last again and again. Without any,
    no model is configured. `gate`, where given, is waited for before each event but the first: a test holds an answer
    in its middle with it. `asked` keeps the requests and `begun` is set by the first; `closed` counts the answers that
    were left before their end.
    """

    script: Script | Iterable[Scripted] = ()
    tokens: int = 4096
    chars_per_token: float = 3.0
    name: str = "scripted"
    embeds: bool = True
    gate: asyncio.Event | None = None
    asked: list[ModelRequest] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    closed: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._waiting = deque[Scripted]() if callable(self.script) else deque(self.script)

    def window(self, first: str, fallback: str = "") -> Window:
        """The window given. Raises ModelUnavailable without a script."""
        self._refuse_without()
        return Window(model=self.name, tokens=self.tokens, chars_per_token=self.chars_per_token)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """The next answer of the script."""
        self.asked.append(request)
        self.begun.set()
        self._refuse_without()
        ended = False
        try:
            for number, event in enumerate(self._events(request)):
                if self.gate is not None and number:
                    await self.gate.wait()
                if isinstance(event, OrinError):
                    ended = True
                    raise event
                ended = isinstance(event, Ended)
                yield event
                await asyncio.sleep(0)
        finally:
            self.closed += not ended

    def embedding(self) -> str:
        """The scripted model, where it embeds."""
        configured = callable(self.script) or bool(self._waiting)
        return self.name if configured and self.embeds else ""

    async def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """How often each letter stands in each text: texts alike have vectors alike."""
        self._refuse_without()
        if not self.embeds:
            raise ModelUnavailable("No embedding model is configured.", remedy="Name one in models.yaml.")
        self.embedded.extend(texts)
        return tuple(tuple(float(text.lower().count(chr(97 + n))) for n in range(26)) for text in texts)

    def _refuse_without(self) -> None:
        if not callable(self.script) and not self._waiting:
            raise ModelUnavailable("No model is configured.", remedy="Run `orin setup`.")

    def _events(self, request: ModelRequest) -> Iterable[ModelEvent | OrinError]:
        if callable(self.script):
            answer = self.script(request)
        else:
            answer = self._waiting.popleft() if len(self._waiting) > 1 else self._waiting[0]
        if isinstance(answer, OrinError):
            return (answer,)
        return said(answer, self.name) if isinstance(answer, str) else answer


def said(text: str, model: str = "scripted", *calls: ToolCall) -> tuple[ModelEvent, ...]:
    """The text as the events of a good answer."""
    words = text.split(" ")
    pieces = [Piece(word if number == 0 else f" {word}") for number, word in enumerate(words)] if text else []
    finish = Finish.TOOLS if calls else Finish.STOP
    counts = {"prompt_tokens": 10, "answer_tokens": len(pieces)}
    return (*pieces, Ended(model=model, finish=finish, calls=calls, **counts))


def broken_off(text: str, then: str, reason: str = "the server went away") -> tuple[ModelEvent, ...]:
    """An answer that breaks off after `text` and begins anew with `then`."""
    return (*said(text)[:-1], Restart(reason), *said(then))
