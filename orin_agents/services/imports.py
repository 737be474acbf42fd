"""Brings a person's own material into a case file: read, proven, then committed; and taken back whole."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from orin_agents.domain.actors import Actor
from orin_agents.domain.artifacts import Artifact, Origin
from orin_agents.domain.errors import Conflict, Invalid, NotFound, OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.material import Format, ImportedFile, ImportReport, LeftOut, Reading
from orin_agents.domain.operations.imports import ImportMaterial, OneImport
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.paths import case_path
from orin_agents.domain.projects import slug
from orin_agents.services.case_file import LARGEST, CaseFile, digest
from orin_agents.services.ports import Calendars, CaseFolder, Readers
from orin_agents.services.projects import known_project
from orin_agents.services.store import Store

INTO = {Format.CALENDAR: "calendars", Format.TODOTXT: "tasks", Format.TASKWARRIOR: "tasks"}
NOTES = "raw_notes"
QUARTER = timedelta(days=92)
"""How far before and after today calendars are tried out: what cannot be worked out shows in any span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A file that was read and passed every check, on its way to `path` in the case file."""

    path: str
    data: bytes
    reading: Reading


@dataclass(frozen=True, slots=True)
class Imports:
    """The import service."""

    store: Store
    case_file: CaseFile
    folder: CaseFolder
    readers: Readers
    calendars: Calendars
    zone: ZoneInfo

    def run(self, actor: Actor, request: ImportMaterial) -> ImportReport:
        """Read everything, prove it can be kept, then commit it in one transaction; or only report, with dry_run."""
        known_project(self.store, request.project)
        source = Path(request.path).expanduser()
        if not source.exists():
            raise NotFound(
                f"There is nothing at {source}.", remedy="Give the path of a file or folder on the host's machine."
            )
        if self.case_file.projects.resolve() in (source.resolve(), *source.resolve().parents):
            raise Invalid(
                f"{source} is part of this workspace.", remedy="Files of a case file are taken in by themselves."
            )
        read, left_out = self._read_all(source, request)
        self.case_file.notice_all(request.project)
        return self._commit(actor, request, read, left_out)

    def listed(self, actor: Actor, request: Nothing) -> tuple[ImportReport, ...]:
        """Past imports, newest first."""
        return self.store.imports.all()

    def undo(self, actor: Actor, request: OneImport) -> ImportReport:
        """Take an import back: its new files go, changed ones return to what they were; what was edited since stays."""
        found = self.store.imports.get(request.batch)
        if found is None:
            raise NotFound(f"There is no import {request.batch}.", remedy="`orin import --list` shows them.")
        report, files = found
        if report.undone:
            raise Conflict(f"Import {request.batch} was taken back already.")
        self.case_file.notice_all(report.project)
        with self.store.transaction():
            kept = tuple(file.path for file in files if not self._take_back(actor, report, file))
            undone = replace(report, undone=True, kept_yours=kept)
            self.store.imports.put(undone)
            self.store.journal.append(
                Event.IMPORT_UNDONE,
                str(actor),
                self.case_file.clock.now(),
                project=report.project,
                subject=report.path,
                correlation=f"import:{report.batch}",
                data={"kept": len(kept)},
            )
        self.case_file.recover()
        return undone

    def _read_all(self, source: Path, request: ImportMaterial) -> tuple[list[_Read], list[LeftOut]]:
        read: list[_Read] = []
        left_out: list[LeftOut] = []
        single = source.is_file()
        root = source.parent if single else source
        if not single:
            left_out.extend(self.folder.strays(source))
        taken: dict[str, str] = {}
        below = request.into or (f"{NOTES}/{_folder_name(source.resolve().name)}" if not single else "")
        for name, size in [(source.name, source.stat().st_size)] if single else self._names(source):
            try:
                if size > LARGEST:
                    raise Invalid(f"larger than {LARGEST // 1024 // 1024} MiB")
                data = self.folder.read(root, name)
                if data is None:
                    raise Invalid("it went away while it was read")
                path = case_path(f"{below or self._below(source, data)}/{name}")
                if other := taken.get(path.casefold()):
                    raise Invalid(f"its name differs from {other} only in spelling")
                taken[path.casefold()] = name
            except OrinError as error:
                left_out.append(LeftOut(path=name, reason=error.what))
                continue
            except OSError as error:
                left_out.append(LeftOut(path=name, reason=error.strerror or str(error)))
                continue
            reading = self.readers.read(path, data)
            left_out.extend(replace(item, path=name) for item in self._unread(path, data, reading))
            read.append(_Read(path=path, data=data, reading=reading))
        return read, left_out

    def _unread(self, path: str, data: bytes, reading: Reading) -> tuple[LeftOut, ...]:
        """What of a file could not be read; of a calendar, also what its entries hold that cannot be worked out."""
        if reading.format is not Format.CALENDAR:
            return reading.left_out
        now = self.case_file.clock.now()
        _, found = self.calendars.events(path, data, now - QUARTER, now + QUARTER, self.zone)
        said = {item.line for item in found if item.line} | {item.reason for item in found}
        counted = (item for item in reading.left_out if item.line not in said and item.reason not in said)
        return (*counted, *found)

    def _names(self, source: Path) -> Iterator[tuple[str, int]]:
        for stat in self.folder.files(source):
            if not any(part.startswith(".") for part in stat.path.split("/")):
                yield stat.path, stat.size

    def _below(self, source: Path, data: bytes) -> str:
        """The folder of the case file that a single file goes to: where its kind lives."""
        return INTO.get(self.readers.read(source.name, data).format, NOTES)

    def _commit(
        self, actor: Actor, request: ImportMaterial, read: list[_Read], left_out: list[LeftOut]
    ) -> ImportReport:
        files: list[ImportedFile] = []
        versions: list[tuple[Artifact, bytes]] = []
        counts, unchanged = _count(read), 0
        with self.store.transaction():
            batch = 0 if request.dry_run else self.store.imports.next_batch()
            origin = Origin(batch=str(batch), note=f"imported from {request.path}")
            for item in read:
                known = self.store.artifacts.find(request.project, item.path)
                live = known if known and not known.removed else None
                if live and live.locked:
                    left_out.append(LeftOut(path=item.path, reason="the artifact of that name is locked"))
                elif live and live.sha256 == digest(item.data):
                    unchanged += 1
                elif request.dry_run:
                    files.append(ImportedFile(path=item.path, before=live.version if live else 0, after=0))
                else:
                    saved = self.case_file.add_version(
                        actor, request.project, item.path, item.data, origin, reading=item.reading
                    )
                    versions.append((saved, item.data))
                    before = live.version if live else 0
                    files.append(ImportedFile(path=item.path, before=before, after=saved.version))
            report = ImportReport(
                batch=batch,
                project=request.project,
                path=request.path,
                at=self.case_file.clock.now(),
                counts=counts,
                added=sum(1 for file in files if not file.before),
                changed=sum(1 for file in files if file.before),
                unchanged=unchanged,
                left_out=tuple(left_out),
                dry_run=request.dry_run,
            )
            if files and not request.dry_run:
                self._journal(actor, report, files)
            else:
                report = replace(report, batch=0)  # nothing was changed, so there is nothing to take back
        self.case_file.write_out_many(request.project, versions)
        return report

    def _journal(self, actor: Actor, report: ImportReport, files: list[ImportedFile]) -> None:
        self.store.imports.add(report, tuple(files))
        self.store.journal.append(
            Event.IMPORT_COMMITTED,
            str(actor),
            report.at,
            project=report.project,
            subject=report.path,
            correlation=f"import:{report.batch}",
            data={
                "batch": report.batch,
                "added": report.added,
                "changed": report.changed,
                "unchanged": report.unchanged,
                "left_out": len(report.left_out),
            },
        )

    def _take_back(self, actor: Actor, report: ImportReport, file: ImportedFile) -> bool:
        artifact = self.store.artifacts.find(report.project, file.path)
        if artifact is None or artifact.removed:
            return True
        if artifact.version != file.after or artifact.locked:
            return False
        origin = Origin(batch=str(report.batch), note="import taken back")
        if not file.before:
            self.case_file.add_tombstone(actor, artifact, origin)
            return True
        before = next(v for v in self.store.artifacts.versions(artifact.id) if v.number == file.before)
        data = self.store.artifacts.content(before.sha256)
        assert data is not None
        self.case_file.add_version(actor, report.project, file.path, data, origin)
        return True


def _folder_name(name: str) -> str:
    """The vault's name as a folder of the case file; a plainer one where it cannot stand there."""
    try:
        return case_path(name)
    except Invalid:
        return slug(f"vault {name}")


def _count(read: list[_Read]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for item in read:
        reading = item.reading
        kind = "notes" if reading.format is Format.MARKDOWN else f"{reading.format.value} files"
        counts[kind] += 1
        counts["tasks"] += len(reading.tasks)
        counts["links"] += len(reading.links)
        counts["tags"] += len(reading.tags)
        counts["events"] += reading.events
    return {name: count for name, count in counts.items() if count}
