"""The skills by name: what each is given of a snapshot. A skill whose input is absent says so in its finding."""

from collections.abc import Callable
from dataclasses import replace

from orin_agents.domain import okr, project_map, risks, rules, task_log, task_queue
from orin_agents.domain.facts import Fact, Finding, Source
from orin_agents.domain.globs import matches
from orin_agents.domain.snapshot import Snapshot
from orin_agents.domain.tasks import Task
from orin_agents.skills.agenda import list_agenda
from orin_agents.skills.alignment import flag_misalignment
from orin_agents.skills.anomalies import find_anomalies
from orin_agents.skills.calibration import calibrate
from orin_agents.skills.catalogue import catalogue
from orin_agents.skills.checklist import check_rules
from orin_agents.skills.codemap import map_code
from orin_agents.skills.dependencies import order_tasks
from orin_agents.skills.digest import digest_day
from orin_agents.skills.drift import measure_drift
from orin_agents.skills.feasibility import weigh_load
from orin_agents.skills.health import judge_health
from orin_agents.skills.initiatives import rank_initiatives
from orin_agents.skills.keyphrases import find_phrases
from orin_agents.skills.okr import score_okrs
from orin_agents.skills.premises import find_premises
from orin_agents.skills.progress import review_progress
from orin_agents.skills.risks import score_risks
from orin_agents.skills.seeds import seed_questions
from orin_agents.skills.summary import summarise
from orin_agents.skills.tags import map_tags
from orin_agents.skills.timeblocks import pack_day
from orin_agents.skills.zettel import link_notes

CALENDARS = "**/*.ics"
DAY_PLAN = "schedule/daily_plan.md"
LEAST_SAMPLES = 3
"""Finished tasks with an estimate that a calibration has to rest on."""

SKILLS: dict[str, Callable[[Snapshot], Finding]] = {
    "okr": lambda s: score_okrs(s.okr, s.tasks, s.now.date()) if s.okr else _absent("okr", okr.PATH),
    "drift": lambda s: measure_drift(s.okr, s.log, s.now.date()) if s.okr else _absent("drift", okr.PATH),
    "initiatives": lambda s: rank_initiatives(s.map, s.okr) if s.map else _absent("initiatives", project_map.PATH),
    "alignment": lambda s: flag_misalignment(s.okr, s.map, s.tasks, s.log, s.now.date()),
    "dependencies": lambda s: order_tasks(s.tasks, s.now.date()),
    "timeblocks": lambda s: pack_day(s.tasks, s.events, s.hours, s.now, _ratio(s), s.is_yours),
    "calibration": lambda s: calibrate(s.log, s.tasks),
    "feasibility": lambda s: weigh_load(_yours(s), s.events, s.hours, s.now, calibration=_ratio(s)),
    "progress": lambda s: review_progress(s.tasks, s.log, _planned(s), s.now.date(), s.is_yours),
    "risks": lambda s: score_risks(s.risks, s.now.date()) if s.risks else _absent("risks", risks.PATH),
    "checklist": lambda s: (
        check_rules(s.rules, s.documents, s.artifacts, s.now) if s.rules else _absent("checklist", rules.PATH)
    ),
    "summary": lambda s: summarise(s.documents),
    "keyphrases": lambda s: find_phrases(s.documents),
    "tags": lambda s: map_tags(s.documents),
    "zettel": lambda s: link_notes(s.documents, s.now, s.artifacts),
    "premises": lambda s: find_premises(s.documents),
    "codemap": lambda s: map_code(s.code),
    "anomalies": lambda s: find_anomalies(s.logs, s.journal, s.now),
    "health": lambda s: judge_health(s.checks, s.journal, s.now),
    "catalogue": lambda s: catalogue(s.artifacts, s.documents, s.now),
    "digest": lambda s: digest_day(s.today, s.now),
    "agenda": lambda s: list_agenda(s.tasks, s.events, s.now),
    "seeds": lambda s: seed_questions(s.okr, s.tasks, s.map, s.now.date()),
}
RESTS_ON: dict[str, tuple[str, ...]] = {
    "okr": (okr.PATH, task_queue.PATH),
    "drift": (okr.PATH, task_log.PATH),
    "initiatives": (okr.PATH, project_map.PATH),
    "alignment": (okr.PATH, project_map.PATH, task_queue.PATH, task_log.PATH),
    "dependencies": (task_queue.PATH,),
    "timeblocks": (task_queue.PATH, task_log.PATH, CALENDARS),
    "calibration": (task_log.PATH,),
    "feasibility": (task_queue.PATH, task_log.PATH, CALENDARS),
    "progress": (task_queue.PATH, task_log.PATH),
    "risks": (risks.PATH,),
    "checklist": (rules.PATH,),
    "agenda": (task_queue.PATH, CALENDARS),
    "seeds": (okr.PATH, project_map.PATH, task_queue.PATH),
}
"""The files, as globs, whose breakage a finding has to own up to."""
LOOKS_AT_BOX = frozenset({"health"})
"""Skills that need a look at the machine, which costs up to a second."""


def find(skill: str, snapshot: Snapshot) -> Finding:
    """What the skill finds in the snapshot.

    Every source carries the version of its artifact; a file that could not be read is said to be broken, not absent.
    """
    finding = SKILLS[skill](snapshot)
    versions = {artifact.path: artifact.version for artifact in snapshot.artifacts}
    broken = [item for item in snapshot.broken if matches(item.path, RESTS_ON.get(skill, ()))]
    unreadable = {item.path for item in broken}
    return replace(
        finding,
        facts=tuple(_versioned(fact, versions) for fact in finding.facts),
        missing=tuple(path for path in finding.missing if path not in unreadable),
        broken=tuple(str(item) for item in broken),
    )


def _versioned(fact: Fact, versions: dict[str, int]) -> Fact:
    def at(source: Source) -> Source:
        return source if source.version else replace(source, version=versions.get(source.path))

    return replace(fact, sources=tuple(map(at, fact.sources))) if fact.sources else fact


def _absent(skill: str, path: str) -> Finding:
    return Finding(skill=skill, missing=(path,))


def _yours(snapshot: Snapshot) -> tuple[Task, ...]:
    return tuple(filter(snapshot.is_yours, snapshot.tasks))


def _ratio(snapshot: Snapshot) -> float:
    """What estimates are multiplied by: the calibration, once it rests on enough finished tasks."""
    finding = calibrate(snapshot.log, snapshot.tasks)
    samples, ratio = finding.get("calibration.samples"), finding.get("calibration.ratio")
    if samples and ratio and isinstance(samples.value, int) and samples.value >= LEAST_SAMPLES:
        return float(ratio.value) if isinstance(ratio.value, int | float) else 1.0
    return 1.0


def _planned(snapshot: Snapshot) -> tuple[Fact, ...]:
    """The blocks of the last plan, as far as it was made today."""
    plan = next((produced for produced in snapshot.today if produced.path == DAY_PLAN), None)
    return tuple(fact for fact in plan.facts if fact.id.startswith("block.")) if plan else ()
