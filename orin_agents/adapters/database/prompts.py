"""What was said to models, in workspace.db."""

from dataclasses import replace

from orin_agents.adapters.database.rows import Sql, pack_redacted, unpack, whole
from orin_agents.domain.dialogue import Prompt


class SqlPrompts:
    """Implements PromptRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, prompt: Prompt) -> None:
        """Keep a prompt behind those of its step; its number is given here."""
        rows = self._sql.rows(
            "SELECT count(*) AS many FROM prompts WHERE run = ? AND step = ?", (prompt.run, prompt.step)
        )
        numbered = replace(prompt, number=whole(rows[0]["many"]) + 1)
        self._sql.change(
            "INSERT INTO prompts (run, step, prompt) VALUES (?, ?, ?)",
            (prompt.run, prompt.step, pack_redacted(numbered, self._sql.secrets)),
        )

    def of(self, run: str) -> tuple[Prompt, ...]:
        """A run's prompts in the order they were asked."""
        rows = self._sql.rows("SELECT prompt FROM prompts WHERE run = ? ORDER BY id", (run,))
        return tuple(unpack(row["prompt"], Prompt) for row in rows)
