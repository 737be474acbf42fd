"""Vectors in Chroma: a cache beside the database, opened by the host alone and on first use.

What is known of Chroma decides the rest: two processes on one folder destroy it, so only the host opens it; an upgrade
can leave an index that opens and answers wrongly, so a stamp beside it names Chroma's version and the embedding, and
what does not fit the stamp is thrown away; a damaged index can end the process, so a mark is set while it is opened,
and what was being opened when the last host ended is thrown away too. A new cache lies in a folder of its own, because
Chroma keeps a removed folder's state in the process. Nothing is stored in it but keys and vectors.
"""

import json
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orin_agents.domain.errors import OrinError, StorageFailure
from orin_agents.services.ports import Embedding

log = logging.getLogger(__name__)

BATCH = 100
"""Texts that are added at once: Chroma holds the interpreter meanwhile."""
STAMP = "stamp.json"
OPENING = "opening"
PREFIX = "project-"
SETTINGS = {
    "chroma_api_impl": "chromadb.api.rust.RustBindingsAPI",
    "anonymized_telemetry": False,
    "allow_reset": False,
    "chroma_otel_collection_endpoint": "",
}
"""Said outright: Chroma would else take them from the environment, and from a file .env of the folder it is in."""


class ChromaVectors:
    """Implements Vectors below `folder`. `choose` gives the embedding, and is asked before each use."""

    def __init__(self, folder: Path, choose: Callable[[], Embedding]) -> None:
        self._folder = folder
        self._choose = choose
        self._lock = threading.RLock()
        self._chosen: Embedding | None = None
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._dimension = 0
        self._closed = False

    def embedding(self) -> str:
        """The embedding's name."""
        return self._embedding().name

    def keys(self, project: str) -> frozenset[str]:
        """The keys it knows of the project."""
        with self._opened():
            collection = self._collection(project)
            return frozenset(collection.get(include=[])["ids"]) if collection else frozenset()

    def add(self, project: str, texts: Mapping[str, str]) -> None:
        """Take texts in by their keys; a key it knows already is replaced."""
        keys = list(texts)
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            vectors = self._embedded([texts[key] for key in batch])
            with self._opened():
                self._expect(vectors.shape[1])
                self._collection(project, make=True).upsert(ids=batch, embeddings=vectors)

    def drop(self, project: str, keys: Collection[str]) -> None:
        """Forget those keys."""
        with self._opened():
            if collection := self._collection(project):
                gone = list(keys)
                for start in range(0, len(gone), BATCH):
                    collection.delete(ids=gone[start : start + BATCH])

    def nearest(self, projects: Sequence[str], text: str, most: int) -> tuple[str, ...]:
        """At most so many keys of those projects, the nearest first; none for a text without meaning."""
        vectors = self._embedded([text], empty=0.0)
        if not vectors.any():
            return ()
        found: list[tuple[float, str]] = []
        with self._opened():
            for project in projects if vectors.shape[1] == self._dimension else ():
                if collection := self._collection(project):
                    answer = collection.query(query_embeddings=vectors, n_results=most, include=["distances"])
                    found += zip(answer["distances"][0], answer["ids"][0], strict=True)
        farthest = 1 - self._embedding().least
        return tuple(key for distance, key in sorted(found)[:most] if distance <= farthest)

    def clear(self) -> None:
        """Throw everything away, also what could not be opened."""
        with self._lock:
            self._let_go()
            shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of the files. Never raises; nothing can be called afterwards."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _embedding(self) -> Embedding:
        """The embedding that is chosen now. Raises StorageFailure, once, where it is another than before."""
        with self._lock:
            now = self._choose()
            if self._chosen is not None and self._chosen.name != now.name:
                self._let_go()
                raise StorageFailure(
                    f"Texts are embedded by {now.name} from now on.",
                    kept="Passages are found by their words alone until all are embedded anew.",
                )
            self._chosen = self._chosen or now
            return self._chosen

    def _embedded(self, texts: list[str], empty: float = 1.0) -> Any:
        """The texts' vectors as an array; those of texts without meaning point one way, as Chroma takes no zeros."""
        import numpy

        vectors = numpy.asarray(self._embedding().embed(texts), numpy.float32)
        vectors[~vectors.any(axis=1), 0] = empty
        return vectors

    @contextmanager
    def _opened(self) -> Iterator[None]:
        """The cache, open; what fails in Chroma is a StorageFailure, and everything is thrown away for it."""
        with self._lock:
            if self._closed:
                raise StorageFailure("The vectors are closed.")
            try:
                if self._client is None:
                    self._open()
                yield
            except OrinError:
                raise
            except BaseException as error:
                if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
                    raise
                log.warning("the vectors failed and are thrown away", exc_info=error)
                self.clear()
                raise StorageFailure(
                    f"The vectors could not be used ({type(error).__name__}: {error}).",
                    kept="Passages are found by their words alone.",
                    remedy="`orin index rebuild` makes them anew.",
                ) from error

    def _open(self) -> None:
        import chromadb
        from chromadb.config import Settings

        stamp = self._stamp()
        wanted = {"chroma": chromadb.__version__, "embedding": self._embedding().name}
        marked = self._folder / OPENING
        if marked.exists() or any(stamp.get(name) != value for name, value in wanted.items()):
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        marked.touch()
        if not (self._folder / STAMP).exists():
            path = tempfile.mkdtemp(prefix="chroma-", dir=self._folder)
            stamp = {**wanted, "folder": Path(path).name, "dimension": 0}
            (self._folder / STAMP).write_text(json.dumps(stamp), encoding="utf-8")
        path = str(self._folder / stamp["folder"])
        settings = Settings(_env_file=None, **SETTINGS)
        self._client = chromadb.PersistentClient(path=path, settings=settings)
        for collection in self._client.list_collections():
            self._collections[collection.name] = collection
            if collection.count():  # looked into now, while the mark stands
                collection.query(query_embeddings=[[1.0] + [0.0] * (int(stamp["dimension"]) - 1)], n_results=1)
        self._dimension = int(stamp["dimension"])
        marked.unlink()

    def _stamp(self) -> dict[str, Any]:
        try:
            stamp = json.loads((self._folder / STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _expect(self, dimension: int) -> None:
        """Note the vectors' dimension; when it is another than before, what was kept is of no use."""
        if self._dimension not in (0, dimension):
            self.clear()
            self._open()
        if self._dimension != dimension:
            self._dimension = dimension
            stamp = self._stamp() | {"dimension": dimension}
            (self._folder / STAMP).write_text(json.dumps(stamp), encoding="utf-8")

    def _collection(self, project: str, make: bool = False) -> Any:
        name = f"{PREFIX}{project}"
        if make and name not in self._collections:
            self._collections[name] = self._client.create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        return self._collections.get(name)

    def _let_go(self) -> None:
        client, self._client = self._client, None
        self._collections = {}
        self._dimension = 0
        self._chosen = None
        if client is not None:
            try:
                client.close()
            except Exception:
                log.warning("Chroma did not close", exc_info=True)
