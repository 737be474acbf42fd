"""The crew as a drawing: who hands on to whom, and who writes what."""

from collections.abc import Iterable
from itertools import pairwise

from orin_agents.domain.crew import Agent
from orin_agents.domain.mermaid import label
from orin_agents.domain.routines import Routine


def mermaid(agents: Iterable[Agent], routines: Iterable[Routine]) -> str:
    """A Mermaid flowchart. Solid arrows are default handoffs, dotted ones are named for the routine that makes them.

    Agents are boxes (associates rounded), what the routines leave behind are slanted boxes; proposals are arrows with
    a cross. The same crew gives the same text.
    """
    crew = {agent.id: agent for agent in agents}
    blocks = [routine for routine in routines if routine.enabled]
    lines = ["flowchart LR"]
    lines += [f"  {_node(agent)}" for agent in crew.values()]
    lines += [f"  agent_{agent.id} --> agent_{to}" for agent in crew.values() for to in agent.hands_to if to in crew]
    for (giver, taker), titles in _routine_handoffs(crew, blocks).items():
        lines.append(f"  agent_{giver} -. {label(', '.join(titles))} .-> agent_{taker}")
    lines += _artifacts(crew, blocks)
    return "\n".join(lines) + "\n"


def _node(agent: Agent) -> str:
    text = label(agent.title or agent.id)
    return f"agent_{agent.id}({text})" if agent.associate else f"agent_{agent.id}[{text}]"


def _routine_handoffs(crew: dict[str, Agent], routines: list[Routine]) -> dict[tuple[str, str], list[str]]:
    """Pairs of agents whose steps follow each other and whom no default handoff joins, with the routines' titles."""
    found: dict[tuple[str, str], list[str]] = {}
    for routine in routines:
        agents = {step.id: step.agent for step in routine.steps}
        steps = [(edge.from_, edge.to) for edge in routine.edges] or list(pairwise(agents))
        for giver, taker in ((agents[a], agents[b]) for a, b in steps):
            known = giver in crew and taker in crew and giver != taker
            if known and taker not in crew[giver].hands_to and routine.title not in found.get((giver, taker), []):
                found.setdefault((giver, taker), []).append(routine.title)
    return found


def _artifacts(crew: dict[str, Agent], routines: list[Routine]) -> list[str]:
    """A node for each path the routines leave behind, and an arrow from each agent that writes or proposes it."""
    nodes: dict[str, str] = {}
    arrows: dict[str, None] = {}
    for step in (step for routine in routines for step in routine.steps if step.agent in crew):
        for output in step.outputs:
            node = nodes.setdefault(output.path, f"file_{len(nodes) + 1}")
            arrows[f"  agent_{step.agent} {'--x' if output.propose else '-->'} {node}"] = None
    return [*(f"  {node}[/{label(path)}/]" for path, node in nodes.items()), *arrows]
