"""The tables of workspace.db, as named migrations. A snapshot is taken before a database that has rows is migrated."""

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

MEMORY = """
CREATE TABLE projections (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
CREATE TABLE memories (agent TEXT PRIMARY KEY, kept TEXT NOT NULL) STRICT;
"""


def migrate(db: "Database", path: Path) -> None:
    """Bring the tables up to date. Raises StorageFailure when the database is of a newer Orin."""
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("orin")

    steps = {"2026-11-first": FIRST, "2026-11-memory": MEMORY}
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
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


def snapshot(connection: sqlite3.Connection, target: Path) -> None:
    """A whole copy of the open database at `target`, made while it is in use."""
    target.unlink(missing_ok=True)
    copy = sqlite3.connect(target)
    try:
        connection.backup(copy)
    finally:
        copy.close()
