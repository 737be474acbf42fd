"""The model servers that run on this machine. Only loopback addresses are ever spoken to."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from orin_agents.adapters.box.surroundings import Surroundings
from orin_agents.domain.checks import CheckLine, Verdict

TIMEOUT_S = 0.3
"""For connecting, and for one answer as a whole."""
LONGEST_ANSWER = 256 * 1024
OLLAMA_PORT = 11434
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A server to look for: its usual port, and the pages to ask, the telling one first."""

    name: str
    port: int
    pages: tuple[str, ...]
    host: str = "127.0.0.1"


USUAL = (
    ModelServer("Ollama", OLLAMA_PORT, ("/api/version", "/v1/models")),
    ModelServer("llama.cpp", 8080, ("/props", "/v1/models")),
    ModelServer("LM Studio", 1234, ("/v1/models",)),
    ModelServer("vLLM", 8000, ("/v1/models",)),
    ModelServer("Triton", 8001, ()),
)
"""Triton's port speaks gRPC; that it is open is all there is to see."""


def check_servers(at: Surroundings, servers: tuple[ModelServer, ...] = USUAL) -> Iterator[CheckLine]:
    """A line for each server that answers, one for those that do not, and one for an OLLAMA_HOST elsewhere."""
    named = at.environment.get("OLLAMA_HOST", "").strip()
    ollama = _ollama(named) if named else None
    if ollama:
        servers = (ollama, *(server for server in servers if server.name != "Ollama"))
    elif named:
        yield _line("Ollama", "OLLAMA_HOST names another machine, or nothing; it was not asked")
    with ThreadPoolExecutor(len(servers) or 1) as lookers:
        found = list(lookers.map(_look, servers))
    yield from (line for line in found if line)
    absent = [f"{server.name} ({server.port})" for server, line in zip(servers, found, strict=True) if not line]
    if len(absent) < len(servers):
        if absent:
            yield _line("others", f"nothing listens for {', '.join(absent)}")
        return
    remedy = "Everything but the words works without; for them start Ollama or llama.cpp's server."
    yield _line("servers", f"none answers: {', '.join(absent)}", Verdict.WARNING, remedy)


def _ollama(named: str) -> ModelServer | None:
    """The server that OLLAMA_HOST names (host, host:port or a URL), None unless it is on this machine."""
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        host, port = parts.hostname or "", parts.port or OLLAMA_PORT
    except ValueError:
        return None
    host = {"": "127.0.0.1", "localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        return None
    return ModelServer("Ollama", port, USUAL[0].pages, host) if is_here else None


def _look(server: ModelServer) -> CheckLine | None:
    """What the server says of itself; None when nothing listens."""
    try:
        socket.create_connection((server.host, server.port), TIMEOUT_S).close()
    except OSError:
        return None
    at = f"port {server.port}"
    if not server.pages:
        return _line(server.name, f"{at} is open")
    answers = [answer for page in server.pages if (answer := _ask(server, page)) is not None]
    if not answers:
        remedy = f"If it should be {server.name}, look at its log; otherwise another program has the port."
        return _line(server.name, f"{at} is open, but does not answer as {server.name}", Verdict.WARNING, remedy)
    told = [text for answer in answers for text in _told(answer)]
    return _line(server.name, "; ".join([f"answers on {at}", *told]))


def _ask(server: ModelServer, page: str) -> Json | None:
    """The JSON object the page holds, None when none comes in time."""
    deadline = time.monotonic() + TIMEOUT_S
    host = f"[{server.host}]" if ":" in server.host else server.host
    request = (
        f"GET {page} HTTP/1.1\r\nHost: {host}:{server.port}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    )
    answer = bytearray()
    try:
        with socket.create_connection((server.host, server.port), TIMEOUT_S) as line:
            line.sendall(request.encode())
            while len(answer) < LONGEST_ANSWER and (left := deadline - time.monotonic()) > 0:
                line.settimeout(left)
                piece = line.recv(65536)
                if not piece:
                    break
                answer += piece
    except OSError:
        if not answer:
            return None
    return _body(bytes(answer))


def _body(answer: bytes) -> Json | None:
    from http.client import HTTPException, HTTPResponse
    from io import BytesIO

    class Received:
        """What http.client reads an answer from."""

        def makefile(self, mode: str) -> BytesIO:
            return BytesIO(answer)

    try:
        response = HTTPResponse(Received())  # type: ignore[arg-type]
        response.begin()
        read = json.loads(response.read(LONGEST_ANSWER)) if response.status == 200 else None
    except (HTTPException, ValueError, OSError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _told(answer: Json) -> Iterator[str]:
    """What an answer tells: version, models, and the context window of llama.cpp."""
    if isinstance(version := answer.get("version"), str):
        yield f"version {version[:40]}"
    if isinstance(models := answer.get("data"), list):
        names = [str(model["id"])[:60] for model in models if isinstance(model, dict) and "id" in model]
        yield f"{len(names)} model{'' if len(names) == 1 else 's'}" + (f": {', '.join(names[:4])}" if names else "")
    if isinstance(path := answer.get("model_path"), str):
        yield f"model {path.rsplit('/', 1)[-1][:80]}"
    settings = answer.get("default_generation_settings")
    if isinstance(settings, dict) and isinstance(window := settings.get("n_ctx"), int):
        yield f"window {window} tokens"


def _line(name: str, seen: str, verdict: Verdict = Verdict.OK, remedy: str = "") -> CheckLine:
    printable = "".join(char if char.isprintable() else "?" for char in seen)
    return CheckLine(area="models", name=name, verdict=verdict, seen=printable, remedy=remedy)


def check_models(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """The usual servers at their usual ports."""
    yield from check_servers(at)
