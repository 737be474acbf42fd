"""Socratic questions that arise from what is written down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from orin_agents.domain import okr as okr_file
from orin_agents.domain import project_map
from orin_agents.domain.facts import Fact, Finding, Source
from orin_agents.domain.okr import KeyResult, Okr
from orin_agents.domain.project_map import ProjectMap
from orin_agents.domain.tasks import Task
from orin_agents.skills.citation import cite
from orin_agents.skills.effort import estimate
from orin_agents.skills.initiatives import wsjf
from orin_agents.skills.objectives import find, names_of, weights_of
from orin_agents.skills.okr import BEHIND, DOUBTFUL, elapsed, progress_of

MOST = 7
MANY = 20
"""More open tasks than this are asked about."""
LONG = 240
"""Minutes of an estimate above which it is asked about."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A question, why it is asked, and what it rests on."""

    question: str
    why: str
    sources: tuple[Source, ...]


def seed_questions(okr: Okr | None, tasks: Sequence[Task], map: ProjectMap | None, today: date) -> Finding:
    """At most MOST questions, the most uncomfortable first; each is about one fact that the reason names."""
    absent = (() if okr else (okr_file.PATH,)) + (() if map else (project_map.PATH,))
    if okr is None and map is None and not tasks:
        return Finding(skill="seeds", missing=absent)
    open_tasks = [task for task in tasks if not task.state.finished]
    seeds = [
        *(_of_objectives(okr, tasks, open_tasks, today) if okr else ()),
        *_of_tasks(open_tasks, today),
        *(_of_map(map) if map else ()),
    ]
    facts = tuple(
        Fact(id=f"seed.{number}", label=seed.question, value=seed.why, sources=seed.sources)
        for number, seed in enumerate(seeds[:MOST], 1)
    )
    return Finding(skill="seeds", facts=facts, missing=absent)


def _of_objectives(okr: Okr, tasks: Sequence[Task], open_tasks: Sequence[Task], today: date) -> Iterable[Seed]:
    graded = [(progress_of(result, tasks), result) for o in okr.objectives for result in o.key_results]
    gone = elapsed(okr, today)
    unreached = [one for one in graded if one[0] < 1]
    asked = ""
    if gone is not None and unreached:
        progress, result = min(unreached, key=lambda one: one[0])
        if progress < gone - BEHIND:
            asked = result.id
            why = f"{progress:.2f} of the way, with {gone:.2f} of the period gone"
            yield Seed(
                f"What are you putting off about “{result.title}”, and what would make it easier?", why, _at(result)
            )
    names = names_of(okr)
    served = {find(names, task.objective) for task in open_tasks}
    weighed = sorted(zip(weights_of(okr), range(len(okr.objectives)), strict=True), key=lambda one: -one[0])
    for weight, number in weighed[:1]:
        objective = okr.objectives[number]
        if number not in served and weight:
            question = f"If “{objective.title}” matters most, why does no open task serve it?"
            yield Seed(question, f"a weight of {weight:.2f} and no open task", cite([objective.source]))
    if others := [one for one in unreached if one[1].id != asked]:
        _, result = min(others, key=lambda one: one[1].confidence)
        if result.confidence <= DOUBTFUL:
            question = (
                f"What would have to be true for “{result.title}”, and which part of it could you check this week?"
            )
            yield Seed(question, f"held with a confidence of {result.confidence:.2f}", _at(result))


def _of_tasks(open_tasks: Sequence[Task], today: date) -> Iterable[Seed]:
    overdue = [task for task in open_tasks if task.due and task.due < today]
    if overdue:
        task = min(overdue, key=lambda task: task.due or today)
        why = f"overdue since {(task.due or today).isoformat()}"
        yield Seed(f"“{task.title}”: do it tomorrow, give it a new date, or drop it?", why, cite([task.source]))
    long = [task for task in open_tasks if (estimate(task) or 0) > LONG]
    if long:
        task = max(long, key=lambda task: estimate(task) or 0)
        why = f"estimated at {estimate(task)} minutes"
        yield Seed(f"What is the first hour of “{task.title}”?", why, cite([task.source]))
    if len(open_tasks) > MANY:
        why = f"{len(open_tasks)} tasks are open"
        question = "Which of your open tasks would you not take on again today?"
        yield Seed(question, why, cite(task.source for task in open_tasks))
    elif aged := [task for task in open_tasks if task.created and not task.due and (today - task.created).days > 28]:
        task = min(aged, key=lambda task: task.created or today)
        why = f"open without a date since {(task.created or today).isoformat()}"
        yield Seed(f"What would you lose if “{task.title}” were never done?", why, cite([task.source]))


def _of_map(map: ProjectMap) -> Iterable[Seed]:
    if map.initiatives:
        one = max(map.initiatives, key=lambda initiative: initiative.size)
        why = f"size {one.size:g}, score {wsjf(one):.2f}"
        yield Seed(f"What is the smallest part of “{one.name}” that would prove its worth?", why, cite([one.source]))
    if map.out_of_scope:
        line = map.out_of_scope[0]
        why = f"out of scope: {line.text}"
        yield Seed("What would have to change before something you left out comes back in?", why, cite([line.source]))


def _at(result: KeyResult) -> tuple[Source, ...]:
    return cite([result.source])
