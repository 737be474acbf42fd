"""Operations on conversations with agents."""

from dataclasses import dataclass

from orin_agents.domain.conversations import Conversation, ConversationDetail
from orin_agents.domain.operations.operation import Operation, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChats:
    project: str = ""
    agent: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChat:
    """A conversation by its id."""

    conversation: str


LIST: Operation[ListChats, tuple[Conversation, ...]] = Operation(
    "chats.list", "GET", "/v1/chats", ListChats, tuple[Conversation, ...], "Conversations, newest first.", Who.PERSON
)
SHOW: Operation[OneChat, ConversationDetail] = Operation(
    "chats.show",
    "GET",
    "/v1/chats/{conversation}",
    OneChat,
    ConversationDetail,
    "One conversation, word by word.",
    Who.PERSON,
)
REMOVE: Operation[OneChat, Conversation] = Operation(
    "chats.remove",
    "POST",
    "/v1/chats/{conversation}/remove",
    OneChat,
    Conversation,
    "Forget a conversation; the runs behind it stay.",
    Who.PERSON,
)
