"""orin host."""

import time
from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import moment, show_json, show_line, show_pairs, show_text
from orin_agents.cli.session import session
from orin_agents.client.connection import Client
from orin_agents.client.launch import answering, tail
from orin_agents.domain.errors import HostUnavailable, NotFound
from orin_agents.domain.operations import hosts
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.places import Places
from orin_agents.domain.version import VERSION

app = noun("The host: the one process that owns a workspace.")

NOT_RUNNING = 3
"""The exit code of `status` when no host runs, as service managers have it (LSB, init script actions)."""
STOP_PATIENCE = 15.0


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Whether a host runs, and how it is. Starts none; ends with 3 when none runs."""
    workspace = session(context).workspace
    if answering(workspace) is None:
        show_json(None) if as_json else show_line(f"No host runs for {workspace}.")
        raise typer.Exit(NOT_RUNNING)
    one = Client(workspace).call(hosts.STATUS, Nothing())
    if as_json:
        show_json(one)
        return
    mismatch = "" if one.version == VERSION else f" (this command is {VERSION}; stop the host with `orin host stop`)"
    show_pairs(
        [
            ("workspace", one.workspace),
            ("version", one.version + mismatch),
            ("process", one.pid),
            ("started", moment(one.started)),
            ("memory", f"{one.memory / 1e6:.0f} MB"),
            ("runs at work", one.runs),
            ("journal", one.journal),
            ("socket", one.socket),
            ("address", one.address),
            ("embedded", "in a command" if one.embedded else ""),
        ]
    )


@app.command()
def start(context: typer.Context) -> None:
    """Start the host, where none runs."""
    chosen = session(context)
    chosen.start()
    show_line(f"The host of {chosen.workspace} runs.")


@app.command()
def stop(context: typer.Context) -> None:
    """Stop the host cleanly. Runs go on at its next start."""
    workspace = session(context).workspace
    if answering(workspace) is None:
        show_line(f"No host runs for {workspace}.")
        return
    Client(workspace).call(hosts.STOP, Nothing())
    until = time.monotonic() + STOP_PATIENCE
    while Places(workspace).lock.stat().st_size:  # emptied by the host as the last thing it does
        if time.monotonic() > until:
            raise HostUnavailable("The host was told to stop and has not ended yet.", remedy="See `orin host logs`.")
        time.sleep(0.02)
    show_line(f"The host of {workspace} is stopped.")


@app.command()
def token(context: typer.Context) -> None:
    """What programs show that come in over TCP: the host's token."""
    file = Places(session(context).workspace).token
    try:
        print(file.read_text(encoding="ascii").strip())
    except FileNotFoundError as error:
        raise NotFound(
            "There is no token yet: the host does not listen over TCP.",
            remedy="Write `listen: 127.0.0.1:8765` into workspace.yaml, then `orin host stop` and `orin host start`.",
        ) from error


@app.command()
def logs(
    context: typer.Context,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="So many lines from its end.")] = 50,
) -> None:
    """The host's log."""
    show_text("".join(f"{line}\n" for line in tail(Places(session(context).workspace).log, lines)))
