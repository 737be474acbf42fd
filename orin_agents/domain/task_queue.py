"""task_queue.json: the project's own queue of tasks, beside those that stand in notes."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from orin_agents.domain.documents import NOWHERE, Written, refuse_repeats
from orin_agents.domain.facts import Source
from orin_agents.domain.tasks import Energy, Priority, Task, TaskState

PATH = "task_queue.json"


class QueuedTask(Written):
    """One task of the queue; the fields are those of a Task."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    state: TaskState = TaskState.OPEN
    owner: str = ""
    priority: Priority = Priority.NORMAL
    due: date | None = None
    scheduled: date | None = None
    start: date | None = None
    done: date | None = None
    created: date | None = None
    estimate_minutes: int | None = Field(default=None, ge=1, le=100_000)
    energy: Energy | None = None
    objective: str = ""
    depends_on: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    recurrence: str = ""
    group: str = ""
    source: Source = Field(default=NOWHERE, exclude=True)

    def task(self) -> Task:
        """The same as a Task."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return Task(**{**values, "depends_on": tuple(self.depends_on), "tags": tuple(self.tags)})


class TaskQueue(Written):
    """The file: its tasks, each with an id of its own."""

    tasks: list[QueuedTask] = Field(default_factory=list)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        refuse_repeats((task.id, task.source) for task in self.tasks)
        return self
