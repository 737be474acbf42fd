"""What an agent may rest its answer on: the facts its skills find and the passages it may read that speak of the
question.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orin_agents.domain.crew import Agent
from orin_agents.domain.facts import Finding
from orin_agents.domain.passages import Passage
from orin_agents.domain.projects import Project
from orin_agents.services.collaborators import Search
from orin_agents.services.facts import LOOKS_AT_BOX, find
from orin_agents.services.snapshots import Snapshots
from orin_agents.skills.citing import Sources, numbered
from orin_agents.skills.relevance import Known, Query, choose, speak_of

log = logging.getLogger(__name__)

ALWAYS = ("agenda",)
"""Skills of every agent that is asked: what is due, and the calendar."""
MOST_FACTS = 24
MOST_PASSAGES = 8
NEAREST = 3
"""Places named where nothing speaks of a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question asked before, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was understood. `now` is in the person's zone; `turns` are what was said before, oldest first;
    `names` are those of the person and the crew; `instruction` is what a program that asks on the person's behalf wants
    beside.
    """

    project: Project
    text: str
    query: Query
    now: datetime
    turns: tuple[Turn, ...] = ()
    names: tuple[str, ...] = ()
    instruction: str = ""
    answer_tokens: int = 600
    temperature: float = 0.2
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What was found for one agent; `nearest` are places that came up, whether or not they speak of the question."""

    known: Known
    passages: tuple[Passage, ...]
    nearest: tuple[str, ...] = ()

    @property
    def sources(self) -> Sources:
        """The same with marks of its own."""
        return numbered(self.passages, self.known.facts, self.known.said)

    def within(self, shared: Sources) -> Sources:
        """The same with the marks of sources that several agents share."""
        passages, facts = {p.id for p in self.passages}, {fact.id for fact in self.known.facts}
        said = {text for text, _ in self.known.said}
        return Sources(
            passages={mark: passage for mark, passage in shared.passages.items() if passage.id in passages},
            facts={mark: fact for mark, fact in shared.facts.items() if fact.id in facts},
            said=tuple((text, marks) for text, marks in shared.said if text in said),
        )


def shared(materials: Iterable[Material]) -> Sources:
    """The sources of several agents under one numbering."""
    every = tuple(materials)
    return numbered(
        [passage for material in every for passage in material.passages],
        [fact for material in every for fact in material.known.facts],
        [said for material in every for said in material.known.said],
    )


@dataclass(frozen=True, slots=True)
class Gathering:
    """Gathers. Its calls look at the disk and the database; they belong into a worker thread."""

    snapshots: Snapshots
    search: Search

    def gather(self, asked: Asked, agent: Agent) -> Material:
        """What the agent may rest its answer on; text within its globs alone."""
        skills = tuple(dict.fromkeys((*agent.skills, *ALWAYS)))
        findings = self.findings(asked, skills, tuple(agent.reads))
        found = self.search(asked.project.id, asked.query.text, tuple(agent.reads), MOST_PASSAGES)
        return Material(
            known=choose(asked.query, findings, MOST_FACTS),
            passages=speak_of(asked.query, found),
            nearest=tuple(passage.id for passage in found[:NEAREST]),
        )

    def survey(self, asked: Asked, crew: Iterable[Agent]) -> dict[str, Finding]:
        """What the crew's skills find now, by skill, to choose agents by; the machine is not looked at for that."""
        skills = dict.fromkeys(skill for agent in crew for skill in agent.skills if skill not in LOOKS_AT_BOX)
        return {finding.skill: finding for finding in self.findings(asked, tuple(skills), ("**",))}

    def findings(self, asked: Asked, skills: tuple[str, ...], reads: tuple[str, ...]) -> tuple[Finding, ...]:
        """What the skills find now in what the globs name; one that fails is left out, and the log has the trace."""
        box = not LOOKS_AT_BOX.isdisjoint(skills)
        snapshot = self.snapshots.take(asked.project, asked.now, reads=reads, look_at_box=box)
        found = []
        for skill in skills:
            try:
                found.append(find(skill, snapshot))
            except Exception:  # a question is answered from what the other skills find
                log.exception("the skill %s failed", skill)
        return tuple(found)
