"""Whether the box and the workspace are well: the checks of `orin doctor`, and runs that failed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source
from orin_agents.domain.journal import Entry, Event

DAY = timedelta(days=1)
_GRAVEST = (Verdict.PROBLEM, Verdict.WARNING, Verdict.OK)


def judge_health(checks: tuple[CheckLine, ...], journal: tuple[Entry, ...], now: datetime) -> Finding:
    """`check.N` (label `area: name`, value the verdict; problems first) with what was seen and its remedy, the counts
    of the three verdicts, and the runs that failed in the 24 hours up to `now`.
    """
    ranked = sorted(
        checks, key=lambda check: (_GRAVEST.index(check.verdict), check.area, check.name, check.seen, check.remedy)
    )
    failed = [entry for entry in sorted(journal, key=lambda entry: entry.seq) if _failed(entry, now)]
    facts: list[Fact] = []
    for number, check in enumerate(ranked, start=1):
        facts.extend(_facts(f"check.{number}", check))
    for name, label, verdict in (
        ("health.ok", "Checks in order", Verdict.OK),
        ("health.warnings", "Warnings", Verdict.WARNING),
        ("health.problems", "Problems", Verdict.PROBLEM),
    ):
        number = sum(1 for check in checks if check.verdict is verdict)
        facts.append(Fact(id=name, label=label, value=number, unit="checks"))
    facts.append(
        Fact(
            id="health.failed_runs",
            label="Runs that failed in the last 24 hours",
            value=len(failed),
            unit="runs",
            sources=tuple(Source(path="journal", first_line=entry.seq, last_line=entry.seq) for entry in failed),
        )
    )
    return Finding(skill="health", facts=tuple(facts), remarks=tuple(_remarks(ranked, failed)))


def _failed(entry: Entry, now: datetime) -> bool:
    recent = timedelta(0) <= now - entry.at <= DAY
    return recent and entry.event is Event.RUN_FINISHED and entry.data.get("state") == "failed"


def _facts(name: str, check: CheckLine) -> Iterator[Fact]:
    label = f"{check.area}: {check.name}"
    yield Fact(id=name, label=label, value=check.verdict.value)
    yield Fact(id=f"{name}.seen", label=label, value=check.seen)
    if check.remedy:
        yield Fact(id=f"{name}.remedy", label=label, value=check.remedy)


def _remarks(ranked: list[CheckLine], failed: list[Entry]) -> Iterator[Remark]:
    for number, check in enumerate(ranked, start=1):
        if check.verdict is not Verdict.OK:
            yield Remark(
                text=" ".join(
                    filter(None, (f"{check.area}, {check.name}: {check.seen}.".replace("..", "."), check.remedy))
                ),
                severity=Severity.HIGH if check.verdict is Verdict.PROBLEM else Severity.WARNING,
                facts=(f"check.{number}", f"check.{number}.seen"),
            )
    if failed:
        lead = "1 run has" if len(failed) == 1 else f"{len(failed)} runs have"
        names = ", ".join(dict.fromkeys(entry.subject or entry.correlation for entry in failed))
        yield Remark(
            text=f"{lead} failed in the last 24 hours: {names}.",
            severity=Severity.WARNING,
            facts=("health.failed_runs",),
        )
