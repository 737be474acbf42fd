"""What stands on a date: open tasks by the day they are due, and what the calendar holds."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from orin_agents.domain.calendar import Event
from orin_agents.domain.facts import Fact, Finding, Remark
from orin_agents.domain.tasks import Task
from orin_agents.skills.citation import cite

MOST = 40
"""Tasks with a date, tasks without one, and events: so many of each are listed; the counts are of all."""
WEEK = 7


def list_agenda(tasks: Sequence[Task], events: Sequence[Event], now: datetime) -> Finding:
    """`due.N` and `due.N.owner` by date, `open.N` the open tasks without one, `event.N` what is still to come.

    `now` is aware, in the person's zone; the days are its days.
    """
    today = now.date()
    unfinished = [task for task in tasks if not task.state.finished]
    dated = sorted((task for task in unfinished if task.due), key=lambda task: (task.due, task.priority.rank))
    undated = sorted((task for task in unfinished if not task.due), key=lambda task: task.priority.rank)
    coming = [event for event in events if event.end > now]
    facts = [
        _count("agenda.due_today", "Due today", [task for task in dated if task.due == today]),
        _count("agenda.due_tomorrow", "Due tomorrow", [t for t in dated if t.due == today + timedelta(days=1)]),
        _count("agenda.due_week", "Due within seven days", [task for task in dated if _within_week(task, today)]),
        _count("agenda.undated", "Open without a date", undated),
    ]
    for number, task in enumerate(dated[:MOST], 1):
        sources = cite([task.source])
        due = task.due.isoformat() if task.due else None
        facts.append(Fact(id=f"due.{number}", label=task.title, value=due, unit="date", sources=sources))
        if task.owner:
            facts.append(Fact(id=f"due.{number}.owner", label=task.title, value=task.owner, sources=sources))
    for number, task in enumerate(undated[:MOST], 1):
        state = f"{task.state}, {task.owner}" if task.owner else str(task.state)
        facts.append(Fact(id=f"open.{number}", label=task.title, value=state, sources=cite([task.source])))
    for number, event in enumerate(coming[:MOST], 1):
        span = f"{event.start.isoformat()}/{event.end.isoformat()}"
        facts.append(
            Fact(id=f"event.{number}", label=event.title, value=span, unit="interval", sources=cite([event.source]))
        )
    return Finding(skill="agenda", facts=tuple(facts), remarks=_remarks(dated, today))


def _within_week(task: Task, today: date) -> bool:
    return task.due is not None and today <= task.due < today + timedelta(days=WEEK)


def _count(id: str, label: str, tasks: Sequence[Task]) -> Fact:
    return Fact(id=id, label=label, value=len(tasks), unit="tasks", sources=cite(task.source for task in tasks))


def _remarks(dated: Sequence[Task], today: date) -> tuple[Remark, ...]:
    remarks = []
    for day, name in ((today, "today"), (today + timedelta(days=1), "tomorrow")):
        due = [(number, task) for number, task in enumerate(dated[:MOST], 1) if task.due == day]
        said = ", ".join(f"“{task.title}”" for _, task in due) or "nothing"
        facts = (f"agenda.due_{name}", *(f"due.{number}" for number, _ in due))
        remarks.append(Remark(text=f"Due {name}: {said}.", facts=facts))
    return tuple(remarks)
