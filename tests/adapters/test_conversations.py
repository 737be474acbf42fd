from datetime import UTC, datetime, timedelta
from pathlib import Path

from orin_agents.adapters.database.store import SqlStore
from orin_agents.domain.asking import Citation
from orin_agents.domain.conversations import Conversation, Utterance
from orin_agents.domain.dialogue import Role

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_what_is_said_is_numbered_kept_whole_and_forgotten(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "w.db")
    cited = (Citation(mark="p1", place="a.md@1:2–3", text="“ü”"),)
    with store.transaction():
        for id, agent in (("c1", "manager"), ("c2", "planner")):
            store.conversations.add(
                Conversation(id=id, project="home", agent=agent, title="?", created=NOON, changed=NOON)
            )
        for minute in range(5):
            at = NOON + timedelta(minutes=minute)
            said = Utterance(
                number=0, role=Role.ASSISTANT, text=f"{minute}", at=at, citations=cited, model="m", note="n"
            )
            store.conversations.say("c1", said)
    messages = store.conversations.messages("c1")
    assert [(m.number, m.text) for m in messages] == [(n + 1, f"{n}") for n in range(5)]
    assert (messages[0].citations, messages[0].model, messages[0].note) == (cited, "m", "n")
    assert [m.number for m in store.conversations.messages("c1", 2)] == [4, 5]
    assert [(c.id, c.messages) for c in store.conversations.all()] == [("c1", 5), ("c2", 0)]
    assert [c.id for c in store.conversations.all("home", "planner")] == ["c2"]
    newest = store.conversations.newest("home", "manager", NOON + timedelta(minutes=4))
    assert newest and newest.id == "c1"
    assert store.conversations.newest("home", "manager", NOON + timedelta(minutes=5)) is None
    with store.transaction():
        store.conversations.remove("c1")
    assert store.conversations.get("c1") is None and store.conversations.messages("c1") == ()
    store.close()


def test_a_workspace_from_before_conversations_is_brought_up_to_date(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "w.db")
    with store.transaction():
        for sql in ("DROP TABLE utterances", "DROP TABLE conversations"):
            store.change(sql)
        store.change("DELETE FROM _sqlite_migrations WHERE name = '2026-11-conversations'")
    store.close()
    store = SqlStore(tmp_path / "w.db")
    assert store.conversations.all() == ()
    assert (tmp_path / "w-before-2026-11-conversations.db").exists()
    store.close()
