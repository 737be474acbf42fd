"""Where work and objectives do not meet, and what creeps in."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from orin_agents.domain.project_map import read_project_map
from orin_agents.domain.tasks import Task, TaskState
from orin_agents.skills.alignment import flag_misalignment
from orin_agents.skills.scope import Scope
from tests.skills.planning import goal, labels, log, okr, result, sound, task, task_lists, value, values

TODAY = date(2026, 11, 24)
PAGE = read_project_map(
    """# Map
## In scope
- Repairs of bicycles, clothes and toys
- The booking page
## Out of scope
- A web shop for T-shirts
- Repairs of phones and computers
- A second venue
- Catering
## Initiatives
| Initiative | Objective | Value | Urgency | Risk reduction | Size |
| --- | --- | --- | --- | --- | --- |
| Permits | O1 | 1 | 1 | 1 | 1 |
| Open a web shop | | 1 | 1 | 1 | 1 |
"""
)


def flags(found: object) -> list[tuple[str, str]]:
    return list(zip(labels(found, "misalignment"), values(found, "misalignment"), strict=True))  # type: ignore[arg-type]


def test_work_is_held_against_the_objectives() -> None:
    goals = okr(goal("O1", 2, result("K1")), goal("O2", 1, result("K2")), goal("O3", 0))
    tasks = [
        task("t1", objective="k1"),
        task("t2"),
        task("t3", objective="O9"),
        task("t4", state=TaskState.DONE),
    ]
    entries = [log(TODAY, "a", 60, objective="O1"), log(TODAY - timedelta(days=8), "b", 60, objective="O3")]
    found = flag_misalignment(goals, PAGE, tasks, entries, TODAY)
    sound(found)
    assert flags(found) == [
        ("Objective O2", "objective without work"),
        ("Objective O2", "weight without time"),
        ("Objective O3", "time without weight"),
        ("Open a web shop", "no objective"),
        ("Task t2", "no objective"),
        ("Task t3", "unknown objective"),
    ]
    assert value(found, "alignment.misaligned") == 6
    assert found.missing == ()


def test_an_objective_reached_needs_no_work() -> None:
    goals = okr(goal("O1", 1, result("K1", current=10)), goal("O2", 1))
    found = flag_misalignment(goals, None, [task("t1", objective="O2")], [], TODAY)
    assert flags(found) == []
    assert found.missing == ("plans/project_map.md",)


def test_counted_tasks_serve_their_objective() -> None:
    goals = okr(goal("O1", 1, result("K1", counts_tag="calls")))
    assert flags(flag_misalignment(goals, None, [task("t1", tags=("calls",))], [], TODAY)) == []


def test_old_time_does_not_count() -> None:
    goals = okr(goal("O1", 1), goal("O2", 1))
    tasks = [task("t1", objective="O1"), task("t2", objective="O2")]
    entries = [log(TODAY - timedelta(days=9), "a", 60, objective="O1"), log(TODAY, "b", 60, objective="O2")]
    assert flags(flag_misalignment(goals, None, tasks, entries, TODAY)) == [("Objective O1", "weight without time")]


def test_scope_creep_names_the_line() -> None:
    tasks = [
        task("t1", title="Draft the web shop for T-shirts"),
        task("t2", title="Repair two computers and a phone"),
        task("t3", title="Clean the venue"),
        task("t4", title="Repairs of toys: write the guide"),
        task("t5", title="Ask Bo", tags=("catering",)),
        task("t6", title="Web shop again", state=TaskState.DONE),
    ]
    found = flag_misalignment(None, PAGE, tasks, [], TODAY)
    assert list(zip(labels(found, "scope_creep"), values(found, "scope_creep"), strict=True)) == [
        ("Open a web shop", "A web shop for T-shirts"),
        ("Draft the web shop for T-shirts", "A web shop for T-shirts"),
        ("Repair two computers and a phone", "Repairs of phones and computers"),
        ("Ask Bo", "Catering"),
    ]
    assert value(found, "alignment.scope_creep") == 4
    assert found.missing == ("plans/okr.json",)
    creep = found.get("scope_creep.2")
    assert creep is not None
    assert [str(source) for source in creep.sources] == ["plans/project_map.md:6", "task_queue.json:1"]


def test_lines_of_small_words_touch_nothing() -> None:
    page = read_project_map("# Out of scope\n- all of the\n- …\n")
    assert Scope(page).touched("all of the things") is None


def test_nothing_to_hold_work_against() -> None:
    assert flag_misalignment(None, None, [task("t1")], [], TODAY).missing == ("plans/okr.json", "plans/project_map.md")
    empty = flag_misalignment(okr(), read_project_map(""), [task("t1")], [], TODAY)
    assert value(empty, "alignment.misaligned") == 0
    assert empty.missing == ()


@settings(max_examples=50)
@given(task_lists(), st.lists(st.floats(0, 3), max_size=3))
def test_flags_are_counted(tasks: list[Task], weights: list[float]) -> None:
    goals = okr(*(goal(f"O{n}", weight) for n, weight in enumerate(weights)))
    found = flag_misalignment(goals, PAGE, tasks, [log(TODAY, "a", 5)], TODAY)
    sound(found)
    assert value(found, "alignment.misaligned") == len(found.numbered("misalignment"))
    unfinished = [task for task in tasks if not task.state.finished]
    assert len([kind for _, kind in flags(found) if kind == "no objective"]) == (len(unfinished) + 1 if weights else 0)
