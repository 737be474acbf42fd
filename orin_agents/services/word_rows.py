"""The database behind words: what was told to models, what is found, said and remembered, as the services see it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from orin_agents.domain.artifacts import Artifact
from orin_agents.domain.conversations import Conversation, Utterance
from orin_agents.domain.dialogue import Prompt
from orin_agents.domain.material import LeftOut
from orin_agents.domain.memory import KeptMemory
from orin_agents.domain.passages import Candidate, Chunk


class PromptRows(Protocol):
    """What was said to models in runs, kept."""

    def add(self, prompt: Prompt) -> None:
        """Keep a prompt behind those of its step; its number is given here."""
        ...

    def of(self, run: str) -> tuple[Prompt, ...]:
        """A run's prompts in the order they were asked."""
        ...


class PassageRows(Protocol):
    """Passages of artifacts, kept and found by their words. What is removed or locked is never found."""

    def pending(self, reader: str, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts whose newest version was not read yet by that reader, in the order of their ids."""
        ...

    def gone(self, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts that have passages and are removed or locked now."""
        ...

    def put(self, artifact: Artifact, reader: str, chunks: Sequence[tuple[str, Chunk]], note: str = "") -> None:
        """Replace the artifact's passages, each with its key; `note` says why there are none, or not all."""
        ...

    def drop(self, artifact: int) -> None:
        """Forget the artifact's passages."""
        ...

    def clear(self) -> None:
        """Forget everything; all artifacts are pending then."""
        ...

    def readable(self, project: str = "") -> tuple[tuple[int, str], ...]:
        """The artifacts that have passages: id and path."""
        ...

    def rare(self, words: Sequence[str], most: int) -> tuple[str, ...]:
        """The rarest of the words that stand in some passage, as long as they stand in `most` together, the rarest
        first; when every single one stands in more, the first of the rarest alone.
        """
        ...

    def matching(
        self, terms: Sequence[str], project: str, artifacts: Collection[int] | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Passages that hold one of the terms (words, or phrases of several), the best first (BM25).

        Of every project when none is named; of the artifacts given alone, unless None.
        """
        ...

    def keyed(self, keys: Sequence[str], project: str, artifacts: Collection[int] | None) -> tuple[Candidate, ...]:
        """The passages of those keys, within the same bounds."""
        ...

    def keys(self, project: str) -> frozenset[str]:
        """The keys of all passages of the project."""
        ...

    def texts(self, project: str, keys: Collection[str]) -> dict[str, str]:
        """Heading and text of each of the keys that the project has."""
        ...

    def count(self) -> tuple[int, int]:
        """How many passages there are, and of how many artifacts."""
        ...

    def notes(self) -> tuple[LeftOut, ...]:
        """What could not be read of artifacts, in the order of their paths."""
        ...


class ConversationRows(Protocol):
    """Conversations with agents, kept."""

    def add(self, conversation: Conversation) -> None:
        """Keep a new conversation."""
        ...

    def get(self, conversation: str) -> Conversation | None:
        """The conversation of that id."""
        ...

    def all(self, project: str = "", agent: str = "", limit: int = 50) -> tuple[Conversation, ...]:
        """Conversations, the one spoken in last first."""
        ...

    def newest(self, project: str, agent: str, since: datetime) -> Conversation | None:
        """The conversation with that agent that was spoken in last, if that was at or after the moment."""
        ...

    def say(self, conversation: str, utterance: Utterance) -> None:
        """Add a message behind the last; its number is given here."""
        ...

    def messages(self, conversation: str, last: int = 0) -> tuple[Utterance, ...]:
        """The messages in order; only so many from the end, where `last` is above 0."""
        ...

    def remove(self, conversation: str) -> None:
        """Forget the conversation and all that was said in it."""
        ...


class MemoryRows(Protocol):
    """What is known of agents' memories, kept."""

    def seen(self) -> int:
        """The number of the journal up to which memories are put together; 0 at first."""
        ...

    def set_seen(self, seq: int) -> None:
        """Keep that number."""
        ...

    def all(self) -> dict[str, KeptMemory]:
        """What is known, by agent."""
        ...

    def put(self, agent: str, kept: KeptMemory) -> None:
        """Keep what is known of an agent's memory."""
        ...
