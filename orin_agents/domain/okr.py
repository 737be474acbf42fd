"""plans/okr.json: objectives with weights, and key results that are measured."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from orin_agents.domain.documents import NOWHERE, Written, misplaced, refuse_repeats
from orin_agents.domain.facts import Source

PATH = "plans/okr.json"


class KeyResult(Written):
    """A measured result.

    Progress runs from `start` to `target` (which may be below it); `confidence` is 0 to 1.

    `counts_tag` makes Orin count tasks: `current` then lies as far from start to target as the share of tasks with that
    tag that is done.
    """

    id: str = Field(min_length=1)
    title: str
    start: float = 0.0
    target: float
    current: float = 0.0
    unit: str = ""
    weight: float = Field(default=1.0, gt=0)
    confidence: float = Field(default=0.5, ge=0, le=1)
    counts_tag: str = ""
    due: date | None = None
    source: Source = Field(default=NOWHERE, exclude=True)

    @model_validator(mode="after")
    def _target_differs(self) -> Self:
        if self.target == self.start:
            raise misplaced(
                self.source,
                f"key result {self.id}: target and start are both {self.target:g}, so progress cannot be measured",
            )
        return self


class Objective(Written):
    """What the person wants; `weight` is its share of attention against the other objectives."""

    id: str = Field(min_length=1)
    title: str
    weight: float = Field(default=1.0, ge=0)
    key_results: list[KeyResult] = Field(default_factory=list)
    source: Source = Field(default=NOWHERE, exclude=True)


class Okr(Written):
    """The file: the period and its objectives. Ids are unique across objectives and key results."""

    period_start: date | None = None
    period_end: date | None = None
    objectives: list[Objective] = Field(default_factory=list)
    source: Source = Field(default=NOWHERE, exclude=True)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        ids: list[tuple[str, Source]] = []
        for objective in self.objectives:
            ids.append((objective.id, objective.source))
            ids.extend((result.id, result.source) for result in objective.key_results)
        refuse_repeats(ids)
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValueError("period_end lies before period_start")
        return self
