"""Passages worth quoting to somebody: what people wrote, and what an agent's page says in words of its own.

The rest repeats facts, which skills give with their sources; quoted, it would stand there twice, the second time
worse. `orin search` finds it all the same.
"""

from dataclasses import dataclass, replace

from orin_agents.domain.artifacts import Artifact, Kind
from orin_agents.domain.marking import OPEN
from orin_agents.domain.passages import Passage
from orin_agents.domain.snapshot import Document
from orin_agents.domain.syntax import lines_of
from orin_agents.services.collaborators import Search
from orin_agents.services.snapshots import STRUCTURED
from orin_agents.services.store import Store
from orin_agents.skills.pages import AGENT, own_words

MORE = 3
"""Times as many passages are looked for as are wanted, since some will not do."""


@dataclass(frozen=True, slots=True)
class Quoting:
    """A search that leaves out structured files that skills read, and of agents' pages what repeats facts."""

    store: Store
    found: Search

    def search(self, project: str, query: str, reads: tuple[str, ...], most: int) -> tuple[Passage, ...]:
        """At most so many passages, the best first. Call it from a worker thread."""
        worth = (self._own(passage) for passage in self.found(project, query, reads, most * MORE))
        return tuple(passage for passage in worth if passage)[:most]

    def _own(self, passage: Passage) -> Passage | None:
        """The passage with what is its author's own alone; None where nothing is."""
        artifact = self.store.artifacts.find(passage.project, passage.path)
        if passage.path in STRUCTURED:
            return None
        if artifact is None or not artifact.owner.startswith(AGENT):
            return passage
        if artifact.kind is Kind.DATA or artifact.version != passage.version:
            return None
        lines = lines_of(own_words(self._document(artifact)))[passage.first_line - 1 : passage.last_line]
        # what no source bore out when it was written does not become a source
        text = "\n".join(line for line in lines if OPEN not in line).strip()
        return replace(passage, text=text) if text else None

    def _document(self, artifact: Artifact) -> Document:
        return Document(
            path=artifact.path,
            version=artifact.version,
            title="",
            text=(self.store.artifacts.content(artifact.sha256) or b"").decode(errors="replace"),
            changed=artifact.changed,
            owner=artifact.owner,
            author=self.store.artifacts.versions(artifact.id)[-1].author,
        )
