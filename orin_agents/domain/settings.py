"""workspace.yaml: a person's settings."""

from datetime import time
from typing import Self

from pydantic import Field, field_validator, model_validator

from orin_agents.domain.calendar import EnergySpan, WorkingHours
from orin_agents.domain.documents import Written
from orin_agents.domain.tasks import Energy

PATH = "workspace.yaml"


class EnergySetting(Written):
    """A span of the working day and the attention to count on in it."""

    start: time
    end: time
    level: Energy


class Settings(Written):
    """The file.

    `listen` is an address `IP:PORT` for programs that cannot use the Unix socket, of this machine alone unless
    `listen_beyond` says otherwise.
    `owner` is the login name of the person, `names` what else tasks call them (Ada, @ada); `timezone` is an IANA name,
    empty for the box's own.
    """

    title: str = "Workspace"
    owner: str = ""
    names: list[str] = Field(default_factory=list)
    timezone: str = ""
    work_start: time = time(9, 0)
    work_end: time = time(17, 0)
    work_days: list[int] = Field(default_factory=lambda: [1, 2, 3, 4, 5])
    focus_minutes: int = Field(default=300, ge=15, le=1440)
    shortest_block: int = Field(default=15, ge=5, le=240)
    break_minutes: int = Field(default=10, ge=0, le=120)
    energy: list[EnergySetting] | None = None
    listen: str = ""
    listen_beyond: bool = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            _ = ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no time zone; write an IANA name such as Europe/Berlin") from error
        return name

    @model_validator(mode="after")
    def _of_this_machine(self) -> Self:
        from ipaddress import ip_address

        if not self.listen:
            return self
        host, _, port = self.listen.rpartition(":")
        try:
            address = ip_address(host.strip("[]"))
        except ValueError as error:
            raise ValueError(f"listen: {self.listen!r} is no address; write one such as 127.0.0.1:8765") from error
        if not port.isdecimal() or int(port) > 65535:
            raise ValueError(f"listen: {self.listen!r} has no port; write an address such as 127.0.0.1:8765")
        if not address.is_loopback and not self.listen_beyond:
            raise ValueError(
                f"listen: {host} can be reached by other machines, and what is said there is not encrypted;"
                " write 127.0.0.1, or listen_beyond: true beside it"
            )
        return self

    @field_validator("work_days")
    @classmethod
    def _weekdays(cls, days: list[int]) -> list[int]:
        if any(not 1 <= day <= 7 for day in days):
            raise ValueError("work_days holds numbers from 1 (Monday) to 7 (Sunday)")
        return days

    def working_hours(self) -> WorkingHours:
        """The same as WorkingHours; energy as set, or the usual curve."""
        hours = WorkingHours(
            start=self.work_start,
            end=self.work_end,
            days=tuple(self.work_days),
            focus_minutes=self.focus_minutes,
            shortest_block=self.shortest_block,
            break_minutes=self.break_minutes,
        )
        if self.energy is None:
            return hours
        spans = tuple(EnergySpan(start=s.start, end=s.end, level=s.level) for s in self.energy)
        return WorkingHours(
            **{name: getattr(hours, name) for name in WorkingHours.__slots__ if name != "energy"}, energy=spans
        )
