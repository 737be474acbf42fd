"""Finding a workspace's host, or starting it: detached, so that a dropped SSH line stops nothing."""

import os
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from orin_agents.client.connection import listening
from orin_agents.domain.errors import HostUnavailable
from orin_agents.domain.places import Places
from orin_agents.domain.problems import error_of

PATIENCE = 20.0
"""Seconds to wait for a host to start."""
SAY_AFTER = 1.0
"""Seconds of waiting after which the person is told what for."""
TAIL = 15
AGAIN = 0.2

ARENAS = {"MALLOC_ARENA_MAX": "2"}
"""glibc gives each thread its own pool of memory otherwise, and a host with its many threads keeps 20 MB more of it."""

Say = Callable[[str], None]


def answering(workspace: Path) -> Path | None:
    """The socket of the workspace's host when somebody listens on it, else None."""
    path = listening(Places(workspace))
    if path is None:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return None
    return path


def start_host(
    workspace: Path,
    *,
    say: Say,
    create: bool = False,
    sample: bool = False,
    command: Sequence[str] = ("-m", "orin_agents.host"),
    patience: float = PATIENCE,
) -> Path:
    """The socket of the workspace's host, which is started where none answers.

    `say` is told what is waited for when it takes long. `command` is what Python runs for a host. Raises what the host
    failed with, or HostUnavailable with the end of its log.
    """
    began = time.monotonic()
    said = False
    while True:
        if path := answering(workspace):
            return path
        with _Child(workspace, command, create=create, sample=sample) as child:
            while (report := child.report(AGAIN)) is None:
                waited = time.monotonic() - began
                if waited > patience:
                    raise _too_slow(workspace, patience)
                if waited > SAY_AFTER and not said:
                    say(f"Waiting for the host of {workspace} to start …")
                    said = True
        if "socket" in report:
            return Path(report["socket"])
        if report.get("code") != "already-owned":
            raise error_of(report)
        # Somebody else's host is just starting, or an old one just stopping: look again until one of them answers.
        if time.monotonic() - began > patience:
            raise _too_slow(workspace, patience)
        time.sleep(AGAIN)


class _Child:
    """A host being started, from fork until it reports how that went."""

    def __init__(self, workspace: Path, command: Sequence[str], *, create: bool, sample: bool) -> None:
        import subprocess
        import tempfile

        self._workspace = workspace
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed in __exit__)
        self._pipe, theirs = os.pipe()
        flags = [*(["--create"] if create else []), *(["--sample"] if sample else [])]
        try:
            process = subprocess.Popen(
                # -P: the folder a command is given in must not be searched for modules
                [sys.executable, "-P", *command, "--workspace", str(workspace), "--report", str(theirs), *flags],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=(theirs,),
                cwd="/",
                env=ARENAS | os.environ | {"PYTHONPATH": _search_path()},
                start_new_session=True,
            )
            process.returncode = 0  # it outlives this command on purpose; Popen would warn that nobody waits for it
        finally:
            os.close(theirs)

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._pipe)
        self._said.close()

    def report(self, timeout: float) -> dict[str, str] | None:
        """What the host says of its start, or None when it has not within the timeout.

        Raises HostUnavailable when it ended without a word.
        """
        import select

        import msgspec

        if not select.select([self._pipe], [], [], timeout)[0]:
            return None
        data = b""
        while chunk := os.read(self._pipe, 65536):
            data += chunk
        if data:
            members: dict[str, str] = msgspec.json.decode(data)
            return members
        self._said.seek(0)
        words = self._said.read().decode("utf-8", "replace").strip().splitlines()
        raise HostUnavailable(
            "The host ended before it could be asked." + "".join(f"\n  {line}" for line in words[-TAIL:]),
            kept="Nothing was changed.",
            remedy=f"The log may say more: {Places(self._workspace).log}",
        )


def _search_path() -> str:
    """The module search path by which the host finds the same package as this command."""
    import orin_agents

    package = Path(orin_agents.__path__[0]).resolve().parent
    return os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH", "")])])


def tail(path: Path, lines: int) -> list[str]:
    """The last lines of a text file, none when it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 400 * lines - 4096))
            return file.read().decode("utf-8", "replace").splitlines()[-lines:]
    except OSError:
        return []


def _too_slow(workspace: Path, patience: float) -> HostUnavailable:
    log = Places(workspace).log
    words = "".join(f"\n  {line}" for line in tail(log, TAIL))
    return HostUnavailable(
        f"The host of {workspace} did not answer within {patience:g} seconds." + words,
        kept="It may still be starting, and is left at it.",
        remedy=f"Try again in a moment; the log is {log}",
    )
