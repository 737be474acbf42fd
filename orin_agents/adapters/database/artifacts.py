"""Artifacts, versions and contents in workspace.db."""

from dataclasses import replace
from datetime import datetime

from orin_agents.adapters.database.rows import Sql, moment, pack, pack_redacted, stamp, unpack, whole
from orin_agents.domain.artifacts import Artifact, Kind, Origin, State, Version
from orin_agents.domain.material import Reading

COLUMNS = (
    "id, project, path, kind, state, owner, version, sha256, size, created, changed, locked, removed"  # not `reading`
)


class SqlArtifacts:
    """Implements ArtifactRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def find(self, project: str, path: str) -> Artifact | None:
        """The artifact at that path, removed ones too."""
        rows = self._sql.rows(f"SELECT {COLUMNS} FROM artifacts WHERE project = ? AND path = ?", (project, path))
        return read_artifact(rows[0]) if rows else None

    def all(self, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts in the order of path, removed ones too; of every project when none is named."""
        only = "WHERE project = ?" if project else ""
        values = (project,) if project else ()
        found = self._sql.rows(f"SELECT {COLUMNS} FROM artifacts {only} ORDER BY project, path", values)
        return tuple(read_artifact(row) for row in found)

    def put(self, artifact: Artifact) -> Artifact:
        """Keep the artifact as it stands now; id 0 makes a new one, which is returned with its id."""
        values = (
            artifact.project,
            artifact.path,
            artifact.kind.value,
            artifact.state.value,
            artifact.owner,
            artifact.version,
            artifact.sha256,
            artifact.size,
            stamp(artifact.created),
            stamp(artifact.changed),
            int(artifact.locked),
            stamp(artifact.removed) if artifact.removed else None,
        )
        names = COLUMNS.removeprefix("id, ")
        if artifact.id:
            places = ", ".join(f"{name} = ?" for name in names.split(", "))
            self._sql.change(f"UPDATE artifacts SET {places} WHERE id = ?", (*values, artifact.id))
            return artifact
        insert = f"INSERT INTO artifacts ({names}) VALUES ({', '.join('?' * len(values))})"
        return replace(artifact, id=self._sql.insert(insert, values))

    def add_version(self, version: Version, data: bytes, key: str = "") -> None:
        """Keep a version and its content. A key makes it findable by `keyed`."""
        self._sql.change("INSERT OR IGNORE INTO contents (sha256, data) VALUES (?, ?)", (version.sha256, data))
        self._sql.change(
            "INSERT INTO versions (artifact, number, path, author, at, sha256, size, origin, run, tombstone, key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                version.artifact,
                version.number,
                version.path,
                version.author,
                stamp(version.at),
                version.sha256,
                version.size,
                pack_redacted(version.origin, self._sql.secrets),
                version.origin.run,
                int(version.tombstone),
                key or None,
            ),
        )

    def keyed(self, key: str) -> Version | None:
        """The version that was saved under that key."""
        rows = self._sql.rows("SELECT * FROM versions WHERE key = ?", (key,))
        return _version(rows[0]) if rows else None

    def versions(self, artifact: int) -> tuple[Version, ...]:
        """All versions, oldest first."""
        return tuple(
            _version(row)
            for row in self._sql.rows("SELECT * FROM versions WHERE artifact = ? ORDER BY number", (artifact,))
        )

    def content(self, sha256: str) -> bytes | None:
        """The content with that hash."""
        rows = self._sql.rows("SELECT data FROM contents WHERE sha256 = ?", (sha256,))
        return bytes(rows[0]["data"]) if rows else None  # type: ignore[call-overload]

    def on_disk(self, artifact: int) -> str:
        """The hash last known to stand in the case file; empty when none."""
        return str(self._sql.rows("SELECT on_disk FROM artifacts WHERE id = ?", (artifact,))[0]["on_disk"])

    def set_on_disk(self, artifact: int, sha256: str) -> None:
        """Note what stands in the case file now."""
        self._sql.change("UPDATE artifacts SET on_disk = ? WHERE id = ?", (sha256, artifact))

    def unwritten(self) -> tuple[Artifact, ...]:
        """Artifacts whose newest version is not known to stand in the case file."""
        found = self._sql.rows(f"SELECT {COLUMNS} FROM artifacts WHERE on_disk <> sha256 ORDER BY id")
        return tuple(read_artifact(row) for row in found)

    def reading(self, artifact: int) -> Reading | None:
        """What was read from the newest version."""
        rows = self._sql.rows("SELECT reading FROM artifacts WHERE id = ? AND reading IS NOT NULL", (artifact,))
        return unpack(rows[0]["reading"], Reading) if rows else None

    def set_reading(self, artifact: int, reading: Reading | None) -> None:
        """Keep, or forget, what was read from the newest version."""
        self._sql.change(
            "UPDATE artifacts SET reading = ? WHERE id = ?", (pack(reading) if reading else None, artifact)
        )

    def readings(self, project: str) -> tuple[tuple[Artifact, Reading], ...]:
        """What was read from the project's artifacts that are not removed, in the order of path."""
        rows = self._sql.rows(
            f"SELECT {COLUMNS}, reading FROM artifacts"
            " WHERE project = ? AND reading IS NOT NULL AND removed IS NULL ORDER BY path",
            (project,),
        )
        return tuple((read_artifact(row), unpack(row["reading"], Reading)) for row in rows)

    def made_by_runs(self, project: str, since: datetime) -> tuple[tuple[Artifact, Version], ...]:
        """Versions that runs made since that moment, oldest first."""
        rows = self._sql.rows(
            "SELECT versions.* FROM versions JOIN artifacts ON artifacts.id = versions.artifact"
            " WHERE run <> '' AND at >= ? AND project = ? ORDER BY at, artifact, number",
            (stamp(since), project),
        )
        artifacts = {artifact.id: artifact for artifact in self.all(project)}
        return tuple((artifacts[version.artifact], version) for version in map(_version, rows))


def read_artifact(row: dict[str, object]) -> Artifact:
    """The artifact of a row that has its columns."""
    return Artifact(
        id=whole(row["id"]),
        project=str(row["project"]),
        path=str(row["path"]),
        kind=Kind(str(row["kind"])),
        state=State(str(row["state"])),
        owner=str(row["owner"]),
        version=whole(row["version"]),
        sha256=str(row["sha256"]),
        size=whole(row["size"]),
        created=moment(row["created"]),
        changed=moment(row["changed"]),
        locked=bool(row["locked"]),
        removed=moment(row["removed"]) if row["removed"] else None,
    )


def _version(row: dict[str, object]) -> Version:
    return Version(
        artifact=whole(row["artifact"]),
        number=whole(row["number"]),
        path=str(row["path"]),
        author=str(row["author"]),
        at=moment(row["at"]),
        sha256=str(row["sha256"]),
        size=whole(row["size"]),
        origin=unpack(row["origin"], Origin),
        tombstone=bool(row["tombstone"]),
    )
