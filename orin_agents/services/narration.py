"""Narratives: words around an agent's facts, asked of a model, read, checked, and kept with what was asked."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from orin_agents.domain.claims import Evidence
from orin_agents.domain.crew import Agent
from orin_agents.domain.dialogue import ChatMessage, Ended, Finish, ModelRequest, Piece, Prompt, Restart, Role
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, PromptTooLong
from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.markdown import one_line
from orin_agents.domain.pages import Message, Narrative
from orin_agents.domain.passages import Passage
from orin_agents.services.collaborators import Collaborators, Search
from orin_agents.skills import narrative_prompt
from orin_agents.skills.context import Packed, Part, pack, room
from orin_agents.skills.grounding.check import Grounds
from orin_agents.skills.narratives import Paragraphs, read_narrative, schema

log = logging.getLogger(__name__)

ANSWER_TOKENS = 700
MOST_FACTS = 60
MOST_REMARKS = 12
MOST_PASSAGES = 4
MOST_FOUND = 3 * MOST_PASSAGES
"""Passages that are looked for, of which those of the pages being written are left out."""
MOST_QUOTED = 120
"""Characters of a passage that stand in a page's list of sources."""
COMPLETE = "This page is complete without narrative."
AGAIN = "That was not as asked: no sentence could be read in it. Answer once more, with the JSON alone."
SMALLER = 0.5
"""What is left of the room after a server found a prompt too long that should have fitted."""
SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is to be told in a step of a run: `facts` are those its pages show, `findings` all it may rest on.

    `pages` are the paths of what is being written, which bears nothing out.
    """

    run: str
    step: str
    project: str
    agent: Agent
    title: str
    purpose: str
    now: datetime
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    messages: tuple[Message, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Narration:
    """Tells what facts mean, through a model."""

    given: Collaborators
    search: Search

    async def narrate(self, telling: Telling) -> Narrative:
        """The words, checked. Where there are none the narrative says why in its note; a model never costs the page."""
        agent = telling.agent
        try:
            window = await asyncio.to_thread(self.given.models.window, agent.models.first, agent.models.fallback)
            passages = await asyncio.to_thread(self._passages, telling)
            memory = await asyncio.to_thread(self.given.recall, agent.id)
            material = _Material.of(telling, passages, memory)
            budget = room(window, ANSWER_TOKENS)
            packed = pack(material.parts, budget)
            try:
                return await self._told(telling, material, packed)
            except PromptTooLong as error:
                # The window is smaller than it was said to be, or its tokens are: by now more is known of both.
                window = await asyncio.to_thread(self.given.models.window, agent.models.first, agent.models.fallback)
                smaller = room(replace(window, tokens=error.tokens or window.tokens), ANSWER_TOKENS)
                packed = pack(material.parts, smaller if smaller < budget else int(budget * SMALLER))
                return await self._told(telling, material, packed)
        except (ModelUnavailable, ModelFailed, PromptTooLong) as error:
            log.info("no words for %s: %s", telling.step, error.what)
            return Narrative(note=f"{self.given.redacted(error.what)} {COMPLETE}")

    async def _told(self, telling: Telling, material: "_Material", packed: Packed) -> Narrative:
        messages = tuple(replace(m, text=self.given.redacted(m.text)) for m in packed.messages)
        ids = material.shown(packed)
        answer, ended = await self._ask(telling, tuple(ids), messages)
        paragraphs = read_narrative(answer, ids)
        if not paragraphs:
            await self._keep(telling, packed, messages, answer, ended, Narrative(note="not as asked; asked again"))
            messages += (ChatMessage(role=Role.ASSISTANT, text=answer[:400]), ChatMessage(role=Role.USER, text=AGAIN))
            answer, ended = await self._ask(telling, tuple(ids), messages)
            paragraphs = read_narrative(answer, ids)
        if paragraphs:
            narrative = await asyncio.to_thread(_checked, material, paragraphs, ended.model)
        else:
            how = "only repeated itself" if ended.finish is Finish.REPEATS else "did not answer as asked"
            what = f"{ended.model} {how}, twice, so its words were dropped."
            narrative = Narrative(note=f"{what} {COMPLETE}")
        await self._keep(telling, packed, messages, answer, ended, narrative)
        return narrative

    async def _ask(
        self, telling: Telling, marks: tuple[str, ...], messages: tuple[ChatMessage, ...]
    ) -> tuple[str, Ended]:
        request = ModelRequest(
            first=telling.agent.models.first,
            fallback=telling.agent.models.fallback,
            messages=messages,
            answer_tokens=ANSWER_TOKENS,
            schema=schema(marks),
        )
        pieces: list[str] = []
        ended = Ended(model="")
        async with aclosing(self.given.models.stream(request)) as events:
            async for event in events:
                match event:
                    case Piece(text):
                        pieces.append(text)
                    case Restart(reason):
                        log.info("%s: %s", telling.step, reason)
                        pieces.clear()
                    case Ended():
                        ended = event
        return self.given.redacted("".join(pieces)), ended

    async def _keep(
        self,
        telling: Telling,
        packed: Packed,
        messages: tuple[ChatMessage, ...],
        answer: str,
        ended: Ended,
        narrative: Narrative,
    ) -> None:
        prompt = Prompt(
            run=telling.run,
            step=telling.step,
            number=0,
            agent=telling.agent.id,
            messages=messages,
            answer=answer,
            model=ended.model,
            prompt_tokens=ended.prompt_tokens,
            answer_tokens=ended.answer_tokens,
            left_out=packed.left_out,
            note=narrative.note,
            claims=narrative.claims,
            unverified=narrative.unverified,
        )
        await asyncio.to_thread(self.given.keep, prompt)

    def _passages(self, telling: Telling) -> tuple[Passage, ...]:
        """What the case file says of the gravest remarks, where the agent may read; the step's own pages aside."""
        remarks = " ".join(remark.text for remark in gravest(telling.findings)[:3])
        reads = tuple(telling.agent.reads)
        if not remarks or not reads:
            return ()
        found = self.search(telling.project, remarks, reads, MOST_FOUND)
        return tuple(passage for passage in found if passage.path not in telling.pages)[:MOST_PASSAGES]


@dataclass(frozen=True, slots=True)
class _Material:
    """The parts of a prompt, what each mark stands for and in which part, and what the answer is held against."""

    parts: tuple[Part, ...]
    ids: dict[str, str]
    stands_in: dict[str, str]
    quoted: tuple[Fact, ...]
    evidence: Evidence

    @classmethod
    def of(cls, telling: Telling, passages: tuple[Passage, ...], memory: str) -> "_Material":
        """The material of what is to be told, with the passages found for it and what the agent remembers."""
        facts = [(f"f{number}", fact) for number, fact in enumerate(telling.facts[:MOST_FACTS], 1)]
        places = [(f"p{number}", passage) for number, passage in enumerate(passages, 1)]
        quoted = tuple(_as_fact(number, passage) for number, passage in enumerate(passages, 1))
        remarks = gravest(telling.findings)[:MOST_REMARKS]
        marks = {fact.id: mark for mark, fact in facts}
        asked = f"Your part in “{telling.title}”: {telling.purpose or telling.agent.duty}. Tell what the facts mean."
        parts = (
            narrative_prompt.system(telling.agent.prompt),
            *narrative_prompt.remembered(memory),
            *narrative_prompt.handed(telling.messages),
            *narrative_prompt.stated(facts, telling.now.tzinfo),
            *narrative_prompt.standing_out(remarks, marks),
            *narrative_prompt.quoted(places),
            narrative_prompt.task(asked, telling.now),
        )
        ids = {mark: fact.id for mark, fact in facts}
        ids |= {mark: fact.id for (mark, _), fact in zip(places, quoted, strict=True)}
        texts = (
            telling.project,
            telling.title,
            telling.agent.title,
            *(part for message in telling.messages for part in (message.from_agent, message.text)),
            *(remark.text for finding in telling.findings for remark in finding.remarks),
        )
        every = tuple(fact for finding in telling.findings for fact in finding.facts)
        stands_in = {mark: f"fact {fact.id}" for mark, fact in facts}
        stands_in |= {mark: f"passage {passage.id}" for mark, passage in places}
        return cls(
            parts, ids, stands_in, quoted, Evidence(now=telling.now, facts=every, passages=passages, texts=texts)
        )

    def shown(self, packed: Packed) -> dict[str, str]:
        """What each mark stands for that the model was shown."""
        kept = {part.name for part in packed.kept}
        return {mark: fact for mark, fact in self.ids.items() if self.stands_in[mark] in kept}


def gravest(findings: Iterable[Finding]) -> list[Remark]:
    """All remarks, the gravest first, otherwise in the order they were made."""
    remarks = [remark for finding in findings for remark in finding.remarks]
    return sorted(remarks, key=lambda remark: -SEVERITIES.index(remark.severity))


def _as_fact(number: int, passage: Passage) -> Fact:
    """A passage as a page cites it: by a mark whose line names the place and how the passage begins."""
    text = one_line(passage.text)
    said = text if len(text) <= MOST_QUOTED else f"{text[: MOST_QUOTED - 1].rstrip()}…"
    return Fact(
        id=f"passage.{number}", label=passage.heading or passage.path, value=f"“{said}”", sources=(passage.source,)
    )


def _checked(material: _Material, paragraphs: Paragraphs, model: str) -> Narrative:
    grounds = Grounds(material.evidence)
    claims = 0
    told = []
    for paragraph in paragraphs:
        sentences = []
        for sentence in paragraph:
            found = grounds.check(sentence.text)
            claims += len(found)
            sentences.append(replace(sentence, unverified=tuple(claim for claim in found if not claim.supported)))
        told.append(tuple(sentences))
    cited = {fact for paragraph in paragraphs for sentence in paragraph for fact in sentence.cites}
    quoted = tuple(fact for fact in material.quoted if fact.id in cited)
    return Narrative(paragraphs=tuple(told), quoted=quoted, model=model, claims=claims)
