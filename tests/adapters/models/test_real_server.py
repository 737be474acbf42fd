"""Live models on a real llama.cpp server: what it streams, constrains, calls, embeds, and how it stops."""

import asyncio
import json
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from orin_agents.domain.dialogue import ChatMessage, Finish, ModelRequest, Piece, Role, Tool
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, PromptTooLong
from tests.adapters.models.conftest import Desk, answer, ended, question, restarts
from tests.models.llama import Kind, Llama, serving

SCHEMA = {
    "type": "object",
    "properties": {"line": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["line", "count"],
    "additionalProperties": False,
}
NOTE = Tool(
    name="note",
    about="Writes a note.",
    parameters={"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
)


def tiny(server: Llama, **more: Any) -> dict[str, Any]:
    return {"server": "llamacpp", "model": "tiny", "url": server.url, **more}


async def test_an_answer_streams_and_says_who_gave_it(desk: Desk, llama: Llama) -> None:
    desk.write({"tiny": tiny(llama)})
    events = await desk.ask(answer_tokens=400)
    pieces = [event for event in events if isinstance(event, Piece)]
    assert len(pieces) > 3 and answer(events).startswith("T") and answer(events).endswith(".")
    last = ended(events)
    assert (last.model, last.finish) == ("tiny", Finish.STOP)
    assert last.prompt_tokens > 10 and last.answer_tokens >= len(pieces)


async def test_the_window_is_the_servers_and_its_tokens_are_measured(desk: Desk, llama: Llama) -> None:
    desk.write({"tiny": tiny(llama)})
    assert desk.models.window("small").tokens == llama.window
    measured = desk.models.window("small").chars_per_token
    assert 0.7 < measured < 1.0  # a token of the tiny model is a character, at most
    await desk.ask("Good morning. " * 20, answer_tokens=5)
    assert measured != desk.models.window("small").chars_per_token > 0.7


async def test_a_schema_constrains_the_answer_and_a_bound_ends_it(desk: Desk, llama: Llama) -> None:
    desk.write({"tiny": tiny(llama)})
    events = await desk.ask(schema=SCHEMA, answer_tokens=600)
    assert set(json.loads(answer(events))) == {"line", "count"}
    assert ended(await desk.ask(answer_tokens=4)).finish is Finish.LENGTH


async def test_a_tool_is_asked_for_and_its_answer_told(desk: Desk, llama: Llama) -> None:
    desk.write({"tiny": tiny(llama)})
    last = ended(await desk.ask(tools=(NOTE,), answer_tokens=600))
    (call, *_) = last.calls
    assert last.finish is Finish.TOOLS and call.name == "note" and set(json.loads(call.arguments)) == {"text"}
    messages = (
        ChatMessage(role=Role.USER, text="Hello"),
        ChatMessage(role=Role.ASSISTANT, text="", calls=(call,)),
        ChatMessage(role=Role.TOOL, text="done", call=call.id),
    )
    request = ModelRequest(first="small", messages=messages, tools=(NOTE,), answer_tokens=400)
    events = [event async for event in desk.models.stream(request)]
    assert answer(events) and ended(events).finish is Finish.STOP


async def test_a_tool_call_that_breaks_off_is_never_passed_on(desk: Desk, llama: Llama) -> None:
    desk.write({"tiny": tiny(llama)})
    with pytest.raises(ModelFailed, match="broke off"):
        await desk.ask(tools=(NOTE,), answer_tokens=30)


async def test_a_prompt_beyond_the_window_says_how_large_that_is(desk: Desk, llama: Llama) -> None:
    desk.write({"tiny": tiny(llama)})
    with pytest.raises(PromptTooLong, match="does not fit") as raised:
        await desk.ask("word " * 2000)
    assert raised.value.tokens == llama.window


async def test_vectors_are_alike_for_texts_alike(desk: Desk, embedder: Llama) -> None:
    desk.write({"vectors": tiny(embedder)}, embedding=("vectors",))
    same, again, other = await desk.models.embed(["the plan holds", "the plan holds", "XYZ 0123456789"])
    assert same == pytest.approx(again) and len(same) == len(other) > 100
    assert sum(a * b for a, b in zip(same, again, strict=True)) > sum(a * b for a, b in zip(same, other, strict=True))


async def test_a_text_too_long_for_vectors_counts_by_its_beginning(desk: Desk, embedder: Llama) -> None:
    desk.write({"vectors": tiny(embedder)}, embedding=("vectors",))
    long = "the plan holds and " * 200  # more than the server takes at once, which is less than its window
    whole, beginning = await desk.models.embed([long, long[:1500]])
    assert whole == pytest.approx(beginning, abs=0.01)
    assert len(await desk.models.embed(["the plan holds", long])) == 2
    assert not desk.models.fleet().reason("vectors")


@pytest.mark.parametrize("way", ["closed", "cancelled"])
async def test_leaving_an_answer_stops_the_server(desk: Desk, tiny_models: Path, way: str) -> None:
    with serving(tiny_models, Kind.ENDLESS, 16384) as server:
        desk.write({"endless": tiny(server)})
        stream = desk.models.stream(question(answer_tokens=16000))
        async with aclosing(stream):
            await anext(stream)
            assert server.busy
            if way == "cancelled":
                rest = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
                await asyncio.sleep(0)
                rest.cancel()
                await asyncio.wait([rest])
        assert await asyncio.to_thread(server.idle_within, 1.0)  # the loop closes the connection meanwhile


async def test_a_server_killed_in_mid_answer_hands_over_to_the_next(
    desk: Desk, llama: Llama, tiny_models: Path
) -> None:
    with serving(tiny_models, Kind.ENDLESS, 16384) as doomed:
        desk.write({"doomed": tiny(doomed), "spare": tiny(llama)})
        events = []
        async for event in desk.models.stream(question(answer_tokens=8000)):
            if not events:
                doomed.kill()
            events.append(event)
        assert ended(events).model == "spare" and answer(events)[0] == "T"
        (reason,) = restarts(events)
        assert reason.startswith("doomed: it broke off in mid-answer")
        began = time.perf_counter()
        assert ended(await desk.ask()).model == "spare"
        assert time.perf_counter() - began < 5
        assert desk.models.window("small").model == "spare"


async def test_alone_a_killed_server_is_named(desk: Desk, tiny_models: Path) -> None:
    with serving(tiny_models, Kind.ENDLESS, 16384) as doomed:
        desk.write({"doomed": tiny(doomed)})
        stream = desk.models.stream(question(answer_tokens=8000))
        await anext(stream)
        doomed.kill()
        with pytest.raises(ModelFailed, match=rf"doomed \({doomed.url}\): it broke off"):
            [event async for event in stream]
        with pytest.raises(ModelUnavailable, match="left alone"):
            await desk.ask()
