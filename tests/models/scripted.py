"""An OpenAI-shaped server that answers as it is told to, above all badly; and keeps what it was asked."""

import http.server
import json
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """One request as it came in; header names in small letters."""

    path: str
    headers: dict[str, str]
    body: Json


class Line:
    """The way back to one client: what is written goes out at once."""

    def __init__(self, exchange: "_Exchange", seen: Seen) -> None:
        self.seen = seen
        self.model = str(seen.body.get("model", ""))
        self._exchange = exchange
        self._open = False

    @property
    def server(self) -> "Scripted":
        return self._exchange.scripted

    def status(self, code: int, body: Json | bytes, kind: str = "application/json", **headers: str) -> None:
        """A whole answer that is no stream."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._exchange.send_response(code)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), *headers.items()):
            self._exchange.send_header(name.replace("_", "-"), value)
        self._exchange.end_headers()
        self._exchange.wfile.write(data)

    def raw(self, data: bytes, kind: str = "text/event-stream") -> None:
        """Bytes of a stream as they are."""
        if not self._open:
            self._open = True
            self._exchange.send_response(200)
            self._exchange.send_header("Content-Type", kind)
            self._exchange.send_header("Connection", "close")
            self._exchange.end_headers()
        self._exchange.close_connection = True
        self._exchange.wfile.write(data)
        self._exchange.wfile.flush()

    def event(self, value: Json) -> None:
        """One event of the stream."""
        self.raw(b"data: " + json.dumps(value).encode() + b"\n\n")

    def delta(self, finish: str | None = None, **delta: Any) -> None:
        """One chunk of the answer."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event(
            {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": self.model, "choices": [choice]}
        )

    def end(self, finish: str = "stop", prompt_tokens: int = 10, answer_tokens: int = 5) -> None:
        """The rest of a good stream."""
        usage = {"prompt_tokens": prompt_tokens, "completion_tokens": answer_tokens}
        usage["total_tokens"] = prompt_tokens + answer_tokens
        self.delta(finish)
        last = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": self.model, "choices": []}
        self.event({**last, "usage": usage})
        self.raw(b"data: [DONE]\n\n")

    def silence(self) -> None:
        """Say nothing more until the client goes, or the server ends."""
        watched: socket.socket = self._exchange.connection
        while not self.server.ended.is_set():
            if select.select([watched], [], [], 0.02)[0] and not watched.recv(1, socket.MSG_PEEK):
                self.server.left.set()
                return

    def break_off(self) -> None:
        """Drop the connection in the middle of whatever it was."""
        self._exchange.close_connection = True
        self._exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._exchange.connection.close()


Answer = Callable[[Line], None]
"""What is done with one question."""


def says(*pieces: str, finish: str = "stop", prompt_tokens: int = 10) -> Answer:
    """A good answer in these pieces."""

    def answer(line: Line) -> None:
        for piece in pieces:
            line.delta(content=piece)
        line.end(finish, prompt_tokens, len(pieces))

    return answer


def thinks(thoughts: str, *pieces: str, finish: str = "stop", field: str = "reasoning_content") -> Answer:
    """Thoughts in a field of their own, then the answer."""

    def answer(line: Line) -> None:
        for word in thoughts.split():
            line.delta(**{field: word + " "})
        for piece in pieces:
            line.delta(content=piece)
        line.end(finish)

    return answer


def calls(name: str, *arguments: str, finish: str = "tool_calls") -> Answer:
    """A tool call whose arguments come in these parts."""

    def answer(line: Line) -> None:
        line.delta(
            tool_calls=[{"index": 0, "id": "1", "type": "function", "function": {"name": name, "arguments": ""}}]
        )
        for part in arguments:
            line.delta(tool_calls=[{"index": 0, "function": {"arguments": part}}])
        line.end(finish)

    return answer


def stalls(*pieces: str) -> Answer:
    """These pieces, then nothing, with the line open."""

    def answer(line: Line) -> None:
        for piece in pieces:
            line.delta(content=piece)
        line.silence()

    return answer


def breaks_off(*pieces: str) -> Answer:
    """These pieces, then the connection is gone."""

    def answer(line: Line) -> None:
        for piece in pieces:
            line.delta(content=piece)
        line.break_off()

    return answer


def ends_early(*pieces: str) -> Answer:
    """These pieces, then the stream ends without a finish."""

    def answer(line: Line) -> None:
        for piece in pieces:
            line.delta(content=piece)

    return answer


def fails(code: int, message: str = "no such luck", kind: str = "", **headers: str) -> Answer:
    """An HTTP error in OpenAI's shape."""
    return lambda line: line.status(code, {"error": {"message": message, "type": kind, "code": code}}, **headers)


def error_inside(*pieces: str, message: str = "out of memory") -> Answer:
    """An error in the middle of a stream whose status was 200."""

    def answer(line: Line) -> None:
        for piece in pieces:
            line.delta(content=piece)
        line.event({"error": {"message": message, "type": "server_error", "code": 500}})
        line.raw(b"data: [DONE]\n\n")

    return answer


def sends(data: bytes, *pieces: str) -> Answer:
    """These pieces, then any bytes."""

    def answer(line: Line) -> None:
        for piece in pieces:
            line.delta(content=piece)
        line.raw(data)

    return answer


@dataclass
class Scripted:
    """The server: `answers` are used up in order, the last of them again and again; `seen` is what was asked.

    `pages` are JSON for GET (and POST to paths other than chat and embeddings). `left` is set when a client went away
    from a silent line.
    """

    answers: deque[Answer] = field(default_factory=deque)
    seen: list[Seen] = field(default_factory=list)
    pages: dict[str, Any] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def script(self, *answers: Answer) -> None:
        """Answer so from now on."""
        self.answers = deque(answers)
        self.seen.clear()
        self.left.clear()

    @property
    def asked(self) -> list[Json]:
        """The bodies of the questions to the model."""
        return [one.body for one in self.seen if one.path.endswith("/chat/completions")]

    def answer(self, line: Line) -> None:
        """Answer one request."""
        path = line.seen.path.partition("?")[0]
        if path.endswith(("/chat/completions", "/messages")):
            chosen = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
            chosen(line)
        elif path.endswith("/embeddings"):
            line.status(200, _embedded(line.seen.body))
        elif path in self.pages:
            line.status(200, self.pages[path])
        else:
            line.status(404, {"error": {"message": "no such page"}})


def _embedded(body: Json) -> Json:
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [{"object": "embedding", "index": n, "embedding": [float(len(t)), 1.0]} for n, t in enumerate(texts)]
    return {"object": "list", "model": body["model"], "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


class _Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the kernel waits 40 ms between head and body
    scripted: Scripted

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"))

    def _answer(self, body: Json) -> None:
        seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.scripted.seen.append(seen)
        try:
            self.scripted.answer(Line(self, seen))
        except OSError:
            self.close_connection = True
            self.scripted.left.set()

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):  # broken off on purpose
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Threads(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def scripted_server(server: Scripted | None = None) -> Iterator[Scripted]:
    """The server at work on a free port."""
    scripted = server or Scripted(deque([says("Good", " morning", ".")]))
    exchange = type("Exchange", (_Exchange,), {"scripted": scripted})
    with _Threads(("127.0.0.1", 0), exchange) as serving:
        scripted.url = f"http://127.0.0.1:{serving.server_port}"
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield scripted
        finally:
            scripted.ended.set()
            serving.shutdown()
            thread.join()
