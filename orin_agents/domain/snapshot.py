"""Everything skills may look at for one project at one moment: read once, then only computed on."""

from dataclasses import dataclass
from datetime import datetime

from orin_agents.domain.artifacts import Artifact
from orin_agents.domain.calendar import Event, WorkingHours
from orin_agents.domain.checks import CheckLine
from orin_agents.domain.facts import Fact
from orin_agents.domain.journal import Entry
from orin_agents.domain.material import LeftOut, Link
from orin_agents.domain.okr import Okr
from orin_agents.domain.project_map import ProjectMap
from orin_agents.domain.projects import Project
from orin_agents.domain.risks import RiskMatrix
from orin_agents.domain.rules import RuleChecklist
from orin_agents.domain.task_log import LogEntry
from orin_agents.domain.tasks import Task, owned_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text artifact with what was read from it.

    `text` has no front matter cut; line numbers are those of the file. `created` is when its first version was saved.
    `owner` is the actor (`kind:name`) that the artifact belongs to, `author` who saved this version of it.
    """

    path: str
    version: int
    title: str
    text: str
    changed: datetime
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    aliases: tuple[str, ...] = ()
    created: datetime | None = None
    owner: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """An artifact that a run left behind, with the facts it states."""

    path: str
    version: int
    agent: str
    at: datetime
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One project at `now` (aware, in the person's zone).

    A structured file that is absent or broken is None or empty.
    """

    project: Project
    now: datetime
    hours: WorkingHours
    you: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    events: tuple[Event, ...] = ()
    log: tuple[LogEntry, ...] = ()
    okr: Okr | None = None
    map: ProjectMap | None = None
    risks: RiskMatrix | None = None
    rules: RuleChecklist | None = None
    artifacts: tuple[Artifact, ...] = ()
    documents: tuple[Document, ...] = ()
    code: tuple[Document, ...] = ()
    logs: tuple[Document, ...] = ()
    journal: tuple[Entry, ...] = ()
    today: tuple[Produced, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    broken: tuple[LeftOut, ...] = ()
    absent: tuple[str, ...] = ()

    def is_yours(self, task: Task) -> bool:
        """Whether the person is to do the task: nobody is named, or they are."""
        return not task.owner or owned_by(task.owner, self.you)
