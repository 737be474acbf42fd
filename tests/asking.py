"""Asking to try things on: a search of its own over the case file, and a whole service."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from orin_agents.adapters.box.linux import LinuxBox
from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.adapters.clock import run_id
from orin_agents.adapters.crew_files import CrewFolders
from orin_agents.domain.calendar import WorkingHours
from orin_agents.domain.dialogue import Prompt
from orin_agents.domain.globs import matches
from orin_agents.domain.passages import Passage
from orin_agents.host.shipped import shipped
from orin_agents.services.answering import Answering
from orin_agents.services.ask_runs import AskRuns
from orin_agents.services.asking import Asking
from orin_agents.services.collaborators import Collaborators, Search
from orin_agents.services.conversations import Conversations
from orin_agents.services.crew import Crew
from orin_agents.services.facts import SKILLS
from orin_agents.services.gathering import Gathering
from orin_agents.services.ports import Clock, Models
from orin_agents.services.quoting import Quoting
from orin_agents.services.replying import Replying
from orin_agents.services.snapshots import Snapshots
from orin_agents.services.store import Store
from orin_agents.skills.relevance import stems

UTC = ZoneInfo("UTC")


def paragraphs(store: Store) -> Search:
    """Finds the paragraphs that share most words with the query."""

    def search(project: str, query: str, reads: tuple[str, ...], most: int) -> tuple[Passage, ...]:
        words, found = stems(query), []
        for artifact in store.artifacts.all(project):
            if artifact.removed or artifact.locked or not matches(artifact.path, reads):
                continue
            text = (store.artifacts.content(artifact.sha256) or b"").decode(errors="replace")
            for paragraph in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text):
                first = text.count("\n", 0, paragraph.start()) + 1
                passage = Passage(
                    project=project,
                    path=artifact.path,
                    version=artifact.version,
                    first_line=first,
                    last_line=first + paragraph[0].count("\n"),
                    text=paragraph[0],
                )
                found.append((len(words & stems(f"{artifact.path} {paragraph[0]}")), passage))
        return tuple(passage for shared, passage in sorted(found, key=lambda one: -one[0])[:most] if shared)

    return search


@dataclass
class Parlour:
    """The asking service over a store, with what it kept."""

    store: Store
    clock: Clock
    models: Models
    root: Path
    memory: Callable[[str], str] = lambda agent: ""
    prompts: list[Prompt] = field(default_factory=list)
    secret: str = ""

    def __post_init__(self) -> None:
        ours = shipped()
        nowhere = self.root / "nowhere"
        files = CrewFolders(
            shipped_crew=ours.crew,
            shipped_schedules=ours.schedules,
            crew=self.root / "crew",
            schedules=nowhere,
            skills=frozenset(SKILLS),
            templates=frozenset(),
        )
        snapshots = Snapshots(
            self.store, IcsCalendars(), LinuxBox(), self.clock, WorkingHours(), UTC, ("ada",), self.root
        )
        given = Collaborators(
            models=self.models,
            recall=lambda agent: self.memory(agent),
            keep=self.prompts.append,
            redacted=lambda text: text.replace(self.secret, "[secret]") if self.secret else text,
        )
        self.runs = AskRuns(self.store, self.clock, run_id)
        self.conversations = Conversations(self.store, self.clock, run_id)
        replying = Replying(
            Gathering(snapshots, Quoting(self.store, paragraphs(self.store)).search), Answering(given), self.runs
        )
        crew = Crew(files, self.clock, UTC)
        self.asking = Asking(self.store, crew, replying, self.runs, self.conversations, self.clock, UTC)
