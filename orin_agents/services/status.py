"""The host's answer to the handshake."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orin_agents.domain.actors import Actor
from orin_agents.domain.hosts import HostStatus
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.version import VERSION
from orin_agents.services.store import Store


@dataclass(frozen=True, slots=True)
class Status:
    """The status service."""

    store: Store
    started: datetime
    workspace: str
    socket: str
    embedded: bool
    address: Callable[[], str] = lambda: ""

    def show(self, actor: Actor, request: Nothing) -> HostStatus:
        """Version, process, resident memory in bytes, and what the host is at."""
        return HostStatus(
            version=VERSION,
            pid=os.getpid(),
            workspace=self.workspace,
            socket=self.socket,
            started=self.started,
            memory=resident(),
            runs=len(self.store.runs.unfinished()),
            journal=self.store.journal.last(),
            embedded=self.embedded,
            address=self.address(),
        )


def resident() -> int:
    """This process's resident memory in bytes, 0 where the system does not say (proc(5), statm)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
