"""Keeps the index in step with the artifacts: one thread, which alone writes it.

Words are indexed as soon as something changes. What finds by meaning is heavy: it is opened at the first search, and
kept up to date from then on, behind everything else.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from orin_agents.domain.actors import Actor, ActorKind
from orin_agents.domain.artifacts import Artifact, Kind
from orin_agents.domain.errors import OrinError
from orin_agents.domain.material import LeftOut
from orin_agents.domain.passages import Chunk
from orin_agents.services.ports import Documents, Vectors
from orin_agents.services.store import Store
from orin_agents.skills.chunks import TRAIL, chunks
from orin_agents.skills.pages import REPEATING

log = logging.getLogger(__name__)

CHUNKING = "1"
"""Raised when a text is cut differently from before, so that it is indexed anew."""
AT_ONCE = 16
"""Files whose passages are kept in one transaction, at most."""
LARGE = 256 * 1024
"""Bytes of a file from which on it may take long to read, and is kept at once."""
BATCH = 100
"""Texts that are embedded between two looks at what else is to be done."""


class Indexing:
    """The writer of the index. `trouble` says why nothing is found by meaning, empty when it is."""

    def __init__(self, store: Store, documents: Documents, vectors: Vectors) -> None:
        self.trouble = ""
        self.in_use = False
        self.reader = f"{documents.version}.{CHUNKING}"
        self._store = store
        self._documents = documents
        self._vectors = vectors
        self._thread = ThreadPoolExecutor(1, "index")
        self._waiting = 0
        self._counting = threading.Lock()
        self._stopping = threading.Event()
        self._behind: set[str] = set()
        self._embedding = False
        self._seen = -1

    def pending(self, project: str = "") -> int:
        """How many files are to be taken in still."""
        if self._seen == self._store.journal.last():  # asked at every search, and mostly nothing has happened since
            return 0
        return len(self._store.passages.pending(self.reader, project))

    @property
    def behind(self) -> bool:
        """Whether what finds by meaning lacks something."""
        return bool(self._behind)

    def refresh(self, project: str = "") -> "Future[None]":
        """Take in what changed since, and forget what is removed or locked; done when the future is."""
        return self._do(self._take_in, project)

    def use(self) -> "Future[None]":
        """Open what finds by meaning, or try it again; what is new to it is embedded behind that."""
        self.in_use = True
        return self._do(self._begin)

    def rebuild(self) -> "Future[None]":
        """Throw everything away and read all artifacts anew; words are found again when the future is done."""
        return self._do(self._start_anew)

    def close(self) -> None:
        """Stop after the file at work; what is left, and what is asked for later, is taken up at the next start."""
        with self._counting:
            self._stopping.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._vectors.close()

    def _do(self, task: Callable[..., None], *given: str) -> "Future[None]":
        with self._counting:
            if self._stopping.is_set():
                nothing: Future[None] = Future()
                nothing.set_result(None)
                return nothing
            self._waiting += 1
            return self._thread.submit(self._done, task, *given)

    def _done(self, task: Callable[..., None], *given: str) -> None:
        with self._counting:
            self._waiting -= 1
        if not self._stopping.is_set():
            task(*given)

    def _start_anew(self) -> None:
        self.trouble, self._seen = "", -1
        with self._store.transaction():
            self._store.passages.clear()
        try:
            self._vectors.clear()
        except OrinError as error:
            self.trouble = error.what
        self._behind = self._projects()
        self._take_in("")

    def _projects(self) -> set[str]:
        return {project.id for project in self._store.projects.all()}

    def _take_in(self, project: str) -> None:
        rows, seen = self._store.passages, self._store.journal.last()
        for artifact in rows.gone(project):
            with self._store.transaction():
                rows.drop(artifact.id)
            self._behind.add(artifact.project)
        read: list[tuple[Artifact, tuple[Chunk, ...], str]] = []
        for artifact in rows.pending(self.reader, project):
            read.append((artifact, *self._cut(artifact)))
            if self._stopping.is_set():
                return
            if len(read) == AT_ONCE or artifact.size > LARGE:
                self._keep(read)
                read = []
        self._keep(read)
        self._seen = self._seen if project else seen
        self._embed_later()

    def _keep(self, read: list[tuple[Artifact, tuple[Chunk, ...], str]]) -> None:
        with self._store.transaction():
            for artifact, cut, note in read:
                now = self._store.artifacts.find(artifact.project, artifact.path)
                if now and now.version == artifact.version and not now.locked:  # else it is pending again, or gone
                    keyed = [(key_of(chunk), chunk) for chunk in cut]
                    self._store.passages.put(artifact, self.reader, keyed, note)
                    self._behind.add(artifact.project)

    def _cut(self, artifact: Artifact) -> tuple[tuple[Chunk, ...], str]:
        """An artifact's chunks, and why there are none, or not all."""
        by_agent = Actor.parse(artifact.owner).kind is ActorKind.AGENT
        if by_agent and artifact.kind in (Kind.DATA, Kind.CALENDAR):
            return (), ""  # catalogues and maps that agents keep would answer with the names of what they list
        data = self._store.artifacts.content(artifact.sha256) or b""
        read = self._documents.read(artifact.path, data, self._stopping.is_set)
        if read is None or isinstance(read, LeftOut):
            return (), read.reason if read else ""
        try:
            cut = chunks(read)
        except Exception as error:  # one file never keeps the others out of the index; the log has the trace
            log.exception("%s cannot be cut into passages", artifact.path)
            return (), f"cannot be cut into passages: {type(error).__name__}"
        if by_agent:
            cut = tuple(chunk for chunk in cut if chunk.heading.rpartition(TRAIL)[2] not in REPEATING)
        return cut, read.note

    def _begin(self) -> None:
        self._behind = self._projects()
        self._embed()

    def _embed_later(self) -> None:
        if self.in_use and self._behind and not self._embedding and not self._stopping.is_set():
            self._embedding = True
            self._do(self._embed)

    def _embed(self) -> None:
        """Bring what finds by meaning in step with the rows; when something else waits, the rest comes behind it."""
        self._embedding = False
        try:
            for project in sorted(self._behind):
                if not self._in_step(project):
                    return self._embed_later()
                self._behind.discard(project)
            self.trouble = ""
        except OrinError as error:
            self.trouble = error.what
            log.warning("nothing is found by meaning: %s %s", error.what, error.remedy)

    def _in_step(self, project: str) -> bool:
        """Whether the vectors know all keys of the project, and no other, once what time allows is done for it."""
        wanted, had = self._store.passages.keys(project), self._vectors.keys(project)
        missing = iter(sorted(wanted - had))
        while batch := tuple(islice(missing, BATCH)):
            self._vectors.add(project, self._store.passages.texts(project, batch))
            if self._waiting or self._stopping.is_set():
                return False
        if surplus := had - wanted:
            self._vectors.drop(project, surplus)
        return True


def key_of(chunk: Chunk) -> str:
    """What names heading and text of a chunk, the same in every workspace."""
    return hashlib.sha256(f"{chunk.heading}\n{chunk.text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
