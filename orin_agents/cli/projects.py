"""orin project."""

from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import moment, show_json, show_line, show_pairs, show_table
from orin_agents.cli.session import session
from orin_agents.domain.operations import projects
from orin_agents.domain.operations.operation import Nothing

app = noun("Projects: a goal with a team, tasks and a case file.")

Named = Annotated[str, typer.Argument(help="The project's id.", envvar="ORIN_PROJECT")]


@app.command()
def new(
    context: typer.Context,
    title: str,
    goal: Annotated[str, typer.Option(help="What it is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a project and its case file."""
    made = session(context).client.call(projects.NEW, projects.NewProject(title=title, goal=goal))
    show_json(made) if as_json else show_line(f"The project {made.title} is made; its id is {made.id}.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """All projects, home first."""
    found = session(context).client.call(projects.LIST, Nothing())
    if as_json:
        show_json(found)
        return
    show_table(
        ("project", "title", "artifacts", "open", "done", "waiting", "last run"),
        [
            (
                one.project.id,
                one.project.title,
                one.artifacts,
                one.open_tasks,
                one.done_tasks,
                one.approvals,
                one.last_run,
            )
            for one in found
        ],
    )


@app.command()
def show(context: typer.Context, project: Named = "home", as_json: AsJson = False) -> None:
    """One project, and what it holds."""
    one = session(context).client.call(projects.SHOW, projects.OneProject(project=project))
    if as_json:
        show_json(one)
        return
    show_pairs(
        [
            ("project", one.project.id),
            ("title", one.project.title),
            ("goal", one.project.goal),
            ("owner", one.project.owner),
            ("created", moment(one.project.created)),
            ("folder", one.folder),
            ("artifacts", one.artifacts),
            ("tasks", f"{one.open_tasks} open, {one.done_tasks} done"),
            ("waiting for you", one.approvals or ""),
            ("last run", one.last_run),
            *(("cannot be read", path) for path in one.broken),
        ]
    )


@app.command()
def tasks(
    context: typer.Context,
    project: Named = "home",
    every: Annotated[bool, typer.Option("--all", help="The finished ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """A project's tasks."""
    found = session(context).client.call(projects.TASKS, projects.OneProject(project=project))
    kept = [task for task in found if every or not task.state.finished]
    if as_json:
        show_json(kept)
        return
    show_table(
        ("task", "state", "priority", "due", "owner", "title", "from"),
        [(t.id, t.state, t.priority, t.due or "", t.owner, t.title, t.source) for t in kept],
    )
