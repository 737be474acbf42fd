"""The way in over TCP, for programs that cannot speak to a Unix socket: shut unless the settings name an address.

Whoever comes this way shows the workspace's token (RFC 6750, Bearer), whatever the route. A web page cannot use a
person's browser for it: a Host that is not one of ours, which is how DNS rebinding comes along, and a foreign Origin
are refused, and there are no CORS headers. On the Unix socket, which only this user can open, no token is asked for.
"""

import hmac
import ipaddress
import logging
import os
import socket
import stat
from pathlib import Path
from secrets import token_urlsafe

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from orin_agents.domain.errors import Forbidden, OrinError, Unauthorized
from orin_agents.domain.problems import MEDIA_TYPE, problem
from orin_agents.domain.secrets import Secrets
from orin_agents.host.openai_shape import speaks_openai, wrong

log = logging.getLogger(__name__)

TOKEN_BYTES = 32


class Listening:
    """The address that the settings name, and the socket there while the host runs."""

    def __init__(self, setting: str, token: Path, secrets: Secrets | None = None) -> None:
        """`setting` is `HOST:PORT`, or empty; `token` is the file that holds the token, which `secrets` learn of."""
        self._setting = setting
        self._file = token
        self._secrets = secrets or Secrets()
        self.token = ""
        self.sockets: list[socket.socket] = []

    @property
    def address(self) -> str:
        """Where it listens, as `127.0.0.1:8765`; empty where it does not."""
        if not self.sockets:
            return ""
        host, port, *_ = self.sockets[0].getsockname()
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def open(self) -> None:
        """Take the address. Where it cannot be had, the log says why and the host goes on without it."""
        if not self._setting:
            return
        host, _, port = self._setting.rpartition(":")
        try:
            self.token = token_of(self._file)
            self._secrets.add("host token", self.token)
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            opened = socket.socket(family, socket.SOCK_STREAM)
            try:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                opened.bind((host.strip("[]"), int(port)))
            except OSError:
                opened.close()
                raise
        except (OSError, OrinError) as error:
            log.error("cannot listen on %s: %s", self._setting, error)
            return
        self.sockets.append(opened)
        log.info("listening on %s, with the token of %s", self.address, self._file)

    def close(self) -> None:
        """Let the address go."""
        while self.sockets:
            self.sockets.pop().close()


def token_of(file: Path) -> str:
    """The token in the file, which is made where there is none. One that others could read is replaced.

    Raises Forbidden where the file is not a plain file of this user.
    """
    try:
        found = file.lstat()
    except FileNotFoundError:
        return _new_token(file)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
        raise Forbidden(f"{file} is not a plain file of yours.", remedy="Remove it; the host makes another.")
    token = file.read_text(encoding="ascii", errors="replace").strip()
    if stat.S_IMODE(found.st_mode) & 0o077 or len(token) < TOKEN_BYTES:
        log.warning("the token could be read by others, or was cut; it is made anew")
        file.unlink()
        return _new_token(file)
    return token


def _new_token(file: Path) -> str:
    token = token_urlsafe(TOKEN_BYTES)
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as written:
        written.write(f"{token}\n")
    return token


class Gate:
    """Lets in who comes by the Unix socket, and over TCP who may."""

    def __init__(self, app: ASGIApp, listening: Listening) -> None:
        self._app = app
        self._listening = listening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _by_socket(scope):
            error = self._refusal(Headers(scope=scope))
            if error is not None:
                await _refused(error, scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Headers) -> OrinError | None:
        named = headers.get("host", "")
        if not _is_ours(named, self._listening.address):
            return Forbidden(f"This host is not called {named!r}.", remedy=f"Use http://{self._listening.address}.")
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != named:
            return Forbidden("A page of another site may not speak to this host.")
        kind, _, token = headers.get("authorization", "").partition(" ")
        known = self._listening.token
        if not known or kind.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), known.encode()):
            return Unauthorized(
                "Over TCP this host wants its token.",
                kept="Nothing was done.",
                remedy="Send it as `Authorization: Bearer TOKEN`; `orin host token` shows it.",
            )
        return None


def _by_socket(scope: Scope) -> bool:
    """Whether a request came by the Unix socket: its server is then a path, without a port."""
    server = scope.get("server")
    return server is not None and server[1] is None and str(server[0]).startswith("/")


def _is_ours(named: str, address: str) -> bool:
    """Whether a Host header names this machine by a number, as localhost, or as the settings do: no name of another's
    can be made to point here.
    """
    if not named:
        return False
    name = named.rpartition(":")[0] if named.rpartition(":")[2].isdecimal() and not named.endswith("]") else named
    if name.lower() == "localhost" or named == address:
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _refused(error: OrinError, path: str) -> Response:
    if speaks_openai(path):
        answer = wrong(error, Secrets())
    else:
        answer = Response(msgspec.json.encode(problem(error)), status_code=error.status, media_type=MEDIA_TYPE)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="orin"'
    return answer
