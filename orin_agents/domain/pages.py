"""What a template is given to make an artifact of: facts, words and the surroundings."""

from dataclasses import dataclass, field
from datetime import datetime

from orin_agents.domain.claims import Claim
from orin_agents.domain.facts import Fact, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a model's words: the ids of the facts it cites, and its spans that no source bears out."""

    text: str
    cites: tuple[str, ...] = ()
    unverified: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """Words a model wrote around the facts. Without paragraphs, `note` says in one line why there are none.

    `quoted` holds the passages it cites, each as a fact: its id is what sentences cite, its source where it stands.
    `claims` counts what was held against the sources.
    """

    paragraphs: tuple[tuple[Sentence, ...], ...] = ()
    quoted: tuple[Fact, ...] = ()
    model: str = ""
    claims: int = 0
    note: str = ""

    @property
    def unverified(self) -> int:
        """How many spans no source bears out."""
        return sum(len(sentence.unverified) for paragraph in self.paragraphs for sentence in paragraph)


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
