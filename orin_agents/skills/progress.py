"""What was done, what is late, what was forgotten, and what comes next."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.task_log import LogEntry
from orin_agents.domain.tasks import Priority, Task, TaskState
from orin_agents.skills.citation import cite
from orin_agents.skills.precedence import Precedence, find_precedence

LONG_AGO = 14
"""Days after which an open task nobody logged time on counts as forgotten."""
TOP = 3


def review_progress(
    tasks: Sequence[Task],
    log: Sequence[LogEntry],
    plan_blocks: Sequence[Fact],
    today: date,
    yours: Callable[[Task], bool] = lambda task: True,
) -> Finding:
    """Counts of tasks, those overdue and forgotten, the top three to go on with, and what became of the last plan.

    `plan_blocks` are the facts `block.N` and `block.N.task` of that plan; blocks of a later day do not count yet. The
    top three are the most urgent of `yours` that wait for nothing.
    """
    unfinished = [task for task in tasks if not task.state.finished]
    overdue = sorted((task for task in unfinished if task.due and task.due < today), key=lambda task: _due(task))
    facts = [
        _count("progress.done_yesterday", "Done yesterday", _done_on(tasks, today - timedelta(days=1))),
        _count("progress.done_today", "Done today", _done_on(tasks, today)),
        _count("progress.open", "Open", unfinished),
        _count("progress.overdue", "Overdue", overdue),
    ]
    for number, task in enumerate(overdue, 1):
        sources = cite([task.source])
        facts.append(
            Fact(id=f"overdue.{number}", label=task.title, value=_due(task).isoformat(), unit="date", sources=sources)
        )
    forgotten = _forgotten(unfinished, log, today)
    for number, (days, task) in enumerate(forgotten, 1):
        facts.append(
            Fact(id=f"forgotten.{number}", label=task.title, value=days, unit="days", sources=cite([task.source]))
        )
    facts.extend(_top(find_precedence(tasks), today, yours))
    facts.extend(_planned(tasks, plan_blocks, today))
    return Finding(skill="progress", facts=tuple(facts), remarks=tuple(_remarks(overdue, forgotten, facts)))


def reasons(task: Task, found: Precedence, today: date) -> list[str]:
    """Why the task is among the first, most telling first."""
    why = []
    if task.due and task.due < today:
        why.append(f"overdue since {task.due.isoformat()}")
    elif task.due:
        near = {0: "due today", 1: "due tomorrow"}
        why.append(near.get((task.due - today).days, f"due on {task.due.isoformat()}"))
    if task.priority.rank < Priority.NORMAL.rank:
        why.append(f"{task.priority.value} priority")
    if waiting := sum(task.id in waits for waits in found.waits.values()):
        why.append("1 task waits for it" if waiting == 1 else f"{waiting} tasks wait for it")
    if task.state is TaskState.STARTED:
        why.append("already started")
    return why or ["waits for nothing"]


def _top(found: Precedence, today: date, yours: Callable[[Task], bool]) -> Iterable[Fact]:
    ready = (
        task
        for task in found.order
        if yours(task) and not found.waits[task.id] and not (task.start and task.start > _workday(today))
    )
    for number, task in enumerate(ready, 1):
        if number > TOP:
            return
        why = "; ".join(reasons(task, found, today))
        yield Fact(id=f"top.{number}", label=task.title, value=why, sources=cite([task.source]))


def _workday(today: date) -> date:
    """The next weekday."""
    return today + timedelta(days={4: 3, 5: 2}.get(today.weekday(), 1))


def _forgotten(unfinished: Sequence[Task], log: Sequence[LogEntry], today: date) -> list[tuple[int, Task]]:
    """Days and tasks, longest first: long ago created or scheduled, no date still ahead, no time ever logged."""
    logged = {entry.task.strip().casefold() for entry in log}
    found = []
    for task in unfinished:
        since = task.scheduled or task.created
        ahead = any(day and day >= today for day in (task.due, task.scheduled, task.start))
        known = task.id.strip().casefold() in logged or task.title.strip().casefold() in logged
        if since and not ahead and not known and (today - since).days >= LONG_AGO:
            found.append(((today - since).days, task))
    return sorted(found, key=lambda one: -one[0])


def _planned(tasks: Sequence[Task], plan_blocks: Sequence[Fact], today: date) -> Iterable[Fact]:
    by_id = {task.id: task for task in reversed(tasks)}
    ids = {fact.id.removesuffix(".task"): str(fact.value) for fact in plan_blocks if fact.id.endswith(".task")}
    due: dict[str, Fact] = {}
    for fact in plan_blocks:
        if fact.id in ids and _day(fact) <= today:
            due.setdefault(ids[fact.id], fact)
    states = {id: by_id[id].state.value if id in by_id else "not there any more" for id in due}
    counted = [state for state in states.values() if state != TaskState.CANCELLED.value]
    done = round(counted.count(TaskState.DONE.value) / len(counted), 4) if counted else None
    sources = cite(by_id[id].source for id in due if id in by_id)
    yield Fact(id="planned.done", label="Done of the last plan", value=done, unit="ratio", sources=sources)
    for number, (id, block) in enumerate(due.items(), 1):
        yield Fact(id=f"planned.{number}", label=block.label, value=states[id], sources=block.sources)


def _day(block: Fact) -> date:
    """The day of a block's interval; the first of all days when it cannot be read, so that the block counts."""
    try:
        return datetime.fromisoformat(str(block.value).partition("/")[0]).date()
    except ValueError:
        return date.min


def _done_on(tasks: Iterable[Task], day: date) -> list[Task]:
    return [task for task in tasks if task.state is TaskState.DONE and task.done == day]


def _due(task: Task) -> date:
    return task.due or date.max


def _count(name: str, label: str, tasks: Sequence[Task]) -> Fact:
    sources = cite(task.source for task in tasks)
    return Fact(id=name, label=label, value=len(tasks), unit="tasks", sources=sources)


def _remarks(overdue: Sequence[Task], forgotten: Sequence[tuple[int, Task]], facts: Sequence[Fact]) -> Iterable[Remark]:
    if overdue:
        are = "task is" if len(overdue) == 1 else "tasks are"
        text = f"{len(overdue)} {are} overdue, “{overdue[0].title}” since {_due(overdue[0]).isoformat()}."
        yield Remark(text=text, severity=Severity.WARNING, facts=("progress.overdue", "overdue.1"))
    if forgotten:
        days, task = forgotten[0]
        text = f"“{task.title}” has lain untouched for {days} days: do it, date it or drop it."
        yield Remark(text=text, facts=("forgotten.1",))
    done = next((fact.value for fact in facts if fact.id == "planned.done"), None)
    if isinstance(done, float) and done < 0.5:
        yield Remark(text=f"Of the last plan, {done:.2f} is done.", severity=Severity.INFO, facts=("planned.done",))
