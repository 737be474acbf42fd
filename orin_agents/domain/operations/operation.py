"""What can be asked of a host. An operation is declared once; its route and its client call are derived from it.

A request is a frozen dataclass. Fields named in the path travel there; the rest in the query (GET, DELETE) or as
the members of a JSON body. These are dataclasses, not pydantic models, because a command must start fast: the client
decodes them with msgspec, the host checks them with pydantic through FastAPI.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

Request = TypeVar("Request")
Response = TypeVar("Response")


class Who(StrEnum):
    """Who may call: anyone with access to the host, or a person only (never an agent)."""

    ANYONE = "anyone"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Operation(Generic[Request, Response]):
    """One thing a host does: `name` is noun.verb, `response` the type of the answer.

    With `stream` the answer is any number of those, told one by one as Server-Sent Events. Such a response has a field
    `kind`, a StrEnum, which names the event.
    """

    name: str
    method: Literal["GET", "POST", "DELETE"]
    path: str
    request: type[Request]
    response: Any
    about: str
    who: Who = Who.ANYONE
    stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """An empty request or answer."""
