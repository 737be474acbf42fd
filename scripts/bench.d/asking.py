"""Asking: how long a token that the model's server has sent takes through the host to a client."""

import asyncio
import contextlib
import statistics
import threading
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from measure import NotMeasured, Place, Row

if TYPE_CHECKING:
    from orin_agents.domain.dialogue import ModelEvent, ModelRequest, Window

ROUNDS = 20
PIECES = 40
QUESTION = "What is due today?"


class TimedModels:
    """The models port, from a script that notes when it lets each piece go."""

    def __init__(self) -> None:
        self.sent: list[float] = []

    def window(self, first: str, fallback: str = "") -> "Window":
        """A usual window."""
        from orin_agents.domain.dialogue import Window

        return Window(model="timed", tokens=8192)

    async def stream(self, request: "ModelRequest") -> AsyncGenerator["ModelEvent", None]:
        """Pieces, two milliseconds apart."""
        from orin_agents.domain.dialogue import Ended, Piece

        for number in range(PIECES):
            await asyncio.sleep(0.002)
            self.sent.append(time.perf_counter())
            yield Piece(f" word{number}")
        yield Ended(model="timed", prompt_tokens=1, answer_tokens=PIECES)

    def embedding(self) -> str:
        """No embedding model is configured here."""
        return ""

    async def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """No embedding model is configured here."""
        from orin_agents.domain.errors import ModelUnavailable

        raise ModelUnavailable("No embedding model is configured.")


def asking(place: Place) -> Iterator[Row]:
    """The first token, and the tokens behind it, from the models port to a client of the host in another thread."""
    models = TimedModels()
    with _host(place.folder / "asking", models) as workspace:
        first, others = _measured(workspace, models)
    yield Row(
        name=f"asking: first token, {ROUNDS} questions",
        value=statistics.median(first) * 1000,
        unit="ms",
        ratio=statistics.median(first) / statistics.median(others),
        reference=f"a later one, {statistics.median(others) * 1000:.2f} ms; slowest first, {max(first) * 1000:.1f} ms",
        target="≤ 20 ms",
        ok=max(first) <= 0.020,
    )


def _measured(workspace: Path, models: TimedModels) -> tuple[list[float], list[float]]:
    """Seconds from a piece's sending to its coming to the client: of first pieces, and of the others."""
    from orin_agents.client.connection import Client
    from orin_agents.domain.asking import TellingKind
    from orin_agents.domain.operations.asking import ASK, Ask

    first: list[float] = []
    others: list[float] = []
    client = Client(workspace)
    for _ in range(ROUNDS):
        models.sent.clear()
        telling = client.stream(ASK, Ask(question=QUESTION, new=True))
        came = [time.perf_counter() for told in telling if told.kind is TellingKind.PIECE]
        if len(came) != PIECES:
            raise NotMeasured(f"{len(came)} pieces came of {PIECES}")
        took = [end - begin for begin, end in zip(models.sent, came, strict=True)]
        first.append(took[0])
        others += took[1:]
    return first, others


@contextlib.contextmanager
def _host(workspace: Path, models: TimedModels) -> Iterator[Path]:
    """A host with the sample in a thread of its own."""
    from orin_agents.host.composition import compose
    from orin_agents.host.lifecycle import Life

    life = Life(lambda start: compose(start, models=models))
    up = threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def live() -> None:
        loops.append(asyncio.get_running_loop())
        await life.serve(workspace, create=True, ready=lambda socket: up.set())

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    if not up.wait(30):
        raise NotMeasured("the host does not start")
    try:
        yield workspace
    finally:
        loops[0].call_soon_threadsafe(life.stop)
        thread.join(10)
