"""Projects in workspace.db."""

from orin_agents.adapters.database.rows import Sql, moment, stamp
from orin_agents.domain.projects import HOME, Project


class SqlProjects:
    """Implements ProjectRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, project: Project) -> None:
        """Keep a new project."""
        self._sql.change(
            "INSERT INTO projects (id, title, goal, owner, created) VALUES (?, ?, ?, ?, ?)",
            (project.id, project.title, project.goal, project.owner, stamp(project.created)),
        )

    def get(self, project: str) -> Project | None:
        """The project of that id."""
        rows = self._sql.rows("SELECT * FROM projects WHERE id = ?", (project,))
        return _project(rows[0]) if rows else None

    def all(self) -> tuple[Project, ...]:
        """All projects, home first, then by id."""
        return tuple(_project(row) for row in self._sql.rows("SELECT * FROM projects ORDER BY id <> ?, id", (HOME,)))


def _project(row: dict[str, object]) -> Project:
    return Project(
        id=str(row["id"]),
        title=str(row["title"]),
        goal=str(row["goal"]),
        owner=str(row["owner"]),
        created=moment(row["created"]),
    )
