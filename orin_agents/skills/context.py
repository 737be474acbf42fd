"""What a model is told, packed into the room its window leaves: whole parts, the least valuable left out first.

Parts are given in the order they shall be read, what changes least first, so that a server that keeps the beginning of
a prompt from one call to the next has something to keep. Nothing is ever cut in the middle, and what is left out is
named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from orin_agents.domain.dialogue import ChatMessage, Role, Window
from orin_agents.domain.errors import PromptTooLong

JOIN = "\n\n"
"""What stands between two parts of one message."""
PER_MESSAGE = 24
"""Characters that a chat template puts around each message (`<|im_start|>assistant … <|im_end|>` and the like)."""
MARGIN = 0.9
"""Share of the window that is filled: characters are counted, and tokens only reckoned from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a prompt, kept whole or left out whole.

    `name` says what it is when it is left out (`passage raw_notes/hall.md@2:14–20`). `value` is what it is worth beside
    other parts, higher is more; a `needed` part is never left out. `heading` is a line that stands once above all
    neighbouring parts that share it. A part with a `reply` is a turn of a conversation: two messages, together or not
    at all.
    """

    name: str
    text: str
    role: Role = Role.USER
    value: float = 0.0
    needed: bool = False
    heading: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The parts that fit, in the order they were given; the names of those that did not, most valuable first."""

    kept: tuple[Part, ...]
    left_out: tuple[str, ...] = ()

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """The parts as messages: neighbours of one role are one message."""
        said: list[tuple[Role, list[str]]] = []
        heading = ""
        closed = True
        for part in self.kept:
            if closed or part.reply or said[-1][0] is not part.role:
                said.append((part.role, []))
                heading = ""
            texts = said[-1][1]
            if part.heading and part.heading == heading:
                texts[-1] = f"{texts[-1]}\n{part.text}"  # items of one list
            else:
                texts += [part.heading, part.text] if part.heading else [part.text]
            heading = part.heading
            closed = bool(part.reply)
            if part.reply:
                said.append((Role.ASSISTANT, [part.reply]))
        return tuple(ChatMessage(role=role, text=JOIN.join(texts)) for role, texts in said)


def pack(parts: Sequence[Part], budget_chars: int) -> Packed:
    """As many parts as fit into so many characters.

    A part is left out only where it does not fit beside all that is needed and all that is worth more; of parts worth
    the same the earlier goes first. Raises PromptTooLong when even what is needed does not fit.
    """
    chosen = {number for number, part in enumerate(parts) if part.needed}
    size = _size(parts, chosen)
    if size > budget_chars:
        raise PromptTooLong(
            f"What the model has to be told takes {size} characters, and there is room for {max(budget_chars, 0)}.",
            kept="No model was asked.",
            remedy="Choose a model with a larger window, or shorten the agent's prompt.",
        )
    left_out = []
    for number in sorted(set(range(len(parts))) - chosen, key=lambda number: (-parts[number].value, number)):
        if _size(parts, chosen | {number}) <= budget_chars:
            chosen.add(number)
        else:
            left_out.append(parts[number].name)
    return Packed(kept=tuple(parts[number] for number in sorted(chosen)), left_out=tuple(left_out))


def room(window: Window, answer_tokens: int) -> int:
    """How many characters of prompt fit the window beside an answer of so many tokens.

    An answer that would take more than half of the window leaves half of it to the prompt.
    """
    tokens = max(window.tokens - answer_tokens, window.tokens // 2)
    return int(tokens * window.chars_per_token * MARGIN)


def _size(parts: Sequence[Part], chosen: set[int]) -> int:
    """Characters of the chosen parts as messages."""
    messages = Packed(kept=tuple(parts[number] for number in sorted(chosen))).messages
    return sum(len(message.text) + PER_MESSAGE for message in messages)
