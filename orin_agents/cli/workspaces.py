"""orin init."""

from pathlib import Path

import typer

from orin_agents.cli.noun import noun
from orin_agents.cli.paper import show_line
from orin_agents.cli.session import session
from orin_agents.client.workspace import default_workspace

app = noun("Make a workspace.")


@app.command()
def init(
    context: typer.Context,
    path: str = typer.Argument("", help="The folder; ~/orin when nothing is said.", show_default=False),
) -> None:
    """Make a workspace and start its host. A folder that is one already stays as it is."""
    named = path or session(context).given
    folder = Path.cwd() / Path(named).expanduser() if named else default_workspace(Path.home())
    session(context).create(folder, sample=False)
    show_line(f"The workspace is {folder}")
    show_line("Next: `orin import PATH` brings your notes and tasks, `orin run morning` starts the day.")
