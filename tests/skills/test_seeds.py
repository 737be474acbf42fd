"""Questions that arise from facts, and only from facts."""

from datetime import date, timedelta

from hypothesis import given, settings

from orin_agents.domain.project_map import read_project_map
from orin_agents.domain.tasks import Task, TaskState
from orin_agents.skills.seeds import MOST, seed_questions
from tests.skills.planning import goal, labels, okr, result, sound, task, task_lists, values

TODAY = date(2026, 11, 24)
PAGE = read_project_map(
    "## Out of scope\n- A web shop\n## Initiatives\n"
    "| Initiative | Objective | Value | Urgency | Risk reduction | Size |\n| --- | --- | --- | --- | --- | --- |\n"
    "| Permits | O1 | 1 | 1 | 1 | 2 |\n| Text messages | O1 | 3 | 2 | 3 | 8 |\n"
)


def test_questions_come_with_their_reasons() -> None:
    goals = okr(
        goal("O1", 1, result("K1", current=1, confidence=0.1), result("K3", current=9, confidence=0.2)),
        goal("O2", 3, result("K2", current=10)),
        period_start="2026-10-01",
        period_end="2026-12-31",
    )
    tasks = [
        task("t1", objective="O1", due=TODAY - timedelta(days=3), estimate_minutes=300),
        task("t2", objective="O1", due=TODAY - timedelta(days=1)),
        task("t3", objective="O2", state=TaskState.DONE),
    ]
    found = seed_questions(goals, tasks, PAGE, TODAY)
    sound(found)
    assert dict(zip(labels(found, "seed"), values(found, "seed"), strict=True)) == {
        "What are you putting off about “Result K1”, and what would make it easier?": (
            "0.10 of the way, with 0.59 of the period gone"
        ),
        "If “Objective O2” matters most, why does no open task serve it?": "a weight of 0.75 and no open task",
        "What would have to be true for “Result K3”, and which part of it could you check this week?": (
            "held with a confidence of 0.20"
        ),
        "“Task t1”: do it tomorrow, give it a new date, or drop it?": "overdue since 2026-11-21",
        "What is the first hour of “Task t1”?": "estimated at 300 minutes",
        "What is the smallest part of “Text messages” that would prove its worth?": "size 8, score 1.00",
        "What would have to change before something you left out comes back in?": "out of scope: A web shop",
    }


def test_a_long_list_and_an_old_task_are_asked_about() -> None:
    many = seed_questions(None, [task(f"t{n}") for n in range(21)], None, TODAY)
    assert values(many, "seed") == ["21 tasks are open"]
    old = seed_questions(None, [task("t1", created=date(2026, 10, 1))], None, TODAY)
    assert labels(old, "seed") == ["What would you lose if “Task t1” were never done?"]
    assert old.missing == ("plans/okr.json", "plans/project_map.md")


def test_nothing_asks_itself() -> None:
    assert seed_questions(None, [], None, TODAY).missing == ("plans/okr.json", "plans/project_map.md")
    assert seed_questions(okr(), [], read_project_map(""), TODAY).facts == ()


@settings(max_examples=50)
@given(task_lists())
def test_never_more_than_a_handful(tasks: list[Task]) -> None:
    found = seed_questions(okr(goal("O1", 1, result("K1", confidence=0))), tasks, PAGE, TODAY)
    sound(found)
    assert len(found.facts) <= MOST
    assert all(fact.label.endswith("?") and fact.value for fact in found.facts)
