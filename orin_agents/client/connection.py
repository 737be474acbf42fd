"""Typed access to a host over its Unix socket.

On the standard library's http.client: a command lives for a tenth of a second, and importing httpx alone takes
60 ms of that. Each call has its own connection; on a Unix socket that costs less than knowing when one went stale.
"""

import http.client
import os
import socket
import stat
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from orin_agents.domain.errors import HostUnavailable, OrinError
from orin_agents.domain.journal import Entry
from orin_agents.domain.operations.operation import Operation
from orin_agents.domain.places import Places
from orin_agents.domain.problems import error_of
from orin_agents.domain.version import VERSION

Q = TypeVar("Q")
R = TypeVar("R")

SILENCE = 45.0
"""Seconds without even a heartbeat after which an event stream counts as dropped."""
LONGEST = 900.0
"""Seconds a single call may take; imports of large vaults are the longest."""
TRIES = 5


class Stopped(HostUnavailable):
    """The host was told to stop while its events were being read."""


def listening(places: Places) -> Path | None:
    """The socket the workspace's host says it listens on, or None.

    The lock file may be a dead host's; in a copied workspace it is another's, and names that one's folder.
    """
    try:
        text = places.lock.read_bytes().decode("utf-8", "surrogateescape")
        _, named, workspace = text.split("\n", 2)
        if workspace != os.path.realpath(places.root):
            return None
        found = os.lstat(named)
    except (OSError, ValueError):
        return None
    mine = stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid()
    return Path(named) if mine else None


class Client:
    """Asks the host of one workspace."""

    def __init__(
        self,
        workspace: Path,
        *,
        revive: Callable[[], Path] | None = None,
        actor: str = "",
        version: str = VERSION,
    ) -> None:
        """`revive` starts the host when none answers, and gives its socket. `actor` is written `kind:name`; without
        it the host takes the caller for the person it runs for.
        """
        self.workspace = workspace
        self._places = Places(workspace)
        self._revive = revive
        self._headers = {"Orin-Version": version, "Connection": "close"} | ({"Orin-Actor": actor} if actor else {})

    def call(self, operation: Operation[Q, R], request: Q) -> R:
        """The host's answer. Raises the OrinError the host answered with, or HostUnavailable."""
        target, body = _written(operation, request)
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        for last in (False, True):
            connection = self._connect(LONGEST)
            try:
                connection.request(operation.method, target, body=body, headers=headers)
                answer = connection.getresponse()
                data = answer.read()
            except (OSError, http.client.HTTPException) as error:
                if operation.method == "GET" and not last:
                    continue
                raise HostUnavailable(
                    f"The host went away while it was asked for {operation.name}.",
                    kept="What was saved stays; whether this was done is not known.",
                    remedy="Look before you ask again; `orin host logs` may say why.",
                ) from error
            finally:
                connection.close()
            if answer.status != 200:
                raise _problem(data)
            decoded: R = msgspec.json.decode(data, type=operation.response)
            return decoded
        raise AssertionError("the second try returns or raises")

    def stream(self, operation: Operation[Q, R], request: Q) -> Generator[R, None, None]:
        """The host's answers one by one, as they come. Closing the generator stops the work behind them.

        Raises the OrinError the host answered with, HostUnavailable where the line breaks, Stopped when the host was
        told to stop meanwhile.
        """
        target, body = _written(operation, request)
        connection = self._connect(SILENCE)
        try:
            connection.request(
                operation.method, target, body=body, headers=self._headers | {"Content-Type": "application/json"}
            )
            with connection.getresponse() as answer:
                if answer.status != 200:
                    raise _problem(answer.read())
                for event, data in _parsed(answer):
                    if event == "end":
                        return
                    if event == "problem":
                        raise _problem(data)
                    if event == "host.stopping":
                        raise Stopped("The host was told to stop.", kept="What was told so far is kept with the run.")
                    told: R = msgspec.json.decode(data, type=operation.response)
                    yield told
                raise ConnectionResetError("the stream ended before it was told to its end")
        except (OSError, http.client.HTTPException) as error:
            raise HostUnavailable(
                f"The host went away while it was asked for {operation.name}.",
                kept="What was told so far is kept with the run.",
                remedy="`orin host logs` may say why.",
            ) from error
        finally:
            connection.close()

    def events(self, after: int, run: str = "") -> Generator[Entry, None, None]:
        """What happens behind the journal's number `after`, of one run or of all, as it happens.

        After a dropped line it goes on behind the last number seen, starting the host again where that died. Raises
        Stopped when the host was told to stop.
        """
        failures = 0
        while True:
            try:
                for entry in self._stream(after, run):
                    after, failures = entry.seq, 0
                    yield entry
            except (OSError, http.client.HTTPException) as error:
                failures += 1
                if failures >= TRIES:
                    raise HostUnavailable(
                        "The host's event stream keeps breaking off.", remedy="See `orin host logs`."
                    ) from error

    def _stream(self, after: int, run: str) -> Iterator[Entry]:
        connection = self._connect(SILENCE)
        try:
            query = urlencode({"run": run}) if run else ""
            connection.request("GET", f"/v1/events?{query}", headers=self._headers | {"Last-Event-ID": str(after)})
            with connection.getresponse() as answer:  # it holds the socket, which a reader may leave half-read
                if answer.status != 200:
                    raise _problem(answer.read())
                for event, data in _parsed(answer):
                    if event == "host.stopping":
                        raise Stopped("The host was told to stop.", kept="Runs go on at its next start.")
                    yield msgspec.json.decode(data, type=Entry)
                raise ConnectionResetError("the stream ended")
        finally:
            connection.close()

    def _connect(self, timeout: float) -> "_UnixConnection":
        path = listening(self._places)
        connection = _UnixConnection(path, timeout) if path else None
        try:
            if connection is None:
                raise FileNotFoundError
            connection.connect()
        except OSError as error:
            if self._revive is None:
                raise HostUnavailable(
                    f"No host runs for {self.workspace}.", remedy="Start it with `orin host start`."
                ) from error
            connection = _UnixConnection(self._revive(), timeout)
            connection.connect()
        return connection


class _UnixConnection(http.client.HTTPConnection):
    """HTTP to a Unix socket instead of a machine."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Open the connection. Raises OSError when nobody listens."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.sock.settimeout(self.timeout)
            self.sock.connect(str(self._path))
        except OSError:
            self.close()
            raise


def _written(operation: Operation[Any, Any], request: Any) -> tuple[str, bytes | None]:
    """The request as a target and a body."""
    values: dict[str, Any] = msgspec.to_builtins(request)
    target = operation.path
    for name in list(values):
        if f"{{{name}}}" in target:
            target = target.replace(f"{{{name}}}", quote(str(values.pop(name)), safe=""))
    if operation.method == "POST":
        return target, msgspec.json.encode(values) if values else None
    query = {name: _query(value) for name, value in values.items() if value is not None}
    return f"{target}?{urlencode(query)}" if query else target, None


def _query(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _problem(data: bytes) -> OrinError:
    try:
        members = msgspec.json.decode(data)
    except msgspec.DecodeError:
        members = {}
    return error_of(members if isinstance(members, dict) else {})


def _parsed(lines: Iterator[bytes] | http.client.HTTPResponse) -> Iterator[tuple[str, bytes]]:
    """The events of a stream: type and data. Comments and numbers are left aside; the data carries its number."""
    event, data = "", b""
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if not line:
            if data:
                yield event, data
            event, data = "", b""
        elif line.startswith(b"event: "):
            event = line[7:].decode()
        elif line.startswith(b"data: "):
            data += line[6:]
