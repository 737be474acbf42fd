"""orin graph."""

from typing import Annotated

import typer

from orin_agents.cli.noun import noun
from orin_agents.cli.paper import show_text
from orin_agents.cli.session import session
from orin_agents.domain.operations import crew
from orin_agents.domain.operations.operation import Nothing

app = noun("Drawings of how things hang together.")


@app.callback()
def _graph() -> None: ...


@app.command("crew")
def crew_(
    context: typer.Context,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As Mermaid text, which it is anyway for now.")] = True,
) -> None:
    """Who hands what on to whom, as Mermaid."""
    show_text(session(context).client.call(crew.CREW_GRAPH, Nothing()).mermaid)
