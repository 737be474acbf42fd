"""orin approvals."""

from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import moment, show_diff, show_json, show_line, show_pairs, show_table
from orin_agents.cli.session import session
from orin_agents.domain.operations import approvals

app = noun("Approvals: changes by agents that wait for you.")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The approval's number.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; the agent is told.")]


@app.command("list")
def list_(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="The answered ones too.")] = False,
    project: Annotated[str, typer.Option("--project", "-p", help="Only this project.")] = "",
    as_json: AsJson = False,
) -> None:
    """What waits for you."""
    found = session(context).client.call(approvals.LIST, approvals.ListApprovals(project=project, all=every))
    if as_json:
        show_json(found)
        return
    if not found:
        show_line("Nothing waits for you.")
        return
    show_table(
        ("approval", "project", "agent", "path", "state", "asked", "reason"),
        [(a.id, a.project, a.agent, a.path, a.state, moment(a.asked), a.reason) for a in found],
    )


@app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """One change, as a diff."""
    found = session(context).client.call(approvals.SHOW, approvals.OneApproval(approval=number))
    if as_json:
        show_json(found)
        return
    one = found.approval
    show_pairs(
        [
            ("approval", one.id),
            ("change of", f"{one.path} in {one.project}"),
            ("by", one.agent),
            ("reason", one.reason),
            ("state", one.state),
            ("run", one.run),
            ("answered by", one.answered_by),
            ("answer", one.answer),
            ("beware", "the file has changed since" if found.stale else ""),
        ]
    )
    show_diff(found.diff)


@app.command()
def approve(context: typer.Context, number: Number, reason: Reason = "", as_json: AsJson = False) -> None:
    """Let the change through."""
    request = approvals.AnswerApproval(approval=number, reason=reason)
    one = session(context).client.call(approvals.APPROVE, request)
    show_json(one) if as_json else show_line(f"Approved: {one.path} is changed as {one.agent} proposed.")


@app.command()
def reject(context: typer.Context, number: Number, reason: Reason = "", as_json: AsJson = False) -> None:
    """Turn the change down."""
    request = approvals.AnswerApproval(approval=number, reason=reason)
    one = session(context).client.call(approvals.REJECT, request)
    show_json(one) if as_json else show_line(f"Rejected: {one.path} stays as it is.")
