import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from orin_agents.domain.asking import Outcome, TellingKind, Told
from orin_agents.domain.dialogue import ModelRequest
from orin_agents.domain.errors import ModelFailed, NotFound
from orin_agents.domain.operations.artifacts import SaveArtifact
from orin_agents.domain.operations.asking import Ask
from orin_agents.domain.runs import RunState, StepState
from orin_agents.services.asking import addressed
from tests.asking import Parlour
from tests.fake_models import ScriptedModels
from tests.services.conftest import ADA, Desk

HALL = "The rope hall costs 450 euros a day.\n"
PLAN = "The rope hall costs 500 euros a day, says the harbour office.\n"
QUESTION = "What does the rope hall cost a day?"

Room = Callable[..., Parlour]


@pytest.fixture
def room(desk: Desk, tmp_path: Path) -> Room:
    def furnish(script: object = (), **more: object) -> Parlour:
        for path, text in (("raw_notes/hall.md", HALL), ("plans/costs.md", PLAN)):
            desk.artifacts.save(ADA, SaveArtifact(project="home", path=path, text=text))
        return Parlour(desk.store, desk.clock, ScriptedModels(script, **more), tmp_path)  # type: ignore[arg-type]

    return furnish


async def ask(parlour: Parlour, question: str, **more: object) -> list[Told]:
    return [told async for told in parlour.asking.ask(ADA, Ask(question=question, **more))]  # type: ignore[arg-type]


def answer(told: list[Told]) -> Told:
    return next(one for one in told if one.kind is TellingKind.ANSWER)


def mark_of(request: ModelRequest, place: str) -> str:
    """The mark that the prompt gives the passage at that place."""
    shown = request.messages[-1].text
    before = shown[: shown.index(f'from="{place}')]
    return before[before.rindex('mark="') :].split('"')[1]


def crew(request: ModelRequest) -> str:
    """Plays researcher, planner and group by what they are told."""
    rules = request.messages[0].text
    if "You are the Group" in rules:
        return "The note says 450 euros [p1]."
    if "You are the Researcher" in rules:
        return f"It costs 450 euros a day [{mark_of(request, 'raw_notes/hall.md')}]."
    return f"It costs 500 euros a day [{mark_of(request, 'plans/costs.md')}]."


async def test_several_answer_at_once_and_one_merges_without_losing_a_dissent(room: Room, desk: Desk) -> None:
    parlour = room(crew)
    told = await ask(parlour, f"@researcher @planner {QUESTION}")
    assert told[0].agent == "group"
    assert next(one.text for one in told if one.kind is TellingKind.STEP) == "asks Researcher, Planner"
    merging = parlour.models.asked[-1].messages  # type: ignore[attr-defined]
    assert '<answer from="Researcher">\nIt costs 450 euros a day [p' in merging[-1].text
    whole = answer(told)
    places = {citation.mark: citation.place for citation in whole.citations}
    assert sorted(places.values()) == ["plans/costs.md@1:1", "raw_notes/hall.md@1:1"]
    assert "also says: It costs" in whole.text
    (run,) = desk.store.runs.all()
    steps = {step.agent: step.state for step in desk.store.runs.steps(run.id)}
    assert steps == dict.fromkeys(("researcher", "planner", "group"), StepState.OK) and run.state is RunState.OK
    assert {kept.step for kept in parlour.prompts} == {"ask.researcher", "ask.planner", "ask.group"}
    assert desk.store.conversations.all()[0].agent == "group"


async def test_each_member_reads_only_what_it_may(room: Room) -> None:
    parlour = room(crew)
    await ask(parlour, f"@researcher @planner {QUESTION}")
    asked = {request.messages[0].text.split(".")[0]: request for request in parlour.models.asked}  # type: ignore[attr-defined]
    assert "450" not in asked["You are the Planner"].messages[-1].text
    assert "450" in asked["You are the Researcher"].messages[-1].text


async def test_a_member_that_fails_is_named_and_the_others_go_on(room: Room, desk: Desk) -> None:
    def one_breaks(request: ModelRequest) -> str:
        if "You are the Planner" in request.messages[0].text:
            raise ZeroDivisionError("a wire came loose")
        return crew(request)

    told = await ask(room(one_breaks), f"@researcher @planner {QUESTION}")
    assert answer(told).text.startswith("It costs 450 euros a day [p")
    assert answer(told).note == "Planner did not answer: ZeroDivisionError: a wire came loose"
    (run,) = desk.store.runs.all()
    assert run.state is RunState.OK
    assert {s.agent: s.state.value for s in desk.store.runs.steps(run.id)} == {"researcher": "ok", "planner": "failed"}


async def test_without_a_model_what_each_found_is_put_together(room: Room) -> None:
    whole = answer(await ask(room(), f"@researcher @planner {QUESTION}"))
    assert whole.outcome is Outcome.EXTRACT
    assert "“The rope hall costs 450 euros a day.” [p2] (Researcher)" in whole.text
    assert whole.note == "No model is configured. Run `orin setup`."
    assert sorted(c.place for c in whole.citations) == ["plans/costs.md@1:1", "raw_notes/hall.md@1:1"]


async def test_without_a_merge_the_answers_stand_under_their_names(room: Room) -> None:
    def no_merge(request: ModelRequest) -> object:
        return ModelFailed("It broke.") if "You are the Group" in request.messages[0].text else crew(request)

    whole = answer(await ask(room(no_merge), f"@researcher @planner {QUESTION}"))
    assert "**Researcher:** It costs 450 euros a day [p" in whole.text and "**Planner:** It costs 500" in whole.text
    assert whole.note == "It broke."


async def test_code_chooses_the_team_by_skills_and_duty(room: Room) -> None:
    told = await ask(room(), "Which risks does the plan for the rope hall run?", team=True)
    asked = next(one.text for one in told if one.kind is TellingKind.STEP).removeprefix("asks ").split(", ")
    assert 2 <= len(asked) <= 4 and "Critic" in asked and "Group" not in asked
    told = await ask(room(), "What now?", team=True)
    assert next(one.text for one in told if one.kind is TellingKind.STEP) == "asks Manager, Planner"


async def test_a_team_that_finds_nothing_does_not_know(room: Room) -> None:
    parlour = room(crew)
    assert answer(await ask(parlour, "Who won the world cup?", team=True)).outcome is Outcome.UNKNOWN
    assert parlour.models.asked == []  # type: ignore[attr-defined]


async def test_one_who_leaves_stops_the_whole_team(room: Room, desk: Desk) -> None:
    both, asked = asyncio.Event(), list[ModelRequest]()

    def answers(request: ModelRequest) -> str:
        asked.append(request)
        if len(asked) == 2:
            both.set()
        return str(crew(request))

    parlour = room(answers, gate=asyncio.Event())
    leaving = asyncio.create_task(ask(parlour, f"@researcher @planner {QUESTION}"))
    await asyncio.wait_for(both.wait(), 20)
    leaving.cancel()
    await asyncio.wait({leaving})
    assert parlour.models.closed == 2  # type: ignore[attr-defined]
    assert desk.store.runs.all()[0].state is RunState.CANCELLED


async def test_an_unknown_member_is_named_with_the_nearest(room: Room) -> None:
    with pytest.raises(NotFound) as caught:
        await ask(room(), f"@critc @planner {QUESTION}")
    assert "'critc'" in caught.value.what and "@critic" in caught.value.remedy


@pytest.mark.parametrize(
    ("question", "names", "rest"),
    [
        ("@planner What?", ("planner",), "What?"),
        ("  @code-builder, @Critic: What?", ("code-builder", "Critic"), "What?"),
        ("Mail ada@home.example", (), "Mail ada@home.example"),
        ("@planner", ("planner",), ""),
        ("What of @planner?", (), "What of @planner?"),
    ],
)
def test_whom_a_question_is_addressed_to(question: str, names: tuple[str, ...], rest: str) -> None:
    assert addressed(question) == (names, rest)
