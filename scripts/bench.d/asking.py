"""Asking: how long a token that a model's server has sent takes through LiteLLM and the host to a client."""

import asyncio
import contextlib
import json
import re
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from measure import NotMeasured, Place, Row
from models import SERVE, model_server, serve

ROUNDS = 20
PIECES = 40
QUESTION = "What is due today?"


class Timed(BaseHTTPRequestHandler):
    """Answers in OpenAI's shape, token by token; each token is the moment it was sent, in seconds of the machine's
    monotonic clock, which all processes share.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Tokens, two milliseconds apart."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(PIECES):
            time.sleep(0.002)
            self._send({"content": f" {time.perf_counter():.6f}"}, None)
        self._send({}, "stop")
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _send(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        told = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self._chunk(b"data: " + json.dumps(told).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def asking(place: Place) -> Iterator[Row]:
    """The first token, and the tokens behind it, from a model's server to a client of the host in another thread."""
    with model_server(__file__) as url, _host(place.folder / "asking", url) as workspace:
        first, others = _measured(workspace)
    yield Row(
        name=f"asking: first token, {ROUNDS} questions",
        value=statistics.median(first) * 1000,
        unit="ms",
        ratio=statistics.median(first) / statistics.median(others),
        reference=f"a later one, {statistics.median(others) * 1000:.2f} ms; slowest first, {max(first) * 1000:.1f} ms",
        target="≤ 20 ms",
        ok=max(first) <= 0.020,
    )


def _measured(workspace: Path) -> tuple[list[float], list[float]]:
    """Seconds from a token's sending to its coming to the client: of first tokens, and of the others."""
    from orin_agents.client.connection import Client
    from orin_agents.domain.asking import TellingKind
    from orin_agents.domain.operations.asking import ASK, Ask

    first: list[float] = []
    others: list[float] = []
    client = Client(workspace)
    for number in range(ROUNDS + 1):
        took: list[float] = []
        for told in client.stream(ASK, Ask(question=QUESTION, new=True)):
            came = time.perf_counter()
            if told.kind is TellingKind.PIECE:
                took += [came - float(sent) for sent in re.findall(r"\d+\.\d{6}", told.text)]
        if len(took) != PIECES:
            raise NotMeasured(f"{len(took)} tokens came of {PIECES}")
        if number:  # the first question waits for imports and opens the connection
            first.append(took[0])
            others += took[1:]
    return first, others


@contextlib.contextmanager
def _host(workspace: Path, url: str) -> Iterator[Path]:
    """A host in a thread of its own, whose models are all behind that address."""
    from orin_agents.domain.places import Places
    from orin_agents.host.composition import compose
    from orin_agents.host.lifecycle import Life

    path = Places(workspace).models
    path.parent.mkdir(parents=True)
    served = ", ".join(f"{name}: [timed]" for name in ("small", "planning", "reasoning"))
    one = f"{{server: openai-compatible, model: m, url: {url}}}"
    path.write_text(f"models: {{{served}}}\ndeployments: {{timed: {one}}}\n")
    life = Life(compose)
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


if __name__ == "__main__" and sys.argv[1:] == [SERVE]:
    serve(Timed)
