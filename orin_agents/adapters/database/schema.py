"""The tables of workspace.db, as named migrations. A snapshot is taken before a database that has rows is migrated."""

import re
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orin_agents.domain.errors import StorageFailure

if TYPE_CHECKING:
    from sqlite_utils import Database

FIRST = """
CREATE TABLE projects (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, goal TEXT NOT NULL, owner TEXT NOT NULL, created TEXT NOT NULL
) STRICT;
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, event TEXT NOT NULL, actor TEXT NOT NULL, project TEXT NOT NULL,
    subject TEXT NOT NULL, correlation TEXT NOT NULL, data TEXT NOT NULL, key TEXT UNIQUE
) STRICT;
CREATE INDEX journal_correlation ON journal (correlation, seq) WHERE correlation <> '';
CREATE INDEX journal_at ON journal (at);
CREATE TABLE contents (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE artifacts (
    id INTEGER PRIMARY KEY, project TEXT NOT NULL REFERENCES projects (id), path TEXT NOT NULL, kind TEXT NOT NULL,
    state TEXT NOT NULL, owner TEXT NOT NULL, version INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    created TEXT NOT NULL, changed TEXT NOT NULL, locked INTEGER NOT NULL, removed TEXT,
    on_disk TEXT NOT NULL DEFAULT '', reading TEXT, UNIQUE (project, path)
) STRICT;
CREATE INDEX artifacts_unwritten ON artifacts (id) WHERE on_disk <> sha256;
CREATE TABLE versions (
    artifact INTEGER NOT NULL REFERENCES artifacts (id), number INTEGER NOT NULL, path TEXT NOT NULL,
    author TEXT NOT NULL, at TEXT NOT NULL, sha256 TEXT NOT NULL REFERENCES contents (sha256), size INTEGER NOT NULL,
    origin TEXT NOT NULL, run TEXT NOT NULL, tombstone INTEGER NOT NULL, key TEXT UNIQUE,
    PRIMARY KEY (artifact, number)
) STRICT;
CREATE INDEX versions_run ON versions (at) WHERE run <> '';
CREATE TABLE approvals (
    id INTEGER PRIMARY KEY, project TEXT NOT NULL, agent TEXT NOT NULL, path TEXT NOT NULL, reason TEXT NOT NULL,
    base INTEGER NOT NULL, state TEXT NOT NULL, asked TEXT NOT NULL, run TEXT NOT NULL, step TEXT NOT NULL,
    answered TEXT, answered_by TEXT NOT NULL, answer TEXT NOT NULL, data BLOB NOT NULL, key TEXT UNIQUE
) STRICT;
CREATE TABLE runs (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, routine TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL,
    actor TEXT NOT NULL, created TEXT NOT NULL, finished TEXT, error TEXT NOT NULL, attempt INTEGER NOT NULL,
    plan BLOB
) STRICT;
CREATE INDEX runs_created ON runs (created);
CREATE TABLE run_steps (
    run TEXT NOT NULL REFERENCES runs (id), number INTEGER NOT NULL, id TEXT NOT NULL, step TEXT NOT NULL,
    findings TEXT, PRIMARY KEY (run, id)
) STRICT;
CREATE TABLE handoffs (
    run TEXT NOT NULL REFERENCES runs (id), number INTEGER NOT NULL, handoff TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
    PRIMARY KEY (run, number)
) STRICT;
CREATE TABLE imports (batch INTEGER PRIMARY KEY, report TEXT NOT NULL, files TEXT NOT NULL) STRICT;
"""
PROMPTS = """
CREATE TABLE prompts (id INTEGER PRIMARY KEY, run TEXT NOT NULL, step TEXT NOT NULL, prompt TEXT NOT NULL) STRICT;
CREATE INDEX prompts_run ON prompts (run, step);
"""
PASSAGES = """
CREATE TABLE indexed (
    artifact INTEGER PRIMARY KEY REFERENCES artifacts (id), version INTEGER NOT NULL, sha256 TEXT NOT NULL,
    reader TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, artifact INTEGER NOT NULL REFERENCES artifacts (id), project TEXT NOT NULL,
    path TEXT NOT NULL, first_line INTEGER NOT NULL, last_line INTEGER NOT NULL, heading TEXT NOT NULL,
    text TEXT NOT NULL, key TEXT NOT NULL
) STRICT;
CREATE INDEX passages_artifact ON passages (artifact);
CREATE INDEX passages_key ON passages (key, project);
CREATE VIRTUAL TABLE passage_words USING fts5(
    path, heading, text, content='passages', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER passages_in AFTER INSERT ON passages BEGIN
    INSERT INTO passage_words (rowid, path, heading, text) VALUES (new.id, new.path, new.heading, new.text); END;
CREATE TRIGGER passages_out AFTER DELETE ON passages BEGIN
    INSERT INTO passage_words (passage_words, rowid, path, heading, text)
    VALUES ('delete', old.id, old.path, old.heading, old.text); END;
"""
CONVERSATIONS = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, agent TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL,
    changed TEXT NOT NULL
) STRICT;
CREATE INDEX conversations_changed ON conversations (project, agent, changed);
CREATE TABLE utterances (
    conversation TEXT NOT NULL REFERENCES conversations (id), number INTEGER NOT NULL, role TEXT NOT NULL,
    text TEXT NOT NULL, at TEXT NOT NULL, citations TEXT NOT NULL, run TEXT NOT NULL, model TEXT NOT NULL,
    note TEXT NOT NULL, PRIMARY KEY (conversation, number)
) STRICT;
"""

MEMORY = """
CREATE TABLE projections (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
CREATE TABLE memories (agent TEXT PRIMARY KEY, kept TEXT NOT NULL) STRICT;
"""


def migrate(db: "Database", path: Path) -> None:
    """Bring the tables up to date. Raises StorageFailure when the database is of a newer Orin."""
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("orin")

    steps = {
        "2026-11-first": FIRST,
        "2026-11-prompts": PROMPTS,
        "2026-11-passages": PASSAGES,
        "2026-11-conversations": CONVERSATIONS,
        "2026-11-memory": MEMORY,
    }
    for name, script in steps.items():
        migrations(name=name)(partial(_run_script, script))
    applied = {migration.name for migration in migrations.applied(db)}
    if unknown := applied - set(steps):
        raise StorageFailure(
            f"The workspace's database was made by a newer Orin (it has the step {sorted(unknown)[0]!r}).",
            kept="Nothing was changed.",
            remedy="Update Orin on this machine.",
        )
    if applied and migrations.pending(db):
        snapshot(db.conn, path.with_name(f"{path.stem}-before-{migrations.pending(db)[0].name}.db"))
    migrations.apply(db)


def _run_script(script: str, db: "Database") -> None:
    for statement in statements(script):
        db.execute(statement)


def statements(script: str) -> list[str]:
    """The statements of a script, one after the other; each ends its line, except inside a trigger."""
    return [statement for statement in re.split(r";\n(?!    )", script) if statement.strip()]


def snapshot(connection: sqlite3.Connection, target: Path) -> None:
    """A whole copy of the open database at `target`, made while it is in use."""
    target.unlink(missing_ok=True)
    copy = sqlite3.connect(target)
    try:
        connection.backup(copy)
    finally:
        copy.close()
