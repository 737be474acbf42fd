"""The plan of a run: all that decides its course, taken along at the start, so that no edit changes a run in flight."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from orin_agents.domain.crew import Agent
from orin_agents.domain.routines import Routine


class Plan(BaseModel):
    """What a run runs. `now` (aware) is the moment its facts are worked out for; `zone` an IANA name.

    A run that `fills` an earlier one adds words to the pages that one left without: to its turns `wordless`, around the
    facts it found then.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    project: str
    routine: str
    title: str
    now: datetime
    zone: str
    blocks: list[Routine]
    agents: dict[str, Agent]
    fills: str = ""
    wordless: list[str] = []

    @property
    def found_by(self) -> str:
        """The run whose findings and handoffs this one works with."""
        return self.fills or self.run

    def asks(self, turn: str) -> bool:
        """Whether the turn is to be taken: all are, but where words are filled in."""
        return not self.fills or turn in self.wordless

    def written(self) -> bytes:
        """The plan as JSON."""
        return self.model_dump_json(by_alias=True).encode()

    @classmethod
    def read(cls, data: bytes) -> "Plan":
        """The plan that `written` gave."""
        return cls.model_validate_json(data)
