"""orin agents."""

from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import remark, show_json, show_line, show_pairs, show_table, show_text
from orin_agents.cli.session import session
from orin_agents.domain.material import LeftOut
from orin_agents.domain.operations import crew
from orin_agents.domain.operations import memory as memories
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


@app.command()
def memory(
    context: typer.Context,
    agent: str,
    told: Annotated[bool, typer.Option("--told", help="What of it goes into a prompt.")] = False,
    as_json: AsJson = False,
) -> None:
    """What an agent keeps in mind, and the file to edit it in."""
    one = session(context).client.call(memories.SHOW, memories.OneMemory(agent=agent))
    if as_json:
        show_json(one)
    elif told:
        show_text(one.told)
    else:
        tell_memory(one)


def tell_memory(one: memories.MemoryView) -> None:
    """The parts of a memory, its lessons numbered."""
    show_line(f"{one.title}: {one.file}")
    show_text(f"\nRules (yours):\n{one.rules}" if one.rules else "\nRules (yours): none.")
    show_text("\nLessons:" if one.lessons else "\nLessons: none.")
    for number, lesson in enumerate(one.lessons, 1):
        show_line(f"{number:>3}. {lesson.line().removeprefix('- ')}")
    show_text("\nRecent work:" if one.work else "\nRecent work: none.")
    for work in one.work:
        show_line(f"  {work.line()}")


@app.command()
def remember(
    context: typer.Context,
    agent: str,
    text: Annotated[str, typer.Argument(help="The lesson, in a sentence.")],
    as_json: AsJson = False,
) -> None:
    """Teach an agent a lesson. It holds at once."""
    one = session(context).client.call(memories.REMEMBER, memories.NewLesson(agent=agent, text=text))
    show_json(one) if as_json else show_line(f"{one.title} keeps it in mind: {one.file}")


@app.command()
def forget(
    context: typer.Context,
    agent: str,
    lesson: Annotated[int, typer.Argument(metavar="NUMBER", help="As `orin agents memory` numbers it.")],
    as_json: AsJson = False,
) -> None:
    """Take a lesson back. It is not learnt again until you teach it."""
    gone = session(context).client.call(memories.FORGET, memories.OneLesson(agent=agent, lesson=lesson))
    show_json(gone) if as_json else show_line(f"Forgotten: {gone.text}")
