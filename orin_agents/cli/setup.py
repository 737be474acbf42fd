"""orin setup."""

from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import show_json, show_line, show_table
from orin_agents.cli.session import session
from orin_agents.domain.operations import models

app = noun("Find model servers on this machine and write models.yaml.")


@app.command()
def setup(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Add what is found to a models.yaml that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find model servers on this machine and write models.yaml; one that is there is added to with --yes alone."""
    report = session(context).client.call(models.SETUP, models.SetUp(add=yes))
    if as_json:
        show_json(report)
        return
    for server in report.found:
        show_line(f"{server.server} at {server.url}: {', '.join(model.name for model in server.models)}")
    if not report.found:
        show_line("No model server answers on this machine. Everything but the words works without.")
    if report.proposed:
        show_table(
            ("deployment", "server", "model", "serves"),
            [(view.name, view.server, view.model, ", ".join(view.serves)) for view in report.proposed],
        )
    if report.written and report.proposed:
        show_line(f"{report.path} is written. `orin models test` tries what it names.")
    elif report.written:
        show_line(f"{report.path} is written, with every server as a comment to fill in.")
    elif report.proposed:
        show_line(f"{report.path} is as it was. `orin setup --yes` adds these.")
    else:
        show_line(f"{report.path} is as it was; there is nothing to add.")
