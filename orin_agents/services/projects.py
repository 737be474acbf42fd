"""What can be done with projects."""

from dataclasses import dataclass, replace

from orin_agents.domain.actors import Actor
from orin_agents.domain.approvals import ApprovalState
from orin_agents.domain.errors import Conflict, Invalid, NotFound
from orin_agents.domain.journal import Event
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.operations.projects import NewProject, OneProject, ProjectSummary
from orin_agents.domain.projects import HOME, PROJECT_ID, Project, slug
from orin_agents.domain.tasks import Task
from orin_agents.services.case_file import CaseFile
from orin_agents.services.snapshots import Snapshots
from orin_agents.services.store import Store

LONGEST_TITLE = 100


def known_project(store: Store, project: str) -> Project:
    """The project of that id. Raises NotFound."""
    found = store.projects.get(project)
    if found is None:
        raise NotFound(f"There is no project {project!r}.", remedy="`orin project list` shows the projects.")
    return found


@dataclass(frozen=True, slots=True)
class Projects:
    """The project service."""

    store: Store
    case_file: CaseFile
    snapshots: Snapshots

    def ensure_home(self) -> None:
        """Every workspace has the project `home`."""
        if self.store.projects.get(HOME) is None:
            self._add(self.case_file.you, HOME, "Home", "Everything that belongs to no other project")

    def adopt(self) -> None:
        """Take the folders that stand below projects/ as projects: a new database knows of none."""
        for folder in sorted(self.case_file.projects.glob("*/")):
            if PROJECT_ID.fullmatch(folder.name) and self.store.projects.get(folder.name) is None:
                title = "Home" if folder.name == HOME else folder.name.replace("-", " ").capitalize()
                self._add(self.case_file.you, folder.name, title, "")

    def new(self, actor: Actor, request: NewProject) -> Project:
        """A new project with an empty case file. Raises Conflict when its id is taken."""
        if not request.title.strip():
            raise Invalid("A project needs a title", remedy='`orin project new "Autumn fair"`')
        if len(request.title) > LONGEST_TITLE:
            raise Invalid(
                f"A title has at most {LONGEST_TITLE} characters; this one has {len(request.title)}",
                remedy="Give the project a shorter title, and say the rest as its goal.",
            )
        project = slug(request.title)
        if self.store.projects.get(project):
            raise Conflict(f"There is a project {project!r} already.", remedy="Choose another title.")
        return self._add(actor, project, request.title.strip(), request.goal.strip())

    def _add(self, actor: Actor, name: str, title: str, goal: str) -> Project:
        project = Project(id=name, title=title, goal=goal, owner=actor.name, created=self.case_file.clock.now())
        self.case_file.root(name).mkdir(parents=True, exist_ok=True)
        with self.store.transaction():
            self.store.projects.add(project)
            self.store.journal.append(Event.PROJECT_CREATED, str(actor), project.created, project=name, subject=name)
        return project

    def listed(self, actor: Actor, request: Nothing) -> tuple[ProjectSummary, ...]:
        """All projects, home first."""
        return tuple(self._summary(project) for project in self.store.projects.all())

    def show(self, actor: Actor, request: OneProject) -> ProjectSummary:
        """One project, with what is broken in its structured files."""
        project = known_project(self.store, request.project)
        broken = tuple(str(item) for item in self.snapshots.take(project).broken)
        return replace(self._summary(project), broken=broken)

    def tasks(self, actor: Actor, request: OneProject) -> tuple[Task, ...]:
        """The project's tasks, from its queue and from every note."""
        return self.snapshots.tasks(known_project(self.store, request.project))

    def _summary(self, project: Project) -> ProjectSummary:
        tasks = self.snapshots.tasks(project)
        runs = self.store.runs.all(project.id, limit=1)
        return ProjectSummary(
            project=project,
            folder=str(self.case_file.root(project.id)),
            artifacts=sum(1 for artifact in self.store.artifacts.all(project.id) if not artifact.removed),
            open_tasks=sum(1 for task in tasks if not task.state.finished),
            done_tasks=sum(1 for task in tasks if task.state.finished),
            approvals=len(self.store.approvals.all(project.id, ApprovalState.WAITING)),
            last_run=f"{runs[0].title}: {runs[0].state}" if runs else "",
        )
