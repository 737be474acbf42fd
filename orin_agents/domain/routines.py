"""Routines as data: one YAML file each in schedules/, a time and the steps it runs.

Steps form a graph. Without edges they run one after the other; with edges, an edge is taken when its condition
holds, and an edge that leads back needs `at_most`, so that every loop is bounded.
"""

import re
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from orin_agents.domain.artifacts import Kind
from orin_agents.domain.documents import NOWHERE, Written
from orin_agents.domain.facts import Source

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Part(StrEnum):
    """The part of the day, or the week, that a routine belongs to; `orin run PART` runs them all."""

    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    WEEKLY = "weekly"
    WATCH = "watch"


class Missed(StrEnum):
    """What happens to a slot the box slept through: offered to the person, or run once (the newest only)."""

    OFFER = "offer"
    RUN = "run"
    SKIP = "skip"


class Overlap(StrEnum):
    """What happens when a slot comes due while the last run is still at work."""

    SKIP = "skip"
    QUEUE = "queue"


class Output(Written):
    """An artifact a step leaves behind.

    `path` may hold {date}, {week}, {time}; `template` names a file of crew/templates.

    With `propose` the artifact is never written, only proposed to a person. With `narrative` a model may write the
    marked words around the facts.
    """

    path: str = Field(min_length=1)
    template: str = Field(min_length=1)
    kind: Kind
    narrative: bool = False
    propose: bool = False

    @field_validator("path")
    @classmethod
    def _known_fields(cls, path: str) -> str:
        if unknown := set(re.findall(r"\{(.*?)\}", path)) - {"date", "week", "time"}:
            raise ValueError(f"unknown field {{{unknown.pop()}}}; known: {{date}}, {{week}}, {{time}}")
        return path


class Step(Written):
    """An agent's turn: the skills whose facts it needs, and what it leaves behind."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    agent: str
    does: str = ""
    skills: list[str] = Field(default_factory=list)
    outputs: list[Output] = Field(default_factory=list)
    source: Source = Field(default=NOWHERE, exclude=True)


class Condition(Written):
    """Holds when the fact of the step just finished is within the bounds; a fact that is absent fails it.

    `severity` instead asks whether any remark of at least that severity was made.
    """

    fact: str = ""
    above: float | None = None
    below: float | None = None
    equals: str | float | bool | None = None
    severity: str = ""
    negate: bool = False

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if bool(self.fact) == bool(self.severity):
            raise ValueError("a condition names either a fact or a severity")
        if self.fact and self.above is None and self.below is None and self.equals is None:
            raise ValueError("a condition on a fact needs above, below or equals")
        if self.severity and self.severity not in ("info", "warning", "high"):
            raise ValueError("severity is info, warning or high")
        return self


class Edge(Written):
    """From a step to the next, when the condition holds (always without one), taken `at_most` times a run."""

    from_: str = Field(alias="from")
    to: str
    when: Condition | None = None
    at_most: int = Field(default=1, ge=1, le=10)
    source: Source = Field(default=NOWHERE, exclude=True)


class Routine(Written):
    """A schedule plus the steps it runs. Daily and weekly times are local wall time; `every` counts minutes."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    part: Part
    about: str = ""
    at: str = ""
    days: list[str] = Field(default_factory=lambda: list(WEEKDAYS))
    every: int | None = Field(default=None, ge=1, le=1440)
    enabled: bool = True
    missed: Missed = Missed.OFFER
    overlap: Overlap = Overlap.SKIP
    steps: list[Step] = Field(min_length=1)
    edges: list[Edge] = Field(default_factory=list)
    source: Source = Field(default=NOWHERE, exclude=True)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.at) == bool(self.every):
            raise ValueError('a routine has either a time (at: "07:30") or a period in minutes (every: 15)')
        if self.at and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", self.at):
            raise ValueError(f'at: {self.at!r} is not a time; write it as "07:30"')
        if unknown := [day for day in self.days if day not in WEEKDAYS]:
            raise ValueError(f"unknown day {unknown[0]!r}; days are {', '.join(WEEKDAYS)}")
        if not self.days:
            raise ValueError("without days the routine never runs; to switch it off write enabled: false")
        ids = [step.id for step in self.steps]
        if len(ids) != len(set(ids)):
            raise ValueError("two steps have one id")
        for edge in self.edges:
            for end in (edge.from_, edge.to):
                if end not in ids:
                    raise ValueError(f"an edge names the step {end!r}, which does not exist")
        return self
