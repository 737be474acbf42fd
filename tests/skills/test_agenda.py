from datetime import date, timedelta

from orin_agents.domain.tasks import TaskState
from orin_agents.skills.agenda import MOST, list_agenda
from tests.skills.planning import MONDAY, at, event, labels, task, value, values

NOON = at("12:00")


def test_tasks_by_date_and_what_is_still_to_come() -> None:
    tasks = [
        task("1", due=MONDAY + timedelta(days=1), owner="Bo"),
        task("2", due=MONDAY),
        task("3", due=MONDAY, state=TaskState.DONE),
        task("4"),
        task("5", due=date(2026, 11, 20)),
    ]
    found = list_agenda(tasks, [event("09:00", "10:00"), event("14:00", "15:00", "Call")], NOON)
    assert labels(found, "due") == ["Task 5", "Task 2", "Task 1"]
    assert values(found, "due") == ["2026-11-20", "2026-11-23", "2026-11-24"]
    assert value(found, "due.3.owner") == "Bo"
    assert labels(found, "open") == ["Task 4"]
    assert labels(found, "event") == ["Call"]
    assert [value(found, f"agenda.{n}") for n in ("due_today", "due_tomorrow", "due_week", "undated")] == [1, 1, 2, 1]
    assert [remark.text for remark in found.remarks] == ["Due today: “Task 2”.", "Due tomorrow: “Task 1”."]


def test_nothing_at_all_is_said_too() -> None:
    found = list_agenda([], [], NOON)
    assert [remark.text for remark in found.remarks] == ["Due today: nothing.", "Due tomorrow: nothing."]
    assert value(found, "agenda.due_today") == 0


def test_a_long_list_is_counted_whole() -> None:
    found = list_agenda([task(str(n), due=MONDAY) for n in range(100)], [], NOON)
    assert len(values(found, "due")) == MOST and value(found, "agenda.due_today") == 100
