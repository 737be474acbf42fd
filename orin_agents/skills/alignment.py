"""Flags where work and objectives do not meet, and work that touches what is out of scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from orin_agents.domain import okr as okr_file
from orin_agents.domain import project_map
from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source
from orin_agents.domain.okr import KeyResult, Okr
from orin_agents.domain.project_map import ProjectMap
from orin_agents.domain.task_log import LogEntry
from orin_agents.domain.tasks import Task
from orin_agents.skills.citation import cite
from orin_agents.skills.drift import Spent, spent
from orin_agents.skills.objectives import find, names_of, weights_of
from orin_agents.skills.okr import count, progress_of
from orin_agents.skills.precedence import find_precedence
from orin_agents.skills.scope import Scope

NO_OBJECTIVE = "no objective"
UNKNOWN_OBJECTIVE = "unknown objective"
WITHOUT_WORK = "objective without work"
WITHOUT_TIME = "weight without time"
WITHOUT_WEIGHT = "time without weight"


@dataclass(frozen=True, slots=True)
class Flag:
    """What is flagged, and what for: a kind of misalignment, or the line out of scope that it touches."""

    what: str
    value: str
    sources: tuple[Source, ...]


def flag_misalignment(
    okr: Okr | None, map: ProjectMap | None, tasks: Sequence[Task], log: Sequence[LogEntry], today: date
) -> Finding:
    """Objectives nothing is done for, work for no objective, and work out of scope.

    Time is that of the last ISO week and of this one up to today. Objectives come first, then initiatives, then open
    tasks, the urgent ones first. Without any objective no work is held against one.
    """
    absent = (() if okr else (okr_file.PATH,)) + (() if map else (project_map.PATH,))
    if okr is None and map is None:
        return Finding(skill="alignment", missing=absent)
    by_id = {task.id: task for task in tasks if not task.state.finished}
    found = find_precedence(tasks)
    work = [*found.order, *(by_id[id] for id in found.knots)]
    flags = list(_misaligned(okr, map, tasks, work, log, today)) if okr and okr.objectives else []
    creeping = list(_creeping(map, work)) if map else []
    facts = [
        _count("alignment.misaligned", "Misaligned", flags),
        _count("alignment.scope_creep", "Out of scope", creeping),
        *_facts("misalignment", flags),
        *_facts("scope_creep", creeping),
    ]
    return Finding(skill="alignment", facts=tuple(facts), remarks=tuple(_remarks(flags, creeping)), missing=absent)


def _misaligned(
    okr: Okr,
    map: ProjectMap | None,
    tasks: Sequence[Task],
    work: Sequence[Task],
    log: Sequence[LogEntry],
    today: date,
) -> Iterable[Flag]:
    monday = today - timedelta(days=today.weekday() + 7)
    yield from _objectives(okr, map, tasks, work, spent(okr, log, monday, today))
    names = names_of(okr)
    counted = {task.id for result in _results(okr) if (met := count(result, tasks)) for task in met[1]}
    served = [(one.name, one.objective, one.source) for one in (map.initiatives if map else ())]
    served += [(task.title, task.objective, task.source) for task in work if task.id not in counted or task.objective]
    for title, objective, source in served:
        if not objective.strip():
            yield Flag(title, NO_OBJECTIVE, cite([source]))
        elif find(names, objective) is None:
            yield Flag(title, UNKNOWN_OBJECTIVE, cite([source]))


def _objectives(
    okr: Okr, map: ProjectMap | None, tasks: Sequence[Task], work: Sequence[Task], time: Spent
) -> Iterable[Flag]:
    names = names_of(okr)
    worked = {find(names, task.objective) for task in work}
    worked |= {find(names, one.objective) for one in (map.initiatives if map else ())}
    open_ids = {task.id for task in work}
    for number, (objective, weight) in enumerate(zip(okr.objectives, weights_of(okr), strict=True)):
        results, sources = objective.key_results, cite([objective.source])
        reached = bool(results) and all(progress_of(result, tasks) >= 1 for result in results)
        counted = any(met and any(task.id in open_ids for task in met[1]) for met in (count(r, tasks) for r in results))
        if weight and not reached and number not in worked and not counted:
            yield Flag(objective.title, WITHOUT_WORK, sources)
        if weight and not reached and time.total and not time.by_objective[number]:
            yield Flag(objective.title, WITHOUT_TIME, sources)
        if not weight and time.by_objective[number]:
            logged = (entry.source for entry in time.entries if find(names, entry.objective) == number)
            yield Flag(objective.title, WITHOUT_WEIGHT, cite([objective.source, *logged]))


def _creeping(map: ProjectMap, work: Sequence[Task]) -> Iterable[Flag]:
    scope = Scope(map)
    for initiative in map.initiatives:
        if line := scope.touched(initiative.name):
            yield Flag(initiative.name, line.text, cite([initiative.source, line.source]))
    for task in work:
        if line := scope.touched(task.title, task.tags):
            yield Flag(task.title, line.text, cite([task.source, line.source]))


def _results(okr: Okr) -> Iterable[KeyResult]:
    return (result for objective in okr.objectives for result in objective.key_results)


def _facts(prefix: str, flags: Sequence[Flag]) -> Iterable[Fact]:
    for number, flag in enumerate(flags, 1):
        yield Fact(id=f"{prefix}.{number}", label=flag.what, value=flag.value, sources=flag.sources)


def _count(name: str, label: str, flags: Sequence[Flag]) -> Fact:
    sources = cite(source for flag in flags for source in flag.sources)
    return Fact(id=name, label=label, value=len(flags), unit="flags", sources=sources)


def _remarks(flags: Sequence[Flag], creeping: Sequence[Flag]) -> Iterable[Remark]:
    for number, flag in enumerate(flags, 1):
        if flag.value in (WITHOUT_WORK, WITHOUT_TIME, WITHOUT_WEIGHT):
            text = {
                WITHOUT_WORK: f"“{flag.what}” has weight, but no open task or initiative serves it.",
                WITHOUT_TIME: f"“{flag.what}” has weight, but took no time this week or last.",
                WITHOUT_WEIGHT: f"“{flag.what}” takes time, but has no weight.",
            }[flag.value]
            yield Remark(text=text, severity=Severity.WARNING, facts=(f"misalignment.{number}",))
    if loose := [number for number, flag in enumerate(flags, 1) if flag.value in (NO_OBJECTIVE, UNKNOWN_OBJECTIVE)]:
        pieces = "1 open piece of work serves" if len(loose) == 1 else f"{len(loose)} open pieces of work serve"
        text = f"{pieces} no known objective."
        yield Remark(text=text, facts=("alignment.misaligned", f"misalignment.{loose[0]}"))
    if creeping:
        one = creeping[0]
        more = f", and {len(creeping) - 1} more like it" if len(creeping) > 1 else ""
        text = f"“{one.what}” touches what is out of scope: {one.value}{more}."
        yield Remark(text=text, severity=Severity.WARNING, facts=("alignment.scope_creep", "scope_creep.1"))
