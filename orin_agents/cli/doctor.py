"""orin doctor."""

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import show_json, show_line, show_table
from orin_agents.cli.session import session
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.errors import OrinError
from orin_agents.domain.operations import hosts
from orin_agents.domain.operations.operation import Nothing

app = noun("Check the box and the workspace.")


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check the box and the workspace, line by line with remedies. Ends with 1 where there is a problem."""
    lines = _checked(context)
    if as_json:
        show_json(lines)
    else:
        show_table(
            ("verdict", "area", "check", "seen", "remedy"),
            [(line.verdict, line.area, line.name, line.seen, line.remedy) for line in lines],
        )
        bad = sum(line.verdict is Verdict.PROBLEM for line in lines)
        warned = sum(line.verdict is Verdict.WARNING for line in lines)
        show_line(f"{len(lines)} checks: {bad} problems, {warned} warnings.")
    raise typer.Exit(1 if any(line.verdict is Verdict.PROBLEM for line in lines) else 0)


def _checked(context: typer.Context) -> tuple[CheckLine, ...]:
    """The host's checks; that there is no host is a finding too."""
    try:
        return session(context).client.call(hosts.DOCTOR, Nothing())
    except OrinError as error:
        name = "workspace" if error.code == "not-found" else "host"
        return (CheckLine(area="host", name=name, verdict=Verdict.PROBLEM, seen=error.what, remedy=error.remedy),)
