"""What agents keep in mind: put together by code from the journal, told to models, edited by the person.

Memory is a projection of the journal, as the live stream is: it follows what happens and asks nobody. What a person
does to a file counts for more than what the journal says.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from orin_agents.domain.actors import Actor
from orin_agents.domain.errors import BrokenFile, Forbidden, Invalid, NotFound, OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.memory import (
    AgentMemory,
    KeptMemory,
    Lesson,
    clipped,
    key_of,
    read_memory,
    taken_up,
)
from orin_agents.domain.operations.memory import MemoryView, NewLesson, OneLesson, OneMemory
from orin_agents.domain.secrets import Secrets
from orin_agents.services.learning import Change, Done, Forgotten, Learning, Observed
from orin_agents.services.ports import CaseFolder, Clock
from orin_agents.services.store import Store
from orin_agents.skills.citing import harmless

log = logging.getLogger(__name__)

CHUNK = 500
LARGEST = 200_000
"""Bytes of a memory file; a larger one was not written by hand."""
MOST_FORGOTTEN = 500
"""Lessons of one agent that are kept from being learnt again."""


class Memory:
    """The memory service.

    `root` is the folder of the files, which the person `you` edits; `titles` gives the crew's titles by agent.
    """

    def __init__(
        self,
        store: Store,
        folder: CaseFolder,
        clock: Clock,
        root: Path,
        zone: ZoneInfo,
        titles: Callable[[], Mapping[str, str]],
        secrets: Secrets,
        you: Actor,
    ) -> None:
        self.store = store
        self.folder = folder
        self.clock = clock
        self.root = root
        self.learning = Learning(store, zone)
        self.titles = titles
        self.secrets = secrets
        self.you = you
        self._seen = 0

    def told(self, agent: str, most_chars: int = 1500) -> str:
        """What goes into a prompt: rules, live lessons, the last lines of recent work, harmless and without secrets.

        Empty where there is nothing to tell. A file that cannot be read is told of in the log alone.
        """
        try:
            text = self._text(agent)
        except OrinError as error:
            log.warning("%s %s", error.what, error.kept)
            return ""
        # Secrets go before anything is cut: half a secret would not be recognised.
        memory = read_memory(self.secrets.redacted(text or ""))
        known = self.store.memories.all().get(agent, KeptMemory()).known
        return harmless(taken_up(memory, known)[0].told(most_chars))

    def show(self, actor: Actor, request: OneMemory) -> MemoryView:
        """An agent's memory as it stands in its file. Raises NotFound, BrokenFile."""
        title = self._title(request.agent)
        with self.store.transaction():
            memory, _, _ = self._standing(request.agent, title)
        return MemoryView(
            agent=request.agent,
            title=memory.title,
            file=str(self.root / _name(request.agent)),
            rules=memory.rules,
            lessons=memory.lessons,
            work=memory.work,
            told=self.told(request.agent),
        )

    def remember(self, actor: Actor, request: NewLesson) -> MemoryView:
        """Teach an agent a lesson; a person's word makes it hold at once."""
        text = self.secrets.redacted(request.text)
        if not key_of(clipped(text)):
            raise Invalid("There is no lesson in that", kept="Nothing was changed.", remedy="Say it in a sentence.")
        if clipped(text) != " ".join(text.split()):
            raise Invalid(
                "That is longer than one lesson, or has characters that cannot be shown",
                kept="Nothing was changed.",
                remedy=f"Say it in a shorter sentence, or write it as a rule into {self.root / _name(request.agent)}.",
            )
        title = self._title(request.agent)
        self._standing(request.agent, title)  # where its file cannot be read, say so now
        self._note(actor, Event.MEMORY_REMEMBERED, request.agent, text)
        self.follow()
        return self.show(actor, OneMemory(agent=request.agent))

    def forget(self, actor: Actor, request: OneLesson) -> Lesson:
        """Take back the lesson of that number. It is not learnt again until a person teaches it."""
        lessons = self.show(actor, OneMemory(agent=request.agent)).lessons
        if not 1 <= request.lesson <= len(lessons):
            raise NotFound(
                f"There is no lesson {request.lesson} of {request.agent}; it has {len(lessons)}.",
                remedy=f"`orin agents memory {request.agent}` numbers them.",
            )
        lesson = lessons[request.lesson - 1]
        self._note(actor, Event.MEMORY_FORGOTTEN, request.agent, lesson.text)
        self.follow()
        return lesson

    def open(self) -> None:
        """At the start of a host: make files that are gone anew from the journal, and take up what happened since.

        Rules are in no journal; they are gone with their file.
        """
        self.folder.sweep(self.root)
        for agent in self.store.memories.all():
            try:
                if self._text(agent) is None:
                    self._make_anew(agent)
            except OrinError as error:
                log.warning("%s %s", error.what, error.kept)
        self.follow()

    def hear(self, seq: int) -> None:
        """Follow, as soon as the journal holds `seq`; what goes wrong is logged and made up for at the next call."""
        if seq <= self._seen:
            return
        try:
            self.follow()
        except OrinError as error:
            log.warning("memories are behind: %s", error.what)
        except Exception:  # the journal's writers must not fail with what follows it
            log.exception("memories are behind")

    def follow(self) -> None:
        """Take up what the journal holds behind the last entry taken up. Nothing is taken up twice."""
        with self.store.transaction():
            seen = before = max(self._seen, self.store.memories.seen())
            changes: dict[str, list[Change]] = {}
            while entries := self.store.journal.after(seen, CHUNK):
                for entry in entries:
                    for agent, change in self.learning.changes(entry):
                        changes.setdefault(agent, []).append(change)
                seen = entries[-1].seq
            refused: list[OrinError] = []
            for agent, those in changes.items():
                try:
                    self._apply(agent, those)
                except (BrokenFile, Forbidden) as error:  # the others' go on; a file made anew gets it all
                    log.warning("%s %s", error.what, error.kept)
                    refused += [error] if isinstance(error, Forbidden) else []
            if refused and len(refused) == len(changes):  # it may be their folder: not taken up yet
                raise refused[0]
            if changes or seen - before >= CHUNK:
                self.store.memories.set_seen(seen)
        self._seen = max(self._seen, seen)  # an edit noticed on the way was an entry of its own

    def _make_anew(self, agent: str) -> None:
        """Put the agent's memory together from the whole journal, as if its file had never been."""
        with self.store.transaction():
            upto, seen = self.store.memories.seen(), 0
            changes: list[Change] = []
            while entries := self.store.journal.after(seen, CHUNK):
                seen = entries[-1].seq
                changes += [
                    change for e in entries if e.seq <= upto for who, change in self.learning.changes(e) if who == agent
                ]
            self.store.memories.put(agent, KeptMemory())
            self._apply(agent, changes)

    def _apply(self, agent: str, changes: Iterable[Change]) -> None:
        """Write the file with the changes in it, where there are any."""
        memory, kept, gone = self._standing(agent, self.titles().get(agent, agent.replace("_", " ").title()))
        forgotten = dict.fromkeys((*kept.forgotten, *(lesson.key for lesson in gone)))
        for change in changes:
            match change:
                case Done():
                    memory = memory.with_work(self.secrets.redacted(change.text), change.of)
                case Forgotten():
                    memory = memory.without(change.key)
                    forgotten[change.key] = None
                case Observed():
                    text = clipped(self.secrets.redacted(change.text))
                    if change.again:
                        forgotten.pop(key_of(text), None)
                    if key_of(text) not in forgotten:
                        memory = memory.with_lesson(text, change.evidence, holds=change.holds)
        memory = memory.bounded()
        self.folder.write(self.root, _name(agent), memory.written().encode())
        for lesson in gone:  # noted behind the write: where that is refused, it is found again at the next change
            self._note(self.you, Event.MEMORY_FORGOTTEN, agent, lesson.text)
        kept = KeptMemory(known=memory.lessons, forgotten=tuple(forgotten)[-MOST_FORGOTTEN:])
        self.store.memories.put(agent, kept)

    def _standing(self, agent: str, title: str) -> tuple[AgentMemory, KeptMemory, tuple[Lesson, ...]]:
        """The memory in the file with the person's edits, what was known before, and the lessons they took out."""
        text = self._text(agent)
        kept = self.store.memories.all().get(agent, KeptMemory()) if text is not None else KeptMemory()
        memory, gone = taken_up(read_memory(text or "", title), kept.known)
        return memory, kept, gone

    def _text(self, agent: str) -> str | None:
        data = self.folder.read(self.root, _name(agent))
        if data is None:
            return None
        path = f"memory/{_name(agent)}"
        if len(data) > LARGEST:
            raise BrokenFile(path, 0, f"larger than {LARGEST} bytes", remedy="Shorten it, or move it away.")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise BrokenFile(path, line, "not UTF-8 text", remedy="Save it as UTF-8, or move it away.") from error

    def _title(self, agent: str) -> str:
        titles = self.titles()
        if agent not in titles:
            raise NotFound(f"There is no agent {agent!r}.", remedy="`orin agents list` shows the crew.")
        return titles[agent]

    def _note(self, actor: Actor, event: Event, agent: str, lesson: str) -> None:
        with self.store.transaction():
            self.store.journal.append(event, str(actor), self.clock.now(), subject=agent, data={"lesson": lesson})


def _name(agent: str) -> str:
    return f"{agent}.md"
