"""The plan of a run: all that decides its course, taken along at the start, so that no edit changes a run in flight."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from orin_agents.domain.crew import Agent
from orin_agents.domain.routines import Routine


class Plan(BaseModel):
    """What a run runs. `now` (aware) is the moment its facts are worked out for; `zone` an IANA name."""

    model_config = ConfigDict(frozen=True)

    run: str
    project: str
    routine: str
    title: str
    now: datetime
    zone: str
    blocks: list[Routine]
    agents: dict[str, Agent]

    def written(self) -> bytes:
        """The plan as JSON."""
        return self.model_dump_json(by_alias=True).encode()

    @classmethod
    def read(cls, data: bytes) -> "Plan":
        """The plan that `written` gave."""
        return cls.model_validate_json(data)
