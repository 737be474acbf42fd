"""Replying to a question: by one agent, or by several of which one merges what they said."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace

from orin_agents.domain.asking import Outcome, TellingKind, Told
from orin_agents.domain.crew import Agent
from orin_agents.domain.errors import OrinError
from orin_agents.domain.marking import unmarked
from orin_agents.domain.runs import RunStep
from orin_agents.services.answering import Answer, Answering, unknown
from orin_agents.services.ask_runs import AskRuns
from orin_agents.services.briefing import brief, merging_brief
from orin_agents.services.gathering import Gathering, Material, shared
from orin_agents.services.talk import Talk
from orin_agents.services.team import choose_members, joined, merger, unheard
from orin_agents.skills.citing import Sources
from orin_agents.skills.context import Part

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Replying:
    """Conducts the agents of a talk; each of them is a step of its run."""

    gathering: Gathering
    answering: Answering
    runs: AskRuns

    async def alone(self, talk: Talk) -> Answer:
        """One agent answers; its pieces are told."""
        agent = talk.agents[0]
        step = await asyncio.to_thread(self.runs.begin_step, talk.run, agent.id, "answers")
        talk.tell(Told(kind=TellingKind.STEP, agent=agent.id, text="looks at the facts and searches the case file"))
        material = await asyncio.to_thread(self.gathering.gather, talk.asked, agent)
        sources = material.sources
        if not sources.marks:
            answer = unknown(talk.asked, material.nearest, agent)
        else:
            answer = await self._answer(talk, agent, await self._brief(talk, agent, sources), sources, step, aloud=True)
        await self._end(talk, step, answer, material)
        return answer

    async def by_team(self, talk: Talk) -> Answer:
        """Several agents answer at the same time, each from what it may read; one merges, and its pieces are told.

        One that fails is named, and the others go on. Raises what the first of them failed with where all did.
        """
        members = talk.agents or await asyncio.to_thread(self._members, talk)
        names = ", ".join(agent.title for agent in members)
        talk.tell(Told(kind=TellingKind.STEP, agent=merger(talk.crew).id, text=f"asks {names}"))
        gathered = await asyncio.gather(
            *(asyncio.to_thread(self.gathering.gather, talk.asked, agent) for agent in members)
        )
        materials = {agent.id: material for agent, material in zip(members, gathered, strict=True)}
        sources = shared(gathered)
        if not sources.marks:
            return unknown(talk.asked, tuple(dict.fromkeys(place for one in gathered for place in one.nearest))[:3])
        async with asyncio.TaskGroup() as tasks:
            asking = [tasks.create_task(self._member(talk, agent, materials[agent.id], sources)) for agent in members]
        results = {agent.title: task.result() for agent, task in zip(members, asking, strict=True)}
        answers = {title: one for title, one in results.items() if isinstance(one, Answer)}
        failed = {title: one for title, one in results.items() if isinstance(one, OrinError)}
        if not answers:
            raise next(iter(failed.values()))
        merged = await self._merged(talk, answers, sources, tuple(failed))
        notes = [f"{title} did not answer: {error.what}" for title, error in failed.items()]
        return replace(merged, note=" ".join(filter(None, [merged.note, *notes])))

    async def _member(self, talk: Talk, agent: Agent, material: Material, common: Sources) -> Answer | OrinError:
        """One agent's part, not told aloud; its failure as a value."""
        step = await asyncio.to_thread(self.runs.begin_step, talk.run, agent.id, "answers for the team")
        sources = material.within(common)
        try:
            if not sources.marks:
                answer = unknown(talk.asked, material.nearest, agent)
            else:
                parts = await self._brief(talk, agent, sources)
                answer = await self._answer(talk, agent, parts, sources, step, aloud=False)
        except Exception as error:
            log.exception("%s did not answer", step.id)
            failure = error if isinstance(error, OrinError) else OrinError(f"{type(error).__name__}: {error}")
            await asyncio.to_thread(self.runs.end_step, talk.run, step, error=failure.what)
            talk.tell(Told(kind=TellingKind.STEP, agent=agent.id, text=f"did not answer: {failure.what}"))
            return failure
        await self._end(talk, step, answer, material)
        talk.tell(Told(kind=TellingKind.STEP, agent=agent.id, text="has answered"))
        return answer

    async def _merged(
        self, talk: Talk, answers: Mapping[str, Answer], sources: Sources, silent: tuple[str, ...]
    ) -> Answer:
        """The answers as one; put together by code where no model merges them, or where there is one alone."""
        told = {title: one for title, one in answers.items() if one.outcome is Outcome.WORDS}
        if len(told) < 2:
            return next(iter(told.values()), None) or _by_code(talk, answers)
        agent = merger(talk.crew)
        step = await asyncio.to_thread(self.runs.begin_step, talk.run, agent.id, "merges the answers")
        texts = {title: unmarked(one.text) for title, one in told.items()}
        cited = Sources(
            passages={m: p for m, p in sources.passages.items() if any(m in one.marks for one in told.values())},
            facts={m: f for m, f in sources.facts.items() if any(m in one.marks for one in told.values())},
        )
        parts = merging_brief(talk.asked, agent, cited, texts, silent)
        merged = await self._answer(talk, agent, parts, cited, step, aloud=True)
        if merged.outcome is not Outcome.WORDS:
            merged = replace(joined(told), note=merged.note)
        elif also := unheard(merged, told):
            citations = {c.mark: c for one in (merged, *told.values()) for c in one.citations}
            talk.tell(Told(kind=TellingKind.PIECE, text=f"\n\n{also}"))
            kept = tuple(c for mark, c in citations.items() if f"[{mark}]" in merged.text + also)
            merged = replace(merged, text=f"{merged.text}\n\n{also}", citations=kept)
        await asyncio.to_thread(self.runs.end_step, talk.run, step, words=merged.model)
        return merged

    async def _brief(self, talk: Talk, agent: Agent, sources: Sources) -> tuple[Part, ...]:
        memory = await asyncio.to_thread(self.answering.given.recall, agent.id)
        return brief(talk.asked, agent, sources, memory)

    async def _answer(
        self, talk: Talk, agent: Agent, parts: tuple[Part, ...], sources: Sources, step: RunStep, *, aloud: bool
    ) -> Answer:
        """The agent's answer; `aloud`, its pieces are told."""
        telling = self.answering.answer(talk.asked, agent, parts, sources, talk.run.id, step.id)
        async with aclosing(telling) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
                if aloud:
                    talk.tell(event)
        raise AssertionError("an answer ends with the answer")

    async def _end(self, talk: Talk, step: RunStep, answer: Answer, material: Material) -> None:
        facts = len(material.known.facts)
        await asyncio.to_thread(self.runs.end_step, talk.run, step, facts=facts, words=answer.model)

    def _members(self, talk: Talk) -> tuple[Agent, ...]:
        """Who is asked where the question names nobody."""
        findings = self.gathering.survey(talk.asked, talk.crew)
        return choose_members(talk.asked.query, talk.crew, findings)


def _by_code(talk: Talk, answers: Mapping[str, Answer]) -> Answer:
    """The answers where no model gave one: what each found, or that none found anything."""
    if any(answer.outcome is Outcome.EXTRACT for answer in answers.values()):
        notes = dict.fromkeys(answer.note for answer in answers.values() if answer.note)
        return replace(joined(answers), note=" ".join(notes))
    return next(iter(answers.values()))
