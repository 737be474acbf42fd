"""orin search."""

from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import remark, show_json, show_line
from orin_agents.cli.session import session
from orin_agents.domain.operations import index
from orin_agents.domain.passages import Passage

app = noun("Find passages in your files.")

LINES = 6
"""Lines of a passage that are shown."""
WIDTH = 160
"""Characters of a line that are shown."""


@app.command()
def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="WORDS", help="Words or a question; in quotes a phrase.")],
    project: Annotated[str, typer.Option("--project", "-p", help="Only this project.", envvar="ORIN_PROJECT")] = "",
    most: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Passages that answer, the best first: each with its file, version and lines."""
    found = session(context).client.call(index.SEARCH, index.SearchPassages(query=query, project=project, most=most))
    if as_json:
        show_json(found)
        return
    for number, passage in enumerate(found.passages):
        if number:
            show_line("")
        _show(passage, with_project=not project)
    if not found.passages:
        show_line("Nothing was found.")
    for note in found.notes:
        remark(note)


def _show(passage: Passage, with_project: bool) -> None:
    place = f"{passage.project}: {passage.id}" if with_project else passage.id
    show_line(f"{place}  {passage.heading}".rstrip())
    lines = [line.rstrip() for line in passage.text.split("\n") if line.strip()]
    for line in lines[:LINES]:
        show_line(f"  {line if len(line) <= WIDTH else line[: WIDTH - 1] + '…'}")
    if len(lines) > LINES:
        show_line("  …")
