"""Where time went against where the weights of the objectives say it should go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from orin_agents.domain import okr as okr_file
from orin_agents.domain import task_log
from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.okr import Okr
from orin_agents.domain.task_log import LogEntry
from orin_agents.skills.citation import cite
from orin_agents.skills.objectives import find, names_of, weights_of

NOTABLE = 0.25
"""A drift above this is said; a gap of one objective as large is named."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Minutes of a span of days, by the number of the objective; those of no known objective apart."""

    by_objective: tuple[float, ...]
    unassigned: float
    entries: tuple[LogEntry, ...]

    @property
    def total(self) -> float:
        """All minutes."""
        return sum(self.by_objective) + self.unassigned

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of all minutes each objective took; what lacks to 1 went to none."""
        return tuple(minutes / self.total if self.total else 0.0 for minutes in self.by_objective)


def total_variation(one: Sequence[float], other: Sequence[float]) -> float:
    """Half the sum of absolute differences: 0 for equal shares, 1 for shares that have nothing in common.

    The total variation distance of two discrete distributions (Levin, Peres and Wilmer, *Markov Chains and Mixing
    Times*, proposition 4.2).
    """
    return min(sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 2, 1.0)


def spent(okr: Okr, log: Sequence[LogEntry], first: date, last: date) -> Spent:
    """The minutes logged from `first` to `last`, both days counted."""
    names = names_of(okr)
    minutes = [0.0] * len(okr.objectives)
    unassigned = 0.0
    entries = tuple(entry for entry in log if first <= entry.date <= last)
    for entry in entries:
        number = find(names, entry.objective)
        if number is None:
            unassigned += entry.minutes
        else:
            minutes[number] += entry.minutes
    return Spent(tuple(minutes), unassigned, entries)


def measure_drift(okr: Okr | None, log: Sequence[LogEntry], today: date) -> Finding:
    """Drift of this ISO week up to today and of the week before, as a ratio of 0 to 1.

    Time on no known objective is a share of its own, whose weight is 0. A week without any time has no drift: its fact
    has the value None.
    """
    if okr is None or not log:
        absent = ((okr_file.PATH,) if okr is None else ()) + (() if log else (task_log.PATH,))
        return Finding(skill="drift", missing=absent)
    monday = today - timedelta(days=today.weekday())
    week = spent(okr, log, monday, today)
    before = spent(okr, log, monday - timedelta(days=7), monday - timedelta(days=1))
    weights = weights_of(okr)
    drift = _drift(week, weights)
    seen = cite(entry.source for entry in week.entries)
    facts = [
        Fact(id="drift.total", label="Drift this week", value=drift, unit="ratio", sources=cite([*seen, okr.source])),
        Fact(
            id="drift.last_week",
            label="Drift last week",
            value=_drift(before, weights),
            unit="ratio",
            sources=cite([*(entry.source for entry in before.entries), okr.source]),
        ),
        Fact(id="drift.minutes", label="Logged this week", value=_minutes(week.total), unit="minutes", sources=seen),
        Fact(
            id="drift.unassigned",
            label="Logged on no objective",
            value=_minutes(week.unassigned),
            unit="minutes",
            sources=cite(e.source for e in week.entries if find(names_of(okr), e.objective) is None),
        ),
    ]
    for number, (objective, share, weight) in enumerate(zip(okr.objectives, week.shares, weights, strict=True), 1):
        place = cite([objective.source])
        facts.append(
            Fact(id=f"share.{number}", label=objective.title, value=round(share, 4), unit="ratio", sources=seen)
        )
        facts.append(
            Fact(
                id=f"share.{number}.weight", label=objective.title, value=round(weight, 4), unit="ratio", sources=place
            )
        )
    return Finding(skill="drift", facts=tuple(facts), remarks=tuple(_remarks(okr, week, weights, drift)))


def _drift(week: Spent, weights: list[float]) -> float | None:
    if not week.total or not weights:
        return None
    return round(total_variation((*week.shares, week.unassigned / week.total), (*weights, 0.0)), 4)


def _remarks(okr: Okr, week: Spent, weights: list[float], drift: float | None) -> list[Remark]:
    if not weights:
        return [Remark(text="No objectives are written down, so time cannot be held against them.")]
    if drift is None:
        return [Remark(text="No time is logged this week, so its drift is not known.", facts=("drift.minutes",))]
    remarks = []
    if drift > NOTABLE:
        text = f"Drift is {drift:.2f}: so much of the week's time went elsewhere than the weights say."
        remarks.append(Remark(text=text, severity=Severity.WARNING, facts=("drift.total",)))
    gaps = [(share - weight, number) for number, (share, weight) in enumerate(zip(week.shares, weights, strict=True))]
    for gap, number in (max(gaps), min(gaps)):
        if abs(gap) > NOTABLE:
            title, share, weight = okr.objectives[number].title, week.shares[number], weights[number]
            word = "more" if gap > 0 else "less"
            text = f"“{title}” took {share:.2f} of the time, {word} than its weight of {weight:.2f}."
            ids = (f"share.{number + 1}", f"share.{number + 1}.weight")
            remarks.append(Remark(text=text, severity=Severity.WARNING, facts=ids))
    if week.unassigned / week.total > NOTABLE:
        text = f"{_minutes(week.unassigned):g} of {_minutes(week.total):g} minutes went to no known objective."
        ids = ("drift.unassigned", "drift.minutes")
        remarks.append(Remark(text=text, severity=Severity.WARNING, facts=ids))
    return remarks


def _minutes(minutes: float) -> float:
    return int(minutes) if float(minutes).is_integer() else round(minutes, 2)
