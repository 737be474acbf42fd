"""risk_matrix.json: the risk register. Score is probability times impact, each 1 to 5."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from orin_agents.domain.documents import NOWHERE, Written, refuse_repeats
from orin_agents.domain.facts import Source

PATH = "risk_matrix.json"


class RiskState(StrEnum):
    OPEN = "open"
    MITIGATED = "mitigated"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class Risk(Written):
    """What may go wrong, how likely (1 rare to 5 almost certain) and how bad (1 negligible to 5 severe) it is."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    probability: int = Field(ge=1, le=5)
    impact: int = Field(ge=1, le=5)
    state: RiskState = RiskState.OPEN
    owner: str = ""
    mitigation: str = ""
    objective: str = ""
    review: date | None = None
    source: Source = Field(default=NOWHERE, exclude=True)


class RiskMatrix(Written):
    """The file: its risks, each with an id of its own."""

    risks: list[Risk] = Field(default_factory=list)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        refuse_repeats((risk.id, risk.source) for risk in self.risks)
        return self
