"""The day in figures: what today's artifacts say that a person would want to know first."""

from datetime import datetime

from orin_agents.domain.facts import Fact, Finding, Source
from orin_agents.domain.snapshot import Produced

HEADLINES = (
    ("okr.score", "Score of the objectives"),
    ("okr.elapsed", "Share of the period gone"),
    ("drift.total", "Drift this week"),
    ("timeblocks.planned_minutes", "Work planned today"),
    ("timeblocks.free_minutes", "Free time today"),
    ("planned.done", "Share of the plan done"),
    ("progress.done_today", "Tasks done today"),
    ("progress.overdue", "Tasks overdue"),
    ("feasibility.load", "Load of the days ahead"),
    ("alignment.misaligned", "Not aligned with an objective"),
    ("alignment.scope_creep", "Touching what is out of scope"),
    ("matrix.critical", "Critical risks"),
    ("risks.unmitigated", "Risks without mitigation"),
    ("checklist.failed", "Rules broken"),
    ("health.problems", "Problems of the box"),
    ("health.failed_runs", "Runs that failed"),
    ("codemap.functions", "Functions in the code"),
    ("zettel.notes", "Notes"),
    ("zettel.links", "Links between notes"),
    ("tags.total", "Tags in use"),
    ("catalogue.changed_today", "Artifacts changed today"),
)
"""Ids of facts that tell of a day, in the order they are told in, with the words for them."""


def digest_day(produced: tuple[Produced, ...], now: datetime) -> Finding:
    """`headline.N`: the telling facts of what was produced on the day of `now`, always in the same order, each from the
    latest artifact that states it. `produced.N`: those artifacts in the order of time.
    """
    today = sorted(
        (item for item in produced if item.at.astimezone(now.tzinfo).date() == now.date()),
        key=lambda item: (item.at, item.path, item.version),
    )
    latest: dict[str, tuple[Produced, Fact]] = {}
    for item in today:
        for fact in item.facts:
            latest[fact.id] = (item, fact)
    facts: list[Fact] = []
    for name, text in HEADLINES:
        if name in latest and latest[name][1].value is not None:
            item, fact = latest[name]
            facts.append(
                Fact(
                    id=f"headline.{len(facts) + 1}",
                    label=text,
                    value=fact.value,
                    unit=fact.unit,
                    sources=(Source(path=item.path, version=item.version), *fact.sources),
                )
            )
    facts += [
        Fact(
            id=f"produced.{number}",
            label=item.path,
            value=item.version,
            sources=(Source(path=item.path, version=item.version),),
        )
        for number, item in enumerate(today, start=1)
    ]
    return Finding(skill="digest", facts=tuple(facts))
