"""A workspace's folder: making it, its settings, and the checks that `orin doctor` makes of it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from orin_agents.domain.actors import SYSTEM, Actor
from orin_agents.domain.artifacts import Origin
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.documents import read_document
from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.journal import Event
from orin_agents.domain.operations.projects import NewProject
from orin_agents.domain.projects import slug
from orin_agents.domain.settings import PATH, Settings
from orin_agents.services.artifacts import Artifacts
from orin_agents.services.case_file import digest
from orin_agents.services.crew import Crew
from orin_agents.services.projects import Projects
from orin_agents.services.snapshots import Snapshots
from orin_agents.services.store import Store

MOST_LEFT_OUT = 20
"""Files a project's check names one by one."""
NEW_SETTINGS = """\
# Settings of this workspace. The README's reference lists every key.
title: {title}
owner: {owner}
names: {names}   # what else tasks call you; tasks of others stay out of your day
# timezone: Europe/Berlin   # empty: the machine's own
work_start: "09:00"
work_end: "17:00"
work_days: {days}
focus_minutes: 300   # planned work a day, at most
break_minutes: 10
"""


SET_ASIDE = "Keep a copy of .orin/workspace.db; without it the next start takes the case files in as they stand."


def read_settings(workspace: Path) -> tuple[Settings, str]:
    """The settings, and why they could not be read; then the usual ones hold and the file stays as it is."""
    try:
        return read_document(Settings, (workspace / PATH).read_text(encoding="utf-8"), PATH), ""
    except FileNotFoundError:
        return Settings(), ""
    except UnicodeDecodeError:
        return Settings(), f"{PATH} is not UTF-8 text"
    except BrokenFile as error:
        return Settings(), f"{error.what}. {error.remedy}"


def make_folders(
    workspace: Path, folders: Iterable[Path], owner: str, names: tuple[str, ...], days: tuple[int, ...]
) -> None:
    """The folders of a new workspace, and its settings where there are none."""
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    settings = workspace / PATH
    if not settings.exists():
        title = workspace.name or "Workspace"
        text = NEW_SETTINGS.format(
            title=json.dumps(title), owner=json.dumps(owner), names=json.dumps(names), days=list(days)
        )
        settings.write_text(text, encoding="utf-8")


def copy_routines(shipped: Path, schedules: Path) -> None:
    """The shipped routines as the person's own to edit; a file that stands already is left alone."""
    for routine in sorted(shipped.glob("*.yaml")):
        own = schedules / routine.name
        if not own.exists():
            own.write_bytes(routine.read_bytes())


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace service. `settings_problem` says why the settings could not be read, if so."""

    store: Store
    projects: Projects
    artifacts: Artifacts
    snapshots: Snapshots
    crew: Crew
    settings_problem: str

    def open(self) -> None:
        """Bring disk and database together: what a crash left unwritten, what a person changed meanwhile."""
        if self.store.journal.last() == 0:
            with self.store.transaction():
                now = self.artifacts.case_file.clock.now()
                self.store.journal.append(Event.WORKSPACE_CREATED, str(SYSTEM), now, subject="workspace")
            self.projects.adopt()
        self.projects.ensure_home()
        self.artifacts.case_file.recover()
        for project in self.store.projects.all():
            self.artifacts.case_file.root(project.id).mkdir(parents=True, exist_ok=True)
            self.artifacts.case_file.notice_all(project.id)

    def add_samples(self, actor: Actor, samples: Iterable[tuple[str, Iterable[tuple[str, bytes]]]]) -> tuple[str, ...]:
        """Put sample projects in, by title and files; one that exists already is left alone. The ids of all."""
        names = []
        for title, files in samples:
            names.append(slug(title))
            if self.store.projects.get(slug(title)) is None:
                project = self.projects.new(actor, NewProject(title=title, goal="A sample to try Orin on"))
                with self.store.transaction():
                    for path, data in files:
                        self.artifacts.case_file.add_version(actor, project.id, path, data, Origin(note="sample"))
                self.artifacts.case_file.recover()
        return tuple(names)

    def checks(self) -> tuple[Callable[[], tuple[CheckLine, ...]], ...]:
        """The checks of the workspace for the doctor, each as a small function."""
        return (self.check_database, self.check_journal, self.check_files, self.check_structured, self.check_schedule)

    def check_database(self) -> tuple[CheckLine, ...]:
        """Whether the database is sound."""
        found = self.store.check()
        if not found:
            return (_line("database", Verdict.OK, "quick check passed"),)
        return (_line("database", Verdict.PROBLEM, "; ".join(found[:3]), SET_ASIDE),)

    def check_journal(self) -> tuple[CheckLine, ...]:
        """Whether the journal has no gaps."""
        last, count = self.store.journal.last(), self.store.journal.count()
        if last == count:
            return (_line("journal", Verdict.OK, f"{count} entries, no gaps"),)
        return (
            _line(
                "journal",
                Verdict.PROBLEM,
                f"{last - count} of {last} entries are missing",
                SET_ASIDE,
            ),
        )

    def check_files(self) -> tuple[CheckLine, ...]:
        """Whether the files on disk are the newest versions."""
        lines = []
        for project in self.store.projects.all():
            left_out = self.artifacts.case_file.notice_all(project.id)
            differ = []
            for artifact in self.store.artifacts.all(project.id):
                if not artifact.removed:
                    data = self.artifacts.case_file.folder.read(
                        self.artifacts.case_file.root(project.id), artifact.path
                    )
                    if data is None or digest(data) != artifact.sha256:
                        differ.append(artifact.path)
            if differ:
                seen = f"{project.id}: {len(differ)} files differ from their newest version, first {differ[0]}"
                lines.append(_line("files", Verdict.PROBLEM, seen, "Restart the host; it brings both together."))
            elif not left_out:
                lines.append(_line("files", Verdict.OK, f"{project.id}: files and versions agree"))
            lines.extend(
                _line("files", Verdict.WARNING, f"left out: {project.id}/{item}", "Rename or move it.")
                for item in left_out[:MOST_LEFT_OUT]
            )
            if len(left_out) > MOST_LEFT_OUT:
                seen = f"left out: {len(left_out) - MOST_LEFT_OUT} more files of {project.id}"
                lines.append(_line("files", Verdict.WARNING, seen, "Rename or move those named first."))
        return tuple(lines)

    def check_structured(self) -> tuple[CheckLine, ...]:
        """Whether settings and structured files can be read."""
        lines = []
        if self.settings_problem:
            lines.append(
                _line("settings", Verdict.WARNING, self.settings_problem, "The usual settings hold until then.")
            )
        for project in self.store.projects.all():
            lines.extend(
                _line("structured files", Verdict.WARNING, f"{project.id}/{broken}", "Mend it there.")
                for broken in self.snapshots.take(project).broken
            )
        return tuple(lines) or (_line("structured files", Verdict.OK, "every one can be read"),)

    def check_schedule(self) -> tuple[CheckLine, ...]:
        """Whether crew and routines load."""
        agents, broken_agents = self.crew.files.agents()
        routines, broken = self.crew.files.routines(frozenset(agent.id for agent in agents))
        lines = [
            _line("crew and routines", Verdict.PROBLEM, str(b), "Mend the file.") for b in (*broken_agents, *broken)
        ]
        seen = f"{len(agents)} agents and {len(routines)} routines loaded"
        return tuple(lines) or (_line("crew and routines", Verdict.OK, seen),)


def _line(name: str, verdict: Verdict, seen: str, remedy: str = "") -> CheckLine:
    return CheckLine(area="workspace", name=name, verdict=verdict, seen=seen, remedy=remedy)
