"""The host's HTTP API: one route an operation, the event stream, and problem details."""

import getpass
import inspect
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from orin_agents.domain.actors import Actor, ActorKind, person
from orin_agents.domain.errors import Forbidden, Invalid, NotFound, OrinError, VersionMismatch
from orin_agents.domain.journal import Entry
from orin_agents.domain.operations import hosts
from orin_agents.domain.operations.operation import Nothing, Operation, Who
from orin_agents.domain.problems import MEDIA_TYPE, problem
from orin_agents.domain.secrets import Secrets
from orin_agents.host.gate import Gate, Listening
from orin_agents.host.routes import all_operations, endpoint, outside_path
from orin_agents.host.stream import EventStream
from orin_agents.host.telling import StreamResponse, begun, encoded
from orin_agents.services.feed import Feed

log = logging.getLogger(__name__)

ACTOR = "Orin-Actor"
VERSION = "Orin-Version"

Binding = Callable[[Actor, Any], Any]
"""What answers an operation: a service's method. A coroutine, or for a stream an async generator, runs on the event
loop, any other in a worker thread.
"""


class MissingBinding(OrinError):
    """The host was put together without an answer to an operation."""


def build_app(
    bindings: Mapping[str, Binding],
    journal_after: Callable[[int, int], tuple[Entry, ...]],
    feed: Feed,
    version: str,
    on_stop: Callable[[], None],
    secrets: Secrets | None = None,
    *,
    listening: Listening | None = None,
    beside: Callable[[FastAPI], None] = lambda app: None,
) -> FastAPI:
    """The API as an ASGI application.

    `bindings` holds what answers each operation by its name (host.stop needs none: it calls `on_stop`, on the event
    loop). `journal_after(seq, limit)` reads the journal behind a number. `version` is the host's, which clients must
    share. No problem that is answered holds one of the `secrets`. `listening` is the way in over TCP; `beside` adds
    routes that are no operations.

    Raises MissingBinding when an operation has no answer.
    """
    app = FastAPI(
        title="Orin",
        version=version,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.feed = feed
    _add_operations(app, bindings, _caller(dict(bindings), feed, on_stop, secrets or Secrets()))
    app.add_api_route(
        "/v1/events",
        EventStream(journal_after, feed).open,
        name="events",
        operation_id="events",
        summary="Everything that happens, live, as Server-Sent Events; replays behind Last-Event-ID or ?after=.",
        tags=["events"],
        response_model=None,
        response_class=Response,
    )
    beside(app)
    app.state.listening = listening or Listening("", Path())
    app.add_middleware(Handshake, version=version)
    app.add_middleware(Gate, listening=app.state.listening)
    _handle_errors(app, secrets or Secrets())
    _document_answers(app)
    return app


def _add_operations(app: FastAPI, bindings: Mapping[str, Binding], call: Any) -> None:
    for operation in all_operations():
        if operation.name not in bindings and operation.name != hosts.STOP.name:
            raise MissingBinding(f"nothing answers {operation.name}")
        app.add_api_route(
            operation.path,
            endpoint(operation, call),
            methods=[operation.method],
            name=operation.name,
            operation_id=operation.name,
            summary=operation.about,
            tags=[operation.name.partition(".")[0]],
            response_model=None,
            response_class=Response,
        )


def _caller(bindings: dict[str, Binding], feed: Feed, on_stop: Callable[[], None], secrets: Secrets) -> Any:
    def stop(actor: Actor, request: Any) -> Nothing:
        return Nothing()

    bindings.setdefault(hosts.STOP.name, stop)

    async def call(operation: Operation[Any, Any], http: Request, values: dict[str, Any]) -> Response:
        await _refuse_unknown(operation, http)
        actor = person_of(http, operation.name) if operation.who is Who.PERSON else actor_of(http)
        binding = bindings[operation.name]
        request = operation.request(**values)
        if operation.stream:
            return StreamResponse(encoded(await begun(binding(actor, request)), secrets), feed)
        if inspect.iscoroutinefunction(binding):
            body = msgspec.json.encode(await binding(actor, request))
        else:
            body = await run_in_threadpool(lambda: msgspec.json.encode(binding(actor, request)))
        if operation.name == hosts.STOP.name:
            on_stop()
        return Response(body, media_type="application/json")

    return call


def actor_of(http: Request) -> Actor:
    """Who calls: as the header says, else the person this host runs for."""
    text = http.headers.get(ACTOR)
    if text is None:
        return person(_login())
    try:
        actor = Actor.parse(text)
    except ValueError as error:
        raise Invalid(f"{ACTOR}: {text!r} is no actor", remedy=f"Write it as {ACTOR}: person:NAME.") from error
    if actor.kind is ActorKind.SYSTEM or not actor.name:
        raise Invalid(f"{ACTOR}: {text!r} cannot call from outside", remedy=f"Write it as {ACTOR}: person:NAME.")
    return actor


def person_of(http: Request, doing: str) -> Actor:
    """The same for what is a person's to do. Raises Forbidden when somebody else calls."""
    actor = actor_of(http)
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden(
            f"{doing} is for a person to do; {actor} may not",
            kept="Nothing was changed.",
            remedy="An agent proposes a change instead; a person approves it.",
        )
    return actor


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without an entry in the password file
        return f"uid{os.getuid()}"


async def _refuse_unknown(operation: Operation[Any, Any], http: Request) -> None:
    """Refuse a field the operation does not have: a misspelt `dry_run` must never do the real thing."""
    sent: set[str] = set(http.query_params)
    known = outside_path(operation)
    if operation.method == "POST":
        if sent:
            raise Invalid(
                f"{min(sent)}: this operation takes no query",
                kept="Nothing was changed.",
                remedy="Send the fields as a JSON body.",
            )
        content = await http.json() if await http.body() else {}
        sent = set(content) if isinstance(content, dict) else set()
    if unknown := sent - known:
        raise Invalid(
            f"{min(unknown)}: there is no such field",
            kept="Nothing was changed.",
            remedy=f"Fields here: {', '.join(sorted(known)) or 'none'}.",
        )


class Handshake:
    """Refuses clients of another version before anything else is looked at, save to ask the status and to stop."""

    def __init__(self, app: ASGIApp, version: str) -> None:
        self._app = app
        self._version = version
        self._exempt = {hosts.STATUS.path, hosts.STOP.path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in self._exempt:
            theirs = dict(scope["headers"]).get(VERSION.lower().encode())
            if theirs is not None and theirs != self._version.encode():
                error = VersionMismatch(
                    f"The host is of version {self._version}, this command of {theirs.decode('latin-1')}.",
                    kept="Nothing was changed; runs at work go on.",
                    remedy="Stop the old host with `orin host stop`; the next command starts the new one.",
                )
                await _answer(error, Secrets())(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _answer(error: OrinError, secrets: Secrets, status: int = 0) -> Response:
    status = status or error.status
    members = secrets.redacted_within(problem(error) | {"status": status})
    return Response(msgspec.json.encode(members), status_code=status, media_type=MEDIA_TYPE)


def _handle_errors(app: FastAPI, secrets: Secrets) -> None:
    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, OrinError)
        if error.status >= 500:
            log.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
        return _answer(error, secrets)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _answer(
            Invalid(
                "; ".join(_said(problem) for problem in error.errors()),
                kept="Nothing was changed.",
                remedy="Mend the field named; /v1/openapi.json lists what each operation takes.",
            ),
            secrets,
        )

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        wrong = (
            NotFound(f"There is nothing at {request.method} {request.url.path}")
            if error.status_code in (404, 405)
            else Invalid(str(error.detail))
        )
        answer = _answer(wrong, secrets, error.status_code)
        answer.init_headers(error.headers)
        return answer

    async def unknown(request: Request, error: Exception) -> Response:
        # Starlette raises the error again behind this answer; uvicorn writes its trace to the log.
        return _answer(
            OrinError(
                "Something in the host went wrong that it did not expect.",
                kept="The trace is in the host's log.",
                remedy="Look with `orin host logs`; `orin doctor` checks the box and the workspace.",
            ),
            secrets,
        )

    app.add_exception_handler(OrinError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unknown)


def _said(problem: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in problem["loc"][1:])
    return f"{where}: {problem['msg']}" if where else str(problem["msg"])


def _document_answers(app: FastAPI) -> None:
    """Add the answers' schemas to OpenAPI when somebody asks for it.

    Answers are encoded by msgspec, so it also describes them; pydantic models of them would only slow the start.
    """
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            every = all_operations()
            template = "#/components/schemas/{name}"
            answers, parts = msgspec.json.schema_components([op.response for op in every], ref_template=template)
            schema.setdefault("components", {}).setdefault("schemas", {}).update(parts)
            for operation, answer in zip(every, answers, strict=True):
                responses = schema["paths"][operation.path][operation.method.lower()]["responses"]
                form = "text/event-stream" if operation.stream else "application/json"
                responses["200"]["content"] = {form: {"schema": answer}}
        return app.openapi_schema or plain()

    app.openapi = openapi  # type: ignore[method-assign]
