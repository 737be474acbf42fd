"""Looking for model servers: real servers on loopback, and nothing else ever spoken to."""

import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar

import pytest

from orin_agents.adapters.box.servers import USUAL, ModelServer, check_servers
from orin_agents.adapters.box.surroundings import Surroundings
from orin_agents.domain.checks import CheckLine, Verdict

PLAIN = Surroundings(environment={})


class Quiet(http.server.BaseHTTPRequestHandler):
    """Answers the pages it is given, and 404 for all others."""

    pages: ClassVar[dict[str, object]] = {}
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = self.path in self.pages
        body = json.dumps(self.pages.get(self.path)).encode()
        self.send_response(200 if found else 404)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(pages: dict[str, object]) -> Iterator[int]:
    """The port of an HTTP server with these pages."""
    handler = type("Pages", (Quiet,), {"pages": pages})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def listening(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    """The port of a server that does something else with each connection."""
    ended = threading.Event()

    def accept() -> None:
        while not ended.is_set():
            try:
                line, _ = server.accept()
            except OSError:
                continue
            with line:
                try:
                    answer(line)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)
        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def look(*servers: ModelServer, at: Surroundings = PLAIN) -> dict[str, CheckLine]:
    lines = list(check_servers(at, servers))
    assert all(line.remedy for line in lines if line.verdict is not Verdict.OK)
    return {line.name: line for line in lines}


def test_servers_that_answer_are_named_with_what_they_tell() -> None:
    ollama = {"/api/version": {"version": "0.6.3"}, "/v1/models": {"data": [{"id": "qwen3:4b"}, {"id": "gemma3"}]}}
    llama = {
        "/props": {"model_path": "/models/tiny.gguf", "default_generation_settings": {"n_ctx": 4096}},
        "/v1/models": {"data": [{"id": "tiny"}]},
    }
    with ExitStack() as stack:
        lines = look(
            ModelServer("Ollama", stack.enter_context(serving(ollama)), ("/api/version", "/v1/models")),
            ModelServer("llama.cpp", stack.enter_context(serving(llama)), ("/props", "/v1/models")),
            ModelServer("vLLM", gone := free_port(), ("/v1/models",)),
            ModelServer("Triton", stack.enter_context(listening(lambda line: None)), ()),
        )
    assert lines["Ollama"].seen.endswith("; version 0.6.3; 2 models: qwen3:4b, gemma3")
    assert lines["llama.cpp"].seen.endswith("; model tiny.gguf; window 4096 tokens; 1 model: tiny")
    assert lines["Triton"].seen.endswith("is open")
    assert lines["others"].seen == f"nothing listens for vLLM ({gone})"
    assert {line.verdict for line in lines.values()} == {Verdict.OK}


def test_none_at_all_is_one_line_that_says_the_product_works_without() -> None:
    lines = look(ModelServer("Ollama", free_port(), ("/api/version",)), ModelServer("vLLM", free_port(), ()))
    assert list(lines) == ["servers"]
    assert lines["servers"].verdict is Verdict.WARNING and "works without" in lines["servers"].remedy


def _drip(line: socket.socket) -> None:
    line.settimeout(0.05)
    while True:
        line.sendall(b"x")
        try:
            if line.recv(4096) == b"":
                return
        except TimeoutError:
            continue


@pytest.mark.parametrize(
    "answer",
    [
        lambda line: line.sendall(b"SSH-2.0-OpenSSH_9\r\n"),
        lambda line: line.recv(4096) and line.sendall(b"HTTP/1.1 200 OK\r\n\r\n[1, 2]"),
        lambda line: line.recv(4096) and line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        lambda line: line.recv(4096) and line.sendall(b"HTTP/1.1 500 No\r\n\r\n{}"),
        lambda line: line.recv(4096) and line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 200_000),
        lambda line: line.recv(4096) and line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"{" * 2_000_000),
        lambda line: line.close(),
        lambda line: line.recv(4096) and line.recv(4096),
        _drip,
    ],
    ids=["other protocol", "list", "cut off", "error", "deep", "endless", "closes", "silent", "drips"],
)
def test_something_else_on_the_port_is_said_and_never_hangs(answer: Callable[[socket.socket], object]) -> None:
    with listening(answer) as port:
        before = time.monotonic()
        lines = look(ModelServer("llama.cpp", port, ("/props",)))
        took = time.monotonic() - before
    assert lines["llama.cpp"].verdict is Verdict.WARNING and "does not answer as llama.cpp" in lines["llama.cpp"].seen
    assert took < 5


def test_answers_with_other_types_and_terminal_codes_are_told_plainly() -> None:
    pages = {"/p": {"version": "1\x1b[31m", "data": [3, {"id": 7}], "model_path": 1, "default_generation_settings": []}}
    with serving(pages) as port:
        line = look(ModelServer("Ollama", port, ("/p",)))["Ollama"]
    assert line.seen == f"answers on port {port}; version 1?[31m; 1 model: 7"


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "http://localhost:{}", "0.0.0.0:{}", ":{}", "https://127.0.0.1:{}/"])
def test_ollama_host_on_this_machine_is_followed(host: str) -> None:
    with serving({"/api/version": {"version": "9"}}) as port:
        at = Surroundings(environment={"OLLAMA_HOST": host.format(port)})
        lines = look(ModelServer("Ollama", free_port(), ("/api/version",)), at=at)
    assert f"port {port}" in lines["Ollama"].seen and "version 9" in lines["Ollama"].seen


@pytest.mark.parametrize("host", ["192.168.1.5:11434", "example.com", "http://[2001:db8::1]:1", "10.0.0.1", "x:y:z"])
def test_no_other_machine_is_ever_asked(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        asked.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    lines = {line.name: line for line in check_servers(Surroundings(environment={"OLLAMA_HOST": host}), USUAL)}
    assert set(asked) == {"127.0.0.1"}
    assert "another machine" in lines["Ollama"].seen
