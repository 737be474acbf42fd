"""The crew as a Mermaid drawing."""

from orin_agents.domain.artifacts import Kind
from orin_agents.domain.crew import Agent, LogicalModels
from orin_agents.domain.routines import Output, Part, Routine, Step
from orin_agents.services.crew_graph import mermaid


def agent(name: str, *hands_to: str, title: str = "", associate: bool = False) -> Agent:
    return Agent(
        id=name,
        title=title or name,
        duty="-",
        prompt="-",
        models=LogicalModels(first="small"),
        hands_to=list(hands_to),
        associate=associate,
    )


def step(name: str, *paths: str, propose: bool = False) -> Step:
    outputs = [Output(path=path, template="journal.md.j2", kind=Kind.NOTE, propose=propose) for path in paths]
    return Step(id=name, agent=name, outputs=outputs)


def routine(*steps: Step, enabled: bool = True) -> Routine:
    return Routine(id="r", title='The "morning"', part=Part.MORNING, at="07:30", steps=list(steps), enabled=enabled)


def test_handoffs_and_artifacts() -> None:
    drawn = mermaid(
        [agent("a", "b", "gone"), agent("b"), agent("end", associate=True)],
        [routine(step("a", "x.md"), step("b", "x.md"), step("end", "y.md", propose=True))],
    )
    assert drawn == (
        "flowchart LR\n"
        '  agent_a["a"]\n'
        '  agent_b["b"]\n'
        '  agent_end("end")\n'
        "  agent_a --> agent_b\n"
        '  agent_b -. "The #quot;morning#quot;" .-> agent_end\n'
        '  file_1[/"x.md"/]\n'
        '  file_2[/"y.md"/]\n'
        "  agent_a --> file_1\n"
        "  agent_b --> file_1\n"
        "  agent_end --x file_2\n"
    )


def test_titles_cannot_break_the_drawing() -> None:
    drawn = mermaid([agent("a", title='x"]\nend\n```')], [])
    assert drawn == 'flowchart LR\n  agent_a["x#quot;] end #96;#96;#96;"]\n'


def test_edges_are_drawn_rather_than_the_order_and_what_is_off_is_not() -> None:
    crew = [agent("a"), agent("b")]
    looped = Routine.model_validate(
        {**routine(step("a"), step("b")).model_dump(), "edges": [{"from": "b", "to": "a"}, {"from": "a", "to": "a"}]}
    )
    assert "agent_b -. " in mermaid(crew, [looped]) and "agent_a -. " not in mermaid(crew, [looped])
    assert " -. " not in mermaid(crew, [routine(step("a"), step("b"), enabled=False)])
