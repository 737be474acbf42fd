"""Ranks initiatives by weighted shortest job first.

WSJF is the cost of delay over the size of the job, where the cost of delay is value + urgency + risk reduction: Scaled
Agile Framework, "Weighted Shortest Job First", after Reinertsen, *The Principles of Product Development Flow* (2009),
principle Q14 and chapter 2.
"""

from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.okr import Okr
from orin_agents.domain.project_map import PATH, Initiative, ProjectMap
from orin_agents.skills.citation import cite
from orin_agents.skills.objectives import find, names_of


def wsjf(initiative: Initiative) -> float:
    """(value + urgency + risk reduction) / size. Raises ZeroDivisionError for a size of 0, which no file may hold."""
    return (initiative.value + initiative.urgency + initiative.risk_reduction) / initiative.size


def rank_initiatives(map: ProjectMap | None, okr: Okr | None) -> Finding:
    """The initiatives, best score first; equal scores keep the order of the page."""
    if map is None:
        return Finding(skill="initiatives", missing=(PATH,))
    names = names_of(okr) if okr else {}
    ranked = sorted(map.initiatives, key=wsjf, reverse=True)
    facts: list[Fact] = []
    remarks: list[Remark] = []
    for number, initiative in enumerate(ranked, 1):
        name, sources = f"initiative.{number}", cite([initiative.source])
        for part, value in (
            ("", round(wsjf(initiative), 4)),
            (".objective", initiative.objective),
            (".value", initiative.value),
            (".urgency", initiative.urgency),
            (".risk_reduction", initiative.risk_reduction),
            (".size", initiative.size),
        ):
            facts.append(Fact(id=f"{name}{part}", label=initiative.name, value=value, sources=sources))
        if okr and initiative.objective and find(names, initiative.objective) is None:
            text = f"“{initiative.name}” serves {initiative.objective}, which is no known objective."
            remarks.append(Remark(text=text, severity=Severity.WARNING, facts=(f"{name}.objective",)))
    if ranked:
        text = f"“{ranked[0].name}” comes first: the most for its size, with a score of {wsjf(ranked[0]):.2f}."
        remarks.insert(0, Remark(text=text, facts=("initiative.1",)))
    return Finding(skill="initiatives", facts=tuple(facts), remarks=tuple(remarks))
