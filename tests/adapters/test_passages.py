"""The full-text index in workspace.db: how it comes into an older database, and that it is never torn."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from orin_agents.adapters.database.store import SqlStore
from orin_agents.domain.errors import StorageFailure
from orin_agents.domain.passages import Chunk
from orin_agents.domain.projects import HOME
from tests.services.conftest import ADA, Desk, clock, desk

__all__ = ["clock", "desk"]
TABLES = ("passage_words", "passages", "indexed")


def chunk(text: str, line: int = 1) -> tuple[str, Chunk]:
    return text, Chunk(first_line=line, last_line=line, text=text)


def texts(store: SqlStore, word: str) -> list[str]:
    return [one.passage.text for one in store.passages.matching([word], HOME, None, 9)]


@pytest.fixture
def store(desk: Desk) -> Iterator[SqlStore]:
    from orin_agents.domain.artifacts import Origin

    for path in ("a.md", "b.md"):
        desk.artifacts.put(ADA, HOME, path, path.encode(), Origin())
    yield desk.store


def sound(store: SqlStore) -> bool:
    """Whether FTS5 finds its index in step with the rows; it raises where it is not."""
    with store.transaction():
        store.change("INSERT INTO passage_words (passage_words, rank) VALUES ('integrity-check', 1)")
    return True


def test_passages_are_replaced_whole(store: SqlStore) -> None:
    artifact = store.artifacts.find(HOME, "a.md")
    assert artifact
    for some in (["one hall", "two"], ["three hall"], []):
        with store.transaction():
            store.passages.put(artifact, "1", [chunk(text, line) for line, text in enumerate(some, 1)])
        assert texts(store, "hall") == [text for text in some if "hall" in text]
        assert store.passages.keys(HOME) == set(some)
        assert sound(store)
    assert [one.path for one in store.passages.pending("1")] == ["b.md"]


def test_a_change_that_fails_leaves_words_and_rows_in_step(store: SqlStore) -> None:
    artifact = store.artifacts.find(HOME, "a.md")
    assert artifact
    with store.transaction():
        store.passages.put(artifact, "1", [chunk("first hall")])
    with pytest.raises(RuntimeError), store.transaction():
        store.passages.put(artifact, "1", [chunk("second hall")])
        raise RuntimeError("the power went")
    assert texts(store, "hall") == ["first hall"]
    assert sound(store)


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TRIGGER passages_out; DELETE FROM passages",  # words of rows that are not there
        "UPDATE passage_words_data SET block = x'00ff' WHERE id > 10",  # the words themselves
    ],
)
def test_a_damaged_index_is_thrown_away_whole(store: SqlStore, damage: str) -> None:
    artifact = store.artifacts.find(HOME, "a.md")
    assert artifact
    with store.transaction():
        store.passages.put(artifact, "1", [chunk("hall")])
        for statement in damage.split("; "):
            store.change(statement)
    try:
        assert texts(store, "hall") == []
    except StorageFailure as error:
        assert "index rebuild" in error.remedy
    with pytest.raises(StorageFailure):
        sound(store)
    with store.transaction():
        store.passages.clear()
    assert (store.passages.count(), texts(store, "hall"), len(store.passages.pending("1"))) == ((0, 0), [], 2)
    with store.transaction():
        store.passages.put(artifact, "1", [chunk("hall")])
    assert texts(store, "hall") == ["hall"] and sound(store)


def test_a_database_from_before_gets_the_index_and_a_copy_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    SqlStore(path).close()
    old = sqlite3.connect(path)
    for table in TABLES:
        old.execute(f"DROP TABLE {table}")
    old.execute("DELETE FROM _sqlite_migrations WHERE name = '2026-11-passages'")
    old.commit()
    old.close()
    store = SqlStore(path)
    assert store.passages.count() == (0, 0)
    store.close()
    assert (tmp_path / "workspace-before-2026-11-passages.db").exists()
