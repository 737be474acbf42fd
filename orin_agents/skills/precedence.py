"""What must come before what among open tasks, and which of those that could be next is the most urgent."""

import heapq
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orin_agents.domain.tasks import Task

Urgency = tuple[date, int, int]
"""Due date, rank of priority, place in the list: the least comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """Open tasks in a valid order, and what stands in the way.

    `order` holds all that are on no cycle; `waits` the open ids each open task waits for; `unknown` tasks with an id
    they name that no task bears (it holds nothing up); `cycles` one closed walk for each knot of tasks that wait for
    each other; `knots` the number of its knot for each task in one.
    """

    order: tuple[Task, ...]
    waits: Mapping[str, tuple[str, ...]]
    unknown: tuple[tuple[Task, str], ...]
    cycles: tuple[tuple[str, ...], ...]
    knots: Mapping[str, int]


def find_precedence(tasks: Sequence[Task]) -> Precedence:
    """The order of the open tasks: earliest due first, then priority, never before what a task depends on.

    A task is as urgent as the most urgent one that waits for it: the modified due dates under which earliest due first
    keeps the greatest lateness least (Lawler 1973, "Optimal sequencing of a single machine subject to precedence
    constraints"). Near n log n in tasks and dependencies.
    """
    known: dict[str, Task] = {}
    for task in tasks:
        known.setdefault(task.id, task)
    open_tasks = {id: task for id, task in known.items() if not task.state.finished}
    waits = {
        id: tuple(dict.fromkeys(other for other in task.depends_on if other in open_tasks))
        for id, task in open_tasks.items()
    }
    unknown = tuple(
        (task, other) for task in open_tasks.values() for other in dict.fromkeys(task.depends_on) if other not in known
    )
    place = {id: number for number, id in enumerate(open_tasks)}
    walked = set(_walk(open_tasks, waits, place.__getitem__))
    knots = _knots([id for id in open_tasks if id not in walked], waits) if len(walked) < len(open_tasks) else []
    number_of = {id: number for number, knot in enumerate(knots) for id in knot}
    free = [id for id in open_tasks if id not in number_of]
    forward = list(_walk(free, waits, place.__getitem__))
    urgency = _urgency(forward, open_tasks, waits, place)
    return Precedence(
        order=tuple(open_tasks[id] for id in _walk(free, waits, urgency.__getitem__)),
        waits=waits,
        unknown=unknown,
        cycles=tuple(_cycle(knot, waits) for knot in knots),
        knots=number_of,
    )


def written(cycle: Sequence[str], most: int = 12) -> str:
    """The cycle as `a → b → a`; a long one without its middle."""
    if len(cycle) > most:
        cycle = [*cycle[: most - 2], f"… ({len(cycle) - most + 1} more)", cycle[-1]]
    return " → ".join(cycle)


def _walk(
    ids: Collection[str], waits: Mapping[str, tuple[str, ...]], key: Callable[[str], int | Urgency]
) -> Iterator[str]:
    """Kahn's algorithm with a heap: of the ids whose predecessors are all out, the one of least key; those on a cycle
    and behind one never come out. Predecessors that are not among the ids do not count.
    """
    among = set(ids)
    left = {id: sum(other in among for other in waits[id]) for id in ids}
    followers: dict[str, list[str]] = {id: [] for id in ids}
    for id in ids:
        for other in waits[id]:
            if other in among:
                followers[other].append(id)
    ready = [(key(id), id) for id in ids if not left[id]]
    heapq.heapify(ready)
    while ready:
        _, id = heapq.heappop(ready)
        yield id
        for follower in followers[id]:
            left[follower] -= 1
            if not left[follower]:
                heapq.heappush(ready, (key(follower), follower))


def _urgency(
    forward: Iterable[str], tasks: Mapping[str, Task], waits: Mapping[str, tuple[str, ...]], place: Mapping[str, int]
) -> dict[str, Urgency]:
    """Each task's own due date and priority, or those of the most urgent task behind it."""
    forward = list(forward)
    found = {id: (tasks[id].due or date.max, tasks[id].priority.rank) for id in forward}
    for id in reversed(forward):
        for other in waits[id]:
            if other in found:
                found[other] = min(found[other], found[id])
    return {id: (*urgency, place[id]) for id, urgency in found.items()}


def _knots(ids: Sequence[str], waits: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """The sets of tasks that wait for each other: strongly connected components, in the order of the list."""
    import networkx as nx

    among = set(ids)
    graph = nx.DiGraph((id, other) for id in ids for other in waits[id] if other in among)
    place = {id: number for number, id in enumerate(ids)}
    knots = [
        sorted(component, key=place.__getitem__)
        for component in nx.strongly_connected_components(graph)
        if len(component) > 1 or any(id in waits[id] for id in component)
    ]
    return sorted(knots, key=lambda knot: place[knot[0]])


def _cycle(knot: Sequence[str], waits: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The shortest walk from the knot's first task back to it, each task waiting for the next."""
    among, first = set(knot), knot[0]
    came: dict[str, str] = {}
    queue = deque([first])
    while first not in came:
        id = queue.popleft()
        for other in waits[id]:
            if other in among and other not in came:
                came[other] = id
                queue.append(other)
    walk = [first, came[first]]
    while walk[-1] != first:
        walk.append(came[walk[-1]])
    return tuple(reversed(walk))
