"""Evidence of a small desk, and what the check says of words over it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from orin_agents.domain.claims import Claim, ClaimKind, Evidence
from orin_agents.domain.facts import Fact, Source
from orin_agents.domain.passages import Passage
from orin_agents.skills.grounding.check import check_words

NOW = datetime(2026, 11, 18, 8, 30, tzinfo=ZoneInfo("Europe/Berlin"))
"""A Wednesday."""
HALL = Passage(
    project="home",
    path="raw_notes/hall.md",
    version=2,
    first_line=3,
    last_line=9,
    heading="Plan › Hall",
    text=(
        "The rope hall is eighty metres long. Nobody has measured\nthe wiring yet.\n\n"
        "Mara Lind signs the contract on 24 November; see https://example.org/hall/plan-2 and [[Floor plan]].\n\n"
        "- Code: `free_slots` in code/bookings.py, asked by @m-ou-se in RFC #3716. #helper-call\n"
        "- 52% of 200 guests came by tram."
    ),
)
FACTS = (
    Fact(id="progress.open", label="Open", value=26, unit="tasks", sources=(Source(path="task_queue.json"),)),
    Fact(id="progress.overdue", label="Overdue", value=1, unit="tasks"),
    Fact(id="overdue.1", label="Answer the newspaper's questions", value="2026-11-17", unit="date"),
    Fact(id="top.1", label="Sign the hall contract", value="due today; 1 task waits for it"),
    Fact(
        id="block.1",
        label="Sign the hall contract",
        value="2026-11-18T14:00:00+01:00/2026-11-18T15:30:00+01:00",
        unit="interval",
    ),
    Fact(
        id="block.2",
        label="Write the helper pack",
        value="2026-11-18T15:40:00+01:00/2026-11-18T16:10:00+01:00",
        unit="interval",
    ),
    Fact(id="drift.total", label="Drift this week", value=0.6242, unit="ratio"),
    Fact(id="drift.last_week", label="Drift last week", value=0.31, unit="ratio"),
    Fact(id="share.1", label="Bookings that run themselves", value=0.84, unit="ratio"),
    Fact(id="share.1.weight", label="Bookings that run themselves", value=0.2, unit="ratio"),
    Fact(id="share.2", label="Helpers who come back", value=0.16, unit="ratio"),
    Fact(id="share.2.weight", label="Helpers who come back", value=0.8, unit="ratio"),
    Fact(id="timeblocks.planned_minutes", label="Planned work", value=330, unit="minutes"),
    Fact(id="feasibility.free_hours", label="Free working hours", value=34.75, unit="hours"),
    Fact(id="risk.1.band", label="Rain keeps people at home", value="medium"),
    Fact(id="risk.2.band", label="The hall is booked twice", value="critical"),
    Fact(id="zettel.broken", label="Links that lead nowhere", value=0, unit="links"),
)
EVIDENCE = Evidence(now=NOW, facts=FACTS, passages=(HALL,), texts=("The Strategist and the Secretary write for Ada.",))


def alarms(text: str, evidence: Evidence = EVIDENCE) -> list[tuple[ClaimKind, str]]:
    """Kind and span of every unsupported claim."""
    return [(claim.kind, claim.text) for claim in check_words(text, evidence) if not claim.supported]


def claim(text: str, span: str, evidence: Evidence = EVIDENCE) -> Claim:
    """The claim on that span; there must be one."""
    found = [claim for claim in check_words(text, evidence) if claim.text == span]
    assert found, f"no claim on {span!r}: {check_words(text, evidence)}"
    return found[0]
