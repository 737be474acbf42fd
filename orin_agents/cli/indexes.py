"""orin index."""

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import show_json, show_line, show_pairs
from orin_agents.cli.session import session
from orin_agents.domain.operations import index
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.passages import IndexState

app = noun("The index: what search looks in. It is made from your files, and can be made anew at any time.")


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """How much is in it, and what could not be read."""
    state = session(context).client.call(index.STATE, Nothing())
    show_json(state) if as_json else _show(state)


@app.command()
def rebuild(context: typer.Context, as_json: AsJson = False) -> None:
    """Throw it away and make it anew."""
    state = session(context).client.call(index.REBUILD, Nothing())
    show_json(state) if as_json else _show(state)


def _show(state: IndexState) -> None:
    show_pairs(
        [
            ("passages", f"{state.passages} of {state.files} files"),
            ("files to come", state.pending or ""),
            ("by meaning", _meaning(state)),
            *(("problem", problem) for problem in state.problems),
        ]
    )
    for item in state.left_out:
        show_line(f"  not read: {item}")


def _meaning(state: IndexState) -> str:
    if not state.embedding:
        return "" if state.problems else "opened at the first search"
    return f"{state.embedding}, {state.embedded} passages"
