"""Real evidence: facts that Orin's readers and skills take from real notes, and the notes' paragraphs as passages."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from orin_agents.adapters.box.linux import LinuxBox
from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.adapters.database.store import SqlStore
from orin_agents.adapters.readers.material import Material
from orin_agents.adapters.samples import sample
from orin_agents.domain.actors import person
from orin_agents.domain.calendar import WorkingHours
from orin_agents.domain.claims import Evidence
from orin_agents.domain.facts import Fact
from orin_agents.domain.passages import Passage
from orin_agents.domain.projects import Project
from orin_agents.domain.snapshot import Snapshot
from orin_agents.services.case_file import CaseFile
from orin_agents.services.facts import find
from orin_agents.services.snapshots import Snapshots

LONGEST = 900
"""Characters of a passage; a longer paragraph is cut at a line."""


class _Still:
    """A clock that stands."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def gather(
    now: datetime,
    files: Iterable[tuple[str, bytes]],
    skills: Sequence[str],
    you: tuple[str, ...],
    texts: tuple[str, ...],
) -> Evidence:
    """What the skills find in the files at `now`, and every paragraph of the notes among them."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = _snapshot(Path(folder), now, files, you)
    facts: dict[str, Fact] = {}
    for skill in skills:
        facts.update((fact.id, fact) for fact in find(skill, snapshot).facts)
    passages = [passage for document in snapshot.documents for passage in passages_of(document.path, document.text)]
    return Evidence(now=now, facts=tuple(facts.values()), passages=tuple(passages), texts=texts)


def notes(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The notes of those names, as they lie in a case file."""
    for name in names:
        yield f"raw_notes/{Path(name).name}", (folder / name).read_bytes()


def case_file(folder: Path, now: datetime) -> Iterator[tuple[str, bytes]]:
    """A sample case file as it stands at `now`."""
    yield from sample(folder, now.date())


def passages_of(path: str, text: str) -> Iterator[Passage]:
    """The paragraphs of a note with their lines and the trail of headings above them."""
    trail: list[tuple[int, str]] = []
    block: list[str] = []
    lines = [*text.splitlines(), ""]
    for number, line in enumerate(lines, 1):
        heading = line.startswith("#") and line.lstrip("#").startswith(" ")
        full = sum(map(len, block)) > LONGEST
        if block and (not line.strip() or heading or full):
            yield _passage(path, number - len(block), block, trail)
            block = []
        if heading:
            level = len(line) - len(line.lstrip("#"))
            trail = [(depth, title) for depth, title in trail if depth < level] + [(level, line.lstrip("# ").strip())]
        elif line.strip():
            block.append(line)


def _passage(path: str, first: int, block: list[str], trail: list[tuple[int, str]]) -> Passage:
    return Passage(
        project="goals",
        path=path,
        version=1,
        first_line=first,
        last_line=first + len(block) - 1,
        text="\n".join(block),
        heading=" › ".join(title for _, title in trail),
    )


def _snapshot(folder: Path, now: datetime, files: Iterable[tuple[str, bytes]], you: tuple[str, ...]) -> Snapshot:
    clock, zone = _Still(now), now.tzinfo
    assert isinstance(zone, ZoneInfo)
    store = SqlStore(folder / "workspace.db")
    try:
        case = CaseFile(store, DiskCaseFolder(), Material(), clock, folder / "projects", person("ada"))
        project = Project(id="goals", title="Goals", owner="ada", created=now)
        with store.transaction():
            store.projects.add(project)
        root = case.root(project.id)
        for path, data in files:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        case.notice_all(project.id)
        return Snapshots(store, IcsCalendars(), LinuxBox(), clock, WorkingHours(), zone, you, folder).take(project)
    finally:
        store.close()
        shutil.rmtree(folder / "projects", ignore_errors=True)
