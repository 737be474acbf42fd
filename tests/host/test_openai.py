"""Agents as models, asked by the clients that people use: OpenAI's own, and LiteLLM."""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import httpx  # noqa: TID253  (the clients are what is tested here)
import openai  # noqa: TID253
import pytest

from orin_agents.domain.dialogue import Ended, Finish, ModelRequest, Piece
from orin_agents.domain.errors import ModelFailed
from orin_agents.domain.operations.runs import LIST, ListRuns
from tests.fake_models import ScriptedModels, broken_off, said
from tests.running import until
from tests.served import Served

QUESTION = "How long is the rope hall?"
GOOD = "It is 80 metres long [p1]."
PARTS = ("and what does", "it cost?")
SOURCES = "\n\nSources:\n- [p1] raw_notes/hall.md@1:1–5"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One host for all: it starts in a second."""
    runtime = tmp_path_factory.mktemp("run")
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    host = Served(tmp_path_factory.mktemp("served") / "w", ScriptedModels(GOOD))
    try:
        yield host
    finally:
        host.end()
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before


@pytest.fixture(autouse=True)
def models(served: Served) -> ScriptedModels:
    """The models of the host, with a fresh script."""
    models = served.models
    assert isinstance(models, ScriptedModels)
    models.script = lambda request: GOOD
    models.gate, models.closed = None, 0
    models.asked.clear()
    return models


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"http://{served.address}/v1", api_key=served.token, max_retries=0) as client:
        yield client


def ask(client: openai.OpenAI, text: str = QUESTION, model: str = "manager", **more: Any) -> Any:
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **more)


def url(served: Served) -> str:
    return f"http://{served.address}/v1/chat/completions"


def test_agents_are_models(client: openai.OpenAI) -> None:
    ids = [model.id for model in client.models.list()]
    assert {"manager", "planner", "group", "garden/manager"} <= set(ids) and len(ids) == len(set(ids))
    assert client.models.retrieve("planner").owned_by == "orin"
    assert client.models.retrieve("garden/planner").id == "garden/planner"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("nobody")
    assert caught.value.code == "model_not_found"


def test_an_answer_with_its_sources_and_its_run(client: openai.OpenAI, served: Served) -> None:
    answer = ask(client, temperature=0.7, top_p=0.5, user="ada", seed=1, max_tokens=77)
    assert answer.choices[0].message.content == GOOD + SOURCES
    assert (answer.choices[0].finish_reason, answer.model, answer.object) == ("stop", "manager", "chat.completion")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (10, 6, 16)
    assert answer.orin["citations"][0]["place"] == "raw_notes/hall.md@1:1–5"
    run = served.client.call(LIST, ListRuns(limit=1))[0]
    assert (answer.id, answer.orin["run"]) == (f"chatcmpl-{run.id}", run.id)
    request = served.models.asked[0]  # type: ignore[attr-defined]
    assert (request.temperature, request.answer_tokens) == (0.7, 77)


def test_a_stream_comes_in_pieces_and_ends_with_sources_and_usage(client: openai.OpenAI) -> None:
    chunks = list(ask(client, stream=True, stream_options={"include_usage": True}))
    assert [chunk.object for chunk in chunks] == ["chat.completion.chunk"] * len(chunks)
    deltas = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert deltas == ["", "It", " is", " 80", " metres", " long", " [p1].", SOURCES, None]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop" and chunks[-2].orin["outcome"] == "words"
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 16


def test_the_project_stands_in_the_name_or_in_a_header(client: openai.OpenAI, models: ScriptedModels) -> None:
    for more in ({"model": "garden/manager"}, {"extra_headers": {"Orin-Project": "garden"}}):
        ask(client, "How long is the shed hall?", **more)
        assert "The shed hall is 3 m." in models.asked[-1].messages[-1].text
    for model in ("nowhere/manager", "garden/nobody", "nobody"):
        with pytest.raises(openai.NotFoundError):
            ask(client, model=model)


def test_the_asker_keeps_the_conversation_and_may_instruct(client: openai.OpenAI, models: ScriptedModels) -> None:
    client.chat.completions.create(
        model="manager",
        messages=[
            {"role": "system", "content": "Answer in rhymes."},
            {"role": "user", "content": "How long is the rope hall?"},
            {"role": "assistant", "content": "80 metres."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "and what does"}, {"type": "text", "text": "it cost?"}],
            },
        ],
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
    )
    system, question, answer, now = models.asked[0].messages
    assert "Answer in rhymes." in system.text
    assert (question.text, answer.text) == ("How long is the rope hall?", "80 metres.")
    assert "The question: and what does\nit cost?" in now.text and "450 euros" in now.text
    assert models.asked[0].tools == ()


def test_without_a_model_facts_and_passages_answer(client: openai.OpenAI, models: ScriptedModels) -> None:
    models.script = lambda request: ModelFailed("It broke.")
    whole = ask(client).choices[0].message.content
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in ask(client, stream=True))
    assert whole == streamed and "- “The rope hall is 80 metres long.” [p1]" in whole
    assert whole.endswith("(It broke.)")


def test_what_is_void_is_said_in_a_stream(client: openai.OpenAI, models: ScriptedModels) -> None:
    models.script = lambda request: broken_off("The hall was", GOOD)
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in ask(client, stream=True))
    assert streamed == f"The hall was\n\n(The above is void: the server went away)\n\n{GOOD}{SOURCES}"


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_ends_at_a_stop_and_says_when_at_its_bound(
    client: openai.OpenAI, models: ScriptedModels, stream: bool
) -> None:
    def text(answer: Any) -> tuple[str, str]:
        if not stream:
            return answer.choices[0].message.content, answer.choices[0].finish_reason
        chunks = list(answer)
        return "".join(c.choices[0].delta.content or "" for c in chunks), chunks[-1].choices[0].finish_reason

    models.script = lambda request: "It is 80 metres [p1]. STOP And more."
    assert text(ask(client, stop=["STOP"], stream=stream)) == (f"It is 80 metres [p1].{' ' * stream}{SOURCES}", "stop")
    models.script = lambda request: [Piece("It is 80 metres [p1]"), Ended(model="m", finish=Finish.LENGTH)]
    assert text(ask(client, stream=stream))[1] == "length"


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ("{", "The body"),
        ([], "The body"),
        ({"messages": [{"role": "user", "content": "?"}]}, "model"),
        ({"model": "manager"}, "messages"),
        ({"model": "manager", "messages": []}, "messages"),
        ({"model": "manager", "messages": [{"role": "assistant", "content": "Hi"}]}, "messages"),
        ({"model": "manager", "messages": [{"role": "king", "content": "Hi"}]}, "messages[0].role"),
        ({"model": "manager", "messages": ["Hi"]}, "messages[0].role"),
        (
            {"model": "manager", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content",
        ),
        ({"model": "manager", "messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"n": 2}, "n"),
        ({"stop": 5}, "stop"),
        ({"temperature": "hot"}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stream": "yes"}, "stream"),
    ],
)
def test_a_wrong_request_is_refused_with_its_member(served: Served, body: Any, member: str) -> None:
    if isinstance(body, dict) and "messages" not in body and "model" not in body:
        body = {"model": "manager", "messages": [{"role": "user", "content": "?"}], **body}
    content = body if isinstance(body, str) else json.dumps(body)
    answer = httpx.post(
        url(served),
        content=content,
        headers={"Authorization": f"Bearer {served.token}"},
    )
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["message"].startswith(f"{member} ") and error["type"] == "invalid_request_error"


def test_an_unforeseen_failure_is_an_error_of_the_api(client: openai.OpenAI, models: ScriptedModels) -> None:
    def breaks(request: ModelRequest) -> str:
        raise ZeroDivisionError("no such luck")

    models.script = breaks
    with pytest.raises(openai.InternalServerError) as caught:
        ask(client)
    assert "no such luck" not in str(caught.value)
    with pytest.raises(openai.APIError):
        list(ask(client, stream=True))


@pytest.mark.parametrize("stream", [False, True])
def test_one_who_leaves_stops_the_model(served: Served, models: ScriptedModels, stream: bool) -> None:
    models.gate = asyncio.Event()
    body = {"model": "manager", "messages": [{"role": "user", "content": QUESTION}], "stream": stream}
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx.Client() as http:
        if stream:
            with http.stream("POST", url(served), json=body, headers=headers) as answer:
                next(line for line in answer.iter_lines() if '"It"' in line)
        else:
            with pytest.raises(httpx.ReadTimeout):
                http.post(url(served), json=body, headers=headers, timeout=0.5)
    until(lambda: models.closed)
    until(lambda: served.client.call(LIST, ListRuns(limit=1))[0].state == "cancelled")


def test_the_unix_socket_needs_no_token(served: Served) -> None:
    transport = httpx.HTTPTransport(uds=str(served.socket))
    with (
        httpx.Client(transport=transport) as http,
        openai.OpenAI(base_url="http://orin/v1", api_key="none", http_client=http) as client,
    ):
        assert ask(client).choices[0].message.content == GOOD + SOURCES


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop for a library that would make itself one and leave it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    asyncio.set_event_loop(None)


@pytest.mark.usefixtures("loop")
def test_litellm_as_a_client(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    asked = {
        "model": "openai/manager",
        "api_base": f"http://{served.address}/v1",
        "api_key": served.token,
        "messages": [{"role": "user", "content": QUESTION}],
    }
    assert litellm.completion(**asked).choices[0].message.content == GOOD + SOURCES
    pieces = [chunk.choices[0].delta.content or "" for chunk in litellm.completion(**asked, stream=True)]
    assert "".join(pieces) == GOOD + SOURCES and len(pieces) > 5


def test_a_long_text_is_told_whole(client: openai.OpenAI, models: ScriptedModels) -> None:
    models.script = lambda request: said(" ".join([GOOD] * 400))
    assert ask(client).choices[0].message.content.count(GOOD) == 400


def test_an_agent_cannot_have_another_read_for_it(client: openai.OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError, match="for a person to do"):
        ask(client, extra_headers={"Orin-Actor": "agent:critic"})


def test_an_answer_sent_back_brings_no_marks_that_stood_for_other_things(
    client: openai.OpenAI, models: ScriptedModels
) -> None:
    models.script = lambda request: "It is 80 metres long [p1] and seats 300."
    first = ask(client).choices[0].message.content
    assert first.endswith("\n\nWithout a source:\n- ⚠ “300”")
    said = [("user", QUESTION), ("assistant", first), ("user", "What does the hall cost?")]
    client.chat.completions.create(model="manager", messages=[{"role": r, "content": c} for r, c in said])  # type: ignore[misc]
    (answer,) = [message.text for message in models.asked[-1].messages if message.role == "assistant"]
    assert answer == "It is 80 metres long and seats 300."
