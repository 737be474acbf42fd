"""Runs: one execution of a routine, a part of the day, or a single agent; made of steps; durable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orin_agents.domain.dialogue import Prompt
from orin_agents.domain.facts import Finding
from orin_agents.domain.material import LeftOut


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    OK = "ok"
    NEEDS_YOU = "needs-you"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self not in (RunState.QUEUED, RunState.RUNNING)


class StepState(StrEnum):
    RUNNING = "running"
    OK = "ok"
    NEEDS_YOU = "needs-you"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of one output: written (`version`), unchanged, or parked as a proposal (`approval`)."""

    path: str
    version: int = 0
    unchanged: bool = False
    approval: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep:
    """One agent's turn in a run.

    `id` is unique in the run: `alignment.memo`, and `alignment.memo#2` on a second pass.
    """

    id: str
    agent: str
    state: StepState
    does: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    filed: tuple[Filed, ...] = ()
    facts: int = 0
    words: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A message from one agent to the next, kept. `facts` are the ids it rests on."""

    run: str
    number: int
    from_step: str
    to_step: str
    from_agent: str
    to_agent: str
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it stands. `routine` names what runs (`morning`, a routine's id, `agent:critic`)."""

    id: str
    project: str
    routine: str
    title: str
    state: RunState
    actor: str
    created: datetime
    finished: datetime | None = None
    approvals: int = 0
    error: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail:
    """A run with its steps, handoffs and the files it could not read; what its steps found and
    what models were told only where asked for.
    """

    run: Run
    steps: tuple[RunStep, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    broken: tuple[LeftOut, ...] = ()
    findings: dict[str, tuple[Finding, ...]] | None = None
    prompts: tuple[Prompt, ...] | None = None
