"""Narratives against a scripted model: what is asked, what becomes of the answer, what is kept."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orin_agents.domain.crew import Agent, LogicalModels
from orin_agents.domain.dialogue import Prompt, Restart
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, OrinError, PromptTooLong
from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.pages import Message, Narrative
from orin_agents.domain.passages import Passage
from orin_agents.domain.secrets import Secrets
from orin_agents.services.collaborators import Collaborators
from orin_agents.services.narration import Narration, Telling
from orin_agents.services.prompts import Prompts
from tests.fake_models import ScriptedModels, said
from tests.services.conftest import Desk

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
DRIFT = Fact(id="drift.total", label="Drift", value=0.65, unit="ratio")
FINDING = Finding(
    skill="drift",
    facts=(DRIFT,),
    remarks=(Remark(text="All is well.", facts=()), Remark(text="Drift doubled.", severity=Severity.HIGH, facts=())),
)
PLANNER = Agent(
    id="planner",
    title="Planner",
    duty="Plans.",
    prompt="You are the Planner.",
    models=LogicalModels(first="planning", fallback="small"),
    reads=["raw_notes/"],
)
TELLING = Telling(
    run="r1",
    step="alignment.plan",
    project="home",
    agent=PLANNER,
    title="Alignment",
    purpose="packs the day",
    now=NOW,
    facts=(DRIFT,),
    findings=(FINDING,),
    messages=(Message(from_agent="Strategist", text="My key is sk-123456789."),),
)
HALL = Passage(
    project="home",
    path="raw_notes/hall.md",
    version=2,
    first_line=3,
    last_line=4,
    text="The hall is closed.",
    heading="Hall",
)


def answer(*sentences: tuple[str, list[str]]) -> str:
    told = [{"text": text, "cites": cites} for text, cites in sentences]
    return json.dumps({"paragraphs": [{"sentences": told}]})


GOOD = answer(("Drift is 0.65.", ["f1"]), ("The hall is closed until 2099.", ["p1"]))


def narration(desk: Desk, models: ScriptedModels, passages: Iterable[Passage] = (HALL,)) -> Narration:
    def search(project: str, query: str, reads: tuple[str, ...], most: int) -> tuple[Passage, ...]:
        assert (project, reads) == ("home", ("raw_notes/",)) and query.startswith("Drift doubled.")
        return tuple(passages)[:most]

    secrets = Secrets({"k": "sk-123456789"})
    given = Collaborators(
        models=models,
        recall=lambda agent: f"{agent} likes pencils",
        keep=Prompts(desk.store, secrets).keep,
        redacted=secrets.redacted,
    )
    return Narration(given, search)


def kept(desk: Desk) -> tuple[Prompt, ...]:
    return desk.store.prompts.of("r1")


async def test_words_are_checked_and_their_passages_become_sources(desk: Desk) -> None:
    models = ScriptedModels([GOOD])
    told = await narration(desk, models).narrate(TELLING)
    ((first, second),) = told.paragraphs
    assert (first.cites, first.unverified) == (("drift.total",), ())
    assert second.cites == ("passage.1",)
    assert [second.text[claim.start : claim.end] for claim in second.unverified] == ["2099"]
    assert (told.model, told.claims, told.unverified, told.note) == ("scripted", 2, 1, "")
    assert [(fact.id, str(fact.sources[0])) for fact in told.quoted] == [("passage.1", "raw_notes/hall.md@2:3–4")]


async def test_what_was_asked_is_kept_without_secrets_and_sent_without_them(desk: Desk) -> None:
    models = ScriptedModels([answer(("The key sk-123456789 is yours.", []))])
    await narration(desk, models).narrate(TELLING)
    (prompt,) = kept(desk)
    (request,) = models.asked
    assert (request.first, request.fallback, request.schema is not None) == ("planning", "small", True)
    assert prompt.messages == request.messages
    whole = "".join(message.text for message in request.messages)
    assert "[secret k]" in whole and "sk-123456789" not in whole + prompt.answer
    for part in (
        "You are the Planner.",
        "planner likes pencils",
        "[f1] Drift: 0.65",
        "- Drift doubled.",
        "packs the day",
    ):
        assert part in whole
    assert (prompt.number, prompt.agent, prompt.model, prompt.claims) == (1, "planner", "scripted", 0)


async def test_a_malformed_answer_is_asked_for_once_more(desk: Desk) -> None:
    models = ScriptedModels(["Sure, I would love to!", GOOD])
    told = await narration(desk, models).narrate(TELLING)
    assert told.paragraphs
    assert models.asked[1].messages[-2].text == "Sure, I would love to!"
    assert [(prompt.number, prompt.note) for prompt in kept(desk)] == [(1, "not as asked; asked again"), (2, "")]


async def test_an_answer_malformed_twice_is_dropped_with_a_note(desk: Desk) -> None:
    models = ScriptedModels(["Sure!"])
    told = await narration(desk, models).narrate(TELLING)
    assert told.paragraphs == ()
    assert told.note.startswith("scripted did not answer as asked, twice, so its words were dropped.")
    assert len(models.asked) == 2


async def test_what_was_told_before_a_restart_is_void(desk: Desk) -> None:
    events = (*said("half an ans")[:-1], Restart("it went away"), *said(GOOD))
    assert (await narration(desk, ScriptedModels([events])).narrate(TELLING)).claims == 2


@pytest.mark.parametrize(
    ("failure", "note"),
    [
        (ModelFailed("qwen stalled for 30 s."), "qwen stalled for 30 s. This page is complete without narrative."),
        (PromptTooLong("Too long for qwen."), "Too long for qwen. This page is complete without narrative."),
        (ModelUnavailable("No model answers."), "No model answers. This page is complete without narrative."),
    ],
)
async def test_a_failure_is_said_in_one_line(desk: Desk, failure: OrinError, note: str) -> None:
    assert await narration(desk, ScriptedModels([failure])).narrate(TELLING) == Narrative(note=note)


async def test_without_a_model_the_page_says_that_there_is_none(desk: Desk) -> None:
    told = await narration(desk, ScriptedModels()).narrate(TELLING)
    assert told == Narrative(note="No model is configured. This page is complete without narrative.")
    assert kept(desk) == ()


async def test_a_window_smaller_than_it_was_said_to_be_gets_less(desk: Desk) -> None:
    models = ScriptedModels([PromptTooLong("Too long.", tokens=1200), GOOD], tokens=8000)
    many = replace(TELLING, facts=tuple(replace(DRIFT, id=f"drift.{n}", label="x" * 100) for n in range(60)))
    told = await narration(desk, models).narrate(many)
    assert told.paragraphs
    sizes = [sum(len(message.text) for message in request.messages) for request in models.asked]
    assert sizes[1] < sizes[0] / 2
    assert "message of Strategist" in kept(desk)[0].left_out, "what is left out is kept with the prompt"
    shown = re.findall(r"^\[(f\d+)\]", models.asked[1].messages[-1].text, re.MULTILINE)
    assert shown and str(models.asked[1].schema).count("'f") == len(shown), "only what it was shown can be cited"


async def test_a_prompt_that_cannot_fit_at_all_is_said(desk: Desk) -> None:
    told = await narration(desk, ScriptedModels([GOOD], tokens=100)).narrate(TELLING)
    assert "there is room for" in told.note and not told.paragraphs


async def test_an_agent_that_may_read_nothing_is_shown_no_passage(desk: Desk) -> None:
    models = ScriptedModels([GOOD])
    told = await narration(desk, models).narrate(replace(TELLING, agent=PLANNER.model_copy(update={"reads": []})))
    assert "Passages:" not in models.asked[0].messages[-1].text
    assert told.paragraphs[0][1].cites == ()


async def test_a_page_bears_itself_nothing_out(desk: Desk) -> None:
    models = ScriptedModels([GOOD])
    own = replace(HALL, path="raw_notes/plan.md", text="The hall is closed until 2099.")
    told = await narration(desk, models, [own, HALL]).narrate(replace(TELLING, pages=(own.path,)))
    assert [str(fact.sources[0]) for fact in told.quoted] == ["raw_notes/hall.md@2:3–4"]
    assert told.unverified == 1
