"""Claims: what words say that can be held against a source, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orin_agents.domain.facts import Fact
from orin_agents.domain.passages import Passage


class ClaimKind(StrEnum):
    """What is claimed. The last three are about how known things are put together, and are judged on their own."""

    NUMBER = "number"
    DATE = "date"
    UNIT = "unit"
    NAME = "name"
    LINK = "link"
    QUOTE = "quote"
    NEGATION = "negation"
    SUBJECT = "subject"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What words may rest on: facts, passages, and plain texts (a handoff, the question asked), at a moment.

    `now` is aware, in the person's zone; relative dates (yesterday, next Friday) are reckoned from it.
    """

    now: datetime
    facts: tuple[Fact, ...] = ()
    passages: tuple[Passage, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A span `text[start:end]` of the words, held against the evidence.

    `by` is the id of the fact or passage that bears it out; it is empty, and `why` says what is amiss, where none does.
    """

    kind: ClaimKind
    start: int
    end: int
    text: str
    supported: bool
    by: str = ""
    why: str = ""
