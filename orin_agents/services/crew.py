"""The crew and the routines as people see them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from orin_agents.domain.actors import Actor
from orin_agents.domain.crew import Agent
from orin_agents.domain.errors import NotFound
from orin_agents.domain.material import LeftOut
from orin_agents.domain.operations.crew import Agents, AgentView, Drawing, One, Routines, RoutineView, StepView
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.routines import WEEKDAYS, Edge, Routine
from orin_agents.services.crew_graph import mermaid
from orin_agents.services.ports import Clock, CrewFiles
from orin_agents.services.schedule import next_slot


@dataclass(frozen=True, slots=True)
class Crew:
    """The crew service. Files are read anew each time, so that an edit counts from the next run on."""

    files: CrewFiles
    clock: Clock
    zone: ZoneInfo

    def agents(self) -> tuple[Agent, ...]:
        """The agents that could be read."""
        return self.files.agents()[0]

    def routines(self) -> tuple[Routine, ...]:
        """The routines that could be read, in the order of the day."""
        return self.files.routines(frozenset(agent.id for agent in self.agents()))[0]

    def left_out(self) -> tuple[LeftOut, ...]:
        """The files of the crew and the routines that could not be read."""
        agents, broken = self.files.agents()
        return (*broken, *self.files.routines(frozenset(agent.id for agent in agents))[1])

    def list_agents(self, actor: Actor, request: Nothing) -> Agents:
        """The crew, and the files that could not be read."""
        agents, broken = self.files.agents()
        routines = self.routines()
        return Agents(agents=tuple(_agent_view(agent, routines) for agent in agents), broken=broken)

    def show_agent(self, actor: Actor, request: One) -> AgentView:
        """One agent."""
        agent = next((agent for agent in self.agents() if agent.id == request.id), None)
        if agent is None:
            raise NotFound(f"There is no agent {request.id!r}.", remedy="`orin agents list` shows the crew.")
        return _agent_view(agent, self.routines())

    def list_routines(self, actor: Actor, request: Nothing) -> Routines:
        """The routines in the order of the day, and the files that could not be read."""
        routines, broken = self.files.routines(frozenset(agent.id for agent in self.agents()))
        now = self.clock.now()
        return Routines(routines=tuple(self._routine_view(routine, now) for routine in routines), broken=broken)

    def show_routine(self, actor: Actor, request: One) -> RoutineView:
        """One routine."""
        routine = next((routine for routine in self.routines() if routine.id == request.id), None)
        if routine is None:
            raise NotFound(f"There is no routine {request.id!r}.", remedy="`orin routines list` shows them.")
        return self._routine_view(routine, self.clock.now())

    def draw(self, actor: Actor, request: Nothing) -> Drawing:
        """The crew as a Mermaid graph."""
        return Drawing(mermaid=mermaid(self.agents(), self.routines()))

    def _routine_view(self, routine: Routine, now: datetime) -> RoutineView:
        return RoutineView(
            id=routine.id,
            title=routine.title,
            part=routine.part.value,
            about=routine.about,
            when=when(routine),
            enabled=routine.enabled,
            next_at=next_slot(routine, now, self.zone).isoformat(timespec="minutes") if routine.enabled else "",
            steps=tuple(
                StepView(
                    id=step.id,
                    agent=step.agent,
                    does=step.does,
                    skills=tuple(step.skills),
                    outputs=tuple(output.path for output in step.outputs),
                )
                for step in routine.steps
            ),
            edges=tuple(_said(edge) for edge in routine.edges),
            origin=routine.source.path,
        )


def when(routine: Routine) -> str:
    """The routine's time in words: `every 15 min`, `07:30 daily`, `17:00 mon, fri`."""
    if routine.every:
        return f"every {routine.every} min"
    days = "daily" if set(routine.days) == set(WEEKDAYS) else ", ".join(routine.days)
    return f"{routine.at} {days}"


def _agent_view(agent: Agent, routines: tuple[Routine, ...]) -> AgentView:
    return AgentView(
        id=agent.id,
        title=agent.title,
        associate=agent.associate,
        duty=agent.duty,
        prompt=agent.prompt,
        models=tuple(name for name in (agent.models.first, agent.models.fallback) if name),
        skills=tuple(agent.skills),
        reads=tuple(agent.reads),
        writes=tuple(agent.writes),
        outcomes={name: tuple(values) for name, values in agent.outcomes.items()},
        hands_to=tuple(agent.hands_to),
        routines=tuple(routine.id for routine in routines if any(step.agent == agent.id for step in routine.steps)),
        origin=agent.source.path,
    )


def _said(edge: Edge) -> str:
    condition = ""
    if edge.when and edge.when.severity:
        condition = f" when {'no ' if edge.when.negate else 'a '}remark is {edge.when.severity} or graver"
    elif edge.when:
        bounds = {"above": edge.when.above, "below": edge.when.below, "equals": edge.when.equals}
        said = " and ".join(f"{name} {bound}" for name, bound in bounds.items() if bound is not None)
        condition = f" when {edge.when.fact} is {'not ' if edge.when.negate else ''}{said}"
    again = f", at most {edge.at_most} times" if edge.at_most > 1 else ""
    return f"{edge.from_} → {edge.to}{condition}{again}"
