"""What Orin adds to a model call, how fast it goes past a dead server, and what importing LiteLLM holds up.

The server is a small one of our own in a process beside, so that nothing but the client's time is measured.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from measure import NotMeasured, Place, Row

CALLS = 60
DEAD_CALLS = 20
WORDS = tuple(f"word{number} " for number in range(30))
SERVE, WATCH = "serve", "watch"


def models(place: Place) -> Iterator[Row]:
    """Three figures about the models behind LiteLLM."""
    with model_server() as url:
        ours, alone, fallback = asyncio.run(_timed(place.folder, url))
    yield Row(
        name=f"models: added to {len(WORDS)} tokens",
        value=(ours - alone) * 1000,
        unit="ms",
        ratio=ours / alone,
        reference=f"litellm.acompletion alone, {alone * 1000:.1f} ms",
        target="≤ 1.3x, ≤ 10 ms",
        ok=ours / alone <= 1.3 and ours - alone <= 0.010,
    )
    yield Row(
        name="models: past a dead server",
        value=(fallback - ours) * 1000,
        unit="ms",
        reference="the same answer without it",
        target="≤ 100 ms",
        ok=fallback - ours <= 0.100,
    )
    held, took = _import_watched(place)
    yield Row(
        name="models: loop held by the import",
        value=held * 1000,
        unit="ms",
        reference=f"the import takes {took:.1f} s",
        target="≤ 250 ms",
        ok=held <= 0.250,
    )


class Answers(BaseHTTPRequestHandler):
    """One answer in OpenAI's shape, to whatever is asked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the kernel waits 40 ms between head and body

    def do_POST(self) -> None:
        """Stream the words."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        deltas: list[tuple[dict[str, str], str | None]] = [({"content": word}, None) for word in WORDS]
        told = [
            {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            for choice in (
                {"index": 0, "delta": delta, "finish_reason": finish} for delta, finish in [*deltas, ({}, "stop")]
            )
        ]
        usage = {"prompt_tokens": 9, "completion_tokens": len(WORDS), "total_tokens": 9 + len(WORDS)}
        told.append({**told[0], "choices": [], "usage": usage})
        body = b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in told) + b"data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve(answers: type[BaseHTTPRequestHandler] = Answers) -> None:
    """A server of such answers, until its stdin ends."""
    import threading

    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    sys.stdin.read()


@contextmanager
def model_server(script: str = __file__) -> Iterator[str]:
    """The address of the server that the script is when it is told to serve."""
    command, pipe = [sys.executable, script, SERVE], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            if not url:
                raise NotMeasured("the server of the bench does not start")
            yield url
        finally:
            process.kill()


async def _timed(folder: Path, url: str) -> tuple[float, float, float]:
    """Seconds of an answer through Orin, of the same through LiteLLM alone, and of one behind a dead server."""
    from orin_agents.domain.dialogue import ChatMessage, ModelRequest, Role

    one = f"{{server: openai-compatible, model: m, url: {url}}}"
    dead = "{server: openai-compatible, model: m, url: 'http://127.0.0.1:9/v1'}"
    path = folder / "models.yaml"
    path.write_text(f"models: {{small: [one], dead: [dead, one]}}\ndeployments: {{one: {one}, dead: {dead}}}\n")
    live = _live(path)
    litellm = await live.library.ready()
    hello = (ChatMessage(role=Role.USER, text="Hello"),)

    async def ours(first: str = "small") -> AsyncIterator[Any]:
        return live.stream(ModelRequest(first=first, messages=hello))

    def alone() -> Awaitable[AsyncIterator[Any]]:
        messages = [{"role": "user", "content": "Hello"}]
        usage = {"include_usage": True}
        call = {"model": "openai/m", "api_base": url, "api_key": "-", "max_retries": 0, "stream_options": usage}
        stream: Awaitable[AsyncIterator[Any]] = litellm.acompletion(**call, messages=messages, stream=True)
        return stream

    async def behind_a_dead_one() -> AsyncIterator[Any]:
        live.fleet(anew=True)
        return await ours("dead")

    taken: tuple[list[float], list[float], list[float]] = ([], [], [])
    for number in range(CALLS):
        taken[0].append(await _seconds(ours))
        taken[1].append(await _seconds(alone))
        if number < DEAD_CALLS:
            taken[2].append(await _seconds(behind_a_dead_one))
    ours_s, alone_s, dead_s = (statistics.median(one[len(one) // 5 :]) for one in taken)
    return ours_s, alone_s, dead_s


def _live(path: Path) -> Any:
    from orin_agents.adapters.models.live import LiveModels
    from orin_agents.adapters.models.yaml_file import ModelsYaml
    from orin_agents.domain.secrets import Secrets

    return LiveModels(ModelsYaml(path), Secrets(), {}, lambda: "id", time.monotonic)


async def _seconds(ask: Callable[[], Awaitable[AsyncIterator[Any]]]) -> float:
    began = time.perf_counter()
    async for _ in await ask():
        pass
    return time.perf_counter() - began


def _import_watched(place: Place) -> tuple[float, float]:
    """The longest that an event loop stood still while LiteLLM was imported, in a fresh process, and the import."""
    command = [sys.executable, str(Path(__file__)), WATCH]
    done = subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasured(f"the import ends with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
    held, took = json.loads(done.stdout)
    return held, took


async def watch() -> tuple[float, float]:
    """The longest gap between two turns of the loop during the import, and how long that took, in seconds."""
    from orin_agents.adapters.models.library import Library

    gaps: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(time.perf_counter() - began)

    ticking = asyncio.create_task(tick())
    began = time.perf_counter()
    await Library().ready()
    took = time.perf_counter() - began
    ticking.cancel()
    return max(gaps), took


if __name__ == "__main__":
    if sys.argv[1:] == [SERVE]:
        serve()
    else:
        sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
        print(json.dumps(asyncio.run(watch())))
