"""Asking an agent, as an operation that answers with a stream."""

from dataclasses import dataclass

from orin_agents.domain.asking import Told
from orin_agents.domain.operations.operation import Operation, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question to an agent of the project.

    `agent` is empty for the one that `@name` at the question's start names, else for the project's manager. With
    `team` several agents answer and one merges; which ones, code decides where the question names none. The
    conversation goes on that is named, else the newest with that agent if it is not older than a few hours; `new`
    begins another.
    """

    question: str
    project: str = "home"
    agent: str = ""
    team: bool = False
    conversation: str = ""
    new: bool = False


ASK: Operation[Ask, Told] = Operation(
    "ask.ask", "POST", "/v1/ask", Ask, Told, "Ask an agent; the answer is told as it comes.", Who.PERSON, stream=True
)
