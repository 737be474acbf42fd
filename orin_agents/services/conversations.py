"""Conversations: what was said goes on from one question to the next, bounded, and can be read and forgotten."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from orin_agents.domain.actors import Actor
from orin_agents.domain.conversations import Conversation, ConversationDetail, Utterance
from orin_agents.domain.dialogue import Role
from orin_agents.domain.errors import Invalid, NotFound
from orin_agents.domain.journal import Event
from orin_agents.domain.marking import unmarked as without_warnings
from orin_agents.domain.operations.chats import ListChats, OneChat
from orin_agents.services.gathering import Turn
from orin_agents.services.ports import Clock
from orin_agents.services.store import Store
from orin_agents.skills.citing import harmless, unmarked

GOES_ON = timedelta(hours=8)
"""How long after its last word a conversation goes on by itself."""
MOST_TURNS = 6
"""Earlier questions with their answers that an agent is reminded of; how many of them fit, its window decides."""
MOST_ANSWER = 1500
"""Characters of an earlier answer that it is reminded of."""


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversation service. `new_id` gives the id of one begun at a moment."""

    store: Store
    clock: Clock
    new_id: Callable[[datetime], str]

    def listed(self, actor: Actor, request: ListChats) -> tuple[Conversation, ...]:
        """Conversations, the one spoken in last first."""
        return self.store.conversations.all(request.project, request.agent, request.limit)

    def show(self, actor: Actor, request: OneChat) -> ConversationDetail:
        """One conversation with all its messages."""
        found = self._find(request.conversation)
        return ConversationDetail(conversation=found, messages=self.store.conversations.messages(found.id))

    def remove(self, actor: Actor, request: OneChat) -> Conversation:
        """Forget it; the runs behind its answers stay."""
        found = self._find(request.conversation)
        with self.store.transaction():
            self.store.conversations.remove(found.id)
            self._note(Event.CONVERSATION_REMOVED, str(actor), found)
        return found

    def open(self, actor: Actor, project: str, agent: str, title: str, *, named: str, new: bool) -> Conversation:
        """The conversation that is named, or the newest with the agent unless it lies too far back, or a new one.

        Raises NotFound, and Invalid where the one named is with another agent or about another project.
        """
        if named:
            found = self._find(named)
            if (found.project, found.agent) != (project, agent):
                raise Invalid(
                    f"The conversation {named} is with {found.agent} about {found.project}.",
                    remedy=f"Ask there with `--agent {found.agent} -p {found.project}`, or leave out the conversation.",
                )
            return found
        now = self.clock.now()
        going_on = None if new else self.store.conversations.newest(project, agent, now - GOES_ON)
        if going_on:
            return going_on
        made = Conversation(id=self.new_id(now), project=project, agent=agent, title=title, created=now, changed=now)
        with self.store.transaction():
            self.store.conversations.add(made)
            self._note(Event.CONVERSATION_BEGUN, str(actor), made)
        return made

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """The last questions with their answers, oldest first, without the marks: these stood for other things then."""
        said = self.store.conversations.messages(conversation, 2 * MOST_TURNS)
        return tuple(
            said_before(one.text, other.text)
            for one, other in pairwise(said)
            if one.role is Role.USER and other.role is Role.ASSISTANT
        )

    def say(self, conversation: str, utterance: Utterance) -> None:
        """Add a message, unless the conversation was forgotten meanwhile."""
        with self.store.transaction():
            if self.store.conversations.get(conversation):
                self.store.conversations.say(conversation, utterance)

    def _find(self, conversation: str) -> Conversation:
        found = self.store.conversations.get(conversation)
        if found is None:
            raise NotFound(f"There is no conversation {conversation!r}.", remedy="`orin chats list` shows them.")
        return found

    def _note(self, event: Event, actor: str, about: Conversation) -> None:
        self.store.journal.append(
            event,
            actor,
            self.clock.now(),
            project=about.project,
            subject=about.id,
            data={"agent": about.agent, "title": about.title},
        )


def said_before(question: str, answer: str) -> Turn:
    """An earlier question with its answer as an agent is reminded of them: without marks, and not too long."""
    plain = harmless(unmarked(without_warnings(answer)))
    return Turn(question=question, answer=plain if len(plain) <= MOST_ANSWER else f"{plain[:MOST_ANSWER]} …")
