"""Passages in workspace.db, and the full-text index over them (SQLite FTS5: https://sqlite.org/fts5.html)."""

import json
from collections.abc import Collection, Sequence
from itertools import accumulate

from orin_agents.adapters.database.artifacts import COLUMNS, read_artifact
from orin_agents.adapters.database.rows import Sql, moment, whole
from orin_agents.adapters.database.schema import PASSAGES, statements
from orin_agents.domain.artifacts import Artifact
from orin_agents.domain.errors import StorageFailure
from orin_agents.domain.material import LeftOut
from orin_agents.domain.passages import Candidate, Chunk, Passage

FOUND = (
    "SELECT passages.*, indexed.version, artifacts.owner, artifacts.changed FROM {table}"
    " JOIN indexed ON indexed.artifact = passages.artifact JOIN artifacts ON artifacts.id = passages.artifact"
    " WHERE artifacts.removed IS NULL AND artifacts.locked = 0"
)
"""What is removed or locked is left out here, however far behind the index is."""

HOLDING = "SELECT 1 FROM passage_words WHERE passage_words MATCH ? LIMIT ?"


class SqlPassages:
    """Implements PassageRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def pending(self, reader: str, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts whose newest version was not read yet by that reader, in the order of their ids."""
        return self._artifacts(
            "LEFT JOIN indexed ON indexed.artifact = artifacts.id WHERE removed IS NULL AND locked = 0"
            " AND (indexed.artifact IS NULL OR indexed.version <> artifacts.version"
            " OR indexed.sha256 <> artifacts.sha256 OR reader <> ?)",
            project,
            reader,
        )

    def gone(self, project: str = "") -> tuple[Artifact, ...]:
        """Artifacts that have passages and are removed or locked now."""
        return self._artifacts(
            "JOIN indexed ON indexed.artifact = artifacts.id WHERE (removed IS NOT NULL OR locked = 1)", project
        )

    def _artifacts(self, where: str, project: str, *values: str) -> tuple[Artifact, ...]:
        columns = ", ".join(f"artifacts.{name}" for name in COLUMNS.split(", "))
        rows = self._sql.rows(
            f"SELECT {columns} FROM artifacts {where} AND (? = '' OR project = ?) ORDER BY artifacts.id",
            (*values, project, project),
        )
        return tuple(map(read_artifact, rows))

    def put(self, artifact: Artifact, reader: str, chunks: Sequence[tuple[str, Chunk]], note: str = "") -> None:
        """Replace the artifact's passages, each with its key; `note` says why there are none, or not all."""
        self.drop(artifact.id)
        for key, chunk in chunks:
            self._sql.change(
                "INSERT INTO passages (artifact, project, path, first_line, last_line, heading, text, key)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    artifact.id,
                    artifact.project,
                    artifact.path,
                    chunk.first_line,
                    chunk.last_line,
                    chunk.heading,
                    chunk.text,
                    key,
                ),
            )
        self._sql.change(
            "INSERT INTO indexed (artifact, version, sha256, reader, note) VALUES (?, ?, ?, ?, ?)",
            (artifact.id, artifact.version, artifact.sha256, reader, note),
        )

    def drop(self, artifact: int) -> None:
        """Forget the artifact's passages."""
        self._sql.change("DELETE FROM passages WHERE artifact = ?", (artifact,))
        self._sql.change("DELETE FROM indexed WHERE artifact = ?", (artifact,))

    def clear(self) -> None:
        """Forget everything; all artifacts are pending then."""
        for table in ("passage_words", "passages", "indexed"):  # also a damaged one goes, and at once
            self._sql.change(f"DROP TABLE IF EXISTS {table}")
        for statement in statements(PASSAGES):
            self._sql.change(statement)

    def readable(self, project: str = "") -> tuple[tuple[int, str], ...]:
        """The artifacts that have passages: id and path."""
        rows = self._sql.rows(
            "SELECT id, path FROM indexed JOIN artifacts ON artifacts.id = indexed.artifact"
            " WHERE ? = '' OR project = ?",
            (project, project),
        )
        return tuple((whole(row["id"]), str(row["path"])) for row in rows)

    def rare(self, words: Sequence[str], most: int) -> tuple[str, ...]:
        """The rarest of the words that stand in some passage, as long as they stand in `most` together, the rarest
        first; when every single one stands in more, the first of the rarest alone.
        """
        sql = f"SELECT count(*) AS standing FROM ({HOLDING})"
        standing = {word: whole(self._matched(sql, _quoted(word), most)[0]["standing"]) for word in words}
        found = sorted((word for word in words if standing[word]), key=lambda word: standing[word])
        together = accumulate(standing[word] for word in found)
        return tuple(word for word, sum_ in zip(found, together, strict=True) if sum_ <= most or word == found[0])

    def matching(
        self, terms: Sequence[str], project: str, artifacts: Collection[int] | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Passages that hold one of the terms (words, or phrases of several), the best first (BM25)."""
        if not terms:
            return ()
        within, values = _within(project, artifacts)
        found = FOUND.format(table="passage_words JOIN passages ON passages.id = passage_words.rowid")
        sought = " OR ".join(map(_quoted, terms))
        sql = f"{found} AND passage_words MATCH ? {within} ORDER BY passage_words.rank LIMIT ?"
        return tuple(map(self._candidate, self._matched(sql, sought, *values, limit)))

    def _matched(self, sql: str, *values: object) -> list[dict[str, object]]:
        try:
            return self._sql.rows(sql, values)
        except StorageFailure as error:
            raise StorageFailure(
                "The index of words is damaged.",
                kept="Your files and all their versions are untouched.",
                remedy="`orin index rebuild` makes it anew.",
            ) from error

    def keyed(self, keys: Sequence[str], project: str, artifacts: Collection[int] | None) -> tuple[Candidate, ...]:
        """The passages of those keys, within the same bounds."""
        within, values = _within(project, artifacts)
        found = FOUND.format(table="passages")
        rows = self._sql.rows(
            f"{found} AND passages.key IN (SELECT value FROM json_each(?)) {within}",
            (json.dumps(list(keys)), *values),
        )
        return tuple(map(self._candidate, rows))

    def _candidate(self, row: dict[str, object]) -> Candidate:
        """The passage of a row. It holds what stands in a file; what is read from it is quoted, kept and sent."""
        redacted = self._sql.secrets.redacted
        passage = Passage(
            project=str(row["project"]),
            path=str(row["path"]),
            version=whole(row["version"]),
            first_line=whole(row["first_line"]),
            last_line=whole(row["last_line"]),
            text=redacted(str(row["text"])),
            heading=redacted(str(row["heading"])),
        )
        return Candidate(key=str(row["key"]), passage=passage, owner=str(row["owner"]), changed=moment(row["changed"]))

    def keys(self, project: str) -> frozenset[str]:
        """The keys of all passages of the project."""
        rows = self._sql.rows("SELECT DISTINCT key FROM passages WHERE project = ?", (project,))
        return frozenset(str(row["key"]) for row in rows)

    def texts(self, project: str, keys: Collection[str]) -> dict[str, str]:
        """Heading and text of each of the keys that the project has, without secrets."""
        rows = self._sql.rows(
            "SELECT key, heading, text FROM passages WHERE project = ? AND key IN (SELECT value FROM json_each(?))",
            (project, json.dumps(list(keys))),
        )
        redacted = self._sql.secrets.redacted
        return {str(row["key"]): redacted(f"{row['heading']}\n{row['text']}") for row in rows}

    def count(self) -> tuple[int, int]:
        """How many passages there are, and of how many artifacts."""
        (row,) = self._sql.rows(
            "SELECT (SELECT count(*) FROM passages) AS passages,"
            " (SELECT count(*) FROM indexed WHERE artifact IN (SELECT artifact FROM passages)) AS files"
        )
        return whole(row["passages"]), whole(row["files"])

    def notes(self) -> tuple[LeftOut, ...]:
        """What could not be read of artifacts, in the order of their paths."""
        rows = self._sql.rows(
            "SELECT project || '/' || path AS path, note FROM indexed JOIN artifacts ON artifacts.id = indexed.artifact"
            " WHERE note <> '' AND removed IS NULL AND locked = 0 ORDER BY project, path"
        )
        return tuple(LeftOut(path=str(row["path"]), reason=str(row["note"])) for row in rows)


def _quoted(term: str) -> str:
    """The term as a string of FTS5's query language, in which nothing is special."""
    return '"' + term.replace("\0", " ").replace('"', '""') + '"'


def _within(project: str, artifacts: Collection[int] | None) -> tuple[str, tuple[object, ...]]:
    bounds: dict[str, object] = {}
    if project:
        bounds["AND passages.project = ?"] = project
    if artifacts is not None:
        bounds["AND passages.artifact IN (SELECT value FROM json_each(?))"] = json.dumps(sorted(artifacts))
    return " ".join(bounds), tuple(bounds.values())
