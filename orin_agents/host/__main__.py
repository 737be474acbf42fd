"""The host as a process: `python -m orin_agents.host --workspace PATH [--create] [--sample]`."""

import argparse
import asyncio
import faulthandler
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from orin_agents.domain.errors import OrinError
from orin_agents.domain.places import Places
from orin_agents.domain.problems import problem
from orin_agents.domain.secrets import Secrets
from orin_agents.host.logs import redact_output

log = logging.getLogger(__name__)


if TYPE_CHECKING:
    from orin_agents.host.lifecycle import Compose


def main(arguments: list[str] | None = None, compose: "Compose | None" = None) -> int:
    """Run a host until it is asked to stop; gives the exit code. `compose` stands in for the composition root."""
    given = _parser().parse_args(arguments)
    secrets = Secrets()
    secrets.add_environment(os.environ)
    redact_output(secrets)
    report = _reporter(given.report, secrets)
    workspace = Path(given.workspace).absolute()
    try:
        asyncio.run(_run(given, workspace, report, secrets, compose))
    except OrinError as error:
        print(f"{error.what}\n{error.kept}\n{error.remedy}", file=sys.stderr)
        report(problem(error))
        return error.exit_code
    except Exception as error:
        report(problem(_unforeseen(error, Places(workspace).log)))
        raise
    return 0


def _unforeseen(error: Exception, log: Path) -> OrinError:
    what = f"The host could not go on: {type(error).__name__}: {error}"
    if isinstance(error, ImportError):
        return OrinError(what, remedy="This installation of Orin lacks a part; install it again.")
    return OrinError(what, kept="What was saved stays.", remedy=f"The log says more: {log}")


async def _run(
    given: argparse.Namespace,
    workspace: Path,
    report: Callable[[Mapping[str, object]], None],
    secrets: Secrets,
    compose: "Compose | None",
) -> None:
    from orin_agents.host.lifecycle import Life

    life = Life(compose or composition(), secrets)
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a dropped SSH line stops nothing
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, life.stop)

    def ready(socket: Path) -> None:
        report({"socket": str(socket)})
        if given.report >= 0:  # started by a command that will be gone soon, and its terminal with it
            _into_log(Places(workspace).log)

    try:
        await life.serve(workspace, create=given.create, sample=given.sample, ready=ready)
    except OrinError:
        raise
    except Exception:
        log.exception("the host ends on an error it did not expect")
        raise


def composition() -> "Compose":
    from orin_agents.host.composition import compose

    return compose


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="orin_agents.host", description="The one owner of a workspace.")
    parser.add_argument("--workspace", required=True, help="the workspace's folder")
    parser.add_argument("--create", action="store_true", help="make the workspace where there is none")
    parser.add_argument("--sample", action="store_true", help="put the sample projects into a workspace just made")
    parser.add_argument("--report", type=int, default=-1, help="a file descriptor to write how the start went to")
    return parser


def _reporter(fd: int, secrets: Secrets) -> Callable[[Mapping[str, object]], None]:
    """Writes how the start went, once, for whoever started this process and waits at the pipe's other end."""
    open_fds = [fd] if fd >= 0 else []

    def report(result: Mapping[str, object]) -> None:
        while open_fds:
            with suppress(OSError), os.fdopen(open_fds.pop(), "w", encoding="utf-8") as pipe:
                json.dump(secrets.redacted_within(result), pipe)

    return report


def _into_log(path: Path) -> None:
    """What libraries print, and traces of a crash in C, go to the log from here on."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)
    faulthandler.enable(2)


if __name__ == "__main__":
    sys.exit(main())
