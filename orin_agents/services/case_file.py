"""The two copies of a case file kept in step: versions in the database, plain files on disk.

For every artifact the database remembers the hash last known to stand on disk. Three hashes then tell everything:
newest version, last known on disk, and what stands on disk now. What differs decides who changed it.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from orin_agents.domain.actors import Actor, ActorKind
from orin_agents.domain.artifacts import Artifact, Kind, Origin, State, Version, kind_of
from orin_agents.domain.errors import Forbidden, Invalid, OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.material import LeftOut, Reading
from orin_agents.services.ports import CaseFolder, Clock, Readers
from orin_agents.services.store import Store

LARGEST = 32 * 1024 * 1024
"""Files above this many bytes are left alone: versions of them would fill the disk."""


def digest(data: bytes) -> str:
    """The content's SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Saves versions, writes them out, and notices what a person changed in an editor. `you` is that person."""

    store: Store
    folder: CaseFolder
    readers: Readers
    clock: Clock
    projects: Path
    you: Actor

    def root(self, project: str) -> Path:
        """The project's folder."""
        return self.projects / project

    def add_version(
        self,
        actor: Actor,
        project: str,
        path: str,
        data: bytes,
        origin: Origin,
        *,
        kind: Kind | None = None,
        key: str = "",
        reading: Reading | None = None,
    ) -> Artifact:
        """Keep `data` as the newest version, inside the open transaction; nothing is written to disk yet."""
        if len(data) > LARGEST:
            raise Invalid(
                f"{path} is larger than {LARGEST // 1024 // 1024} MiB", remedy="Keep large files outside the case file."
            )
        now, known = self.clock.now(), self.store.artifacts.find(project, path)
        changed = Artifact(
            id=known.id if known else 0,
            project=project,
            path=path,
            kind=kind or (known.kind if known else kind_of(path)),
            state=State.DRAFT,
            owner=known.owner if known else str(actor),
            version=known.version + 1 if known else 1,
            sha256=digest(data),
            size=len(data),
            created=known.created if known else now,
            changed=now,
            locked=known.locked if known else False,
        )
        artifact = self._keep(actor, changed, data, origin, now, key)
        by_person = Actor.parse(artifact.owner).kind is not ActorKind.AGENT  # an agent's page must not become new tasks
        self.store.artifacts.set_reading(artifact.id, (reading or self.readers.read(path, data)) if by_person else None)
        return artifact

    def add_tombstone(self, actor: Actor, artifact: Artifact, origin: Origin) -> Artifact:
        """Mark the artifact as removed, inside the open transaction; its versions stay."""
        now = self.clock.now()
        empty = digest(b"")
        gone = replace(artifact, version=artifact.version + 1, sha256=empty, size=0, changed=now, removed=now)
        self.store.artifacts.set_reading(artifact.id, None)
        if self.store.artifacts.on_disk(artifact.id) == empty:
            # An empty file on disk must not pass for the tombstone, whose content is empty too: it is to be removed.
            self.store.artifacts.set_on_disk(artifact.id, "")
        return self._keep(actor, gone, b"", origin, now, "", tombstone=True)

    def _keep(
        self,
        actor: Actor,
        artifact: Artifact,
        data: bytes,
        origin: Origin,
        now: datetime,
        key: str,
        tombstone: bool = False,
    ) -> Artifact:
        artifact = self.store.artifacts.put(artifact)
        version = Version(
            artifact=artifact.id,
            number=artifact.version,
            path=artifact.path,
            author=str(actor),
            at=now,
            sha256=artifact.sha256,
            size=artifact.size,
            origin=origin,
            tombstone=tombstone,
        )
        self.store.artifacts.add_version(version, data, key)
        self.store.journal.append(
            Event.ARTIFACT_REMOVED if tombstone else Event.ARTIFACT_SAVED,
            str(actor),
            now,
            project=artifact.project,
            subject=artifact.path,
            correlation=origin.run or (f"import:{origin.batch}" if origin.batch else ""),
            data={"version": artifact.version, "sha256": artifact.sha256, "size": artifact.size},
            key=f"saved:{key}" if key else "",
        )
        return artifact

    def write_out(self, artifact: Artifact) -> None:
        """Bring the newest version to disk. A change a person made meanwhile is kept beside it."""
        with self.store.transaction():
            standing = self.folder.read(self.root(artifact.project), artifact.path)
            seen = digest(standing) if standing is not None else ""
            if standing is not None and seen not in (artifact.sha256, self.store.artifacts.on_disk(artifact.id)):
                self.keep_beside(self.you, artifact.project, artifact.path, standing)
            if artifact.removed:
                self.folder.remove(self.root(artifact.project), artifact.path)
            elif seen != artifact.sha256:
                data = self.store.artifacts.content(artifact.sha256)
                assert data is not None
                self.folder.write(self.root(artifact.project), artifact.path, data)
            self.store.artifacts.set_on_disk(artifact.id, artifact.sha256)

    def write_out_many(self, project: str, saved: list[tuple[Artifact, bytes]]) -> None:
        """Bring versions just saved, with their content, to disk: with fewer waits than one by one."""
        with self.store.transaction():
            fresh: list[tuple[Artifact, bytes]] = []
            for artifact, data in saved:
                if artifact.version > 1 or self.folder.read(self.root(project), artifact.path) is not None:
                    self.write_out(artifact)
                else:
                    fresh.append((artifact, data))
            self.folder.write_many(self.root(project), ((artifact.path, data) for artifact, data in fresh))
            for artifact, _ in fresh:
                self.store.artifacts.set_on_disk(artifact.id, artifact.sha256)

    def keep_beside(self, actor: Actor, project: str, path: str, data: bytes) -> Artifact:
        """Keep `data` as an artifact of its own beside `path`, where two changes met; the conflict is journalled."""
        pure = PurePosixPath(path)
        sha256, number = digest(data), 1
        while True:
            beside = str(pure.with_name(f"{pure.stem}.conflict-{actor.name}-{number}{pure.suffix}"))
            known = self.store.artifacts.find(project, beside)
            if known is None or known.sha256 == sha256:
                break
            number += 1
        with self.store.transaction():
            copy = known or self.add_version(actor, project, beside, data, Origin(note=f"conflict with {path}"))
            self.folder.write(self.root(project), beside, data)
            self.store.artifacts.set_on_disk(copy.id, copy.sha256)
            self.store.journal.append(
                Event.ARTIFACT_CONFLICT,
                str(actor),
                self.clock.now(),
                project=project,
                subject=path,
                data={"kept": beside},
            )
        return copy

    def notice(self, project: str, path: str) -> bool:
        """Keep what a person changed at `path` in an editor as a version by them; true when there was such a change."""
        with self.store.transaction():
            artifact = self.store.artifacts.find(project, path)
            data = self.folder.read(self.root(project), path)
            if artifact and self.store.artifacts.on_disk(artifact.id) != artifact.sha256:
                self.write_out(artifact)  # a crash left the newest version unwritten
                return False
            if data is None:
                if artifact is None or artifact.removed:
                    return False
                gone = self.add_tombstone(self.you, artifact, Origin(note="removed from the folder"))
                self.store.artifacts.set_on_disk(gone.id, gone.sha256)
                return True
            if artifact and not artifact.removed and digest(data) == artifact.sha256:
                return False
            saved = self.add_version(self.you, project, path, data, Origin(note="changed in the folder"))
            self.store.artifacts.set_on_disk(saved.id, saved.sha256)
            return True

    def notice_all(self, project: str) -> tuple[LeftOut, ...]:
        """Compare the whole folder with the versions; what could not be taken in is returned with its reason."""
        root = self.root(project)
        left_out = list(self.folder.strays(root))
        standing = {stat.path: stat.size for stat in self.folder.files(root)}
        gone = [
            artifact.path
            for artifact in self.store.artifacts.all(project)
            if artifact.path not in standing and not (artifact.removed and self._in_step(artifact))
        ]
        for path in (*standing, *gone):
            try:
                if standing.get(path, 0) > LARGEST:
                    raise Invalid(f"larger than {LARGEST // 1024 // 1024} MiB")
                self.notice(project, path)
            except OrinError as error:
                left_out.append(LeftOut(path=path, reason=error.what))
        return tuple(left_out)

    def _in_step(self, artifact: Artifact) -> bool:
        return self.store.artifacts.on_disk(artifact.id) == artifact.sha256

    def recover(self) -> None:
        """After a crash: write out what was saved but is not known to stand on disk, and sweep up."""
        for project in self.store.projects.all():
            self.folder.sweep(self.root(project.id))
        for artifact in self.store.artifacts.unwritten():
            self.write_out(artifact)


def may_open(actor: Actor, artifact: Artifact) -> None:
    """Raises Forbidden when the artifact is locked by somebody else; its owner alone may read or change it."""
    if artifact.locked and str(actor) != artifact.owner:
        owner = Actor.parse(artifact.owner).name
        raise Forbidden(f"{artifact.path} is locked by {owner}.", remedy=f"Ask {owner} to unlock it.")
