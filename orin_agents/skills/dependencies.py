"""The order tasks depend on, the cycles that stop it, and its longest chain."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.tasks import Task
from orin_agents.skills.citation import cite
from orin_agents.skills.effort import DEFAULT_MINUTES, estimate, minutes
from orin_agents.skills.precedence import Precedence, find_precedence, written

MOST_SAID = 5
"""How many blocked tasks are named in remarks; all of them are facts."""


def order_tasks(tasks: Sequence[Task], today: date) -> Finding:
    """A valid order of the open tasks, urgent ones first; cycles by name; what is blocked; the critical path.

    The order holds every open task that is on no cycle. The critical path is the chain of at least two tasks, each
    waiting for the one before, that takes the most minutes; a task without an estimate counts DEFAULT_MINUTES.
    """
    found = find_precedence(tasks)
    by_id = {task.id: task for task in reversed(tasks)}
    chain = critical_path(found)
    facts = [
        Fact(id=f"order.{number}", label=task.title, value=task.id, sources=cite([task.source]))
        for number, task in enumerate(found.order, 1)
    ]
    for number, cycle in enumerate(found.cycles, 1):
        members = [by_id[id] for id in cycle[:-1]]
        label = written([by_id[id].title for id in cycle])
        sources = cite(task.source for task in members)
        facts.append(Fact(id=f"cycle.{number}", label=label, value=written(cycle), sources=sources))
    for number, task in enumerate(chain, 1):
        value, sources = minutes(task), cite([task.source])
        facts.append(Fact(id=f"critical.{number}", label=task.title, value=value, unit="minutes", sources=sources))
    facts.append(
        Fact(
            id="critical.minutes",
            label="Length of the critical path",
            value=sum(minutes(task) for task in chain),
            unit="minutes",
            sources=cite(task.source for task in chain),
        )
    )
    facts.extend(_blocked(found, by_id))
    facts.extend(_unknown(found))
    return Finding(skill="dependencies", facts=tuple(facts), remarks=tuple(_remarks(found, chain, by_id, today)))


def critical_path(found: Precedence) -> tuple[Task, ...]:
    """The heaviest chain of at least two tasks, first to last; empty when none waits for another.

    The longest path of the acyclic part, by estimate (Kelley and Walker 1959, "Critical-path planning and scheduling").
    """
    longest: dict[str, int] = {}
    before: dict[str, str] = {}
    for task in found.order:
        reached = [(longest[other], other) for other in found.waits[task.id] if other in longest]
        if reached:
            best = max(reached, key=lambda one: one[0])
            before[task.id] = best[1]
        longest[task.id] = minutes(task) + (best[0] if reached else 0)
    if not before:
        return ()
    tasks = {task.id: task for task in found.order}
    walk = [max(before, key=longest.__getitem__)]
    while walk[-1] in before:
        walk.append(before[walk[-1]])
    return tuple(tasks[id] for id in reversed(walk))


def _blocked(found: Precedence, by_id: Mapping[str, Task]) -> Iterable[Fact]:
    for number, task in enumerate(_waiting(found), 1):
        waits = found.waits[task.id]
        sources = cite([task.source, *(by_id[other].source for other in waits)])
        yield Fact(id=f"blocked.{number}", label=task.title, value=", ".join(waits), sources=sources)


def _waiting(found: Precedence) -> list[Task]:
    return [task for task in found.order if found.waits[task.id]]


def _unknown(found: Precedence) -> Iterable[Fact]:
    yield Fact(
        id="dependencies.unknown",
        label="Dependencies on ids that no task bears",
        value=len(found.unknown),
        unit="tasks",
        sources=cite(task.source for task, _ in found.unknown),
    )
    for number, (task, other) in enumerate(found.unknown, 1):
        yield Fact(id=f"unknown.{number}", label=task.title, value=other, sources=cite([task.source]))


def _remarks(found: Precedence, chain: Sequence[Task], by_id: Mapping[str, Task], today: date) -> Iterable[Remark]:
    for number, cycle in enumerate(found.cycles, 1):
        behind = sum(number - 1 == knot for knot in found.knots.values())
        text = f"{behind} tasks wait for each other, so none of them can start: {written(cycle)}."
        if len(cycle) == 2:
            text = f"“{by_id[cycle[0]].title}” waits for itself, so it cannot start."
        yield Remark(text=text, severity=Severity.HIGH, facts=(f"cycle.{number}",))
    if found.unknown:
        task, other = found.unknown[0]
        more = f" and {len(found.unknown) - 1} more" if len(found.unknown) > 1 else ""
        text = f"“{task.title}” depends on {other}{more}, which no task bears; it holds nothing up."
        yield Remark(text=text, severity=Severity.WARNING, facts=("dependencies.unknown", "unknown.1"))
    if guessed := sum(estimate(task) is None for task in chain):
        some = f"{guessed} of the {len(chain)} tasks"
        text = f"On the critical path, {some} have no estimate and count {DEFAULT_MINUTES} minutes each."
        yield Remark(text=text, facts=("critical.minutes",))
    blocked = [(number, task) for number, task in enumerate(_waiting(found), 1) if task.due and task.due <= today]
    for number, task in blocked[:MOST_SAID]:
        due, waits = task.due or today, ", ".join(found.waits[task.id])
        text = f"“{task.title}” is due on {due.isoformat()} and still waits for {waits}."
        yield Remark(text=text, severity=Severity.WARNING, facts=(f"blocked.{number}",))
