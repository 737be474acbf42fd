"""A host as it is composed: real database, real runs, real pages; only the clock and the words are ours."""

import asyncio
import json
import os
import queue
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orin_agents.domain.actors import agent, person
from orin_agents.domain.dialogue import ModelRequest
from orin_agents.domain.errors import BrokenFile, Conflict, Forbidden, ModelFailed, NotFound, StorageFailure
from orin_agents.domain.operations.approvals import AnswerApproval, ListApprovals
from orin_agents.domain.operations.artifacts import SaveArtifact, ShowArtifact
from orin_agents.domain.operations.index import SearchPassages
from orin_agents.domain.operations.memory import NewLesson
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.operations.runs import OneRun, ShowRun, StartRun
from orin_agents.domain.runs import RunDetail, RunState, StepState
from orin_agents.domain.secrets import Secrets
from orin_agents.host.composition import OrinHost, _embedding, compose
from orin_agents.host.lifecycle import Start
from orin_agents.services.case_file import CaseFile
from orin_agents.services.ports import Models
from tests.fake_models import ScriptedModels

ADA = person("ada")
PROJECT = "repair-day"
MEMO = "drafts/strategic_memos/2026-11-20.md"
MORNING = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


KEY = "sk-1234567890ab"


class StoppedClock:
    def now(self) -> datetime:
        return MORNING


class House:
    """A host at work, asked in worker threads as its API does."""

    def __init__(self, host: OrinHost) -> None:
        self.parts = host._parts
        self.root = self.parts.case_file.root(PROJECT)

    async def ask(self, call: Callable[..., object], request: object) -> object:
        return await asyncio.to_thread(call, ADA, request)

    async def run(self, what: str, key: str = "") -> RunDetail:
        run = await self.ask(self.parts.runs.start, StartRun(what=what, project=PROJECT, key=key))
        return await self.finished(run.id)

    async def finished(self, run: str) -> RunDetail:
        seen = 0
        while True:
            detail = await self.ask(self.parts.runs.show, ShowRun(run=run, findings=True))
            if detail.run.state.over:
                return detail
            seen = await asyncio.wait_for(self.parts.feed.beyond(seen), 20)


@asynccontextmanager
async def living(workspace: Path, models: Models) -> AsyncIterator[House]:
    start = Start(
        workspace=workspace,
        socket=workspace / "socket",
        loop=asyncio.get_running_loop(),
        stop=lambda: None,
        create=True,
        sample=True,
        secrets=Secrets({"KEY": KEY}),
    )
    host = compose(start, models=models, clock=StoppedClock())
    try:
        await host.start()
        yield House(host)
    finally:
        await host.stop()


def telling(text: str, *cites: str) -> str:
    """A narrative of one sentence, as a model is asked for it."""
    return json.dumps({"paragraphs": [{"sentences": [{"text": text, "cites": list(cites)}]}]})


@pytest.fixture
def models() -> ScriptedModels:
    return ScriptedModels()


@pytest.fixture
async def house(tmp_path: Path, models: ScriptedModels) -> AsyncIterator[House]:
    async with living(tmp_path / "w", models) as house:
        yield house


async def test_a_morning_leaves_its_pages_with_every_figure_traceable(house: House):
    detail = await house.run("morning")
    assert detail.run.state is RunState.NEEDS_YOU
    assert {step.state for step in detail.steps} == {StepState.OK, StepState.NEEDS_YOU}
    brief = (house.root / "drafts/morning_brief.md").read_text()
    assert "_No model is configured. This page is complete without narrative._" in brief
    shown = await house.ask(house.parts.workspace.artifacts.show, ShowArtifact(project=PROJECT, path=MEMO))
    facts = shown.version.origin.facts
    assert (shown.version.author, shown.version.origin.run) == ("agent:strategist", detail.run.id)
    for number, fact in enumerate(facts, 1):
        assert f"[f{number}]" in shown.text
        for source in fact.sources:
            versions = house.parts.store.artifacts.versions(house.parts.store.artifacts.find(PROJECT, source.path).id)
            content = house.parts.store.artifacts.content(versions[source.version - 1].sha256).decode()
            assert source.first_line <= source.last_line <= len(content.splitlines())


async def test_agents_hand_on_along_the_edges_and_between_the_blocks(house: House):
    detail = await house.run("morning")
    handed = [(handoff.from_step, handoff.to_step) for handoff in detail.handoffs]
    assert ("alignment.align", "alignment.plan") in handed
    assert ("alignment.plan", "audit.challenge") in handed
    assert all(handoff.text for handoff in detail.handoffs)
    assert [handoff.number for handoff in detail.handoffs] == list(range(1, len(handed) + 1))


async def test_an_approved_proposal_closes_the_run_that_waited_for_it(house: House):
    detail = await house.run("alignment")
    waiting = await house.ask(house.parts.approvals.listed, ListApprovals())
    assert [(approval.path, approval.run) for approval in waiting] == [("plans/okr.json", detail.run.id)]
    assert waiting[0].reason == "“20 helpers confirmed” is written down as 5, but its tasks say 8."
    await house.ask(house.parts.approvals.approve, AnswerApproval(approval=waiting[0].id))
    assert (await house.finished(detail.run.id)).run.state is RunState.OK
    again = await house.run("alignment")
    assert again.run.state is RunState.OK


async def test_one_answer_closes_every_run_that_waited_for_it(house: House):
    first, second = await house.run("morning"), await house.run("morning")
    assert {first.run.state, second.run.state} == {RunState.NEEDS_YOU}
    (waiting,) = await house.ask(house.parts.approvals.listed, ListApprovals())
    await house.ask(house.parts.approvals.reject, AnswerApproval(approval=waiting.id))
    for run in (first.run.id, second.run.id):
        assert (await house.finished(run)).run.state is RunState.OK
    assert (await house.run("alignment")).run.state is RunState.OK
    assert await house.ask(house.parts.approvals.listed, ListApprovals()) == ()
    told = next(handoff.text for handoff in first.handoffs if handoff.from_step == "alignment.align")
    assert told.endswith(f"Filed: {MEMO}. Proposed: plans/okr.json.")


async def test_words_stand_in_the_page_marked_and_the_model_is_kept(tmp_path: Path):
    models = ScriptedModels(lambda request: telling("The week leaned to one side.", "f1", "f99"))
    async with living(tmp_path / "w", models) as house:
        detail = await house.run("alignment")
        shown = await house.ask(house.parts.workspace.artifacts.show, ShowArtifact(project=PROJECT, path=MEMO))
        told = await house.ask(house.parts.runs.show, ShowRun(run=detail.run.id, prompts=True))
        with pytest.raises(Forbidden):
            house.parts.runs.show(agent("scribe"), ShowRun(run=detail.run.id, prompts=True))
    assert re.search(r"<!-- narrative -->\nThe week leaned to one side\. \[f\d+\]\n<!-- /narrative -->", shown.text)
    assert shown.version.origin.model == "scripted"
    assert [step.words for step in detail.steps] == ["scripted", "scripted"]
    first, second = (request.messages[-1].text for request in models.asked)
    assert "Drift" in first and "[f1]" in first
    assert 'Handed on to you:\n\n<message from="Strategist">' in second, (
        "the planner's model is told what the strategist handed on"
    )
    assert [(prompt.step, prompt.number, prompt.model) for prompt in told.prompts] == [
        ("alignment.align", 1, "scripted"),
        ("alignment.plan", 1, "scripted"),
    ]
    assert told.prompts[0].messages == models.asked[0].messages


async def test_a_model_adapter_that_fails_costs_the_words_alone(tmp_path: Path):
    def fails(request: ModelRequest) -> str:
        raise RuntimeError("out of memory")

    async with living(tmp_path / "w", ScriptedModels(fails)) as house:
        detail = await house.run("alignment")
        assert detail.run.state is RunState.NEEDS_YOU
        assert "complete without narrative" in (house.root / MEMO).read_text()


async def test_words_are_filled_in_later_around_the_facts_found_then(tmp_path: Path):
    models = ScriptedModels()
    async with living(tmp_path / "w", models) as house:
        dry = await house.run("alignment")
        before = (house.root / MEMO).read_text()
        await house.ask(
            house.parts.workspace.artifacts.save, SaveArtifact(project=PROJECT, path="plans/okr.json", text="{}")
        )
        empty = await house.finished((await house.ask(house.parts.runs.fill, OneRun(run=dry.run.id))).id)
        assert empty.run.state is RunState.OK and (house.root / MEMO).read_text() == before
        assert all(step.error.startswith("No model is configured.") for step in empty.steps)
        assert empty.run.id not in house.parts.memory.told("strategist")
        models.script = lambda request: telling("The week leaned to one side.", "f1")
        filled = await house.finished((await house.ask(house.parts.runs.fill, OneRun(run=dry.run.id))).id)
        assert filled.run.title == "Words for Daily alignment review"
        after = (house.root / MEMO).read_text()
        assert "The week leaned to one side." in after
        figures = lambda page: page[page.index("<!-- /narrative -->") : page.index("## Sources")]  # noqa: E731
        assert re.sub(r"\[f\d+\]", "", figures(after)) == re.sub(r"\[f\d+\]", "", figures(before))
        with pytest.raises(Conflict, match="left no page without words"):
            await house.ask(house.parts.runs.fill, OneRun(run=dry.run.id))
        with pytest.raises(Conflict, match="left no page without words"):
            await house.ask(house.parts.runs.fill, OneRun(run=filled.run.id))


async def test_words_that_come_too_late_are_proposed_or_left(tmp_path: Path):
    models = ScriptedModels()
    async with living(tmp_path / "w", models) as house:
        dry = await house.run("alignment")
        await house.ask(
            house.parts.workspace.artifacts.save, SaveArtifact(project=PROJECT, path=MEMO, text="my own memo\n")
        )
        due = "- [ ] Call the press 📅 2026-11-19\n"
        await house.ask(
            house.parts.workspace.artifacts.save, SaveArtifact(project=PROJECT, path="raw_notes/press.md", text=due)
        )
        await house.run("planner")
        models.script = lambda request: telling("The week leaned to one side.", "f1")
        filled = await house.finished((await house.ask(house.parts.runs.fill, OneRun(run=dry.run.id))).id)
        assert (house.root / MEMO).read_text() == "my own memo\n"
        reasons = {a.path: a.reason for a in await house.ask(house.parts.approvals.listed, ListApprovals())}
        assert reasons[MEMO] == "ada edited drafts/strategic_memos/2026-11-20.md since."
        plan = next(step for step in filled.steps if step.id == "alignment.plan")
        assert plan.state is StepState.OK
        assert plan.error.startswith("schedule/daily_plan.md was written anew since")


async def test_a_step_that_cannot_file_fails_alone_and_is_taken_up_again(house: House):
    (house.root / "schedule" / "daily_plan.md").mkdir(parents=True)
    detail = await house.run("alignment")
    states = {step.id: step.state for step in detail.steps}
    assert detail.run.state is RunState.FAILED
    assert states == {"alignment.align": StepState.NEEDS_YOU, "alignment.plan": StepState.FAILED}
    assert "daily_plan.md" in detail.run.error
    (house.root / "schedule" / "daily_plan.md").rmdir()
    run = await house.ask(house.parts.runs.resume, OneRun(run=detail.run.id))
    again = await house.finished(run.id)
    assert again.run.state is RunState.NEEDS_YOU
    assert len(house.parts.store.artifacts.versions(house.parts.store.artifacts.find(PROJECT, MEMO).id)) == 1
    assert "# Daily plan" in (house.root / "schedule" / "daily_plan.md").read_text()


async def test_a_cancelled_run_stops_and_goes_on_where_it_was(house: House, models: ScriptedModels):
    models.gate = asyncio.Event()
    models.script = lambda request: telling("Well.")
    run = await house.ask(house.parts.runs.start, StartRun(what="alignment", project=PROJECT))
    await asyncio.wait_for(models.begun.wait(), 20)
    cancelled = await house.ask(house.parts.runs.cancel, OneRun(run=run.id))
    assert cancelled.state is RunState.CANCELLED
    models.gate.set()
    with pytest.raises(Conflict):
        await house.ask(house.parts.runs.cancel, OneRun(run=run.id))
    await house.ask(house.parts.runs.resume, OneRun(run=run.id))
    assert (await house.finished(run.id)).run.state is RunState.NEEDS_YOU


async def test_one_key_starts_one_run(house: House):
    first = await house.run("alignment", key="alignment@2026-11-20T07:30")
    again = await house.run("alignment", key="alignment@2026-11-20T07:30")
    assert (again.run.id, len(house.parts.store.runs.all())) == (first.run.id, 1)
    retried = await house.ask(house.parts.runs.retry, OneRun(run=first.run.id))
    assert retried.id != first.run.id
    await house.finished(retried.id)


async def test_what_a_person_edited_today_is_asked_for_not_replaced(house: House):
    await house.run("alignment")
    plan = "schedule/daily_plan.md"
    await house.ask(
        house.parts.workspace.artifacts.save, SaveArtifact(project=PROJECT, path=plan, text="my own plan\n")
    )
    await house.run("alignment")
    assert (house.root / plan).read_text() == "my own plan\n"
    reasons = {a.path: a.reason for a in await house.ask(house.parts.approvals.listed, ListApprovals())}
    assert reasons[plan] == f"ada edited {plan} today."


async def test_an_agent_alone_does_its_own_part(house: House):
    detail = await house.run("critic")
    assert [step.agent for step in detail.steps] == ["critic"]
    assert detail.run.title == "Critic alone"


async def test_what_there_is_not_is_said_with_the_nearest_name(house: House):
    with pytest.raises(NotFound) as caught:
        await house.run("mornin")
    assert "morning" in caught.value.remedy


async def test_an_edit_on_disk_is_noticed_while_the_host_runs(house: House):
    notes = house.parts.store.journal.last()
    (house.root / "raw_notes" / "new.md").write_text("# New\n\n- [ ] look at this\n")
    artifact = None
    while artifact is None:
        notes = await asyncio.wait_for(house.parts.feed.beyond(notes), 20)
        artifact = house.parts.store.artifacts.find(PROJECT, "raw_notes/new.md")
    assert artifact.owner.startswith("person:")


async def test_a_broken_file_is_named_with_its_line_on_the_page_and_with_the_run(house: House):
    risks = house.root / "risk_matrix.json"
    broken = risks.read_text().replace('"probability": 4', '"probability": 9')
    risks.write_text(broken)
    detail = await house.run("morning")
    assert [(item.path, item.line) for item in detail.broken] == [("risk_matrix.json", 3)]
    brief = (house.root / "drafts/morning_brief.md").read_text()
    assert "_Not known: the risk register could not be read._" in brief
    assert "⚠ Could not be read, and was left as it is: risk_matrix.json:3: " in brief
    assert "Not there: risk_matrix.json" not in brief
    assert risks.read_text() == broken


async def test_a_routine_that_cannot_be_read_is_named_with_the_run_that_goes_on_without_it(house: House):
    schedules = house.parts.start.workspace / "schedules"
    alignment = schedules / "alignment.yaml"
    alignment.write_text(alignment.read_text().replace("agent: strategist", "agent: nobody"))
    detail = await house.run("morning")
    assert detail.run.state is RunState.OK
    (broken,) = detail.broken
    assert broken.path == "schedules/alignment.yaml" and broken.line and "'nobody'" in broken.reason
    assert not any(step.id.startswith("alignment.") for step in detail.steps)
    assert (await house.run("audit")).broken == ()
    with pytest.raises(BrokenFile, match=r"schedules/alignment\.yaml:\d+: .*'nobody'"):
        await house.run("alignment")
    for path in schedules.glob("*.yaml"):
        path.write_text("id: [\n")
    with pytest.raises(NotFound, match="No routine of the morning can be run"):
        await house.run("morning")


async def test_every_routine_of_the_week_leaves_its_pages(house: House):
    for part in ("midday", "afternoon", "evening", "weekly", "watch"):
        detail = await house.run(part)
        assert detail.run.state in (RunState.OK, RunState.NEEDS_YOU), detail.run.error
        assert all(step.filed or not step.error for step in detail.steps)
    files = {str(path.relative_to(house.root)) for path in house.root.rglob("*") if path.is_file()}
    wanted = {"tags.yaml", "health_flags.json", "system_report.md", "logs/weekly_summary.json", "function_map.json"}
    assert wanted - {"function_map.json"} <= files


async def test_a_note_is_found_by_words_and_by_meaning_as_soon_as_it_is_written(house: House):
    (house.root / "raw_notes" / "otters.md").write_text("# Otters\n\nThey live below the jetty.\n")
    seen = 0
    while (found := house.parts.store.artifacts.find(PROJECT, "raw_notes/otters.md")) is None:
        seen = await asyncio.wait_for(house.parts.feed.beyond(seen), 20)
    answer = await house.ask(house.parts.index.found, SearchPassages(query="oters jetty", project=PROJECT))
    assert (found.version, answer.passages[0].id) == (1, "raw_notes/otters.md@1:1–3")
    state = await house.ask(house.parts.index.state, Nothing())
    assert (state.problems, state.embedding[:7]) == ((), "hashing")


async def test_the_embedding_of_a_model_is_taken_where_there_is_one():
    loop, models = asyncio.get_running_loop(), ScriptedModels([""])
    embedding = _embedding(models, loop)
    assert embedding.name == "scripted"
    assert len(await asyncio.to_thread(embedding.embed, ["a", "b"])) == 2
    assert _embedding(ScriptedModels(), loop).name.startswith("hashing")


async def test_checks_of_a_sound_workspace_are_all_ok(house: House):
    await house.run("alignment")
    lines = [line for check in house.parts.workspace.checks() for line in await asyncio.to_thread(check)]
    assert {line.verdict for line in lines} == {"ok"}, lines


async def test_every_file_that_is_left_out_is_named(house: House):
    (house.root / "link.md").symlink_to("/etc/hostname")
    (house.root / "trailing ").write_text("x")
    (house.root / os.fsdecode(b"bad\xff.md")).write_text("x")
    lines = [line for check in house.parts.workspace.checks() for line in await asyncio.to_thread(check)]
    seen = [line.seen for line in lines if line.verdict == "warning"]
    assert len(seen) == 3
    for name in ("link.md", "trailing ", r"bad\udcff.md"):
        assert any(f"{PROJECT}/{name}: " in text for text in seen), seen
    json.dumps(seen).encode()
    for number in range(30):
        (house.root / f"{number} ").write_text("x")
    lines = [line for check in house.parts.workspace.checks() for line in await asyncio.to_thread(check)]
    assert [line.seen for line in lines if "more files" in line.seen] == [f"left out: 13 more files of {PROJECT}"]


async def test_without_its_database_a_workspace_takes_its_case_files_in_anew(tmp_path: Path, models: ScriptedModels):
    async with living(tmp_path / "w", models) as house:
        await house.run("alignment")
        before = {path: path.read_bytes() for path in house.root.rglob("*") if path.is_file()}
    for part in (tmp_path / "w" / ".orin").glob("workspace.db*"):
        part.unlink()
    async with living(tmp_path / "w", models) as house:
        assert {project.id for project in house.parts.store.projects.all()} == {"home", PROJECT}
        assert len(house.parts.store.artifacts.all(PROJECT)) == len(before)
        assert (await house.run("critic")).run.state is RunState.OK
        assert before == {path: path.read_bytes() for path in before}


async def test_a_run_accepted_before_a_crash_is_taken_up_at_the_next_start(tmp_path: Path, models: ScriptedModels):
    models.gate = asyncio.Event()
    models.script = lambda request: telling("Well.")
    async with living(tmp_path / "w", models) as house:
        run = await house.ask(house.parts.runs.start, StartRun(what="alignment", project=PROJECT))
        await asyncio.wait_for(models.begun.wait(), 20)
    models.gate.set()
    async with living(tmp_path / "w", models) as house:
        assert (await house.finished(run.id)).run.state is RunState.NEEDS_YOU


async def test_a_secret_in_a_persons_note_stays_there_and_comes_no_further(house: House, models: ScriptedModels):
    note = f"# Ask\n\n- [ ] Call the hall with {KEY} 📅 2026-11-19\n"
    (house.root / "raw_notes" / "ask.md").write_text(note)
    models.script = lambda request: ModelFailed(f"bad key {KEY}")
    detail = await house.run("morning")
    assert detail.run.state is RunState.NEEDS_YOU
    assert "Call the hall with [secret KEY]" in str(detail.findings)
    assert (house.root / "raw_notes" / "ask.md").read_text() == note
    pages = {path.relative_to(house.root).as_posix(): path.read_text() for path in house.root.rglob("*.md")}
    assert [path for path, text in pages.items() if KEY in text] == ["raw_notes/ask.md"]
    assert "Call the hall with" in pages["drafts/morning_brief.md"]
    assert KEY not in str(detail)
    assert KEY not in str(house.parts.store.journal.after(0, 10_000))


async def test_agents_remember_what_they_did_and_why_they_were_turned_down(house: House):
    detail = await house.run("morning")
    (asked,) = await house.ask(house.parts.approvals.listed, ListApprovals())
    await house.ask(house.parts.approvals.reject, AnswerApproval(approval=asked.id, reason="they have not confirmed"))
    memories = {path.stem: path.read_text() for path in (house.root.parents[1] / "memory").iterdir()}
    assert set(memories) == {step.agent for step in detail.steps}
    assert f"- plans/okr.json: “they have not confirmed” [approval {asked.id}]\n" in memories[asked.agent]
    for step in detail.steps:
        assert f"[{detail.run.id} {step.id}]" in memories[step.agent]
    assert "they have not confirmed" in house.parts.memory.told(asked.agent)


async def test_words_that_still_lack_are_asked_for_again_by_a_retry(house: House, models: ScriptedModels):
    dry = await house.run("alignment")
    tried = await house.finished((await house.ask(house.parts.runs.fill, OneRun(run=dry.run.id))).id)
    models.script = lambda request: telling("The week leaned to one side.", "f1")
    again = await house.finished((await house.ask(house.parts.runs.retry, OneRun(run=tried.run.id))).id)
    assert again.run.title == "Words for Daily alignment review"
    assert "The week leaned to one side." in (house.root / MEMO).read_text()


async def test_a_host_goes_on_and_ends_well_behind_what_nobody_foresaw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    met: queue.Queue[str] = queue.Queue()

    def failing(*given: object) -> None:
        met.put(str(given[-1]))
        raise ValueError("a bug")

    async with living(tmp_path / "w", ScriptedModels()) as house:
        await house.run("critic")
        monkeypatch.setattr(house.parts.index.indexing, "_take_in", failing)
        monkeypatch.setattr(CaseFile, "notice", failing)
        seen = set()
        for name in ("one.md", "two.md"):
            (house.root / "raw_notes" / name).write_text("# New\n")
            while f"raw_notes/{name}" not in seen:
                seen.add(await asyncio.to_thread(met.get, True, 10))
        for _ in range(2):
            await asyncio.to_thread(house.parts.memory.remember, ADA, NewLesson(agent="critic", text="Be brief."))
            while await asyncio.to_thread(met.get, True, 10) != "":  # the index, of every project
                pass
    with pytest.raises(StorageFailure):
        house.parts.store.projects.all()
