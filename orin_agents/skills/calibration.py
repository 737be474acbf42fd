"""How long work takes against its estimate, by the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source
from orin_agents.domain.task_log import PATH, LogEntry
from orin_agents.domain.tasks import Task
from orin_agents.skills.citation import cite

FEW = 3
"""An objective needs this many tasks for a ratio of its own; fewer in all are said to be few."""
NOTABLE = 1.2
"""A ratio above this is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One task of the log: minutes over its estimate."""

    objective: str
    ratio: float
    sources: tuple[Source, ...]


def calibrate(log: Sequence[LogEntry], tasks: Iterable[Task] = ()) -> Finding:
    """The median of actual over estimated minutes, a task with all its sittings being one sample.

    An estimate that stands alike in every row of a task is the task's; estimates that differ are those of the sittings
    and are added up. The log does not say what is finished: a task that `tasks` holds as unfinished, by its id or
    title, is left out. Without a sample the ratio is None. The spread is the median absolute deviation.
    """
    if not log:
        return Finding(skill="calibration", missing=(PATH,))
    found = samples(log, tasks)
    ratios = [sample.ratio for sample in found]
    ratio = round(median(ratios), 4) if ratios else None
    spread = round(median(abs(one - median(ratios)) for one in ratios), 4) if ratios else None
    sources = cite(source for sample in found for source in sample.sources)
    facts = [
        Fact(id="calibration.ratio", label="Actual over estimate", value=ratio, unit="ratio", sources=sources),
        Fact(id="calibration.samples", label="Tasks it rests on", value=len(found), unit="tasks", sources=sources),
        Fact(id="calibration.spread", label="Usual distance from it", value=spread, unit="ratio", sources=sources),
    ]
    by_objective: dict[str, list[Sample]] = {}
    for sample in found:
        if sample.objective:
            by_objective.setdefault(sample.objective, []).append(sample)
    enough = sorted((name, group) for name, group in by_objective.items() if len(group) >= FEW)
    for number, (name, group) in enumerate(enough, 1):
        value = round(median(sample.ratio for sample in group), 4)
        rests_on = cite(source for sample in group for source in sample.sources)
        facts.append(Fact(id=f"calibration.{number}", label=name, value=value, unit="ratio", sources=rests_on))
    return Finding(skill="calibration", facts=tuple(facts), remarks=tuple(_remarks(ratio, len(found))))


def samples(log: Sequence[LogEntry], tasks: Iterable[Task] = ()) -> list[Sample]:
    """One sample for each task of the log with an estimate that is not known to be unfinished, as they first stand."""
    unfinished = {name for task in tasks if not task.state.finished for name in (_key(task.id), _key(task.title))}
    sittings: dict[str, list[LogEntry]] = {}
    for entry in log:
        sittings.setdefault(_key(entry.task), []).append(entry)
    found = []
    for name, entries in sittings.items():
        estimated = _estimate(entries)
        if estimated and name not in unfinished:
            found.append(
                Sample(
                    objective=next((entry.objective for entry in reversed(entries) if entry.objective), ""),
                    ratio=sum(entry.minutes for entry in entries) / estimated,
                    sources=tuple(entry.source for entry in entries),
                )
            )
    return found


def _estimate(entries: Sequence[LogEntry]) -> float:
    """Minutes the task was thought to take; 0 when no row says."""
    given = [entry.estimate_minutes for entry in entries if entry.estimate_minutes]
    return given[0] if len(set(given)) == 1 else sum(given)


def _remarks(ratio: float | None, number: int) -> Iterable[Remark]:
    ids = ("calibration.ratio", "calibration.samples")
    if ratio is None:
        yield Remark(
            text="No finished task in the log has an estimate, so estimates are taken as they stand.", facts=ids
        )
        return
    if ratio > NOTABLE or ratio < 1 / NOTABLE:
        word = "longer" if ratio > 1 else "less"
        text = f"Work takes {word} than estimated: {ratio:.2f} times as long."
        yield Remark(text=text, severity=Severity.WARNING if ratio > 1 else Severity.INFO, facts=ids)
    if number < FEW:
        text = f"The ratio rests on {number} finished {'task' if number == 1 else 'tasks'} only."
        yield Remark(text=text, facts=ids)


def _key(name: str) -> str:
    return name.strip().casefold()
