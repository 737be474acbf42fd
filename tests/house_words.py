"""The rooms of the tests' house that answer for asking, what is found, and what agents keep in mind."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from orin_agents.domain.asking import Citation, Outcome, TellingKind, Told
from orin_agents.domain.conversations import Conversation, ConversationDetail, Utterance
from orin_agents.domain.dialogue import Role
from orin_agents.domain.errors import Conflict, Invalid, NotFound
from orin_agents.domain.material import LeftOut
from orin_agents.domain.memory import AgentMemory, Lesson, read_memory
from orin_agents.domain.operations import asking, chats, index, memory
from orin_agents.domain.passages import IndexState, Passage
from orin_agents.host.lifecycle import Start

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CITED = Citation(mark="p1", place="raw_notes/hall.md@2:14–20", text="The rope hall is long.")
HOSTILE = "Evil \x1b]0;title\x07 [red]name[/red]\nsecond line"
MEMORY = """# Strategist
## Rules
Be \x1b[31mbrief.
## Lessons
- plans/okr.json: “not confirmed” [approval 1]
- ada removes the section “Order” from drafts/*.md [drafts/a.md@2] (waiting for a second observation)
## Recent work
- 2026-03-02 12:00 home: Filed drafts/a.md. [r1 alignment.memo]
"""


class WordRoom:
    """Questions, conversations, passages and memories. `asking` counts the answers at work."""

    begin: Start

    def __init__(self) -> None:
        self.memories: dict[str, AgentMemory] = {}
        self.asking = 0
        self.chats = {
            id: Conversation(
                id=id, project="home", agent=agent, title="How long?", created=NOON, changed=NOON, messages=2
            )
            for id, agent in (("c1", "manager"), ("c2", "planner"))
        }

    # asking
    async def ask_ask(self, request: asking.Ask) -> AsyncGenerator[Told, None]:
        if not request.question.strip():
            raise Invalid("There is no question.", kept="Nothing was asked.", remedy="Ask something.")
        self.asking += 1
        try:
            agent = request.agent or ("group" if request.team else "manager")
            yield Told(kind=TellingKind.BEGUN, run="r1", conversation=request.conversation or "c1", agent=agent)
            yield Told(kind=TellingKind.STEP, agent=agent, text="searches the case file")
            if request.question.startswith("unknown"):
                yield Told(kind=TellingKind.ANSWER, text="I don't know: nothing.", outcome=Outcome.UNKNOWN, note="Bad.")
            else:
                for piece in ("The hall ", f"is 80 metres {HOSTILE[5:14]} long [p1]", "."):
                    yield Told(kind=TellingKind.PIECE, text=piece)
                if request.question.startswith("hang"):
                    await asyncio.Event().wait()
                if request.question.startswith("break"):
                    raise Conflict("It broke.", kept="All of it.", remedy="Ask again.")
                if request.question.startswith("again"):
                    yield Told(kind=TellingKind.RESTART, text="it broke off")
                    yield Told(kind=TellingKind.PIECE, text="It is long [p1].")
                yield Told(kind=TellingKind.CITED, citations=(CITED,))
                yield Told(
                    kind=TellingKind.ANSWER,
                    text="The hall is ⟦⚠ 80 metres⟧ long [p1].",
                    citations=(CITED,),
                    unverified=("80 metres",),
                    outcome=Outcome.WORDS,
                )
            yield Told(kind=TellingKind.ENDED, run="r1", state="ok", model="tiny", prompt_tokens=9, answer_tokens=7)
        finally:
            self.asking -= 1

    def chats_list(self, request: chats.ListChats) -> tuple[Conversation, ...]:
        return tuple(one for one in self.chats.values() if request.agent in ("", one.agent))

    def chats_show(self, request: chats.OneChat) -> ConversationDetail:
        if request.conversation not in self.chats:
            raise NotFound(f"There is no conversation {request.conversation}.", remedy="List them.")
        said = [(Role.USER, "How long?"), (Role.ASSISTANT, f"Long {HOSTILE[5:14]} [p1].")]
        messages = tuple(
            Utterance(number=n, role=role, text=text, at=NOON, citations=(CITED,) if n == 2 else (), run="r1")
            for n, (role, text) in enumerate(said, 1)
        )
        return ConversationDetail(conversation=self.chats[request.conversation], messages=messages)

    def chats_remove(self, request: chats.OneChat) -> Conversation:
        detail = self.chats_show(request)
        del self.chats[request.conversation]
        return detail.conversation

    # index
    def index_search(self, request: index.SearchPassages) -> index.Found:
        if request.query == "nothing":
            return index.Found(passages=(), notes=("Not in the index yet: 2 files.",))
        text = f"{HOSTILE}\n\n" + "\n".join(f"line {number}" for number in range(20)) + "\n" + "long " * 100
        passage = Passage(
            project=request.project or "garden",
            path="notes/a.md",
            version=2,
            first_line=3,
            last_line=25,
            text=text,
            heading="A › B",
            score=0.5,
        )
        return index.Found(passages=(passage,) * min(request.most, 2))

    def index_state(self, request: Any) -> IndexState:
        left_out = (LeftOut(path="home/scan.pdf", reason="holds no text; it may be a scan"),)
        return IndexState(passages=12, files=3, pending=1, left_out=left_out)

    def index_rebuild(self, request: Any) -> IndexState:
        return IndexState(passages=12, files=3, pending=0, embedding="hashing", embedded=11, problems=("slow",))

    # memory
    def memory_show(self, request: memory.OneMemory) -> memory.MemoryView:
        one = self.memories.setdefault(request.agent, read_memory(MEMORY))
        return memory.MemoryView(
            agent=request.agent,
            title=one.title,
            file=str(self.begin.workspace / "memory" / f"{request.agent}.md"),
            rules=one.rules,
            lessons=one.lessons,
            work=one.work,
            told=one.told(1500),
        )

    def memory_remember(self, request: memory.NewLesson) -> memory.MemoryView:
        one = self.memories.setdefault(request.agent, read_memory(MEMORY))
        self.memories[request.agent] = one.with_lesson(request.text, "ada, 2026-03-02", holds=True)
        return self.memory_show(memory.OneMemory(agent=request.agent))

    def memory_forget(self, request: memory.OneLesson) -> Lesson:
        one = self.memories.setdefault(request.agent, read_memory(MEMORY))
        lesson = one.lessons[request.lesson - 1]
        self.memories[request.agent] = one.without(lesson.key)
        return lesson
