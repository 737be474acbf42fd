"""One agent's answer: told by a model from what it is shown, checked by code; extracted by code where no model answers.

The model has no tools here. Code takes nothing from its answer but the text and its marks.
"""

import asyncio
import logging
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from orin_agents.domain.asking import Citation, Outcome, TellingKind, Told
from orin_agents.domain.claims import Evidence
from orin_agents.domain.crew import Agent
from orin_agents.domain.dialogue import ChatMessage, Ended, Finish, ModelRequest, Piece, Prompt, Restart
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, PromptTooLong
from orin_agents.domain.markdown import one_line
from orin_agents.domain.marking import marked, unverified
from orin_agents.services.collaborators import Collaborators
from orin_agents.services.gathering import Asked
from orin_agents.skills.citing import MarkFilter, Sources, attributed, citations, resolved
from orin_agents.skills.context import Packed, Part, pack, room
from orin_agents.skills.extraction import extract
from orin_agents.skills.grounding.check import check_words

log = logging.getLogger(__name__)

NO_MODEL = "No model answered; these are the facts and passages that speak of it:"
NO_USE = "The model gave nothing of use; these are the facts and passages that speak of it:"
NEAREST = "What comes nearest:"
UNSUPPORTED = "What the model said rested on nothing it was shown, and is left out."
LONGEST_TITLE = 80
EVERYTHING = "**"
TRIES = 2
"""Times a prompt is sent that turns out to be too long for the server: the second time it is packed tighter."""

_DOES_NOT_KNOW = re.compile(r"\W*i (?:do not|don['’]t) know\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it was checked: `text` with its unverified spans marked, which are listed beside it."""

    text: str
    outcome: Outcome
    citations: tuple[Citation, ...] = ()
    unverified: tuple[str, ...] = ()
    invented: int = 0
    claims: int = 0
    note: str = ""
    model: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    finish: str = "stop"

    @property
    def marks(self) -> frozenset[str]:
        """The marks it cites."""
        return frozenset(citation.mark for citation in self.citations)


@dataclass(slots=True)
class Said:
    """What a model said so far, and with what it was asked."""

    packed: Packed = field(default_factory=lambda: Packed(kept=()))
    messages: tuple[ChatMessage, ...] = ()
    raw: str = ""
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers for one agent."""

    given: Collaborators

    async def answer(
        self, asked: Asked, agent: Agent, parts: tuple[Part, ...], sources: Sources, run: str, step: str
    ) -> AsyncGenerator[Told | Answer, None]:
        """Pieces as they come, and the answer as the last thing. `parts` are the prompt, `sources` all it shows.

        Without a model, and where one fails, the answer is put together from the sources.
        """
        said, note = Said(), "It broke off: whoever asked has left, or the host stopped."
        answer: Answer | None = None
        try:
            async with aclosing(self._stream(asked, agent, parts, sources, said)) as events:
                async for told in events:
                    yield told
            answer = await asyncio.to_thread(self._judged, asked, sources, said)
            note = answer.note
        except (ModelUnavailable, ModelFailed, PromptTooLong) as error:
            log.info("%s: no words: %s", step, error.what)
            note = f"{error.what} {error.remedy}".strip()
            answer = extracted(asked, sources, NO_MODEL, note)
        finally:
            if said.messages:
                await asyncio.to_thread(self._keep, run, step, agent, said, note, answer)
        if said.raw and answer.outcome is not Outcome.WORDS:
            heard = resolved(said.raw, shown(sources, said.packed).marks)[0]
            if answer.text.startswith(heard):
                yield Told(kind=TellingKind.PIECE, text=answer.text[len(heard) :])
            else:
                yield Told(kind=TellingKind.RESTART, text=answer.note or UNSUPPORTED)
        yield answer

    async def _stream(
        self, asked: Asked, agent: Agent, parts: tuple[Part, ...], sources: Sources, said: Said
    ) -> AsyncGenerator[Told, None]:
        """The model's pieces, marks cleaned. Raises what the port raises, and ModelFailed for an empty answer."""
        most = sys.maxsize
        for last in range(1, TRIES + 1):
            # Asked for again after a refusal, which tells how many characters a token has.
            window = await asyncio.to_thread(self.given.models.window, agent.models.first, agent.models.fallback)
            window = replace(window, tokens=min(window.tokens, most))
            said.packed = pack(parts, room(window, asked.answer_tokens))
            said.messages = tuple(
                replace(message, text=self.given.redacted(message.text)) for message in said.packed.messages
            )
            request = ModelRequest(
                first=agent.models.first,
                fallback=agent.models.fallback,
                messages=said.messages,
                answer_tokens=asked.answer_tokens,
                temperature=asked.temperature,
            )
            try:
                async with aclosing(self._pieces(request, shown(sources, said.packed), asked.stop, said)) as pieces:
                    async for told in pieces:
                        yield told
                break
            except PromptTooLong as error:
                if last == TRIES or said.raw:
                    raise
                most = min(error.tokens or window.tokens, window.tokens) * 2 // 3
        if not said.raw.strip():
            raise ModelFailed("The model answered with nothing.")

    async def _pieces(
        self, request: ModelRequest, sources: Sources, stop: tuple[str, ...], said: Said
    ) -> AsyncGenerator[Told, None]:
        marks = MarkFilter(sources.marks)
        async with aclosing(self.given.models.stream(request)) as events:
            async for event in events:
                if isinstance(event, Restart):
                    said.raw, marks = "", MarkFilter(sources.marks)
                    yield Told(kind=TellingKind.RESTART, text=event.reason)
                elif isinstance(event, Piece):
                    before, said.raw = said.raw, said.raw + event.text
                    ends = [at for word in stop if (at := said.raw.find(word)) >= 0]
                    said.raw = said.raw[: min(ends)] if ends else said.raw
                    if text := marks.feed(said.raw[len(before) :]):
                        yield Told(kind=TellingKind.PIECE, text=text)
                    if ends:
                        break
                else:
                    said.ended = event
        if text := marks.rest():
            yield Told(kind=TellingKind.PIECE, text=text)

    def _judged(self, asked: Asked, sources: Sources, said: Said) -> Answer:
        """The model's answer as it holds against what it was shown."""
        seen, zone = shown(sources, said.packed), asked.now.tzinfo
        text, invented = resolved(said.raw, seen.marks)
        if _DOES_NOT_KNOW.match(text):
            return self._lost(asked, sources, said, text, invented)
        if not citations(text, seen, zone):
            text = attributed(text, seen, zone)
        cited = citations(text, seen, zone)
        claims = check_words(text, self._evidence(asked, seen, said.packed), _standing_for(seen))
        if not cited and not any(claim.supported for claim in claims):
            void = extracted(asked, sources, NO_USE, UNSUPPORTED)
            return replace(void, invented=invented, claims=len(claims))
        spans = unverified(text, claims)
        ended = said.ended
        return Answer(
            text=marked(text, claims),
            outcome=Outcome.WORDS,
            citations=cited,
            unverified=tuple(text[start:end] for start, end in spans),
            invented=invented,
            claims=len(claims),
            model=ended.model if ended else "",
            prompt_tokens=ended.prompt_tokens if ended else 0,
            answer_tokens=ended.answer_tokens if ended else 0,
            finish=ended.finish.value if ended else Finish.STOP.value,
        )

    def _lost(self, asked: Asked, sources: Sources, said: Said, text: str, invented: int) -> Answer:
        """The answer of a model that does not know: what it says is missing, where all of that holds, and what comes
        nearest.
        """
        claims = check_words(text, self._evidence(asked, shown(sources, said.packed), said.packed))
        holds = all(claim.supported for claim in claims)
        return replace(_unknown(asked, sources, text if holds else ""), invented=invented, claims=len(claims))

    def _evidence(self, asked: Asked, sources: Sources, packed: Packed) -> Evidence:
        """What the words may rest on: the sources shown, what code said, what the person said, and who is who."""
        said = (asked.text, *(turn.question for turn in asked.turns))
        own = (*said, asked.project.title, asked.project.goal, *asked.names)
        told = tuple(part.text for part in packed.kept if part.name == "memory" or part.name.startswith("said "))
        return Evidence(
            now=asked.now,
            facts=tuple(sources.facts.values()),
            passages=tuple(sources.passages.values()),
            texts=(*own, *told),
        )

    def _keep(self, run: str, step: str, agent: Agent, said: Said, note: str, answer: Answer | None) -> None:
        ended = said.ended
        self.given.keep(
            Prompt(
                run=run,
                step=step,
                number=1,
                agent=agent.id,
                messages=said.messages,
                answer=self.given.redacted(said.raw),
                model=ended.model if ended else "",
                prompt_tokens=ended.prompt_tokens if ended else 0,
                answer_tokens=ended.answer_tokens if ended else 0,
                left_out=said.packed.left_out,
                note=note,
                claims=answer.claims if answer else 0,
                unverified=len(answer.unverified) if answer else 0,
            )
        )


def shown(sources: Sources, packed: Packed) -> Sources:
    """The sources that are among the parts that fit."""
    names = {part.name.split(" ")[0] for part in packed.kept}
    return Sources(
        passages={mark: passage for mark, passage in sources.passages.items() if mark in names},
        facts={mark: fact for mark, fact in sources.facts.items() if mark in names},
        said=sources.said,
    )


def extracted(asked: Asked, sources: Sources, headline: str, note: str) -> Answer:
    """The answer put together by code: what speaks of the question, cited, below the headline."""
    text = extract(asked.query, sources, asked.now.tzinfo)
    if not text:
        return replace(_unknown(asked, sources, ""), note=note)
    return Answer(
        text=f"{headline}\n{text}",
        outcome=Outcome.EXTRACT,
        citations=citations(text, sources, asked.now.tzinfo),
        note=note,
    )


def unknown(asked: Asked, nearest: tuple[str, ...], agent: Agent | None = None) -> Answer:
    """The answer where nothing speaks of the question, or nothing that the agent may read."""
    which = f" that the {agent.title} may read" if agent and EVERYTHING not in agent.reads else ""
    text = f"I don't know: nothing{which} in {asked.project.title} speaks of “{_short(asked.text)}”."
    if nearest:
        text += f" The nearest places are {', '.join(nearest)}."
    return Answer(text=text, outcome=Outcome.UNKNOWN)


def _unknown(asked: Asked, sources: Sources, words: str) -> Answer:
    """The answer where what speaks of the question does not answer it: that, in the model's words where there are any,
    and what comes nearest.
    """
    near = extract(asked.query, sources, asked.now.tzinfo)
    text = words or f"I don't know: nothing was found in {asked.project.title} that answers “{_short(asked.text)}”."
    text = f"{text}\n\n{NEAREST}\n{near}" if near else text
    return Answer(text=text, outcome=Outcome.UNKNOWN, citations=citations(text, sources, asked.now.tzinfo))


def _standing_for(sources: Sources) -> dict[str, str]:
    """The id of what each mark stands for."""
    return {mark: one.id for kind in (sources.facts, sources.passages) for mark, one in kind.items()}


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"
