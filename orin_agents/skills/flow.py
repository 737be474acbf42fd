"""Walks a routine's graph of steps: which step is next, and which edges its findings open.

A routine without edges runs its steps one after the other. With edges, the steps to which no edge leads forward begin,
in the order they are listed; a step runs when an edge to it was taken, the earliest listed first, so that paths which
meet run their common step once. Each edge is taken at most `at_most` times, so every walk ends.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from orin_agents.domain.facts import Finding, Severity
from orin_agents.domain.routines import Condition, Edge, Routine, Step

SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One agent's turn. `id` is unique in the run: `routine.step`, with `#2` on a second pass."""

    id: str
    step: Step


class Flow:
    """One walk through a routine."""

    def __init__(self, routine: Routine) -> None:
        self._routine = routine
        self._steps = {step.id: step for step in routine.steps}
        self._order = {step.id: number for number, step in enumerate(routine.steps)}
        self._edges = list(routine.edges) or _in_a_row(routine.steps)
        self._taken: Counter[int] = Counter()
        self._passes: Counter[str] = Counter()
        reached = {edge.to for edge in self._edges if self._order[edge.from_] < self._order[edge.to]}
        self._waiting = {step.id for step in routine.steps if step.id not in reached}

    def next(self) -> Turn | None:
        """The next turn, or None when the walk is over."""
        if not self._waiting:
            return None
        name = min(self._waiting, key=self._order.__getitem__)
        self._waiting.remove(name)
        self._passes[name] += 1
        again = f"#{self._passes[name]}" if self._passes[name] > 1 else ""
        return Turn(id=f"{self._routine.id}.{name}{again}", step=self._steps[name])

    def finish(self, turn: Turn, findings: Iterable[Finding]) -> tuple[Edge, ...]:
        """Open the edges whose conditions the findings meet; the edges taken, in order."""
        findings = tuple(findings)
        taken = []
        for number, edge in enumerate(self._edges):
            if edge.from_ == turn.step.id and self._taken[number] < edge.at_most and holds(edge.when, findings):
                self._taken[number] += 1
                self._waiting.add(edge.to)
                taken.append(edge)
        return tuple(taken)


def holds(condition: Condition | None, findings: tuple[Finding, ...]) -> bool:
    """Whether the condition is met; one on a fact that is absent is not, negated or not."""
    if condition is None:
        return True
    if condition.severity:
        least = SEVERITIES.index(Severity(condition.severity))
        met = any(SEVERITIES.index(remark.severity) >= least for finding in findings for remark in finding.remarks)
        return met is not condition.negate
    fact = next((fact for finding in findings if (fact := finding.get(condition.fact))), None)
    if fact is None or fact.value is None:
        return False
    return _within(fact.value, condition) is not condition.negate


def _within(value: str | int | float | bool, condition: Condition) -> bool:
    if condition.equals is not None and value != condition.equals:
        return False
    if condition.above is None and condition.below is None:
        return True
    if isinstance(value, str):
        return False
    over = condition.above is None or value > condition.above
    return over and (condition.below is None or value < condition.below)


def _in_a_row(steps: list[Step]) -> list[Edge]:
    return [Edge.model_validate({"from": a.id, "to": b.id}) for a, b in pairwise(steps)]
