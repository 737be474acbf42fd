"""Operations on what agents keep in mind."""

from dataclasses import dataclass

from orin_agents.domain.memory import Lesson, Work
from orin_agents.domain.operations.operation import Operation, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class OneMemory:
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLesson:
    agent: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLesson:
    """A lesson by its place in the list, counted from 1."""

    agent: str
    lesson: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryView:
    """An agent's memory: the file it stands in, its parts, and what of it goes into a prompt."""

    agent: str
    title: str
    file: str
    rules: str
    lessons: tuple[Lesson, ...]
    work: tuple[Work, ...]
    told: str


SHOW: Operation[OneMemory, MemoryView] = Operation(
    "memory.show", "GET", "/v1/agents/{agent}/memory", OneMemory, MemoryView, "What an agent keeps in mind."
)
REMEMBER: Operation[NewLesson, MemoryView] = Operation(
    "memory.remember", "POST", "/v1/agents/{agent}/remember", NewLesson, MemoryView, "Teach it a lesson.", Who.PERSON
)
FORGET: Operation[OneLesson, Lesson] = Operation(
    "memory.forget", "POST", "/v1/agents/{agent}/forget", OneLesson, Lesson, "Take a lesson back.", Who.PERSON
)
