"""The journal in workspace.db."""

from datetime import datetime

from orin_agents.adapters.database.rows import Sql, moment, pack_redacted, stamp, unpack, whole
from orin_agents.domain.journal import Entry, Event


class SqlJournal:
    """Implements JournalRows. Numbers are given inside the transaction, so they have no gaps."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def append(
        self,
        event: Event,
        actor: str,
        at: datetime,
        *,
        project: str = "",
        subject: str = "",
        correlation: str = "",
        data: dict[str, str | int | float | bool | None] | None = None,
        key: str = "",
    ) -> int:
        """The number of the new entry; of the old one, when an entry with that key stands already."""
        if key and (known := self._sql.rows("SELECT seq FROM journal WHERE key = ?", (key,))):
            return whole(known[0]["seq"])
        seq = self.last() + 1
        self._sql.change(
            "INSERT INTO journal (seq, at, event, actor, project, subject, correlation, data, key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                seq,
                stamp(at),
                event.value,
                actor,
                project,
                subject,
                correlation,
                pack_redacted(data or {}, self._sql.secrets),
                key or None,
            ),
        )
        return seq

    def after(self, seq: int, limit: int, correlation: str = "") -> tuple[Entry, ...]:
        """Entries numbered above seq, oldest first."""
        only = "AND correlation = ?" if correlation else ""
        values: tuple[object, ...] = (seq, correlation, limit) if correlation else (seq, limit)
        return _entries(self._sql.rows(f"SELECT * FROM journal WHERE seq > ? {only} ORDER BY seq LIMIT ?", values))

    def since(self, start: datetime, project: str = "") -> tuple[Entry, ...]:
        """Entries from that moment on, oldest first; of one project, when named."""
        only = "AND project = ?" if project else ""
        values: tuple[object, ...] = (stamp(start), project) if project else (stamp(start),)
        return _entries(self._sql.rows(f"SELECT * FROM journal WHERE at >= ? {only} ORDER BY seq", values))

    def last(self) -> int:
        """The highest number, 0 when nothing happened yet."""
        return whole(self._sql.rows("SELECT coalesce(max(seq), 0) AS last FROM journal")[0]["last"])

    def count(self) -> int:
        """How many entries stand."""
        return whole(self._sql.rows("SELECT count(*) AS entries FROM journal")[0]["entries"])


def _entries(rows: list[dict[str, object]]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            seq=whole(row["seq"]),
            at=moment(row["at"]),
            event=Event(str(row["event"])),
            actor=str(row["actor"]),
            project=str(row["project"]),
            subject=str(row["subject"]),
            correlation=str(row["correlation"]),
            data=unpack(row["data"], dict[str, str | int | float | bool | None]),
        )
        for row in rows
    )
