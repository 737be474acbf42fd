"""orin demo."""

import os
from pathlib import Path

import typer

from orin_agents.cli.following import exit_code, follow, journal_now, tell_end, tell_step
from orin_agents.cli.noun import noun
from orin_agents.cli.paper import show_line, show_markdown
from orin_agents.cli.running import folder_of
from orin_agents.cli.session import session
from orin_agents.client.connection import Client
from orin_agents.domain.errors import NotFound
from orin_agents.domain.operations import artifacts, projects, runs
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.projects import HOME

app = noun("Make a sample workspace and run its morning.")

FOLDER = "orin-demo"
BRIEF = "drafts/morning_brief.md"
SOURCES = "\n## Sources\n"
"""Begins the section of a page that is left out here: it would scroll the brief off the screen."""


@app.command()
def demo(context: typer.Context) -> None:
    """Make a sample workspace (~/orin-demo, or --workspace PATH), run its morning, and print the brief."""
    given = session(context).given
    folder = Path.cwd() / Path(given).expanduser() if given else Path.home() / FOLDER
    show_line(f"The demo workspace is {folder}")
    client = session(context).create(folder, sample=True)
    project = _sample(client)
    before = journal_now(client)
    begun = client.call(runs.START, runs.StartRun(what="morning", project=project))
    show_line(f"Run {begun.id}: {begun.title} for {project}")
    detail = follow(client, begun.id, before, tell_step)
    print()
    _show_brief(client, project)
    print()
    tell_end(detail, folder_of(client, project))
    print()
    _show_next(folder, project, detail.run.id)
    raise typer.Exit(exit_code(detail.run))


def _sample(client: Client) -> str:
    found = [one.project.id for one in client.call(projects.LIST, Nothing()) if one.project.id != HOME]
    return found[0] if found else HOME


def _show_brief(client: Client, project: str) -> None:
    try:
        brief = client.call(artifacts.SHOW, artifacts.ShowArtifact(project=project, path=BRIEF))
    except NotFound:
        show_line("The morning left no brief behind.")
        return
    page, _, sources = brief.text.partition(SOURCES)
    show_markdown(page)
    figures = sources.count("\n- [f")
    print()
    show_line(f"The last section of the page says for each of its {figures} figures where it was read.")


def _show_next(folder: Path, project: str, run: str) -> None:
    program = os.environ.get("ORIN_PROGRAM", "orin")
    at = f"{program} -w {folder if folder != Path.home() / FOLDER else f'~/{FOLDER}'}"
    show_line("Try next:")
    show_line(f"  {at} artifact list -p {project}")
    show_line(f"  {at} artifact show --origin -p {project} {BRIEF}")
    show_line(f"  {at} runs show {run}")
    show_line(f"  {at} approvals list")
    show_line(f"  {at} run midday -p {project}")
    show_line(f"  {program} init && {program} import YOUR_NOTES --dry-run")
