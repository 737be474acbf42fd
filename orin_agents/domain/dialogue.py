"""What is said to a language model, and what comes back: messages out, a stream of events in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool that a model asks for; `arguments` is the JSON text it wrote, unchecked."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message. `call` is the id of the tool call that a message of role tool answers."""

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool a model may ask for; `parameters` is a JSON schema."""

    name: str
    about: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One question to a logical model of models.yaml, or to its fallback where the first does not answer.

    With `schema` (a JSON schema) the answer is constrained to it where the server can, and asked for in words where it
    cannot. `answer_tokens` bounds the answer.
    """

    first: str
    messages: tuple[ChatMessage, ...]
    fallback: str = ""
    answer_tokens: int = 600
    temperature: float = 0.2
    schema: Mapping[str, Any] | None = None
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Restart:
    """The answer broke off and begins anew, on another deployment: the pieces so far are void. `reason` is a line."""

    reason: str


class Finish(StrEnum):
    """How an answer ended: by itself, at its bound, with tool calls, or stopped for repeating itself."""

    STOP = "stop"
    LENGTH = "length"
    TOOLS = "tools"
    REPEATS = "repeats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The last event: the deployment that answered, and the tokens it counted (0: it did not say)."""

    model: str
    finish: Finish = Finish.STOP
    prompt_tokens: int = 0
    answer_tokens: int = 0
    calls: tuple[ToolCall, ...] = ()


ModelEvent = Piece | Restart | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How much a deployment takes: `tokens` for prompt and answer together.

    `chars_per_token` is measured from its answers where there were any, else a careful guess.
    """

    model: str
    tokens: int
    chars_per_token: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What was said to a model in a step of a run, and what it answered, secrets taken out. `number` counts from 1.

    `left_out` names the parts that did not fit the window; `note` says what became of the answer.
    """

    run: str
    step: str
    number: int
    agent: str
    messages: tuple[ChatMessage, ...]
    answer: str = ""
    model: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    left_out: tuple[str, ...] = ()
    note: str = ""
    claims: int = 0
    unverified: int = 0
