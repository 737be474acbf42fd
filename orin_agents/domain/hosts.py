"""The host as its clients see it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStatus:
    """The answer to the handshake: version, process, memory in bytes, and what it is at.

    `address` is where it listens over TCP, if it does.
    """

    version: str
    pid: int
    workspace: str
    socket: str
    started: datetime
    memory: int
    runs: int
    journal: int
    embedded: bool = False
    address: str = ""
