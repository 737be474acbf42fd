"""workspace.db: one connection, one writer, every change in a short IMMEDIATE transaction.

sqlite-utils begins DEFERRED transactions, which fail at once when two upgrade together; so the outermost transaction
is begun here, and `atomic()` nests in it as savepoints.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from orin_agents.adapters.database.approvals import SqlApprovals
from orin_agents.adapters.database.artifacts import SqlArtifacts
from orin_agents.adapters.database.conversations import SqlConversations
from orin_agents.adapters.database.imports import SqlImports
from orin_agents.adapters.database.journal import SqlJournal
from orin_agents.adapters.database.memories import SqlMemories
from orin_agents.adapters.database.passages import SqlPassages
from orin_agents.adapters.database.projects import SqlProjects
from orin_agents.adapters.database.prompts import SqlPrompts
from orin_agents.adapters.database.runs import SqlRuns
from orin_agents.adapters.database.schema import migrate
from orin_agents.domain.errors import StorageFailure
from orin_agents.domain.secrets import Secrets

OUTSIDE = "a change outside a transaction would not be atomic with its journal entry"


class SqlStore:
    """The workspace's database; implements the Store port. Close it before another process opens the file."""

    def __init__(
        self, path: Path, published: Callable[[int], None] = lambda seq: None, secrets: Secrets | None = None
    ) -> None:
        """Open the database, making and migrating it where needed; `published` hears the last number at each commit.

        Of `secrets` only the names are kept, in the journal as in runs and approvals; files stay as they are.
        """
        from sqlite_utils import Database

        self._lock = threading.RLock()
        self._depth = 0
        self._published = published
        try:
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._db = Database(self._connection)
            migrate(self._db, path)
        except sqlite3.Error as error:
            raise _failure(error, path) from error
        self.path = path
        self.secrets = secrets or Secrets()
        self.projects = SqlProjects(self)
        self.journal = SqlJournal(self)
        self.artifacts = SqlArtifacts(self)
        self.approvals = SqlApprovals(self)
        self.runs = SqlRuns(self)
        self.imports = SqlImports(self)
        self.prompts = SqlPrompts(self)
        self.passages = SqlPassages(self)
        self.conversations = SqlConversations(self)
        self.memories = SqlMemories(self)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inner ones join the outermost, which commits. Raises StorageFailure."""
        with self._lock:
            outermost = self._depth == 0
            try:
                if outermost:
                    self._connection.execute("BEGIN IMMEDIATE")
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                if outermost:
                    self._connection.execute("COMMIT")
                    self._published(self.journal.last())
            except BaseException as error:
                if outermost and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise _failure(error, self.path) from error
                raise

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[dict[str, object]]:
        """The rows a query gives, as mappings."""
        with self._lock:
            try:
                return list(self._db.query(sql, values))
            except sqlite3.Error as error:
                raise _failure(error, self.path) from error

    def change(self, sql: str, values: tuple[object, ...] = ()) -> int:
        """Run one statement inside the open transaction; the number of rows it changed."""
        if self._depth == 0:
            raise RuntimeError(OUTSIDE)
        return int(self._connection.execute(sql, values).rowcount)

    def insert(self, sql: str, values: tuple[object, ...]) -> int:
        """Insert one row inside the open transaction; its id."""
        if self._depth == 0:
            raise RuntimeError(OUTSIDE)
        return int(self._connection.execute(sql, values).lastrowid or 0)

    def check(self) -> tuple[str, ...]:
        """What `quick_check` and the foreign keys found wrong; empty when the database is sound."""
        found = [str(next(iter(row.values()))) for row in self.rows("PRAGMA quick_check(20)")]
        broken = [
            f"{row['table']} row {row['rowid']}: no {row['parent']}" for row in self.rows("PRAGMA foreign_key_check")
        ]
        return tuple([line for line in found if line != "ok"] + broken)

    def close(self) -> None:
        """Close the connection; the write-ahead log is folded into the file."""
        with self._lock:
            self._connection.close()


def _failure(error: sqlite3.Error, path: Path) -> StorageFailure:
    text = str(error)
    if "full" in text:
        return StorageFailure(
            f"The disk is full: {path.name} could not be written.",
            kept="Everything saved before is safe.",
            remedy="Free some space, then run the command again.",
        )
    if "malformed" in text or "not a database" in text:
        return StorageFailure(
            f"The database {path} is damaged ({text}).",
            kept="It was left as it is, and so was the case file.",
            remedy=f"Move {path.name} aside, with {path.name}-wal and {path.name}-shm, and start again: the case files"
            " are taken in as they stand. Earlier versions and the journal stay in what you moved aside.",
        )
    return StorageFailure(f"The database refused: {text}.", kept="Nothing was changed.", remedy="See `orin doctor`.")
