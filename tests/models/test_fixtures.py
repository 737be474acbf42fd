"""The parts that stand in for models do what their users count on."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from orin_agents.domain.dialogue import ChatMessage, Ended, ModelRequest, Piece, Restart, Role
from orin_agents.domain.errors import ModelFailed, ModelUnavailable
from tests.fake_models import ScriptedModels, broken_off
from tests.models.llama import Llama
from tests.models.ollama import Ollama
from tests.models.scripted import Scripted, breaks_off, says, stalls

ASKED = ModelRequest(first="small", messages=(ChatMessage(role=Role.USER, text="Hello"),))


def post(url: str, body: dict[str, Any]) -> Iterator[bytes]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        yield from answer


def test_the_tiny_model_writes_a_sentence_and_ends(llama: Llama) -> None:
    body = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 400}
    answer = json.loads(b"".join(post(f"{llama.url}/v1/chat/completions", body)))
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["choices"][0]["message"]["content"].startswith("T")
    assert llama.get("/props")["default_generation_settings"]["n_ctx"] == llama.window
    assert llama.idle_within(1)


def test_the_scripted_server_uses_its_answers_up_and_keeps_what_it_was_asked(scripted: Scripted) -> None:
    scripted.script(says("a"), says("b"))
    for _ in range(3):
        lines = list(post(f"{scripted.url}/v1/chat/completions", {"model": "m"}))
    assert b'"content": "b"' in lines[0] and lines[-2] == b"data: [DONE]\n"
    assert [body["model"] for body in scripted.asked] == ["m"] * 3
    scripted.script(breaks_off("a"))
    with pytest.raises(OSError):
        list(post(f"{scripted.url}/v1/chat/completions", {"model": "m"}))
    scripted.script(stalls("a"))
    stream = post(f"{scripted.url}/v1/chat/completions", {"model": "m"})
    assert next(stream)
    stream.close()
    assert scripted.left.wait(5)


def test_the_fake_of_ollama_cuts_without_a_word(ollama: Ollama) -> None:
    body = {"model": "qwen3:4b", "messages": [{"role": "user", "content": "x" * 80_000}], "options": {"num_ctx": 512}}
    told = [json.loads(line) for line in post(f"{ollama.url}/api/chat", body)]
    assert "".join(one["message"]["content"] for one in told) == "Good morning."
    assert told[-1]["prompt_eval_count"] == 512 and ollama.loaded == {"qwen3:4b": 512}


async def test_scripted_models_answer_fail_and_begin_anew() -> None:
    models = ScriptedModels([broken_off("One two", "three"), ModelFailed("It stalled."), "the last"])
    assert [type(event) for event in [e async for e in models.stream(ASKED)]] == [Piece, Piece, Restart, Piece, Ended]
    with pytest.raises(ModelFailed):
        [e async for e in models.stream(ASKED)]
    for _ in range(2):
        events = [e async for e in models.stream(ASKED)]
        assert "".join(e.text for e in events if isinstance(e, Piece)) == "the last"
    stream = models.stream(ASKED)
    await anext(stream)
    await stream.aclose()
    assert models.closed == 1 and len(models.asked) == 5
    with pytest.raises(ModelUnavailable):
        ScriptedModels().window("small")
    assert ScriptedModels(lambda request: request.messages[-1].text, tokens=99).window("small").tokens == 99
