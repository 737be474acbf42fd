"""Conversations with agents in workspace.db."""

from datetime import datetime

from orin_agents.adapters.database.rows import Sql, moment, pack_redacted, stamp, unpack, whole
from orin_agents.domain.asking import Citation
from orin_agents.domain.conversations import Conversation, Utterance
from orin_agents.domain.dialogue import Role

WITH_COUNT = (
    "SELECT *, (SELECT count(*) FROM utterances WHERE conversation = conversations.id) AS messages FROM conversations"
)


class SqlConversations:
    """Implements ConversationRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, conversation: Conversation) -> None:
        """Keep a new conversation."""
        self._sql.change(
            "INSERT INTO conversations (id, project, agent, title, created, changed) VALUES (?, ?, ?, ?, ?, ?)",
            (
                conversation.id,
                conversation.project,
                conversation.agent,
                self._sql.secrets.redacted(conversation.title),
                stamp(conversation.created),
                stamp(conversation.changed),
            ),
        )

    def get(self, conversation: str) -> Conversation | None:
        """The conversation of that id."""
        rows = self._sql.rows(f"{WITH_COUNT} WHERE id = ?", (conversation,))
        return _conversation(rows[0]) if rows else None

    def all(self, project: str = "", agent: str = "", limit: int = 50) -> tuple[Conversation, ...]:
        """Conversations, the one spoken in last first."""
        rows = self._sql.rows(
            f"{WITH_COUNT} WHERE (? = '' OR project = ?) AND (? = '' OR agent = ?)"
            " ORDER BY changed DESC, id DESC LIMIT ?",
            (project, project, agent, agent, limit),
        )
        return tuple(map(_conversation, rows))

    def say(self, conversation: str, utterance: Utterance) -> None:
        """Add a message behind the last; its number is given here."""
        self._sql.change(
            "INSERT INTO utterances (conversation, number, role, text, at, citations, run, model, note)"
            " VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM utterances WHERE conversation = ?),"
            " ?, ?, ?, ?, ?, ?, ?)",
            (
                conversation,
                conversation,
                utterance.role.value,
                self._sql.secrets.redacted(utterance.text),
                stamp(utterance.at),
                pack_redacted(utterance.citations, self._sql.secrets),
                utterance.run,
                utterance.model,
                self._sql.secrets.redacted(utterance.note),
            ),
        )
        self._sql.change("UPDATE conversations SET changed = ? WHERE id = ?", (stamp(utterance.at), conversation))

    def messages(self, conversation: str, last: int = 0) -> tuple[Utterance, ...]:
        """The messages in order; only so many from the end, where `last` is above 0."""
        rows = self._sql.rows(
            "SELECT * FROM (SELECT * FROM utterances WHERE conversation = ? ORDER BY number DESC LIMIT ?)"
            " ORDER BY number",
            (conversation, last or -1),
        )
        return tuple(map(_utterance, rows))

    def remove(self, conversation: str) -> None:
        """Forget the conversation and all that was said in it."""
        self._sql.change("DELETE FROM utterances WHERE conversation = ?", (conversation,))
        self._sql.change("DELETE FROM conversations WHERE id = ?", (conversation,))

    def newest(self, project: str, agent: str, since: datetime) -> Conversation | None:
        """The conversation with that agent that was spoken in last, if that was at or after the moment."""
        found = self.all(project, agent, 1)
        return found[0] if found and found[0].changed >= since else None


def _conversation(row: dict[str, object]) -> Conversation:
    return Conversation(
        id=str(row["id"]),
        project=str(row["project"]),
        agent=str(row["agent"]),
        title=str(row["title"]),
        created=moment(row["created"]),
        changed=moment(row["changed"]),
        messages=whole(row["messages"]),
    )


def _utterance(row: dict[str, object]) -> Utterance:
    return Utterance(
        number=whole(row["number"]),
        role=Role(str(row["role"])),
        text=str(row["text"]),
        at=moment(row["at"]),
        citations=unpack(row["citations"], tuple[Citation, ...]),
        run=str(row["run"]),
        model=str(row["model"]),
        note=str(row["note"]),
    )
