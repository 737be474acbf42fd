"""Imports in workspace.db."""

from orin_agents.adapters.database.rows import Sql, pack, pack_redacted, unpack, whole
from orin_agents.domain.material import ImportedFile, ImportReport


class SqlImports:
    """Implements ImportRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, report: ImportReport, files: tuple[ImportedFile, ...]) -> None:
        """Keep a new import with what it brought."""
        kept = pack_redacted(report, self._sql.secrets)
        self._sql.change(
            "INSERT INTO imports (batch, report, files) VALUES (?, ?, ?)", (report.batch, kept, pack(files))
        )

    def next_batch(self) -> int:
        """The number the next import gets."""
        return whole(self._sql.rows("SELECT coalesce(max(batch), 0) + 1 AS next FROM imports")[0]["next"])

    def get(self, batch: int) -> tuple[ImportReport, tuple[ImportedFile, ...]] | None:
        """An import and what it brought."""
        rows = self._sql.rows("SELECT report, files FROM imports WHERE batch = ?", (batch,))
        return (
            (unpack(rows[0]["report"], ImportReport), unpack(rows[0]["files"], tuple[ImportedFile, ...]))
            if rows
            else None
        )

    def put(self, report: ImportReport) -> None:
        """Keep the report as it stands now."""
        kept = pack_redacted(report, self._sql.secrets)
        self._sql.change("UPDATE imports SET report = ? WHERE batch = ?", (kept, report.batch))

    def all(self) -> tuple[ImportReport, ...]:
        """Imports, newest first."""
        rows = self._sql.rows("SELECT report FROM imports ORDER BY batch DESC")
        return tuple(unpack(row["report"], ImportReport) for row in rows)
