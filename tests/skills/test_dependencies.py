"""What comes before what, cycles by name, and the critical path."""

import random
from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from orin_agents.domain.facts import Severity
from orin_agents.domain.tasks import Priority, Task, TaskState
from orin_agents.skills.dependencies import critical_path, order_tasks
from orin_agents.skills.effort import DEFAULT_MINUTES, minutes
from orin_agents.skills.precedence import find_precedence, written
from tests.skills.planning import labels, sound, task, task_lists, value, values

TODAY = date(2026, 11, 21)


def test_order_goes_by_due_date_then_priority_then_place() -> None:
    tasks = [
        task("t1"),
        task("t2", priority=Priority.HIGH),
        task("t3", due=date(2026, 12, 2)),
        task("t4", due=date(2026, 12, 1), priority=Priority.LOW),
        task("t5", due=date(2026, 12, 1)),
        task("t6", state=TaskState.DONE),
        task("t7"),
    ]
    assert values(order_tasks(tasks, TODAY), "order") == ["t5", "t4", "t3", "t2", "t1", "t7"]


def test_a_task_is_as_urgent_as_what_waits_for_it() -> None:
    tasks = [
        task("free", due=date(2026, 12, 2)),
        task("first"),
        task("then", due=date(2026, 12, 1), depends_on=("first",)),
    ]
    found = order_tasks(tasks, TODAY)
    assert values(found, "order") == ["first", "then", "free"]
    assert values(found, "blocked") == ["first"]
    assert labels(found, "blocked") == ["Task then"]


def test_finished_dependencies_hold_nothing_up() -> None:
    tasks = [
        task("t1", depends_on=("t2", "t3")),
        task("t2", state=TaskState.DONE),
        task("t3", state=TaskState.CANCELLED),
    ]
    found = order_tasks(tasks, TODAY)
    assert values(found, "blocked") == []
    assert value(found, "dependencies.unknown") == 0


def test_unknown_dependencies_are_listed() -> None:
    found = order_tasks([task("t1", depends_on=("gone", "gone", "lost"))], TODAY)
    assert values(found, "order") == ["t1"]
    assert values(found, "unknown") == ["gone", "lost"]
    assert value(found, "dependencies.unknown") == 2
    assert "depends on gone and 1 more" in found.remarks[0].text


def test_cycles_are_named_and_the_rest_is_ordered() -> None:
    tasks = [
        task("a", depends_on=("b",)),
        task("b", depends_on=("c", "a")),
        task("c", depends_on=("a",)),
        task("self", depends_on=("self",)),
        task("behind", depends_on=("a",)),
        task("free"),
        task("later", depends_on=("behind",)),
    ]
    found = order_tasks(tasks, TODAY)
    assert values(found, "cycle") == ["a → b → a", "self → self"]
    assert labels(found, "cycle")[0] == "Task a → Task b → Task a"
    assert values(found, "order") == ["behind", "free", "later"]
    assert values(found, "blocked") == ["a", "behind"]
    high = [remark.text for remark in found.remarks if remark.severity is Severity.HIGH]
    assert high == [
        "3 tasks wait for each other, so none of them can start: a → b → a.",
        "“Task self” waits for itself, so it cannot start.",
    ]
    sound(found)


def test_a_task_between_two_cycles_is_on_none() -> None:
    tasks = [
        task("a", depends_on=("b",)),
        task("b", depends_on=("a",)),
        task("between", depends_on=("a",)),
        task("c", depends_on=("d", "between")),
        task("d", depends_on=("c",)),
    ]
    found = order_tasks(tasks, TODAY)
    assert values(found, "cycle") == ["a → b → a", "c → d → c"]
    assert values(found, "order") == ["between"]


def test_a_long_cycle_is_written_without_its_middle() -> None:
    assert written(["a", "b", "a"]) == "a → b → a"
    shown = written([*(f"t{n}" for n in range(100)), "t0"])
    assert shown == f"{' → '.join(f't{n}' for n in range(10))} → … (90 more) → t0"


def test_the_critical_path_takes_the_default_for_tasks_without_an_estimate() -> None:
    tasks = [
        task("alone", estimate_minutes=600),
        task("a", estimate_minutes=50),
        task("b", depends_on=("a",)),
        task("c", depends_on=("b",), estimate_minutes=20),
        task("d", depends_on=("a",), estimate_minutes=49),
    ]
    found = order_tasks(tasks, TODAY)
    assert labels(found, "critical") == ["Task a", "Task b", "Task c"]
    assert values(found, "critical") == [50, DEFAULT_MINUTES, 20]
    assert value(found, "critical.minutes") == 100
    assert any("1 of the 3 tasks have no estimate and count 30 minutes" in remark.text for remark in found.remarks)


def test_no_chain_without_dependencies() -> None:
    found = order_tasks([task("t1", estimate_minutes=60)], TODAY)
    assert values(found, "critical") == []
    assert value(found, "critical.minutes") == 0


def test_what_is_due_and_blocked_is_said() -> None:
    found = order_tasks([task("t1"), task("t2", due=TODAY, depends_on=("t1",))], TODAY)
    assert found.remarks[-1].text == "“Task t2” is due on 2026-11-21 and still waits for t1."
    assert found.remarks[-1].facts == ("blocked.1",)


def test_no_tasks() -> None:
    found = order_tasks([], TODAY)
    assert value(found, "critical.minutes") == 0
    assert found.remarks == ()


@settings(max_examples=60)
@given(task_lists())
def test_the_order_is_a_valid_topological_order(tasks: list[Task]) -> None:
    found = order_tasks(tasks, TODAY)
    sound(found)
    precedence = find_precedence(tasks)
    ids = values(found, "order")
    place = {id: number for number, id in enumerate(ids)}
    by_id = {task.id: task for task in tasks}
    unfinished = {task.id for task in tasks if not task.state.finished}
    assert len(ids) == len(place)
    assert unfinished == set(ids) | set(precedence.knots)
    assert not set(ids) & set(precedence.knots)
    for id in ids:
        for other in by_id[id].depends_on:
            assert other not in place or place[other] < place[id]


@settings(max_examples=60)
@given(task_lists(most=8))
def test_exactly_the_tasks_that_reach_themselves_are_cyclic(tasks: list[Task]) -> None:
    found = find_precedence(tasks)

    def reaches(id: str) -> set[str]:
        seen: set[str] = set()
        ahead = list(found.waits[id])
        while ahead:
            other = ahead.pop()
            if other not in seen:
                seen.add(other)
                ahead.extend(found.waits[other])
        return seen

    assert set(found.knots) == {id for id in found.waits if id in reaches(id)}
    for cycle in found.cycles:
        assert cycle[0] == cycle[-1]
        assert all(after in found.waits[before] for before, after in pairwise(cycle))


@settings(max_examples=60)
@given(task_lists(most=8))
def test_the_critical_path_is_the_heaviest_of_all_chains(tasks: list[Task]) -> None:
    found = find_precedence(tasks)
    by_id = {task.id: task for task in found.order}

    def chains(id: str) -> list[list[str]]:
        before = [chain for other in found.waits[id] if other in by_id for chain in chains(other)]
        return [[id], *([*chain, id] for chain in before)]

    everything = [chain for id in by_id for chain in chains(id) if len(chain) > 1]
    heaviest = max((sum(minutes(by_id[id]) for id in chain) for chain in everything), default=0)
    path = [task.id for task in critical_path(found)]
    assert sum(minutes(by_id[id]) for id in path) == heaviest
    assert path in everything or (not path and not everything)


@given(st.permutations([f"t{n}" for n in range(6)]))
def test_the_order_does_not_hang_on_the_order_of_dependencies(names: list[str]) -> None:
    one = [task(id, depends_on=tuple(names)) for id in ("x", "y")] + [task(id) for id in sorted(names)]
    other = [task(id, depends_on=tuple(sorted(names))) for id in ("x", "y")] + [task(id) for id in sorted(names)]
    assert values(order_tasks(one, TODAY), "order") == values(order_tasks(other, TODAY), "order")


def test_a_ring_and_a_chain_of_thousands_are_no_trouble() -> None:
    chain = [task(f"c{n}", depends_on=(f"c{n - 1}",) if n else (), estimate_minutes=1) for n in range(3000)]
    ring = [task(f"r{n}", depends_on=(f"r{(n + 1) % 2000}",)) for n in range(2000)]
    tasks = [*chain, *ring]
    random.Random(1).shuffle(tasks)
    found = order_tasks(tasks, TODAY)
    assert values(found, "order") == [f"c{n}" for n in range(3000)]
    assert value(found, "critical.minutes") == 3000
    assert len(values(found, "cycle")) == 1
