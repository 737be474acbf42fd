"""What is left of a whole, and the days to and from a day that the evidence has."""

from dataclasses import replace

import pytest

from orin_agents.domain.facts import Fact
from tests.skills.grounding.desk import EVIDENCE, FACTS, alarms

PACK = Fact(id="unplaced.1", label="Write the helper pack", value="capacity: 75 of its 375 minutes are placed")
DESK = replace(EVIDENCE, facts=(*FACTS, PACK))


@pytest.mark.parametrize(
    "text",
    [
        "The helper pack still lacks 300 minutes.",
        "In six days Mara Lind signs the contract.",
        "The coming seven days leave 34.75 free working hours.",
    ],
)
def test_what_plainly_follows_is_not_marked(text: str):
    assert not alarms(text, DESK)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The helper pack still lacks 260 minutes.", "260 minutes"),
        ("In nine days Mara Lind signs the contract.", "nine days"),
        ("The coming eleven days leave 34.75 free working hours.", "eleven days"),
    ],
)
def test_what_does_not_follow_is_marked(text: str, wrong: str):
    assert any(wrong in span for _, span in alarms(text, DESK))
