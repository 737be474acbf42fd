"""orin import."""

import os
from pathlib import Path
from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, InProject, noun
from orin_agents.cli.paper import moment, show_json, show_line, show_table
from orin_agents.cli.session import session
from orin_agents.domain.errors import Invalid
from orin_agents.domain.material import ImportReport
from orin_agents.domain.operations import imports
from orin_agents.domain.operations.operation import Nothing

app = noun("Bring your own material.")


@app.command("import")
def import_(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A vault, a folder or a file.")] = "",
    into: Annotated[str, typer.Option(help="The folder of the case file to put it in.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say what would happen.")] = False,
    undo: Annotated[int, typer.Option(metavar="NUMBER", help="Take a past import back.", show_default=False)] = 0,
    past: Annotated[bool, typer.Option("--list", help="Past imports.")] = False,
    project: InProject = "home",
    as_json: AsJson = False,
) -> None:
    """Bring your own notes, tasks and calendars: read, proven, then kept. The files themselves are only read."""
    if bool(path) + bool(undo) + past != 1:
        raise Invalid("Say one thing to do.", remedy="`orin import PATH`, `orin import --undo NUMBER` or --list.")
    client = session(context).client
    if past:
        _show_past(client.call(imports.LIST, Nothing()), as_json)
        return
    if undo:
        report = client.call(imports.UNDO, imports.OneImport(batch=undo))
    else:
        absolute = os.path.abspath(Path(path).expanduser())
        request = imports.ImportMaterial(project=project, path=absolute, into=into, dry_run=dry_run)
        report = client.call(imports.IMPORT, request)
    show_json(report) if as_json else _show(report)


def _show(report: ImportReport) -> None:
    if report.undone:
        show_line(f"Import {report.batch} of {report.path} is taken back.")
    elif report.dry_run:
        show_line(f"{report.path} would come into {report.project}; nothing was changed:")
    elif report.batch:
        show_line(f"{report.path} is in {report.project} (import {report.batch}):")
    else:
        show_line(f"{report.path} was in {report.project} already; nothing was changed:")
    brought = ", ".join(_counted(count, kind) for kind, count in report.counts.items()) or "nothing"
    done = f"{report.added} added, {report.changed} changed"
    if report.undone:
        show_line(f"  it had brought {brought}: {done}")
    else:
        show_line(f"  {brought}")
        show_line(f"  {done}, {report.unchanged} unchanged")
    for path in report.kept_yours:
        show_line(f"  kept as you changed it: {path}")
    for left in report.left_out:
        show_line(f"  left out: {left}")
    if report.batch and not report.undone:
        show_line(f"  take it back with `orin import --undo {report.batch}`")


def _counted(count: int, kind: str) -> str:
    """So many of the kind, whose name is a plural."""
    return f"{count} {kind.removesuffix('s') if count == 1 else kind}"


def _show_past(reports: tuple[ImportReport, ...], as_json: bool) -> None:
    if as_json:
        show_json(reports)
        return
    show_table(
        ("import", "project", "from", "at", "added", "changed", "left out", ""),
        [
            (
                r.batch,
                r.project,
                r.path,
                moment(r.at),
                r.added,
                r.changed,
                len(r.left_out),
                "undone" if r.undone else "",
            )
            for r in reports
        ],
    )
