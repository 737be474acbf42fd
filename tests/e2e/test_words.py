"""Words from end to end: a whole host, LiteLLM and real llama.cpp servers, from models.yaml to page and answer."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orin_agents.domain.asking import Outcome, TellingKind
from orin_agents.domain.operations import index, runs
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.runs import RunDetail, RunState
from tests.models.llama import Kind, Llama, serving
from tests.models.scripted import Line, Scripted, says
from tests.running import until
from tests.spoken import MEMO, PLAN, PROJECT, Spoken, figures, words

LONG = "The keel of the ship was laid in the harbour before the winter came and " * 60
"""A paragraph of more tokens than the embedding server takes at once."""


@pytest.fixture
def spoken(isolated: Path) -> Iterator[Spoken]:
    host = Spoken(isolated / "work")
    yield host
    host.end()


def tiny(server: Llama, **more: Any) -> dict[str, Any]:
    return {"server": "llamacpp", "model": "tiny", "url": server.url, **more}


def by(detail: RunDetail) -> list[str]:
    """Which deployment wrote the words of each step."""
    return [step.words for step in detail.steps]


def quoting(line: Line) -> None:
    """An answer that says what the note about the hall says, with the mark it was shown under."""
    found = re.search(r'mark="(p\d+)" from="raw_notes/venue', line.seen.body["messages"][-1]["content"])
    says("The rope hall is ", f"eighty metres long [{found[1] if found else 'p0'}]", ".")(line)


def test_a_page_without_words_gets_them_later(spoken: Spoken, llama: Llama) -> None:
    dry = spoken.run()
    assert (dry.run.state, by(dry), dry.prompts) == (RunState.NEEDS_YOU, ["", ""], ())
    assert words(spoken.page()) == "_No model is configured. This page is complete without narrative._"
    before = figures(spoken.page())
    spoken.write({"tiny": tiny(llama)})
    filled = spoken.finished(spoken.client.call(runs.FILL, runs.OneRun(run=dry.run.id)).id)
    assert by(filled) == by(spoken.client.call(runs.SHOW, runs.ShowRun(run=dry.run.id))) == ["tiny", "tiny"]
    assert figures(spoken.page()) == before and not words(spoken.page()).startswith("_")
    for prompt, step in zip(filled.prompts or (), filled.steps, strict=True):
        assert (prompt.step, prompt.model) == (step.id, "tiny")
        assert set(json.loads(prompt.answer)) == {"paragraphs"}
        assert prompt.prompt_tokens > 1000 and prompt.answer_tokens > 20
        first = json.loads(prompt.answer)["paragraphs"][0]["sentences"][0]
        assert first["text"] in words(spoken.page(MEMO if step.agent == "strategist" else PLAN))
        assert all(mark in prompt.messages[-1].text for mark in first["cites"])  # none of a part left out


def test_a_server_that_is_gone_costs_the_words_or_hands_over(spoken: Spoken, llama: Llama, tiny_models: Path) -> None:
    with serving(tiny_models, Kind.CHAT) as doomed:
        spoken.write({"doomed": tiny(doomed)})
        assert by(spoken.run("strategist")) == ["doomed"]
        before = figures(spoken.page())
        doomed.kill()
    gone = spoken.run("strategist")
    assert gone.run.state is RunState.NEEDS_YOU and by(gone) == [""]
    assert f"doomed ({doomed.url}): " in words(spoken.page()) and figures(spoken.page()) == before
    spoken.write({"doomed": tiny(doomed), "spare": tiny(llama)})
    assert by(spoken.run("strategist")) == ["spare"]


def test_a_window_smaller_than_it_was_said_to_be_gets_less(spoken: Spoken, llama: Llama) -> None:
    spoken.write({"tiny": tiny(llama, window=30_000)})
    detail = spoken.run("planner")
    assert by(detail) == ["tiny"]
    (prompt,) = detail.prompts or ()
    assert prompt.prompt_tokens + prompt.answer_tokens <= llama.window
    assert any(name.startswith("passage ") for name in prompt.left_out), prompt.left_out


def test_what_is_asked_is_found_by_meaning_and_told(
    spoken: Spoken, llama: Llama, embedder: Llama, scripted: Scripted
) -> None:
    spoken.save("raw_notes/ship.md", f"# Ship\n\n{LONG}\n")
    vectors = tiny(embedder)
    both = {"tiny": tiny(llama), "vectors": vectors}
    spoken.write(both, embedding=("vectors",))
    search = index.SearchPassages(query="keel of the ship", project=PROJECT)
    until(lambda: not spoken.client.call(index.SEARCH, search).notes, 40)
    state = spoken.client.call(index.STATE, Nothing())
    assert (state.embedding, state.problems) == ("tiny", ()) and state.embedded == state.passages > 20
    assert spoken.client.call(index.SEARCH, search).passages[0].path == "raw_notes/ship.md"
    spoken.write_text("modles: {}\n")
    found = spoken.client.call(index.SEARCH, search)
    assert found.notes == ("Found by words alone: models.yaml:1: unknown key 'modles'.",) and found.passages
    spoken.write(both, embedding=("vectors",))
    until(lambda: not spoken.client.call(index.SEARCH, search).notes, 40)
    told = spoken.ask("How long is the rope hall?")
    (prompt,) = spoken.client.call(runs.SHOW, runs.ShowRun(run=told[0].run, prompts=True)).prompts or ()
    assert (prompt.model, told[-1].state) == ("tiny", "ok") and prompt.answer
    assert 'mark="p1" from="' in prompt.messages[-1].text
    scripted.script(quoting)
    other = {"server": "openai-compatible", "model": "m", "url": scripted.url}
    spoken.write({"other": other, "vectors": vectors}, embedding=("vectors",))
    answer = next(one for one in spoken.ask("How long is the rope hall?") if one.kind is TellingKind.ANSWER)
    assert answer.outcome is Outcome.WORDS and answer.text.startswith("The rope hall is eighty metres long [p")
    assert [citation.place.partition("@")[0] for citation in answer.citations] == ["raw_notes/venue.md"]
