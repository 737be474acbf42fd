"""Agents as models of an OpenAI-compatible server: /v1/models and /v1/chat/completions.

A model's name is an agent's id (`planner`), which then speaks of the project in the header Orin-Project, else of home;
or `PROJECT/AGENT`. The asker keeps the conversation; each question is a run all the same. Agents have no tools here:
requests that offer some are answered in words.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec
from fastapi import FastAPI, Request, Response

from orin_agents.domain.actors import Actor
from orin_agents.domain.asking import TellingKind, Told
from orin_agents.domain.crew import Agent
from orin_agents.domain.errors import NotFound, OrinError
from orin_agents.domain.projects import HOME, Project
from orin_agents.domain.secrets import Secrets
from orin_agents.host.openai_shape import ChatRequest, beside, error_body, read, usage, wrong
from orin_agents.host.telling import StreamResponse, begun, left
from orin_agents.services.feed import Feed
from orin_agents.services.ports import Clock
from orin_agents.services.talk import Question

PROJECT = "Orin-Project"
MOST_BYTES = 10_000_000
OWNER = "orin"
DONE = b"data: [DONE]\n\n"
FAREWELL = (
    b'data: {"error": {"message": "The host was told to stop.", "type": "api_error", "code": "stopped"}}\n\n' + DONE
)

Tell = Callable[[Actor, Question], AsyncGenerator[Told, None]]


class OpenAi:
    """Answers the three routes."""

    def __init__(
        self,
        tell: Tell,
        agents: Callable[[], tuple[Agent, ...]],
        projects: Callable[[], tuple[Project, ...]],
        asker: Callable[[Request], Actor],
        feed: Feed,
        clock: Clock,
        secrets: Secrets,
    ) -> None:
        self._tell = tell
        self._agents = agents
        self._projects = projects
        self._asker = asker
        self._feed = feed
        self._clock = clock
        self._secrets = secrets
        self._started = int(clock.now().timestamp())

    def add_to(self, app: FastAPI) -> None:
        """Register the routes."""
        for method, path, answer, about in (
            ("GET", "/v1/models", self.models, "The agents, as an OpenAI-compatible server lists its models."),
            ("GET", "/v1/models/{model:path}", self.model, "One agent as a model."),
            ("POST", "/v1/chat/completions", self.chat, "Ask an agent, as OpenAI's chat completions."),
        ):
            app.add_api_route(
                path,
                answer,
                methods=[method],
                name=answer.__name__,
                operation_id=f"openai.{answer.__name__}",
                summary=about,
                tags=["openai"],
                response_model=None,
                response_class=Response,
            )

    async def models(self) -> Response:
        """Every agent for the project home, and each other project's manager."""
        names = await asyncio.to_thread(self._names)
        return _json({"object": "list", "data": [self._model(name) for name in names]})

    async def model(self, model: str) -> Response:
        """One of them, also as `PROJECT/AGENT`."""
        project, _, agent = model.rpartition("/")
        try:
            await asyncio.to_thread(self._check, project or HOME, agent)
        except OrinError as error:
            return wrong(error, self._secrets)
        return _json(self._model(model))

    async def chat(self, http: Request) -> Response:
        """The answer, whole or as it comes."""
        try:
            request = read(await _body(http))
            project, _, agent = request.model.rpartition("/")
            question = Question(
                text=request.question,
                project=project or http.headers.get(PROJECT, HOME),
                agents=() if agent == "group" else (agent,),
                team=agent == "group",
                kept=False,
                turns=request.turns,
                instruction=request.instruction,
                answer_tokens=request.answer_tokens,
                temperature=request.temperature,
                stop=request.stop,
            )
            await asyncio.to_thread(self._check, question.project, agent)
            told = await begun(self._tell(self._asker(http), question))
        except OrinError as error:
            return wrong(error, self._secrets)
        if request.stream:
            return StreamResponse(self._chunks(request, told), self._feed, farewell=FAREWELL)
        return await self._whole(http, request, told)

    async def _whole(self, http: Request, request: ChatRequest, told: AsyncGenerator[Told, None]) -> Response:
        """The answer in one. An asker that leaves cancels it."""
        collecting = asyncio.create_task(self._collected(request, told))
        leaving = asyncio.create_task(left(http.receive))
        try:
            await asyncio.wait({collecting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (collecting, leaving):
                task.cancel()
            await asyncio.wait({collecting, leaving})
            await told.aclose()
        return Response(status_code=499) if collecting.cancelled() else collecting.result()

    async def _collected(self, request: ChatRequest, told: AsyncGenerator[Told, None]) -> Response:
        run, answer, ended = "", None, None
        try:
            async for one in told:
                if one.kind is TellingKind.BEGUN:
                    run = one.run
                elif one.kind is TellingKind.ANSWER:
                    answer = one
                elif one.kind is TellingKind.ENDED:
                    ended = one
        except OrinError as error:
            return wrong(error, self._secrets)
        if answer is None:
            cancelled = OrinError("The answer was cancelled.", kept="What was said so far is kept with its run.")
            return wrong(cancelled, self._secrets)
        message = {"role": "assistant", "content": answer.text + beside(answer), "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": _finish(ended), "logprobs": None}
        return _json(
            self._envelope(request, run, "chat.completion")
            | {"choices": [choice], "usage": usage(ended), "orin": _extra(run, answer)}
        )

    async def _chunks(self, request: ChatRequest, told: AsyncGenerator[Told, None]) -> AsyncGenerator[bytes, None]:
        run, spoken, answer, ended = "", False, None, None

        def chunk(delta: dict[str, object], finish: str | None = None, **more: object) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
            body = self._envelope(request, run, "chat.completion.chunk") | {"choices": [choice]} | more
            return b"data: %s\n\n" % msgspec.json.encode(body)

        async with aclosing(told):
            try:
                async for one in told:
                    if one.kind is TellingKind.BEGUN:
                        run = one.run
                        yield chunk({"role": "assistant", "content": ""})
                    elif one.kind is TellingKind.PIECE:
                        spoken = True
                        yield chunk({"content": one.text})
                    elif one.kind is TellingKind.RESTART and spoken:
                        spoken = False
                        yield chunk({"content": f"\n\n(The above is void: {one.text})\n\n"})
                    elif one.kind is TellingKind.ANSWER:
                        answer = one
                        yield chunk({"content": ("" if spoken else one.text) + beside(one)})
                    elif one.kind is TellingKind.ENDED:
                        ended = one
            except OrinError as error:
                yield b"data: %s\n\n" % msgspec.json.encode(error_body(error, self._secrets))
            else:
                extra = {"orin": _extra(run, answer)} if answer else {}
                yield chunk({}, _finish(ended), **extra)
                if request.with_usage:
                    last = self._envelope(request, run, "chat.completion.chunk") | {"choices": []}
                    yield b"data: %s\n\n" % msgspec.json.encode(last | {"usage": usage(ended)})
            yield DONE

    def _envelope(self, request: ChatRequest, run: str, kind: str) -> dict[str, object]:
        now = int(self._clock.now().timestamp())
        return {"id": f"chatcmpl-{run}", "object": kind, "created": now, "model": request.model}

    def _model(self, name: str) -> dict[str, object]:
        return {"id": name, "object": "model", "created": self._started, "owned_by": OWNER}

    def _names(self) -> list[str]:
        agents = [agent.id for agent in self._agents()]
        return agents + [f"{project.id}/manager" for project in self._projects() if project.id != HOME]

    def _check(self, project: str, agent: str) -> None:
        """Raises NotFound where there is no such project or agent."""
        if agent not in {one.id for one in self._agents()}:
            raise NotFound(f"There is no agent {agent!r}.", remedy="GET /v1/models lists them.")
        if project not in {one.id for one in self._projects()}:
            raise NotFound(f"There is no project {project!r}.", remedy="`orin project list` shows them.")


def _extra(run: str, answer: Told) -> dict[str, object]:
    """What OpenAI's shape has no place for."""
    return {
        "run": run,
        "outcome": answer.outcome,
        "citations": answer.citations,
        "unverified": answer.unverified,
        "note": answer.note,
    }


def _finish(ended: Told | None) -> str:
    return "length" if ended and ended.finish == "length" else "stop"


async def _body(http: Request) -> bytes:
    data = bytearray()
    async for part in http.stream():
        data += part
        if len(data) > MOST_BYTES:
            raise TooLarge(f"The request is larger than {MOST_BYTES // 1_000_000} MB.")
    return bytes(data)


class TooLarge(OrinError):
    """A request larger than is read."""

    code = "too-large"
    status = 413


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
