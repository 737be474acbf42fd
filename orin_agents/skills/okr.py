"""Scores objectives and key results.

Grades run from 0 to 1, as in Doerr, *Measure What Matters* (2018), and Google's re:Work guide to OKRs: a key result's
grade is the way gone from start to target, an objective's the weighted mean of its key results, the whole the mean of
the objectives by their weights.
"""

from collections.abc import Sequence
from datetime import date

from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.okr import PATH, KeyResult, Objective, Okr
from orin_agents.domain.tasks import Task, TaskState
from orin_agents.skills.citation import cite
from orin_agents.skills.objectives import shares, weights_of

BEHIND = 0.15
"""How far a score may lie behind the share of the period gone before it is said."""
DOUBTFUL = 0.3
"""A confidence below this is said."""


def score_okrs(okr: Okr | None, tasks: Sequence[Task], today: date) -> Finding:
    """Progress, confidence and weight of every objective, and the score of the whole; all ratios of 0 to 1.

    An objective without key results counts as 0, and is named. With `counts_tag`, a key result's progress is that of
    the tasks counted.
    """
    if okr is None:
        return Finding(skill="okr", missing=(PATH,))
    facts: list[Fact] = []
    remarks: list[Remark] = []
    graded: list[tuple[float, float]] = []
    results = 0
    for number, (objective, weight) in enumerate(zip(okr.objectives, weights_of(okr), strict=True), 1):
        parts: list[Fact] = []
        grades = []
        for result in objective.key_results:
            results += 1
            found, said = _grade(result, f"key_result.{results}", objective, tasks, today)
            parts.extend(found)
            remarks.extend(said)
            grades.append(_number(found[0]))
        progress, confidence = _means(objective, grades)
        graded.append((progress, confidence))
        facts.extend(_objective(objective, f"objective.{number}", progress, weight, confidence))
        facts.extend(parts)
        if not objective.key_results:
            text = f"“{objective.title}” has no key results, so its progress cannot be measured."
            remarks.append(Remark(text=text, severity=Severity.WARNING, facts=(f"objective.{number}",)))
    totals, said = _totals(okr, graded, today)
    return Finding(skill="okr", facts=(*totals, *facts), remarks=(*said, *remarks))


def progress_of(result: KeyResult, tasks: Sequence[Task]) -> float:
    """The way gone from start to target, 0 to 1, as counted from tasks where the key result asks for it."""
    counted = count(result, tasks)
    return _way(result, result.current if counted is None else counted[0])


def count(result: KeyResult, tasks: Sequence[Task]) -> tuple[float, tuple[Task, ...]] | None:
    """Where the key result stands by its tagged tasks, and those tasks; None when there are none to count.

    The share of them that is done, as the same share of the way from start to target. Cancelled tasks are not counted;
    a tag counts those nested below it (`#calls/helpers` for `calls`).
    """
    tag = _tag(result.counts_tag)
    if not tag:
        return None
    found = tuple(task for task in tasks if task.state is not TaskState.CANCELLED and _bears(task, tag))
    if not found:
        return None
    done = sum(task.state is TaskState.DONE for task in found) / len(found)
    return result.start * (1 - done) + result.target * done, found


def elapsed(okr: Okr, today: date) -> float | None:
    """The share of the period's days that are over; None when the period is not written down."""
    if okr.period_start is None or okr.period_end is None:
        return None
    days = (okr.period_end - okr.period_start).days + 1
    return min(max((today - okr.period_start).days / days, 0.0), 1.0)


def _grade(
    result: KeyResult, name: str, objective: Objective, tasks: Sequence[Task], today: date
) -> tuple[list[Fact], list[Remark]]:
    """The facts of a key result, its progress first, and what they mean."""
    written = cite([result.source])
    counted = count(result, tasks)
    progress = progress_of(result, tasks)
    rests_on = cite([result.source, *(task.source for task in counted[1])]) if counted else written
    facts = [
        Fact(id=name, label=result.title, value=round(progress, 4), unit="ratio", sources=rests_on),
        Fact(id=f"{name}.current", label=result.title, value=result.current, unit=result.unit, sources=written),
        Fact(id=f"{name}.target", label=result.title, value=result.target, unit=result.unit, sources=written),
        Fact(id=f"{name}.objective", label=result.title, value=objective.id, sources=written),
    ]
    remarks = []
    if counted:
        value = round(counted[0], 4)
        sources = cite(task.source for task in counted[1])
        facts.append(Fact(id=f"{name}.counted", label=result.title, value=value, unit=result.unit, sources=sources))
        if abs(value - result.current) > 1e-6:
            text = f"“{result.title}” is written down as {result.current:g}, but its tasks say {value:g}."
            remarks.append(Remark(text=text, facts=(f"{name}.current", f"{name}.counted")))
    elif result.counts_tag:
        text = f"“{result.title}” counts tasks tagged “{_tag(result.counts_tag)}”, and there are none."
        remarks.append(Remark(text=text, severity=Severity.WARNING, facts=(f"{name}.current",)))
    if result.due and result.due < today and progress < 1:
        text = f"“{result.title}” was due on {result.due.isoformat()} and stands at {progress:.2f}."
        remarks.append(Remark(text=text, severity=Severity.WARNING, facts=(name,)))
    elif result.confidence < DOUBTFUL and progress < 1:
        text = f"“{result.title}” is held with a confidence of {result.confidence:.2f}."
        remarks.append(Remark(text=text, severity=Severity.WARNING, facts=(name,)))
    return facts, remarks


def _means(objective: Objective, grades: list[float]) -> tuple[float, float]:
    weights = shares([result.weight for result in objective.key_results])
    progress = sum(weight * grade for weight, grade in zip(weights, grades, strict=True))
    confidence = sum(w * r.confidence for w, r in zip(weights, objective.key_results, strict=True))
    return min(progress, 1.0), min(confidence, 1.0)


def _objective(objective: Objective, name: str, progress: float, weight: float, confidence: float) -> list[Fact]:
    sources = cite([objective.source])
    return [
        Fact(id=f"{name}{part}", label=objective.title, value=round(value, 4), unit="ratio", sources=sources)
        for part, value in (("", progress), (".weight", weight), (".confidence", confidence))
    ]


def _totals(okr: Okr, graded: list[tuple[float, float]], today: date) -> tuple[list[Fact], list[Remark]]:
    sources = cite([okr.source])
    weights = weights_of(okr)
    score = round(min(sum(w * progress for w, (progress, _) in zip(weights, graded, strict=True)), 1.0), 4)
    confidence = round(min(sum(w * sure for w, (_, sure) in zip(weights, graded, strict=True)), 1.0), 4)
    gone = elapsed(okr, today)
    facts = [
        Fact(id="okr.score", label="Score of all objectives", value=score, unit="ratio", sources=sources),
        Fact(id="okr.confidence", label="Confidence", value=confidence, unit="ratio", sources=sources),
        Fact(
            id="okr.elapsed",
            label="Share of the period gone",
            value=None if gone is None else round(gone, 4),
            unit="ratio",
            sources=sources,
        ),
    ]
    remarks = []
    if not okr.objectives:
        remarks.append(Remark(text="No objectives are written down yet.", facts=("okr.score",)))
    elif gone is not None and score < gone - BEHIND:
        text = f"The score of {score:.2f} lies behind the period, of which {gone:.2f} is gone."
        remarks.append(Remark(text=text, severity=Severity.WARNING, facts=("okr.score", "okr.elapsed")))
    if okr.objectives and not any(objective.weight for objective in okr.objectives):
        remarks.append(Remark(text="All weights are 0, so the objectives count alike.", facts=("objective.1.weight",)))
    return facts, remarks


def _way(result: KeyResult, current: float) -> float:
    # Halves, so that the difference of two very large numbers stays finite.
    span = result.target / 2 - result.start / 2
    if not span:
        return float(current == result.target)
    return min(max((current / 2 - result.start / 2) / span, 0.0), 1.0)


def _number(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, int | float) else 0.0


def _tag(tag: str) -> str:
    return tag.strip().lstrip("#").rstrip("/").casefold()


def _bears(task: Task, tag: str) -> bool:
    return any(own == tag or own.startswith(f"{tag}/") for own in map(_tag, task.tags))
