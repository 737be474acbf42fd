"""Agents as data: one YAML file each in orin_agents/crew/ (shipped) or a workspace's crew/ (the person's own)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from orin_agents.domain.documents import NOWHERE, Written
from orin_agents.domain.facts import Source
from orin_agents.domain.globs import problem_with


def _possible(glob: str) -> str:
    if problem := problem_with(glob):
        raise ValueError(f"impossible glob {glob!r}: {problem}")
    return glob


Glob = Annotated[str, AfterValidator(_possible)]
"""A glob that can match a path of a case file."""


class LogicalModels(Written):
    """The logical models of models.yaml an agent asks for: first choice, then fallback."""

    first: str
    fallback: str = ""


class Agent(Written):
    """An agent of the crew. Globs are relative to the case file; `**` spans folders; a leading `!` takes away again."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    associate: bool = False
    duty: str
    prompt: str
    models: LogicalModels
    skills: list[str] = Field(default_factory=list)
    reads: list[Glob] = Field(default_factory=list)
    writes: list[Glob] = Field(default_factory=list)
    outcomes: dict[str, list[str]] = Field(default_factory=dict)
    triggers: list[str] = Field(default_factory=list)
    hands_to: list[str] = Field(default_factory=list)
    source: Source = Field(default=NOWHERE, exclude=True)
