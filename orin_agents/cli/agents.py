"""orin agents."""

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import remark, show_json, show_pairs, show_table, show_text
from orin_agents.cli.session import session
from orin_agents.domain.material import LeftOut
from orin_agents.domain.operations import crew
from orin_agents.domain.operations.operation import Nothing

app = noun("The crew: who does what, reads what, writes what.")


def tell_broken(broken: tuple[LeftOut, ...]) -> None:
    """Files that could not be read, on stderr."""
    for left in broken:
        remark(f"left out: {left.path}{f':{left.line}' if left.line else ''}: {left.reason}")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """The crew."""
    found = session(context).client.call(crew.AGENTS, Nothing())
    if as_json:
        show_json(found)
        return
    show_table(
        ("agent", "title", "", "duty", "from"),
        [(a.id, a.title, "associate" if a.associate else "", a.duty, a.origin) for a in found.agents],
    )
    tell_broken(found.broken)


@app.command()
def show(context: typer.Context, agent: str, as_json: AsJson = False) -> None:
    """One agent."""
    one = session(context).client.call(crew.AGENT, crew.One(id=agent))
    if as_json:
        show_json(one)
        return
    show_pairs(
        [
            ("agent", one.id),
            ("title", one.title),
            ("duty", one.duty),
            ("models", ", ".join(one.models)),
            ("skills", ", ".join(one.skills)),
            ("reads", ", ".join(one.reads)),
            ("writes", ", ".join(one.writes)),
            *((f"outcome: {name}", "; ".join(outcomes)) for name, outcomes in one.outcomes.items()),
            ("hands to", ", ".join(one.hands_to)),
            ("routines", ", ".join(one.routines)),
            ("from", one.origin),
        ]
    )
    show_text(f"\n{one.prompt}")
