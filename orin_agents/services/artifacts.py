"""What can be done with artifacts. Every change is a version and a journal entry, in one transaction."""

import contextlib
import difflib
from dataclasses import dataclass, replace

from orin_agents.domain.actors import Actor
from orin_agents.domain.artifacts import Artifact, Kind, Origin, State, Version
from orin_agents.domain.errors import Conflict, Invalid, NotFound, OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.operations.artifacts import (
    ArtifactText,
    Diff,
    DiffArtifact,
    ListArtifacts,
    LockArtifact,
    MoveArtifact,
    OneArtifact,
    RestoreArtifact,
    SaveArtifact,
    ShowArtifact,
)
from orin_agents.domain.paths import case_path
from orin_agents.services.case_file import CaseFile, digest, may_open
from orin_agents.services.projects import known_project
from orin_agents.services.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a save; `beside` is the path the content was kept at when two changes met."""

    artifact: Artifact
    version: int
    unchanged: bool = False
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The artifact service."""

    store: Store
    case_file: CaseFile

    def listed(self, actor: Actor, request: ListArtifacts) -> tuple[Artifact, ...]:
        """A case file's artifacts in the order of path, by kind and state where asked."""
        known_project(self.store, request.project)
        wanted_kind = _kind(request.kind) if request.kind else None
        wanted_state = _state(request.state) if request.state else None
        return tuple(
            artifact
            for artifact in self.store.artifacts.all(request.project)
            if bool(artifact.removed) == request.removed
            and wanted_kind in (None, artifact.kind)
            and wanted_state in (None, artifact.state)
        )

    def show(self, actor: Actor, request: ShowArtifact) -> ArtifactText:
        """One version with its text and origin; the newest when none is named."""
        artifact = self._find(request.project, request.path)
        may_open(actor, artifact)
        version = self._version(artifact, request.version or artifact.version)
        text = self._text(version)
        return ArtifactText(artifact=artifact, version=version, text=text or "", binary=text is None)

    def history(self, actor: Actor, request: OneArtifact) -> tuple[Version, ...]:
        """All versions, newest first."""
        artifact = self._find(request.project, request.path)
        may_open(actor, artifact)
        return tuple(reversed(self.store.artifacts.versions(artifact.id)))

    def diff(self, actor: Actor, request: DiffArtifact) -> Diff:
        """Two versions compared line by line."""
        artifact = self._find(request.project, request.path)
        may_open(actor, artifact)
        new = self._version(artifact, request.new or artifact.version)
        earlier = request.old or new.number - 1
        old = self._version(artifact, earlier) if earlier else None
        before, after = self._text(old) if old else "", self._text(new)
        if before is None or after is None:
            raise Invalid(f"{artifact.path} is not text", remedy="Open the file in the program it was made with.")
        names = (f"{artifact.path}@{earlier}", f"{artifact.path}@{new.number}")
        return Diff(path=artifact.path, old=earlier, new=new.number, text=unified(before, after, *names))

    def save(self, actor: Actor, request: SaveArtifact) -> Artifact:
        """Save a person's text.

        Raises Conflict, after keeping the text (if there is any) beside the artifact, when the base is not the newest
        version.
        """
        if request.base == 0 and not request.text and self._stands(request):
            raise Conflict(
                f"{request.path} is there already.",
                kept="It is as it was.",
                remedy=f"Change it with `orin artifact edit -p {request.project} {request.path}`.",
            )
        saved = self.put(
            actor,
            request.project,
            request.path,
            request.text.encode(),
            Origin(note=request.note),
            kind=_kind(request.kind) if request.kind else None,
            base=request.base,
        )
        if saved.beside:
            happened = "was changed by somebody else while you edited it" if request.base else "is there already"
            raise Conflict(
                f"{request.path} {happened}.",
                kept=f"Your text was kept as {saved.beside}.",
                remedy=f"Compare the two, save the one you want as {request.path}, and remove the other.",
            )
        return saved.artifact

    def _stands(self, request: SaveArtifact) -> bool:
        known_project(self.store, request.project)
        standing = self.store.artifacts.find(request.project, case_path(request.path))
        return standing is not None and not standing.removed

    def put(
        self,
        actor: Actor,
        project: str,
        path: str,
        data: bytes,
        origin: Origin,
        *,
        kind: Kind | None = None,
        base: int | None = None,
        key: str = "",
    ) -> Saved:
        """Save content as the next version, unless it is the newest already. Under one key it happens once."""
        known_project(self.store, project)
        path = case_path(path)
        with self.store.transaction():
            if key and (done := self.store.artifacts.keyed(key)):
                saved = Saved(artifact=self._find(project, done.path), version=done.number)
            else:
                saved = self._put(actor, project, path, data, origin, kind, base, key)
        if not saved.unchanged:
            self.case_file.write_out(saved.artifact)
        return saved

    def _put(
        self,
        actor: Actor,
        project: str,
        path: str,
        data: bytes,
        origin: Origin,
        kind: Kind | None,
        base: int | None,
        key: str,
    ) -> Saved:
        just_edited = self.case_file.notice(project, path)
        artifact = self.store.artifacts.find(project, path)
        if artifact:
            may_open(actor, artifact)
        live = artifact is not None and artifact.removed is None
        if artifact and live and artifact.sha256 == digest(data) and kind in (None, artifact.kind):
            return Saved(artifact=artifact, version=artifact.version, unchanged=True)
        outdated = base is not None and base != (artifact.version if artifact and live else 0)
        if artifact and live and (outdated or (just_edited and base is None)):
            beside = self.case_file.keep_beside(actor, project, path, data)
            return Saved(artifact=beside, version=beside.version, beside=beside.path)
        artifact = self.case_file.add_version(actor, project, path, data, origin, kind=kind, key=key)
        return Saved(artifact=artifact, version=artifact.version)

    def restore(self, actor: Actor, request: RestoreArtifact) -> Artifact:
        """An old version made the newest, as a version of its own."""
        artifact = self._find(request.project, request.path)
        version = self._version(artifact, request.version)
        if version.tombstone:
            raise Invalid(f"Version {version.number} is a tombstone", remedy="Choose the version before it.")
        data = self.store.artifacts.content(version.sha256)
        assert data is not None
        origin = Origin(note=f"restored from version {version.number}", facts=version.origin.facts)
        return self.put(actor, request.project, request.path, data, origin).artifact

    def lock(self, actor: Actor, request: LockArtifact) -> Artifact:
        """Lock an artifact for its owner alone, or unlock it. A person who locks it becomes its owner."""
        artifact = self._find(request.project, request.path)
        may_open(actor, artifact)
        if artifact.locked == request.locked:
            return artifact
        event = Event.ARTIFACT_LOCKED if request.locked else Event.ARTIFACT_UNLOCKED
        return self._change(actor, replace(artifact, locked=request.locked, owner=str(actor)), event)

    def move(self, actor: Actor, request: MoveArtifact) -> Artifact:
        """Change the state: draft, review, approved. An information product needs quality assurance first."""
        artifact = self._find(request.project, request.path)
        may_open(actor, artifact)
        if request.state is State.PRODUCT:
            raise Invalid(
                "An artifact becomes an information product by quality assurance only.",
                remedy="Set it to approved for now.",
            )
        return self._change(actor, replace(artifact, state=request.state), Event.ARTIFACT_MOVED_ON)

    def remove(self, actor: Actor, request: OneArtifact) -> Artifact:
        """Remove an artifact; a tombstone and all its versions stay."""
        artifact = self._find(request.project, request.path)
        may_open(actor, artifact)
        with self.store.transaction():
            self.case_file.notice(request.project, artifact.path)
            artifact = self._find(request.project, request.path)
            gone = self.case_file.add_tombstone(actor, artifact, Origin()) if not artifact.removed else artifact
        self.case_file.write_out(gone)
        return gone

    def _change(self, actor: Actor, artifact: Artifact, event: Event) -> Artifact:
        with self.store.transaction():
            self.store.artifacts.put(artifact)
            self.store.journal.append(
                event,
                str(actor),
                self.case_file.clock.now(),
                project=artifact.project,
                subject=artifact.path,
                data={"state": artifact.state.value},
            )
        return artifact

    def _find(self, project: str, path: str) -> Artifact:
        known_project(self.store, project)
        path = case_path(path)
        with contextlib.suppress(OrinError):  # where no plain file stands there is nothing to notice
            self.case_file.notice(project, path)
        artifact = self.store.artifacts.find(project, path)
        if artifact is None:
            raise NotFound(
                f"{project} has no artifact {path!r}.", remedy=f"`orin artifact list -p {project}` shows what it has."
            )
        return artifact

    def _version(self, artifact: Artifact, number: int) -> Version:
        versions = self.store.artifacts.versions(artifact.id)
        found = next((version for version in versions if version.number == number), None)
        if found is None:
            raise NotFound(
                f"{artifact.path} has no version {number}; the newest is {artifact.version}.",
                remedy=f"`orin artifact history {artifact.path}` lists them.",
            )
        return found

    def _text(self, version: Version) -> str | None:
        data = self.store.artifacts.content(version.sha256)
        assert data is not None
        if b"\0" in data:
            return None
        try:
            return data.decode()
        except UnicodeDecodeError:
            return None


def unified(before: str, after: str, old_name: str, new_name: str) -> str:
    """A unified diff of two texts; empty when they are the same."""
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), old_name, new_name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is no kind of artifact", remedy=f"Kinds: {', '.join(Kind)}") from error


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is no state of an artifact", remedy=f"States: {', '.join(State)}") from error
