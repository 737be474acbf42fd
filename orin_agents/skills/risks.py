"""Scores of a risk register and its matrix.

A score is probability times impact, each 1 to 5. The bands are those of the NHS National Patient Safety Agency, "A risk
matrix for risk managers" (2008): 1 to 3 low, 4 to 6 moderate (here medium), 8 to 12 high, 15 to 25 extreme (here
critical).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source, merged
from orin_agents.domain.risks import PATH, Risk, RiskMatrix, RiskState

BANDS = ("low", "medium", "high", "critical")


def score_risks(matrix: RiskMatrix | None, today: date) -> Finding:
    """`risk.N` (worst first), the counts of bands and of the 25 cells, risks due for review.

    Closed risks count nowhere. Unmitigated are open risks without a mitigation.
    """
    if matrix is None:
        return Finding(skill="risks", missing=(PATH,))
    ranked = sorted(
        (risk for risk in matrix.risks if risk.state is not RiskState.CLOSED),
        key=lambda risk: (-score(risk), -risk.impact, risk.id),
    )
    bare = [risk for risk in ranked if risk.state is RiskState.OPEN and not risk.mitigation]
    facts: list[Fact] = []
    for number, risk in enumerate(ranked, start=1):
        facts.extend(_facts(f"risk.{number}", risk))
    bands = Counter(band(score(risk)) for risk in ranked)
    cells = Counter((risk.probability, risk.impact) for risk in ranked)
    facts += [
        Fact(
            id=f"matrix.{name}",
            label=f"Risks: {name}",
            value=bands[name],
            unit="risks",
            sources=_lines(risk for risk in ranked if band(score(risk)) == name),
        )
        for name in BANDS
    ]
    facts += [
        Fact(
            id=f"cell.{p}.{i}",
            label=f"Probability {p}, impact {i}",
            value=cells[p, i],
            unit="risks",
            sources=_lines(risk for risk in ranked if (risk.probability, risk.impact) == (p, i)),
        )
        for p in range(1, 6)
        for i in range(1, 6)
    ]
    facts.append(
        Fact(
            id="risks.unmitigated",
            label="Open risks without mitigation",
            value=len(bare),
            unit="risks",
            sources=tuple(risk.source for risk in bare),
        )
    )
    due = sorted(
        (risk for risk in ranked if risk.review is not None and risk.review <= today),
        key=lambda risk: (risk.review or today, -score(risk), risk.id),
    )
    facts += [
        Fact(
            id=f"review_due.{number}",
            label=risk.title,
            value=(risk.review or today).isoformat(),
            unit="date",
            sources=(risk.source,),
        )
        for number, risk in enumerate(due, start=1)
    ]
    return Finding(skill="risks", facts=tuple(facts), remarks=tuple(_remarks(ranked, due)))


def score(risk: Risk) -> int:
    """Probability times impact, 1 to 25."""
    return risk.probability * risk.impact


def band(value: int) -> str:
    """The band of a score."""
    if value <= 3:
        return "low"
    if value <= 6:
        return "medium"
    return "high" if value <= 12 else "critical"


def _lines(risks: Iterable[Risk]) -> tuple[Source, ...]:
    """The risks' lines; of none the whole register, which says that there is no such risk."""
    return merged(risk.source for risk in risks) or (Source(path=PATH),)


def _facts(name: str, risk: Risk) -> Iterator[Fact]:
    sources = (risk.source,)
    yield Fact(id=name, label=risk.title, value=score(risk), sources=sources)
    yield Fact(id=f"{name}.band", label=risk.title, value=band(score(risk)), sources=sources)
    yield Fact(id=f"{name}.mitigation", label=risk.title, value=risk.mitigation, sources=sources)
    yield Fact(id=f"{name}.state", label=risk.title, value=risk.state.value, sources=sources)


def _remarks(ranked: list[Risk], due: list[Risk]) -> Iterator[Remark]:
    for number, risk in enumerate(ranked, start=1):
        if risk.state is not RiskState.OPEN or score(risk) < 8:
            continue
        name, worst = f"risk.{number}", band(score(risk)) == "critical"
        if not risk.mitigation:
            yield Remark(
                text=f"The {band(score(risk))} risk “{risk.title}” has no mitigation.",
                severity=Severity.HIGH if worst else Severity.WARNING,
                facts=(name, f"{name}.mitigation"),
            )
        elif worst:
            yield Remark(text=f"The risk “{risk.title}” is critical.", severity=Severity.WARNING, facts=(name,))
    for number, risk in enumerate(due, start=1):
        yield Remark(
            text=f"The risk “{risk.title}” is due for review.",
            severity=Severity.WARNING,
            facts=(f"review_due.{number}",),
        )
