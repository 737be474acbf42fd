"""Real parts for the services' tests: a real database and a real folder; only the clock is ours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.adapters.database.store import SqlStore
from orin_agents.adapters.readers.material import Material
from orin_agents.domain.actors import person
from orin_agents.domain.projects import HOME, Project
from orin_agents.services.artifacts import Artifacts
from orin_agents.services.case_file import CaseFile
from orin_agents.services.imports import Imports

ADA = person("ada")
BEN = person("ben")


@dataclass
class FixedClock:
    """A clock that moves on a second each time it is read, so that order shows."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 7, 30, tzinfo=UTC))

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass
class Desk:
    """A workspace with the project home, ready to work in."""

    store: SqlStore
    case_file: CaseFile
    artifacts: Artifacts
    imports: Imports
    clock: FixedClock
    root: Path

    def text(self, path: str) -> str:
        return (self.root / path).read_text()

    def edit(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    store = SqlStore(tmp_path / "workspace.db")
    case_file = CaseFile(store, DiskCaseFolder(), Material(), clock, tmp_path / "projects", ADA)
    with store.transaction():
        store.projects.add(Project(id=HOME, title="Home", owner="ada", created=clock.now()))
    case_file.root(HOME).mkdir(parents=True)
    imports = Imports(store, case_file, case_file.folder, case_file.readers, IcsCalendars(), ZoneInfo("UTC"))
    yield Desk(store, case_file, Artifacts(store, case_file), imports, clock, case_file.root(HOME))
    store.close()
