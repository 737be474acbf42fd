"""Who does something. Every service call carries an actor, and the journal keeps it."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    PERSON = "person"
    AGENT = "agent"
    ROUTINE = "routine"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person by login name, an agent or routine by id, or the host itself."""

    kind: ActorKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """The actor written as `kind:name` by `str()`."""
        kind, _, name = text.partition(":")
        return cls(kind=ActorKind(kind), name=name)


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="host")


def person(name: str) -> Actor:
    """The person with that login name."""
    return Actor(kind=ActorKind.PERSON, name=name)


def agent(name: str) -> Actor:
    """The agent with that id."""
    return Actor(kind=ActorKind.AGENT, name=name)
