"""Asking: a question goes to the manager, to the agents it names, or to a team; the answer is told as it comes."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from zoneinfo import ZoneInfo

from orin_agents.domain.actors import Actor
from orin_agents.domain.asking import Outcome, TellingKind, Told
from orin_agents.domain.conversations import Utterance
from orin_agents.domain.dialogue import Role
from orin_agents.domain.errors import Invalid, OrinError
from orin_agents.domain.markdown import one_line
from orin_agents.domain.operations.asking import Ask
from orin_agents.domain.runs import RunState
from orin_agents.services.answering import Answer
from orin_agents.services.ask_runs import AskRuns
from orin_agents.services.conversations import Conversations
from orin_agents.services.crew import Crew
from orin_agents.services.gathering import Asked
from orin_agents.services.ports import Clock
from orin_agents.services.projects import known_project
from orin_agents.services.replying import Replying
from orin_agents.services.store import Store
from orin_agents.services.talk import Question, Talk
from orin_agents.services.team import MERGER, member, merger
from orin_agents.skills.relevance import understood

log = logging.getLogger(__name__)

MANAGER = "manager"
LONGEST_QUESTION = 20_000
LONGEST_TITLE = 60
STOPPED = "Cancelled before its end; what was said so far is kept."

_ADDRESSED = re.compile(r"\s*@([A-Za-z][\w-]*)[,:]?(?:\s+|$)")


class Asking:
    """The asking service. All of it runs on the event loop; what waits for disk or database goes to worker threads."""

    def __init__(
        self,
        store: Store,
        crew: Crew,
        replying: Replying,
        runs: AskRuns,
        conversations: Conversations,
        clock: Clock,
        zone: ZoneInfo,
        names: tuple[str, ...] = (),
    ) -> None:
        """`names` are those the person goes by."""
        self._store = store
        self._crew = crew
        self._replying = replying
        self._runs = runs
        self._conversations = conversations
        self._clock = clock
        self._zone = zone
        self._names = names
        self._at_work: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = {}

    async def ask(self, actor: Actor, request: Ask) -> AsyncGenerator[Told, None]:
        """Answer the question, in its conversation. Closing the generator cancels it."""
        names, text = addressed(request.question)
        if request.agent:
            names = (request.agent, *names)
        team = request.team or len(names) > 1 or names == (MERGER,)
        question = Question(
            text=text,
            project=request.project,
            agents=tuple(name for name in names if name != MERGER),
            team=team,
            conversation=request.conversation,
            new=request.new,
        )
        async with aclosing(self.tell(actor, question)) as told:
            async for one in told:
                yield one

    async def tell(self, actor: Actor, question: Question) -> AsyncGenerator[Told, None]:
        """The same for a question that is taken apart already.

        Raises NotFound for an unknown project, agent or conversation, and Invalid, before anything is told.
        """
        talk = await asyncio.to_thread(self._begin, actor, question)
        work = asyncio.create_task(self._work(talk))
        work.add_done_callback(lambda _: talk.told.put_nowait(None))
        self._at_work[talk.run.id] = (asyncio.get_running_loop(), work)
        try:
            yield Told(kind=TellingKind.BEGUN, run=talk.run.id, conversation=talk.conversation, agent=talk.name)
            while (told := await talk.told.get()) is not None:
                yield told
        finally:
            work.cancel()
            await asyncio.wait({work})
            del self._at_work[talk.run.id]
            if work.cancelled():  # here, and not in the work, which may have been cancelled before it began
                await asyncio.to_thread(self._break_off, talk, RunState.CANCELLED, STOPPED)
        if work.cancelled():
            yield _ended(talk, RunState.CANCELLED, STOPPED)
        if talk.problem:
            raise talk.problem

    def stop(self, run: str) -> None:
        """Cancel the answer of that run, where it is at work. Any thread."""
        if at_work := self._at_work.get(run):
            loop, task = at_work
            loop.call_soon_threadsafe(task.cancel)

    def _begin(self, actor: Actor, question: Question) -> Talk:
        """Understand the question, and keep it."""
        text = question.text.strip()
        if not text or len(text) > LONGEST_QUESTION:
            what = f"The question is longer than {LONGEST_QUESTION} characters." if text else "There is no question."
            raise Invalid(what, kept="Nothing was asked.", remedy='Say it like this: orin ask "What is due today?"')
        project = known_project(self._store, question.project)
        crew = self._crew.agents()
        agents = tuple({agent.id: agent for agent in (member(crew, name) for name in question.agents)}.values())
        if question.team:
            merger(crew)
        elif not agents:
            agents = (member(crew, MANAGER),)
        now = self._clock.now().astimezone(self._zone)
        line = one_line(text)
        title = line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"
        conversation, turns = "", question.turns
        if question.kept:
            name = MERGER if question.team else agents[0].id
            opened = self._conversations.open(
                actor, project.id, name, title, named=question.conversation, new=question.new
            )
            conversation, turns = opened.id, self._conversations.turns(opened.id)
        before = turns[-1].question if turns else ""
        asked = Asked(
            project=project,
            text=text,
            query=understood(text, now.date(), before),
            now=now,
            turns=turns,
            names=(actor.name, *self._names, *(agent.title for agent in crew)),
            instruction=question.instruction,
            answer_tokens=question.answer_tokens,
            temperature=question.temperature,
            stop=question.stop,
        )
        run = self._runs.begin(actor, project.id, title)
        if conversation:
            said = Utterance(number=0, role=Role.USER, text=text, at=self._clock.now(), run=run.id)
            self._conversations.say(conversation, said)
        return Talk(asked, run, conversation, agents, question.team, crew, time.monotonic())

    async def _work(self, talk: Talk) -> None:
        """Answer, and close the run unless this is cancelled."""
        try:
            answer = await (self._replying.by_team(talk) if talk.team else self._replying.alone(talk))
            talk.answered = True
            await asyncio.to_thread(self._finish, talk, answer)
            for told in _told(talk, answer):
                talk.tell(told)
        except Exception as error:
            if isinstance(error, OrinError):
                talk.problem, reason = error, error.what
            else:
                log.exception("the answer of %s broke off", talk.run.id)
                talk.problem, reason = _unforeseen(error), f"{type(error).__name__}: {error}"
            await asyncio.to_thread(self._break_off, talk, RunState.FAILED, reason)

    def _finish(self, talk: Talk, answer: Answer) -> None:
        """Keep the answer, and close its run."""
        self._say(talk, answer)
        self._runs.end(talk.run, RunState.OK)

    def _break_off(self, talk: Talk, state: RunState, reason: str) -> None:
        """Keep what was said so far, unless the whole answer is being kept, and close the run as it ended."""
        if not talk.answered:
            so_far = "".join(talk.pieces).strip()
            self._say(talk, Answer(text=so_far, outcome=Outcome.WORDS, note=reason))
        self._runs.end(talk.run, state, reason)

    def _say(self, talk: Talk, answer: Answer) -> None:
        if talk.conversation:
            utterance = Utterance(
                number=0,
                role=Role.ASSISTANT,
                text=answer.text,
                at=self._clock.now(),
                citations=answer.citations,
                run=talk.run.id,
                model=answer.model,
                note=answer.note,
            )
            self._conversations.say(talk.conversation, utterance)


def addressed(question: str) -> tuple[tuple[str, ...], str]:
    """The agents that stand as `@name` at the question's start, and the rest of it."""
    names = []
    while found := _ADDRESSED.match(question):
        names.append(found[1])
        question = question[found.end() :]
    return tuple(names), question


def _unforeseen(error: Exception) -> OrinError:
    return OrinError(
        f"The answer broke off on something that was not foreseen ({type(error).__name__}).",
        kept="What was said so far is kept; the trace is in the host's log.",
        remedy="Ask again; `orin host logs` may say more.",
    )


def _told(talk: Talk, answer: Answer) -> tuple[Told, ...]:
    """The answer as it is told: what it rests on, the whole of it, and how it ended."""
    return (
        Told(kind=TellingKind.CITED, citations=answer.citations),
        Told(
            kind=TellingKind.ANSWER,
            text=answer.text,
            citations=answer.citations,
            unverified=answer.unverified,
            invented=answer.invented,
            outcome=answer.outcome,
            note=answer.note,
        ),
        _ended(talk, RunState.OK, "", answer),
    )


def _ended(talk: Talk, state: RunState, error: str, answer: Answer | None = None) -> Told:
    return Told(
        kind=TellingKind.ENDED,
        run=talk.run.id,
        conversation=talk.conversation,
        state=state.value,
        error=error,
        model=answer.model if answer else "",
        prompt_tokens=answer.prompt_tokens if answer else 0,
        answer_tokens=answer.answer_tokens if answer else 0,
        finish=answer.finish if answer else "stop",
        seconds=round(time.monotonic() - talk.begun, 3),
    )
