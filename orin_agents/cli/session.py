"""What one command line works with: the workspace it is about, and a client to its host.

The client is imported when it is asked for: `orin --help` has no use for it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from orin_agents.client.connection import Client

Starter = Callable[[Path, bool, bool], Path]
"""Finds or starts the host of a workspace (to be created? with samples?), and gives its socket."""


class Session:
    """The surroundings of one command."""

    def __init__(self, given: str, start: Starter) -> None:
        """`given` is the workspace named on the command line, or empty."""
        self.given = given
        self._start = start

    @property
    def workspace(self) -> Path:
        """The workspace the command is about. Raises NotFound."""
        from orin_agents.client.workspace import find_workspace

        return find_workspace(self.given, os.environ, Path.cwd(), Path.home())

    @property
    def client(self) -> "Client":
        """A client that starts the host when none answers."""
        return self._client(self.workspace)

    def create(self, workspace: Path, *, sample: bool) -> "Client":
        """Make the workspace where there is none, and give a client to its host."""
        self._start(workspace, True, sample)
        return self._client(workspace)

    def start(self) -> Path:
        """The socket of the workspace's host, which is started when none answers."""
        return self._start(self.workspace, False, False)

    def _client(self, workspace: Path) -> "Client":
        from orin_agents.client.connection import Client

        revive = lambda: self._start(workspace, False, False)  # noqa: E731  (a closure of one line)
        return Client(workspace, revive=revive, actor=os.environ.get("ORIN_ACTOR", ""))


def session(context: "typer.Context") -> Session:
    """The session of a command at work."""
    found: Session = context.find_root().obj
    return found


def detached(workspace: Path, create: bool, sample: bool) -> Path:
    """Finds the host, or starts it as a process of its own that outlives the command."""
    from orin_agents.cli.paper import remark
    from orin_agents.client.launch import start_host

    return start_host(workspace, say=remark, create=create, sample=sample)
