"""What is known of agents' memories in workspace.db."""

from orin_agents.adapters.database.rows import Sql, pack_redacted, unpack, whole
from orin_agents.domain.memory import KeptMemory

NAME = "memory"


class SqlMemories:
    """Implements MemoryRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def seen(self) -> int:
        """The number of the journal up to which memories are put together; 0 at first."""
        rows = self._sql.rows("SELECT seq FROM projections WHERE name = ?", (NAME,))
        return whole(rows[0]["seq"]) if rows else 0

    def set_seen(self, seq: int) -> None:
        """Keep that number."""
        self._sql.change("INSERT OR REPLACE INTO projections (name, seq) VALUES (?, ?)", (NAME, seq))

    def all(self) -> dict[str, KeptMemory]:
        """What is known, by agent."""
        rows = self._sql.rows("SELECT agent, kept FROM memories ORDER BY agent")
        return {str(row["agent"]): unpack(row["kept"], KeptMemory) for row in rows}

    def put(self, agent: str, kept: KeptMemory) -> None:
        """Keep what is known of an agent's memory."""
        text = pack_redacted(kept, self._sql.secrets)
        self._sql.change("INSERT OR REPLACE INTO memories (agent, kept) VALUES (?, ?)", (agent, text))
