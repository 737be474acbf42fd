"""Several agents answer one question, and one merges: which ones, and what the merged answer owes to each."""

import difflib
from collections.abc import Iterable, Mapping, Sequence

from orin_agents.domain.asking import Citation, Outcome
from orin_agents.domain.crew import Agent
from orin_agents.domain.errors import NotFound
from orin_agents.domain.facts import Finding
from orin_agents.services.answering import NO_MODEL, Answer
from orin_agents.skills import prose
from orin_agents.skills.citing import MARKS
from orin_agents.skills.relevance import Query, choose, stems

MERGER = "group"
MOST_MEMBERS = 4
LEAST_MEMBERS = 2
USUAL = ("manager", "planner", "critic", "strategist")
"""Who is asked where a question points to nobody."""
PER_MEMBER = 2
"""Lines that each agent adds to those before it, where code puts the answers together."""
DUTY = 0.5
"""What a word of the question in an agent's duty counts for beside a fact that its skills find."""


def merger(crew: Sequence[Agent]) -> Agent:
    """The agent that merges. Raises NotFound where the crew has none."""
    return member(crew, MERGER)


def member(crew: Sequence[Agent], name: str) -> Agent:
    """The agent of that id or title, however it is written. Raises NotFound with the nearest names."""
    wanted = _plain(name)
    for agent in crew:
        if wanted in (_plain(agent.id), _plain(agent.title)):
            return agent
    near = difflib.get_close_matches(wanted, [_plain(agent.id) for agent in crew], n=2, cutoff=0.5)
    meant = " or ".join(f"@{agent.id}" for agent in crew if _plain(agent.id) in near)
    raise NotFound(
        f"There is no agent {name!r} to ask.",
        kept="Nothing was asked.",
        remedy=f"Did you mean {meant}?" if meant else "`orin agents list` shows the crew.",
    )


def choose_members(query: Query, crew: Sequence[Agent], findings: Mapping[str, Finding]) -> tuple[Agent, ...]:
    """Two to four agents for the question: those whose skills find facts that speak of it (`findings` by skill), and
    whose duty does; the best first, those of the usual ones to fill up.
    """
    spoken = findings if query.words else {}
    facts = {skill: len(choose(query, [finding], 8).facts) for skill, finding in spoken.items()}
    ranked = []
    for number, agent in enumerate(agent for agent in crew if agent.id != MERGER):
        outcomes = (outcome for every in agent.outcomes.values() for outcome in every)
        about = " ".join([agent.title, agent.duty, *agent.triggers, *agent.outcomes, *outcomes])
        words = len(query.words & stems(about))
        found = max((facts.get(skill, 0) for skill in agent.skills), default=0) / 8
        ranked.append((found + DUTY * words, -number, agent))
    best = [agent for score, _, agent in sorted(ranked, key=lambda one: one[:2], reverse=True) if score > 0]
    usual = [agent for name in USUAL for agent in crew if agent.id == name]
    chosen = {agent.id: agent for agent in best[:MOST_MEMBERS]}
    for agent in usual:
        if len(chosen) < LEAST_MEMBERS:
            chosen[agent.id] = agent
    return tuple(chosen.values())


def joined(answers: Mapping[str, Answer]) -> Answer:
    """The answers by title put together by code: word by word under their titles where a model gave them, else the
    best lines of each, with its title where nobody else found the line.
    """
    told = {title: answer for title, answer in answers.items() if answer.outcome is not Outcome.UNKNOWN}
    if any(answer.outcome is Outcome.WORDS for answer in told.values()):
        text = "\n\n".join(f"**{title}:** {answer.text}" for title, answer in told.items())
        outcome = Outcome.WORDS
    else:
        found = {title: answer.text.splitlines()[1:] for title, answer in told.items()}
        lines: dict[str, str] = {}
        for own in found.values():
            for line in [line for line in own if line not in lines][:PER_MEMBER]:
                finders = [title for title, its in found.items() if line in its]
                lines[line] = f"{line} ({finders[0]})" if len(finders) == 1 < len(found) else line
        text = "\n".join([NO_MODEL, *lines.values()])
        outcome = Outcome.EXTRACT
    return Answer(
        text=text,
        outcome=outcome,
        citations=tuple(c for c in cited_by(told.values()) if f"[{c.mark}]" in text),
        unverified=tuple(span for answer in told.values() for span in answer.unverified),
        invented=sum(answer.invented for answer in told.values()),
    )


def unheard(merged: Answer, answers: Mapping[str, Answer]) -> str:
    """What a merged answer leaves out: of each agent none of whose sources it cites the first sentence that has one, so
    that no dissent is lost.
    """
    lines = []
    for title, answer in answers.items():
        if answer.outcome is Outcome.WORDS and answer.marks and not answer.marks & merged.marks:
            sentences = [answer.text[start:end] for start, end in prose.split(answer.text)]
            lines += [f"{title} also says: {sentence}" for sentence in sentences if MARKS.search(sentence)][:1]
    return "\n".join(lines)


def cited_by(answers: Iterable[Answer]) -> tuple[Citation, ...]:
    """What the answers cite, each once."""
    return tuple({c.mark: c for answer in answers for c in answer.citations}.values())


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_").lstrip("@")
