"""Operations on projects and their tasks."""

from dataclasses import dataclass

from orin_agents.domain.operations.operation import Nothing, Operation
from orin_agents.domain.projects import Project
from orin_agents.domain.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    title: str
    goal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneProject:
    project: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    """A project and what it holds, counted."""

    project: Project
    folder: str
    artifacts: int
    open_tasks: int
    done_tasks: int
    approvals: int
    last_run: str = ""
    broken: tuple[str, ...] = ()


NEW: Operation[NewProject, Project] = Operation(
    "projects.new", "POST", "/v1/projects", NewProject, Project, "Make a project and its case file."
)
LIST: Operation[Nothing, tuple[ProjectSummary, ...]] = Operation(
    "projects.list", "GET", "/v1/projects", Nothing, tuple[ProjectSummary, ...], "All projects, home first."
)
SHOW: Operation[OneProject, ProjectSummary] = Operation(
    "projects.show", "GET", "/v1/projects/{project}", OneProject, ProjectSummary, "One project."
)
TASKS: Operation[OneProject, tuple[Task, ...]] = Operation(
    "projects.tasks", "GET", "/v1/projects/{project}/tasks", OneProject, tuple[Task, ...], "A project's tasks."
)
