"""orin ask."""

import sys
from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, InProject, noun
from orin_agents.cli.session import session
from orin_agents.cli.telling import hear
from orin_agents.domain.operations import asking

app = noun("Ask an agent.")

Agent = Annotated[str, typer.Option("--agent", "-a", help="Whom to ask; else the project's manager.")]
Team = Annotated[bool, typer.Option("--team", "-t", help="Let several agents answer, and one merge.")]


@app.command(context_settings={"allow_extra_args": True})
def ask(
    context: typer.Context,
    question: Annotated[
        str, typer.Argument(metavar="QUESTION…", help="The question; - reads it from what is piped in.")
    ],
    project: InProject = "home",
    agent: Agent = "",
    team: Team = False,
    new: Annotated[bool, typer.Option("--new", help="Begin another conversation.")] = False,
    conversation: Annotated[str, typer.Option("--conversation", "-c", help="Go on with this one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask the project's manager, or with @AGENT in front another agent; several @ let a team answer."""
    text = sys.stdin.read() if question == "-" and not context.args else " ".join([question, *context.args])
    request = asking.Ask(question=text, project=project, agent=agent, team=team, conversation=conversation, new=new)
    heard = hear(session(context).client, request, as_json=as_json)
    if heard.ended is None or heard.ended.state != "ok":
        raise typer.Exit(1)
