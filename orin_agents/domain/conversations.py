"""Conversations: what a person asked an agent of a project, and what it answered, message by message."""

from dataclasses import dataclass
from datetime import datetime

from orin_agents.domain.asking import Citation
from orin_agents.domain.dialogue import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as it stands. `title` is its first question, shortened; `changed` when it was last spoken in."""

    id: str
    project: str
    agent: str
    title: str
    created: datetime
    changed: datetime
    messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One message, numbered from 1: a question (role user), or an answer with what it cites and the run it came from.

    `note` says what there is to say beside it: that it broke off, that no model answered.
    """

    number: int
    role: Role
    text: str
    at: datetime
    citations: tuple[Citation, ...] = ()
    run: str = ""
    model: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDetail:
    """A conversation with all its messages."""

    conversation: Conversation
    messages: tuple[Utterance, ...]
