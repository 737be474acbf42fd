"""What the database keeps of secrets: their names."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orin_agents.adapters.database.store import SqlStore
from orin_agents.domain.approvals import Approval, ApprovalState
from orin_agents.domain.asking import Citation
from orin_agents.domain.conversations import Conversation, Utterance
from orin_agents.domain.dialogue import Prompt, Role
from orin_agents.domain.facts import Fact, Finding
from orin_agents.domain.journal import Event
from orin_agents.domain.projects import Project
from orin_agents.domain.runs import Handoff, Run, RunState, RunStep, StepState
from orin_agents.domain.secrets import Secrets

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = "123456789012"
"""Digits alone, so that it can be mistaken for a number."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(tmp_path / "workspace.db", secrets=Secrets({"KEY": KEY}))
    with store.transaction():
        store.projects.add(Project(id="home", title="Home", created=NOON))
    yield store
    store.close()


def test_journal_runs_and_approvals_keep_names_alone(store: SqlStore) -> None:
    run = Run(
        id="r",
        project="home",
        routine="x",
        title="X",
        state=RunState.FAILED,
        actor="a",
        created=NOON,
        error=f"no {KEY}",
    )
    step = RunStep(id="x.a", agent="critic", state=StepState.FAILED, error=f"401 for {KEY}")
    fact = Fact(id="x.big", label=f"with {KEY}", value=int(KEY))
    handoff = Handoff(
        run="r", number=1, from_step="x.a", to_step="x.b", from_agent="critic", to_agent="scribe", text=f"see {KEY}"
    )
    asked = Approval(
        id=0,
        project="home",
        agent="critic",
        path="a.md",
        reason=f"for {KEY}",
        base=0,
        state=ApprovalState.WAITING,
        asked=NOON,
    )
    with store.transaction():
        store.journal.append(Event.RUN_FINISHED, "a", NOON, data={"error": f"no {KEY}", "number": int(KEY)})
        store.runs.put(run, b"{}")
        store.runs.put_step("r", step, (Finding(skill="x", facts=(fact,)),))
        store.runs.hand_on(handoff, "k")
        approval = store.approvals.add(asked, KEY.encode(), "k")
    (entry,) = store.journal.after(0, 10)
    assert entry.data == {"error": "no [secret KEY]", "number": int(KEY)}
    kept = store.runs.get("r")
    assert kept and kept.error == "no [secret KEY]"
    assert [step.error for step in store.runs.steps("r")] == ["401 for [secret KEY]"]
    assert store.runs.findings("r", "x.a")[0].facts == (Fact(id="x.big", label="with [secret KEY]", value=int(KEY)),)
    assert [handoff.text for handoff in store.runs.handoffs("r")] == ["see [secret KEY]"]
    assert approval.reason == "for [secret KEY]"
    assert store.approvals.get(approval.id) == (approval, KEY.encode())  # what is proposed is a file: it stays as it is


def test_conversations_and_titles_keep_names_alone(store: SqlStore) -> None:
    run = Run(id="r", project="home", routine="ask", title=KEY, state=RunState.OK, actor="a", created=NOON)
    talk = Conversation(id="c", project="home", agent="manager", title=f"Is it {KEY}?", created=NOON, changed=NOON)
    cited = (Citation(mark="p1", place="a.md@1:2", text=f"key: {KEY}"),)
    said = Utterance(number=0, role=Role.USER, text=KEY, at=NOON, citations=cited, note=KEY)
    with store.transaction():
        store.runs.put(run)
        store.conversations.add(talk)
        store.conversations.say("c", said)
        store.prompts.add(Prompt(run="r", step="s", number=1, agent="manager", messages=(), left_out=(f"said {KEY}",)))
    kept = (store.runs.get("r"), store.conversations.get("c"), store.conversations.messages("c"), store.prompts.of("r"))
    assert KEY not in repr(kept)
    assert repr(kept).count("[secret KEY]") == 6
