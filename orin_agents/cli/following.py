"""Following a run: its steps as they finish, and at the end what it left behind."""

from collections.abc import Callable

import typer

from orin_agents.cli.paper import remark, show_line, show_table
from orin_agents.client.connection import Client
from orin_agents.domain.errors import OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.operations import hosts, runs
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.runs import Filed, Run, RunDetail, RunState, RunStep, StepState

MARKS = {StepState.RUNNING: "…", StepState.OK: "✓", StepState.NEEDS_YOU: "●", StepState.FAILED: "✗"}
TELLING = (Event.RUN_STEP_FINISHED, Event.RUN_FINISHED)
INTERRUPTED = 130
MOST_BROKEN = 12
"""How many files that could not be read are told at a run's end."""


def journal_now(client: Client) -> int:
    """The journal's newest number: a run started from here on is told whole behind it."""
    return client.call(hosts.STATUS, Nothing()).journal


def follow(client: Client, run: str, after: int, told: Callable[[RunStep], None]) -> RunDetail:
    """Tell each step of the run as it finishes; gives the run once it is over. `after` is a number from before it.

    Ctrl-C leaves, and the run goes on.
    """
    seen: set[str] = set()

    def look() -> RunDetail:
        detail = client.call(runs.SHOW, runs.ShowRun(run=run))
        for step in detail.steps:
            if step.state is not StepState.RUNNING and step.id not in seen:
                seen.add(step.id)
                told(step)
        return detail

    events = client.events(after, run)
    try:
        detail = look()
        while not detail.run.state.over:
            if next(events).event in TELLING:
                detail = look()
        return detail
    except KeyboardInterrupt:
        remark(f"\nThe run goes on; follow it again with `orin runs watch {run}`.")
        raise typer.Exit(INTERRUPTED) from None
    except OrinError as error:
        error.remedy = error.remedy or f"Follow it again with `orin runs watch {run}`."
        raise
    finally:
        events.close()


def tell_step(step: RunStep) -> None:
    """One line about a step that finished."""
    left = ", ".join(_left(filed) for filed in step.filed)
    said = step.error or (f"→ {left}" if left else step.does)
    show_line(f"  {MARKS[step.state]} {step.agent}  {step.id}  {said}")


def _left(filed: Filed) -> str:
    if filed.approval:
        return f"{filed.path} (waits for you: approval {filed.approval})"
    return f"{filed.path} ({'unchanged' if filed.unchanged else f'version {filed.version}'})"


def tell_end(detail: RunDetail, folder: str) -> None:
    """What the run came to and what it left behind, with absolute paths."""
    run = detail.run
    show_line(f"Run {run.id} ({run.title}): {run.state}" + (f": {run.error}" if run.error else ""))
    left = {filed.path: (filed, step) for step in detail.steps for filed in step.filed if not filed.approval}
    if left:
        show_table(
            ("left behind", "version", "agent"),
            [(f"{folder}/{path}", filed.version or "", step.agent) for path, (filed, step) in left.items()],
        )
    if left and not any(step.words for step in detail.steps):
        show_line("No model answered: the artifacts hold the facts, without narrative.")
        show_line(f"Once one does, `orin run --fill {run.id}` adds the words.")
    for broken in detail.broken[:MOST_BROKEN]:
        show_line(f"Could not be read as it stands, and was left so: {broken}")
    if more := detail.broken[MOST_BROKEN:]:
        show_line(f"… and {len(more)} more; `orin project show {run.project}` lists them.")
    if waiting := _waiting(detail):
        show_line(f"{waiting} waiting for you: `orin approvals list`")
    if run.state in (RunState.FAILED, RunState.CANCELLED) and run.routine != "ask":
        show_line(f"Go on behind the last finished step with `orin runs resume {run.id}`.")


def _waiting(detail: RunDetail) -> int:
    """How many proposals the run waits for; some may have been parked by an earlier run that asked the same."""
    if detail.run.state is not RunState.NEEDS_YOU:
        return 0
    asked = {filed.approval for step in detail.steps for filed in step.filed if filed.approval}
    return detail.run.approvals or len(asked)


def exit_code(run: Run) -> int:
    """0 when the run did its work, also where something waits for a person; 1 when it failed or was cancelled."""
    return 1 if run.state in (RunState.FAILED, RunState.CANCELLED) else 0
