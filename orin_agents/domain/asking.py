"""Asking: what is told while a question is being answered, and what the answer rests on."""

from dataclasses import dataclass
from enum import StrEnum


class TellingKind(StrEnum):
    """What is told, in this order: where it begins, what is being done, pieces of the answer as they come, what the
    answer rests on, the whole answer as it was checked, and how it ended.
    """

    BEGUN = "begun"
    STEP = "step"
    PIECE = "piece"
    RESTART = "restart"
    CITED = "cited"
    ANSWER = "answer"
    ENDED = "ended"


class Outcome(StrEnum):
    """Whence an answer came: from a model, put together by code where none answered, or from nowhere."""

    WORDS = "words"
    EXTRACT = "extract"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a mark stands for: `[p1]` a passage, `[f1]` a fact. `place` is where it was read, `text` what stands there.

    A passage's `text` is as much of it as fits a line.
    """

    mark: str
    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing told while a question is answered. Which fields count depends on the kind:

    begun: `run`, `conversation` (empty for an asker that keeps its own), `agent`. step: `text`, `agent`. piece: `text`.
    restart: the pieces so far are void, `text` says why. cited: `citations`. answer: `text` (unverified spans marked,
    see domain/marking.py), `unverified` (those spans), `invented` (marks that stood for nothing and were taken out),
    `outcome`, `note` (what there is to say beside the answer). ended: `state`, `error`, `model`, the tokens and the
    `seconds` it took, and `finish`: `length` where the answer stopped at its bound.
    """

    kind: TellingKind
    text: str = ""
    run: str = ""
    conversation: str = ""
    agent: str = ""
    citations: tuple[Citation, ...] = ()
    unverified: tuple[str, ...] = ()
    invented: int = 0
    outcome: Outcome | None = None
    note: str = ""
    state: str = ""
    error: str = ""
    model: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    finish: str = "stop"
    seconds: float = 0.0
