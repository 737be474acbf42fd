"""orin routines."""

import typer

from orin_agents.cli.agents import tell_broken
from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import remark, show_json, show_line, show_pairs, show_table
from orin_agents.cli.session import session
from orin_agents.domain.operations import crew
from orin_agents.domain.operations.operation import Nothing

app = noun("The routines: when the crew works, and at what.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """The routines, in the order of the day."""
    found = session(context).client.call(crew.ROUTINES, Nothing())
    if as_json:
        show_json(found)
        return
    show_table(
        ("routine", "part", "when", "next", "agents", "title"),
        [
            (r.id, r.part, r.when, _wall(r.next_at) if r.enabled else "off", ", ".join(_agents(r)), r.title)
            for r in found.routines
        ],
    )
    tell_broken(found.broken)
    remark("No clock fires them yet: `orin run` does, from a shell or from cron.")


def _wall(moment: str) -> str:
    """ISO 8601 in the workspace's zone as the clock on its wall."""
    return moment[:16].replace("T", " ")


def _agents(routine: crew.RoutineView) -> list[str]:
    return list(dict.fromkeys(step.agent for step in routine.steps))


@app.command()
def show(context: typer.Context, routine: str, as_json: AsJson = False) -> None:
    """One routine and its steps."""
    one = session(context).client.call(crew.ROUTINE, crew.One(id=routine))
    if as_json:
        show_json(one)
        return
    show_pairs(
        [
            ("routine", one.id),
            ("title", one.title),
            ("about", one.about),
            ("part", one.part),
            ("when", one.when),
            ("next", _wall(one.next_at) if one.enabled else "switched off"),
            ("from", one.origin),
        ]
    )
    show_table(
        ("step", "agent", "does", "skills", "leaves behind"),
        [(s.id, s.agent, s.does, ", ".join(s.skills), ", ".join(s.outputs)) for s in one.steps],
    )
    for edge in one.edges:
        show_line(f"  {edge}")
