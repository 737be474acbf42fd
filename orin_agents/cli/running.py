"""orin run."""

from typing import Annotated

import typer

from orin_agents.cli.following import exit_code, follow, journal_now, tell_end, tell_step
from orin_agents.cli.noun import AsJson, InProject, noun
from orin_agents.cli.paper import show_json, show_line
from orin_agents.cli.session import session
from orin_agents.client.connection import Client
from orin_agents.domain.errors import Invalid
from orin_agents.domain.operations import projects, runs
from orin_agents.domain.runs import Run

app = noun("Run something now.")


@app.command()
def run(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(help="morning, midday, afternoon, evening, weekly, a routine, or an agent.", show_default=False),
    ] = "",
    project: InProject = "home",
    fill: Annotated[str, typer.Option("--fill", metavar="RUN", help="Add the words that this run went without.")] = "",
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Do not wait for it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a part of the day, a routine or an agent now, and follow it."""
    if bool(what) == bool(fill):
        raise Invalid("Name one thing to run, or a run with --fill.", remedy="`orin run morning` starts the day.")
    client = session(context).client
    before = journal_now(client)
    start = runs.StartRun(what=what, project=project)
    begun = client.call(runs.FILL, runs.OneRun(run=fill)) if fill else client.call(runs.START, start)
    if detach:
        show_json(begun) if as_json else show_line(f"Run {begun.id} ({begun.title}) is started.")
        return
    watch(client, begun, before, as_json=as_json)


def watch(client: Client, begun: Run, after: int, *, as_json: bool) -> None:
    """Follow the run to its end and print it; exits with the run's code."""
    if as_json:
        detail = follow(client, begun.id, after, lambda step: None)
        show_json(detail)
    else:
        show_line(f"Run {begun.id}: {begun.title} for {begun.project}")
        detail = follow(client, begun.id, after, tell_step)
        tell_end(detail, folder_of(client, begun.project))
    raise typer.Exit(exit_code(detail.run))


def folder_of(client: Client, project: str) -> str:
    """The project's case file as an absolute path."""
    return str(client.workspace / client.call(projects.SHOW, projects.OneProject(project=project)).folder)
