"""Live models on Ollama's native API: its window is set and read back, its silent cuts are noticed."""

import asyncio
from contextlib import aclosing

import pytest

from orin_agents.domain.dialogue import Finish, Tool
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, PromptTooLong
from tests.adapters.models.conftest import Desk, answer, ended, question
from tests.models.ollama import Ollama

NOTE = Tool(name="note", about="Writes a note.", parameters={"type": "object", "properties": {"text": {}}})


def qwen(server: Ollama, **more: object) -> dict[str, object]:
    return {"server": "ollama", "model": "qwen3:4b", "url": server.url, **more}


async def test_an_answer_streams_with_the_window_set(desk: Desk, ollama: Ollama) -> None:
    desk.write({"qwen": qwen(ollama, window=16384)})
    assert desk.models.window("small").tokens == 16384
    events = await desk.ask("Hello " * 100, temperature=0.1, answer_tokens=50)
    assert answer(events) == "Good morning."
    assert (ended(events).finish, ended(events).prompt_tokens, ended(events).answer_tokens) == (Finish.STOP, 150, 3)
    (body,) = ollama.asked
    assert body["options"]["num_ctx"] == 16384 and body["options"]["num_predict"] == 50 and body["stream"]
    assert desk.models.window("small").chars_per_token == pytest.approx(4 * 0.95)
    await desk.ask()
    assert [one.path for one in ollama.seen].count("/api/show") == 1  # ours, for the window; LiteLLM's would block


async def test_the_window_is_no_larger_than_the_model_or_what_is_served(desk: Desk, ollama: Ollama) -> None:
    ollama.models["qwen3:4b"] = 6000
    desk.write({"qwen": qwen(ollama)})
    assert desk.models.window("small").tokens == 6000
    ollama.cut = 2048  # it serves less than it was asked for
    await desk.ask()
    assert desk.models.window("small").tokens == 2048


async def test_a_prompt_too_long_is_not_even_sent(desk: Desk, ollama: Ollama) -> None:
    desk.write({"qwen": qwen(ollama, window=1024)})
    with pytest.raises(PromptTooLong) as raised:
        await desk.ask("word " * 2000)
    assert raised.value.tokens == 1024 and not ollama.asked


async def test_a_prompt_cut_without_a_word_is_noticed(desk: Desk, ollama: Ollama) -> None:
    ollama.cut = 512
    desk.write({"qwen": qwen(ollama, window=8192)})
    with pytest.raises(PromptTooLong, match="the prompt was cut") as raised:
        await desk.ask("word " * 2000)
    assert raised.value.tokens == 512 == desk.models.window("small").tokens
    assert answer(await desk.ask("word " * 300)) == "Good morning."


async def test_thinking_that_eats_the_answer_is_switched_off(desk: Desk, ollama: Ollama) -> None:
    ollama.thoughts = "Let me see."
    desk.write({"qwen": qwen(ollama)})
    assert answer(await desk.ask()) == "Good morning."
    assert [body.get("think") for body in ollama.asked] == [None, False]


async def test_a_schema_and_tools_go_its_own_way(desk: Desk, ollama: Ollama) -> None:
    desk.write({"qwen": qwen(ollama)})
    await desk.ask(schema={"type": "object", "properties": {"a": {"type": "integer"}}})
    assert ollama.asked[-1]["format"]["properties"] == {"a": {"type": "integer"}}
    ollama.calls = ({"function": {"name": "note", "arguments": {"text": "a"}}},)
    last = ended(await desk.ask(tools=(NOTE,)))
    assert last.finish is Finish.TOOLS
    assert [(call.name, call.arguments) for call in last.calls] == [("note", '{"text": "a"}')]


async def test_a_model_it_does_not_have_is_named(desk: Desk, ollama: Ollama) -> None:
    desk.write({"gone": qwen(ollama, model="deleted:7b")})
    with pytest.raises(ModelUnavailable, match="it knows no model deleted:7b"):
        await desk.ask()


async def test_an_ollama_that_is_down_is_named(desk: Desk, ollama: Ollama) -> None:
    desk.write({"qwen": qwen(ollama, url="http://127.0.0.1:9")})
    with pytest.raises(ModelUnavailable, match=r"nothing answers at http://127\.0\.0\.1:9"):
        await desk.ask()


async def test_an_empty_answer_is_of_no_use(desk: Desk, ollama: Ollama) -> None:
    ollama.writes = ("",)
    desk.write({"qwen": qwen(ollama)})
    with pytest.raises(ModelFailed, match="its answer is empty"):
        await desk.ask()


async def test_leaving_an_answer_lets_the_server_go(desk: Desk, ollama: Ollama) -> None:
    ollama.silent = True
    desk.write({"qwen": qwen(ollama)})
    async with aclosing(desk.models.stream(question())) as stream:
        await anext(stream)
    assert await asyncio.to_thread(ollama.left.wait, 5)
    desk.write({"qwen": qwen(ollama, stall_seconds=0.2)})
    with pytest.raises(ModelFailed, match="fell silent in mid-answer"):
        await desk.ask()


async def test_vectors(desk: Desk, ollama: Ollama) -> None:
    desk.write({"nomic": qwen(ollama, model="nomic-embed-text")}, embedding=("nomic",))
    assert await desk.models.embed([]) == ()
    assert await desk.models.embed(["a", "bcd"]) == ((1.0, 1.0), (3.0, 1.0))
    assert len(await desk.models.embed(["text"] * 70)) == 70
