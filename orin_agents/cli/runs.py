"""orin runs."""

from typing import Annotated

import typer

from orin_agents.cli.following import journal_now, tell_end, tell_step
from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import moment, show_json, show_line, show_pairs, show_table, show_text
from orin_agents.cli.running import folder_of, watch
from orin_agents.cli.session import session
from orin_agents.client.connection import Client
from orin_agents.domain.dialogue import Prompt
from orin_agents.domain.errors import NotFound
from orin_agents.domain.operations import runs
from orin_agents.domain.operations.operation import Operation
from orin_agents.domain.runs import Run

app = noun("Runs: what routines and agents did, and are at.")

Id = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]
IdOrNewest = Annotated[str, typer.Argument(metavar="RUN", help="The run's id; else the newest.", show_default=False)]


@app.command("list")
def list_(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Only this project.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Runs, newest first."""
    found = session(context).client.call(runs.LIST, runs.ListRuns(project=project, limit=limit))
    if as_json:
        show_json(found)
        return
    show_table(
        ("run", "project", "what", "state", "started", "finished", "waiting"),
        [
            (r.id, r.project, r.routine, r.state, moment(r.created), moment(r.finished), r.approvals or "")
            for r in found
        ],
    )


@app.command()
def show(
    context: typer.Context,
    run: IdOrNewest = "",
    findings: Annotated[bool, typer.Option("--findings", help="With what the skills found.")] = False,
    prompt: Annotated[
        bool, typer.Option("--prompt", help="With what models were told, and what they answered.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """One run with its steps, handoffs and what it left behind."""
    client = session(context).client
    asked = runs.ShowRun(run=run or _newest(client), findings=findings, prompts=prompt)
    detail = client.call(runs.SHOW, asked)
    if as_json:
        show_json(detail)
        return
    one = detail.run
    show_pairs([("run", one.id), ("project", one.project), ("started", moment(one.created)), ("by", one.actor)])
    for step in detail.steps:
        tell_step(step)
    for hand in detail.handoffs:
        show_line(f"  {hand.from_agent} → {hand.to_agent}: {hand.text}")
    for name, found in (detail.findings or {}).items():
        show_table(
            (f"fact of {name}", "value", "unit", "from"),
            [(f.id, f.value, f.unit, ", ".join(map(str, f.sources))) for each in found for f in each.facts],
        )
    for told in detail.prompts or ():
        _tell_prompt(told)
    if prompt and not detail.prompts:
        show_line("No model was asked in this run.")
    tell_end(detail, folder_of(client, one.project))


def _tell_prompt(prompt: Prompt) -> None:
    """What a model was told, message by message, and what came of it."""
    show_text(f"\n── {prompt.step} · {prompt.agent} asks {prompt.model or 'a model'} ({prompt.number}) ──")
    for message in prompt.messages:
        show_text(f"\n[{message.role}]\n{message.text}")
    show_text(f"\n[answer]\n{prompt.answer}\n")
    show_pairs(
        [
            ("tokens", f"{prompt.prompt_tokens} read, {prompt.answer_tokens} written" if prompt.model else ""),
            ("checked", f"{prompt.claims} claims, {prompt.unverified} of them in no source" if prompt.claims else ""),
            ("left out", ", ".join(prompt.left_out)),
            ("note", prompt.note),
        ]
    )


@app.command("watch")
def watch_(context: typer.Context, run: IdOrNewest = "", as_json: AsJson = False) -> None:
    """Follow a run to its end."""
    client = session(context).client
    now = journal_now(client)
    watch(client, client.call(runs.SHOW, runs.ShowRun(run=run or _newest(client))).run, now, as_json=as_json)


@app.command()
def cancel(context: typer.Context, run: Id, as_json: AsJson = False) -> None:
    """Stop a run after the step at work. What it filed stays."""
    _change(context, runs.CANCEL, run, as_json)


@app.command()
def resume(context: typer.Context, run: Id, as_json: AsJson = False) -> None:
    """Go on behind the last finished step of a failed or cancelled run."""
    _change(context, runs.RESUME, run, as_json)


@app.command()
def retry(context: typer.Context, run: Id, as_json: AsJson = False) -> None:
    """Run the same again, as a new run."""
    _change(context, runs.RETRY, run, as_json)


def _newest(client: Client) -> str:
    found = client.call(runs.LIST, runs.ListRuns(limit=1))
    if not found:
        raise NotFound("Nothing has run yet.", remedy="`orin run morning` starts the day.")
    return found[0].id


def _change(context: typer.Context, operation: Operation[runs.OneRun, Run], run: str, as_json: bool) -> None:
    changed = session(context).client.call(operation, runs.OneRun(run=run))
    show_json(changed) if as_json else show_line(f"Run {changed.id} ({changed.title}): {changed.state}")
