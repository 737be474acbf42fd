"""Figures that stand in the evidence, though not of what the words speak of; and those that plainly follow from it."""

import pytest

from orin_agents.domain.claims import ClaimKind, Evidence
from orin_agents.domain.facts import Fact
from orin_agents.domain.passages import Passage
from tests.skills.grounding.desk import NOW, alarms


def fact(name: str, label: str, value: float | str, unit: str = "") -> Fact:
    return Fact(id=name, label=label, value=value, unit=unit)


def passage(path: str, text: str) -> Passage:
    return Passage(project="home", path=path, version=1, first_line=1, last_line=2, heading="", text=text)


DESK = Evidence(
    now=NOW,
    facts=(
        fact("risk.1", "Rain keeps people at home", 6.0),
        fact("risk.2", "Too few helpers for the bicycle corner", 16.0),
        fact("initiative.1", "Posters on the ferry", 3.0),
        fact("initiative.1.value", "Posters on the ferry", 5.0),
        fact("initiative.2", "Fire permit and floor plan", 4.8),
        fact("initiative.2.urgency", "Fire permit and floor plan", 8.0),
        fact("initiative.1.urgency", "Posters on the ferry", 3.0),
        fact("day.1", "2026-11-18", 5.75, "hours"),
        fact("day.2", "2026-11-19", 7.5, "hours"),
        fact("timeblocks.planned_minutes", "Planned work", 300, "minutes"),
        fact("timeblocks.free_minutes", "Free working time", 345, "minutes"),
        fact("timeblocks.unplaced", "Tasks that do not fit", 18, "tasks"),
        fact("progress.open", "Open", 26, "tasks"),
        fact("block.1", "Write the helper pack", "2026-11-18T13:30:00+01:00/2026-11-18T14:00:00+01:00", "interval"),
        fact("block.2", "Write the helper pack", "2026-11-18T14:10:00+01:00/2026-11-18T14:55:00+01:00", "interval"),
        fact("phrase.1", "door", 3.08),
    ),
    passages=(
        passage("raw_notes/helpers.md", "Twenty helpers are needed: six for bicycles, two for the door."),
        passage("raw_notes/budget.md", "The budget: 4,000 from the town, 600 from the collection box."),
        passage("raw_notes/code.md", "The old `free_slots` is in calendar.ics. A slot is free when a slot moves."),
        passage("raw_notes/hall.md", "The rope hall is eighty metres long. The soup ran out at one."),
    ),
)


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("“Rain keeps people at home” has a score of 16.", ClaimKind.NUMBER, "16"),
        ("“Posters on the ferry” has a score of 5.", ClaimKind.NUMBER, "5"),
        ("The urgency of the fire permit is 3.", ClaimKind.NUMBER, "3"),
        ("On Thursday 5.75 hours are free.", ClaimKind.DATE, "Thursday"),
        ("The door needs six.", ClaimKind.NUMBER, "six"),
        ("Three of the doors are open.", ClaimKind.NUMBER, "Three"),
        ("26 tasks are open, thirty of them small.", ClaimKind.NUMBER, "thirty"),
        ("That leaves 55 minutes.", ClaimKind.NUMBER, "55 minutes"),
        ("From 14:00 to 14:55 you write the helper pack.", ClaimKind.DATE, "14:00"),
        ("Tomorrow, 20 November, is free.", ClaimKind.DATE, "20 November"),
        ("The hall is 80 feet long.", ClaimKind.UNIT, "80 feet"),
        ("The soup ran out at two.", ClaimKind.DATE, "two"),
        ("Look into `Slot` first.", ClaimKind.NAME, "Slot"),
        ("Look into calendar.isc first.", ClaimKind.NAME, "calendar.isc"),
    ],
)
def test_a_figure_of_something_else_is_marked(text: str, kind: ClaimKind, span: str):
    assert (kind, span) in alarms(text, DESK)


@pytest.mark.parametrize(
    "text",
    [
        "“Rain keeps people at home” has a score of 6.",
        "The urgency of the fire permit is 8.",
        "On Thursday 7.5 hours are free.",
        "The door needs two.",
        "You have 45 minutes of slack.",
        "About five hours are planned, which leaves 45 minutes.",
        "More than two thirds of the open tasks (18 of 26) do not fit.",
        "With 26 open tasks and 18 that do not fit, 8 fit.",
        "The helper pack takes 75 minutes in two blocks.",
        "Between the blocks there is a break of ten minutes.",
        "The total budget is 4,600.",
        "- 13:30–14:00 Write the helper pack",
        "Step 2: send the floor plan.",
        "Tomorrow, Thursday, 7.5 hours are free.",
        "You've got three hundred minutes of planned work.",
        "The soup ran out at one.",
    ],
)
def test_what_follows_from_the_figures_is_not_marked(text: str):
    assert alarms(text, DESK) == []
