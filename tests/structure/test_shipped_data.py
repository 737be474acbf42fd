"""What ships as data is whole: it loads, its parts fit together, and every page can be written."""

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from orin_agents.adapters.crew_files import CrewFolders
from orin_agents.adapters.templates import PageTemplates
from orin_agents.domain.crew import Agent
from orin_agents.domain.globs import matches
from orin_agents.domain.pages import Narrative, Page
from orin_agents.domain.routines import Output, Part, Routine, Step
from orin_agents.host.shipped import shipped
from orin_agents.services.crew_graph import mermaid
from tests.adapters import findings

NOWHERE = Path("/nowhere")
OURS = shipped()
TEMPLATES = PageTemplates(OURS.templates)
FILES = CrewFolders(
    shipped_crew=OURS.crew,
    shipped_schedules=OURS.schedules,
    crew=NOWHERE,
    schedules=NOWHERE,
    skills=findings.SKILLS,
    templates=TEMPLATES.names(),
)
AGENTS, BROKEN_AGENTS = FILES.agents()
CREW = {agent.id: agent for agent in AGENTS}
ROUTINES, BROKEN_ROUTINES = FILES.routines(frozenset(CREW))
STEPS = [(routine, step) for routine in ROUTINES for step in routine.steps]
OUTPUTS = [(step, output) for _, step in STEPS for output in step.outputs]
PERSONS_FILES = (
    "task_log.csv",
    "task_queue.json",
    "risk_matrix.json",
    "rule_checklist.yaml",
    "plans/*",
    "calendar.ics",
)


def page(found: dict[str, findings.Finding]) -> Page:
    now = datetime(2026, 11, 21, 7, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    return Page(project="Home", agent="a", routine="r", now=now, findings=found, narrative=Narrative())


def test_everything_loads() -> None:
    assert BROKEN_AGENTS == BROKEN_ROUTINES == ()
    assert [agent.id for agent in AGENTS if not agent.associate] == [
        *("strategist", "code_builder", "planner", "critic", "synthesizer", "archivist", "execution_builder", "watcher")
    ]
    assert [agent.id for agent in AGENTS if agent.associate] == [
        *("manager", "advisor", "researcher", "scribe", "librarian", "guardian", "group")
    ]


def test_the_day_is_the_one_of_the_product() -> None:
    times = {part: [r.at for r in ROUTINES if r.part is part and r.at] for part in Part}
    assert times[Part.MORNING] == ["07:30", "07:45", "08:00", "08:30"]
    assert times[Part.MIDDAY] == ["10:00", "12:00"]
    assert times[Part.AFTERNOON] == ["14:00", "15:30", "16:30"]
    assert times[Part.EVENING] == ["20:00", "20:30"]
    assert len(times[Part.WEEKLY]) == 4
    assert [r.every for r in ROUTINES if r.every] == [15]
    assert [r.id for r in ROUTINES if not r.enabled] == ["seed_questions"]


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.id)
def test_prompts_are_short(agent: Agent) -> None:
    assert 30 <= len(agent.prompt.split()) <= 100
    assert agent.duty.endswith(".")


@pytest.mark.parametrize(("routine", "step"), STEPS, ids=lambda thing: thing.id)
def test_a_step_asks_only_for_what_its_agent_can(routine: Routine, step: Step) -> None:
    assert set(step.skills) <= set(CREW[step.agent].skills)
    assert step.does


@pytest.mark.parametrize(
    ("step", "output"), OUTPUTS, ids=lambda thing: getattr(thing, "path", thing.id if hasattr(thing, "id") else "")
)
def test_outputs_stay_inside_and_leave_a_persons_files_alone(step: Step, output: Output) -> None:
    path = output.path.format(date="2026-11-21", week="2026-W47", time="0730")
    if output.propose:
        assert path == "plans/okr.json" and step.agent == "strategist"
    else:
        assert matches(path, CREW[step.agent].writes)
        assert not matches(path, PERSONS_FILES)


def test_every_page_is_used_and_every_agent_works() -> None:
    assert {output.template for _, output in OUTPUTS} - {"blocks.ics"} == TEMPLATES.names()
    assert {step.agent for _, step in STEPS} | {"manager"} == set(CREW)


@pytest.mark.parametrize("template", sorted(TEMPLATES.names()))
def test_a_page_is_whole_with_all_some_and_no_facts(template: str) -> None:
    for found in (findings.full(), findings.zero(), findings.empty(), {}):
        text = TEMPLATES.render(template, page(found)).text
        if template == "okr.json.j2":
            assert text == ""
        elif template.endswith(".json.j2"):
            assert json.loads(text)
        elif template.endswith(".yaml.j2"):
            assert yaml.safe_load(text)
        else:
            _check_markdown(text)


def _check_markdown(text: str) -> None:
    assert text.startswith("# ") and text.count("\n## Sources\n") == 1 and text.endswith("\n")
    assert "None" not in re.sub("_None[^_]*_", "", text) and "\n\n\n" not in text
    lines = text.splitlines()
    for number, line in enumerate(lines[:-1]):
        hole = line.startswith("## ") and lines[number + 2].startswith("#")
        assert not hole or line in ("## What happened", "## What I learned"), f"nothing below {line}"


@pytest.mark.parametrize("template", sorted(TEMPLATES.names()))
def test_a_page_uses_only_facts_its_steps_can_find(template: str) -> None:
    """Rendered with the findings of the steps that file it alone, a page cites something."""
    for step in (step for step, output in OUTPUTS if output.template == template and template != "okr.json.j2"):
        found = {name: finding for name, finding in findings.full().items() if name in step.skills}
        assert TEMPLATES.render(template, page(found)).cited, f"{step.id} finds nothing that {template} states"


def test_the_narrative_has_a_place_where_it_is_asked_for() -> None:
    for _, output in OUTPUTS:
        if output.narrative:
            assert "<!-- narrative -->" in TEMPLATES.render(output.template, page(findings.zero())).text, (
                output.template
            )


def test_the_crew_can_be_drawn() -> None:
    drawn = mermaid(AGENTS, ROUTINES)
    assert (
        drawn.startswith("flowchart LR\n")
        and 'agent_scribe("Scribe")' in drawn
        and "agent_strategist --x file_" in drawn
    )
