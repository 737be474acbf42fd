"""Trying deployments out: on a real server, on an Ollama, and on those that fail."""

from datetime import UTC, datetime

import pytest

from orin_agents.adapters.models.trials import Trials
from orin_agents.domain.deployments import Trial
from orin_agents.domain.errors import NotFound
from tests.adapters.models.conftest import Desk
from tests.models.llama import Llama
from tests.models.ollama import Ollama
from tests.models.scripted import Scripted, fails, says, thinks

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def trials(desk: Desk) -> Trials:
    return Trials(desk.models, desk.folder / "trials.json", lambda: NOW)


async def test_a_real_server_shows_what_it_can(desk: Desk, llama: Llama, embedder: Llama) -> None:
    one = {"server": "llamacpp", "model": "tiny"}
    desk.write({"tiny": {**one, "url": llama.url}, "vectors": {**one, "url": embedder.url}}, embedding=("vectors",))
    trial = await trials(desk).try_out("tiny")
    assert (trial.problem, trial.streams, trial.schema, trial.tools) == ("", True, True, True)
    assert trial.window == llama.window and trial.tokens_per_s > 0 and trial.first_token_s > 0
    assert (await trials(desk).try_out("vectors")).vector > 100


async def test_an_ollama_shows_its_window(desk: Desk, ollama: Ollama) -> None:
    ollama.cut = 2048
    desk.write({"qwen": {"server": "ollama", "model": "qwen3:4b", "url": ollama.url}})
    trial = await trials(desk).try_out("qwen")
    assert (trial.problem, trial.window, trial.schema, trial.tools) == ("", 2048, False, False)


async def test_what_is_of_no_use_says_why_and_can_come_back(desk: Desk, scripted: Scripted) -> None:
    scripted.script(fails(503, "Loading model"), says("One", " two"))
    desk.write({"one": {"server": "vllm", "model": "m", "url": scripted.url}})
    assert (await trials(desk).try_out("one")).problem == "it failed: Loading model"
    assert (await trials(desk).try_out("one")).problem == ""  # a trial does not wait for the router's rest to end
    assert [event async for event in desk.models.stream(_question())]


async def test_long_thoughts_are_noted(desk: Desk, scripted: Scripted) -> None:
    scripted.script(thinks("so so so", finish="length"), says("One", " two"))
    desk.write({"one": {"server": "vllm", "model": "m", "url": scripted.url}})
    assert "thinks long" in (await trials(desk).try_out("one")).note


async def test_one_that_is_not_there_or_not_here(desk: Desk) -> None:
    desk.write({"away": {"server": "openai", "model": "gpt"}})
    assert "cloud: true" in (await trials(desk).try_out("away")).problem
    with pytest.raises(NotFound):
        await trials(desk).try_out("none")


def test_trials_are_kept_by_deployment(desk: Desk) -> None:
    kept = trials(desk)
    assert kept.kept() == {}
    for problem in ("down", ""):
        kept.keep([Trial(deployment="a", at=NOW, problem=problem), Trial(deployment=f"b{problem}", at=NOW)])
    assert {name: trial.problem for name, trial in kept.kept().items()} == {"a": "", "bdown": "", "b": ""}
    kept.path.write_text("{")
    assert kept.kept() == {}


def _question():  # type: ignore[no-untyped-def]
    from tests.adapters.models.conftest import question

    return question()
