"""Operations on the crew and the routines."""

from dataclasses import dataclass

from orin_agents.domain.material import LeftOut
from orin_agents.domain.operations.operation import Nothing, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentView:
    """An agent as data; `origin` is `shipped` or the workspace's file."""

    id: str
    title: str
    associate: bool
    duty: str
    prompt: str
    models: tuple[str, ...]
    skills: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    outcomes: dict[str, tuple[str, ...]]
    hands_to: tuple[str, ...]
    routines: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step of a routine: who does what with which skills, and what it leaves behind."""

    id: str
    agent: str
    does: str
    skills: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineView:
    """A routine as data.

    `when` is said in words; `next_at` the next slot in local wall time, empty when switched off.
    """

    id: str
    title: str
    part: str
    about: str
    when: str
    enabled: bool
    next_at: str
    steps: tuple[StepView, ...]
    edges: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """The crew that loaded, and the files that did not with their reason."""

    agents: tuple[AgentView, ...]
    broken: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Routines:
    """The routines that loaded in the order of the day, and the files that did not with their reason."""

    routines: tuple[RoutineView, ...]
    broken: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawing as text, in Mermaid."""

    mermaid: str


AGENTS: Operation[Nothing, Agents] = Operation("agents.list", "GET", "/v1/agents", Nothing, Agents, "The crew.")
AGENT: Operation[One, AgentView] = Operation("agents.show", "GET", "/v1/agents/{id}", One, AgentView, "One agent.")
ROUTINES: Operation[Nothing, Routines] = Operation(
    "routines.list", "GET", "/v1/routines", Nothing, Routines, "The routines, in the order of the day."
)
ROUTINE: Operation[One, RoutineView] = Operation(
    "routines.show", "GET", "/v1/routines/{id}", One, RoutineView, "One routine."
)
CREW_GRAPH: Operation[Nothing, Drawing] = Operation(
    "graphs.crew", "GET", "/v1/graphs/crew", Nothing, Drawing, "Agents, what they hand on and to whom."
)
