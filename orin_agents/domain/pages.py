"""What a template is given to make an artifact of: facts, words and the surroundings."""

from dataclasses import dataclass, field
from datetime import datetime

from orin_agents.domain.facts import Fact, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """Words a model wrote around the facts; `unverified` counts spans without a source.

    Empty text: no model answered.
    """

    text: str = ""
    model: str = ""
    unverified: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A handoff as the receiving agent reads it."""

    from_agent: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One artifact in the making. `findings` is by skill; `narrative` is None where the output asks for no words.

    `files` holds the text of structured files a template may carry over (plans/okr.json), by path.
    """

    project: str
    agent: str
    routine: str
    now: datetime
    findings: dict[str, Finding] = field(default_factory=dict)
    narrative: Narrative | None = None
    messages: tuple[Message, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The artifact's text, and the facts it states in the order of their marks: `[f1]` is the first."""

    text: str
    cited: tuple[Fact, ...] = ()
