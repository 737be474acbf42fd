"""A question as it is taken, and the talk that answering it is."""

import asyncio
from dataclasses import dataclass, field

from orin_agents.domain.asking import TellingKind, Told
from orin_agents.domain.crew import Agent
from orin_agents.domain.errors import OrinError
from orin_agents.domain.runs import Run
from orin_agents.services.gathering import Asked, Turn
from orin_agents.services.team import MERGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as the service takes it. `agents` names who is asked: nobody for the manager, or for a team of code's
    choosing. One that is not `kept` belongs to no conversation here; its asker brings the `turns` so far.
    """

    text: str
    project: str
    agents: tuple[str, ...] = ()
    team: bool = False
    kept: bool = True
    conversation: str = ""
    new: bool = False
    turns: tuple[Turn, ...] = ()
    instruction: str = ""
    answer_tokens: int = 600
    temperature: float = 0.2
    stop: tuple[str, ...] = ()


@dataclass(slots=True)
class Talk:
    """A question being answered: its run, and what is told of it; `answered` once the answer is there to be kept."""

    asked: Asked
    run: Run
    conversation: str
    agents: tuple[Agent, ...]
    team: bool
    crew: tuple[Agent, ...]
    begun: float
    told: "asyncio.Queue[Told | None]" = field(default_factory=asyncio.Queue)
    pieces: list[str] = field(default_factory=list)
    problem: OrinError | None = None
    answered: bool = False

    def tell(self, told: Told) -> None:
        """Tell the asker."""
        if told.kind is TellingKind.PIECE:
            self.pieces.append(told.text)
        elif told.kind is TellingKind.RESTART:
            self.pieces.clear()
        self.told.put_nowait(told)

    @property
    def name(self) -> str:
        """Whom the conversation is with."""
        return MERGER if self.team else self.agents[0].id
