"""Done, late, forgotten, next; and what became of the plan."""

from datetime import date, timedelta

from hypothesis import given, settings

from orin_agents.domain.facts import Fact, Finding
from orin_agents.domain.tasks import Priority, Task, TaskState
from orin_agents.skills.progress import review_progress
from orin_agents.skills.timeblocks import pack_day
from tests.skills.planning import HOURS, at, labels, log, sound, task, task_lists, value, values

TODAY = date(2026, 11, 24)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def review(tasks: list[Task], entries: list | None = None, blocks: tuple[Fact, ...] = ()) -> Finding:
    found = review_progress(tasks, entries or [], blocks, TODAY)
    sound(found)
    return found


def test_counts() -> None:
    done = TaskState.DONE
    found = review(
        [
            task("t1", state=done, done=TODAY),
            task("t2", state=done, done=ago(1)),
            task("t3", state=TaskState.CANCELLED, done=ago(1)),
            task("t4", state=done),
            task("t5", due=TODAY),
            task("t6", due=ago(1), state=TaskState.STARTED),
            task("t7", due=ago(5)),
            task("t8", due=ago(5), state=done, done=ago(2)),
        ]
    )
    names = ("done_yesterday", "done_today", "open", "overdue")
    assert [value(found, f"progress.{name}") for name in names] == [1, 1, 3, 2]
    assert labels(found, "overdue") == ["Task t7", "Task t6"]
    assert values(found, "overdue") == ["2026-11-19", "2026-11-23"]
    assert found.remarks[0].text == "2 tasks are overdue, “Task t7” since 2026-11-19."


def test_forgotten_is_what_lay_long_without_time_or_a_date_ahead() -> None:
    tasks = [
        task("fresh", created=ago(13)),
        task("old", created=ago(20)),
        task("older", scheduled=ago(30), created=ago(90)),
        task("logged", created=ago(99)),
        task("named", created=ago(99)),
        task("ahead", created=ago(99), due=TODAY + timedelta(days=3)),
        task("undated"),
        task("done", created=ago(99), state=TaskState.DONE),
    ]
    found = review(tasks, [log(ago(40), "LOGGED", 5), log(ago(40), "Task named", 5)])
    assert labels(found, "forgotten") == ["Task older", "Task old"]
    assert values(found, "forgotten") == [30, 20]


def test_the_top_three_wait_for_nothing_and_say_why() -> None:
    tasks = [
        task("t1", priority=Priority.HIGH, due=TODAY + timedelta(days=4)),
        task("t2", due=ago(1), depends_on=("t3",)),
        task("t3", state=TaskState.STARTED),
        task("t4", due=TODAY),
        task("t5", due=TODAY + timedelta(days=1)),
        task("t6", due=ago(9), start=TODAY + timedelta(days=2)),
    ]
    found = review(tasks)
    assert labels(found, "top") == ["Task t3", "Task t4", "Task t5"]
    assert values(found, "top") == ["1 task waits for it; already started", "due today", "due tomorrow"]
    alone = review([task("t1"), task("t2", due=ago(2), priority=Priority.HIGHEST)])
    assert values(alone, "top") == ["overdue since 2026-11-22; highest priority", "waits for nothing"]


def test_what_became_of_the_plan() -> None:
    tasks = [task(f"t{n}", estimate_minutes=60) for n in range(1, 5)]
    plan = pack_day(tasks, [], HOURS, at("07:30", TODAY)).facts
    blocks = tuple(fact for fact in plan if fact.id.startswith("block."))
    states = {"t1": TaskState.DONE, "t2": TaskState.STARTED, "t3": TaskState.CANCELLED}
    after = [task(id, state=state) for id, state in states.items()]
    found = review(after, blocks=blocks)
    assert labels(found, "planned") == ["Task t1", "Task t2", "Task t3", "Task t4"]
    assert values(found, "planned") == ["done", "started", "cancelled", "not there any more"]
    assert value(found, "planned.done") == 0.3333
    assert any("0.33 is done" in remark.text for remark in found.remarks)


def test_a_split_task_counts_once_and_a_plan_for_later_not_yet() -> None:
    def block(number: int, day: date, task: str) -> tuple[Fact, Fact]:
        interval = f"{day.isoformat()}T09:00:00+01:00/{day.isoformat()}T10:00:00+01:00"
        return (
            Fact(id=f"block.{number}", label=task, value=interval, unit="interval"),
            Fact(id=f"block.{number}.task", label=task, value=task),
        )

    blocks = (*block(1, TODAY, "t1"), *block(2, TODAY, "t1"), *block(3, TODAY + timedelta(days=1), "t2"))
    found = review([task("t1", state=TaskState.DONE), task("t2")], blocks=blocks)
    assert values(found, "planned") == ["done"]
    assert value(found, "planned.done") == 1


def test_nothing_at_all() -> None:
    found = review([])
    assert value(found, "planned.done") is None
    assert value(found, "progress.open") == 0
    assert found.remarks == ()


@settings(max_examples=50)
@given(task_lists())
def test_top_tasks_are_open_and_unblocked(tasks: list[Task]) -> None:
    found = review(tasks)
    by_title = {task.title: task for task in tasks}
    state = {task.id: task.state for task in tasks}
    assert len(values(found, "top")) <= 3
    for title in labels(found, "top"):
        assert not by_title[title].state.finished
        assert all(other not in state or state[other].finished for other in by_title[title].depends_on)
    assert value(found, "progress.overdue") <= value(found, "progress.open")
