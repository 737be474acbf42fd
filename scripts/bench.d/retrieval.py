"""How fast search is on many passages, and what the host takes with an index in use."""

import json
import random
import statistics
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from measure import ROOT, NotMeasured, Place, Row, notes
from models import model_server

PASSAGES = 50_000
IN_USE = 10_000
VARIED = 0.15
"""The share of words that stand for others in a varied note."""
BATCH = 200
MODELS = """\
models: {{small: [fake], planning: [fake], reasoning: [fake], code: [fake]}}
deployments:
  fake: {{server: openai-compatible, model: m, url: {url}, window: 8192}}
"""
QUESTIONS = ROOT / "tests" / "data" / "retrieval" / "questions.jsonl"


def search(place: Place) -> Iterator[Row]:
    """Hybrid search on many passages, made of real notes varied; against the same questions to words alone."""
    from orin_agents.adapters.case_folder import DiskCaseFolder
    from orin_agents.adapters.clock import SystemClock
    from orin_agents.adapters.database.store import SqlStore
    from orin_agents.adapters.hash_embedding import HashEmbedding
    from orin_agents.adapters.readers.documents import DocumentReader
    from orin_agents.adapters.readers.material import Material
    from orin_agents.adapters.vectors import ChromaVectors
    from orin_agents.domain.actors import person
    from orin_agents.domain.artifacts import Origin
    from orin_agents.domain.projects import HOME, Project
    from orin_agents.services.case_file import CaseFile
    from orin_agents.services.index import Index
    from orin_agents.services.indexing import Indexing
    from orin_agents.skills.queries import prepared
    from orin_agents.skills.terms import content

    asked = _questions()
    folder = place.folder / "retrieval"
    folder.mkdir()
    store = SqlStore(folder / "workspace.db")
    vectors = ChromaVectors(folder / "vectors", lambda: HashEmbedding(content))
    indexing = Indexing(store, DocumentReader(), vectors)
    index = Index(store, vectors, indexing)
    case_file = CaseFile(store, DiskCaseFolder(), Material(), SystemClock(), folder / "projects", person("bench"))
    try:
        with store.transaction():
            store.projects.add(Project(id=HOME, title="Home", created=case_file.clock.now()))
        words = meaning = 0.0
        texts = varied()
        while store.passages.count()[0] < PASSAGES:
            with store.transaction():
                for _, (path, text) in zip(range(BATCH), texts, strict=False):
                    case_file.add_version(case_file.you, HOME, path, text.encode(), Origin())
            began = time.perf_counter()
            indexing.refresh().result()
            words += time.perf_counter() - began
        began = time.perf_counter()
        indexing.use().result()
        while indexing.behind:
            indexing.refresh().result()
        meaning = time.perf_counter() - began
        passages = store.passages.count()[0]
        hybrid = _timed(lambda query: index.search(HOME, query), asked)
        reference = statistics.median(_timed(lambda query: index.by_words(HOME, prepared(query)), asked))
    finally:
        indexing.close()
        store.close()
    name, p95 = f"search: {passages} passages", statistics.quantiles(hybrid, n=20)[-1]
    said = f"words alone, median {reference * 1000:.1f} ms"
    yield _row(f"{name}, p50", statistics.median(hybrid), reference, said, 0.05)
    yield _row(f"{name}, p95", p95, reference, said, 0.05)
    for kind, took, least in (("words", words, 1000), ("meaning", meaning, 200)):
        rate = passages / took
        yield Row(name=f"index: {kind}", value=rate, unit="/s", target=f"≥ {least}/s", ok=rate >= least)


def index_memory(place: Place) -> Iterator[Row]:
    """The host, resident, with an index of many passages opened and searched, then with models in use too."""
    vault = place.folder / "vault"
    with place.workspace() as there:
        there.orin("project", "new", "Goals")
        texts, passages = varied(), 0
        while passages < IN_USE:
            for _, (path, text) in zip(range(BATCH // 2), texts, strict=False):
                (vault / path).parent.mkdir(parents=True, exist_ok=True)
                (vault / path).write_text(text, encoding="utf-8")
            there.orin("import", vault, "--project", "goals")
            state = {"pending": 1}
            while state["pending"]:
                state = json.loads(there.orin("index", "status", "--json"))
            passages = state["passages"]
        process = Path(f"/proc/{json.loads(there.orin('host', 'status', '--json'))['pid']}/status")
        before = _megabytes(process)
        while state["embedded"] < state["passages"] * 0.99:  # the same text twice is embedded once
            there.orin("search", "anything")
            state = json.loads(there.orin("index", "status", "--json"))
        for query in _questions()[:20]:
            there.orin("search", query)
        searched = _megabytes(process)
        with model_server() as url:
            workspace = Path(there.environment["ORIN_WORKSPACE"])
            (workspace / "models.yaml").write_text(MODELS.format(url=url), encoding="utf-8")
            for query in _questions()[:20]:
                there.orin("ask", query, "--project", "goals")
            there.orin("run", "morning", "--project", "goals")
        resident = _megabytes(process)
    for what, value in ((f"{passages} passages in use", searched), ("models in use too", resident)):
        yield Row(
            name=f"memory: {what}",
            value=value,
            unit="MB",
            ratio=value / before,
            reference=f"the host before the first search, {before:.0f} MB",
            target="≤ 450 MB",
            ok=value <= 450,
        )


def varied() -> Iterator[tuple[str, str]]:
    """Endless notes, path and text: the real ones again and again, each time with other words in some places."""
    dice = random.Random(2025)
    real = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(notes().rglob("*.md"))]
    real += [(path.name, path.read_text(encoding="utf-8")) for path in sorted(QUESTIONS.parent.rglob("*.md"))]
    every = [word for _, text in real for word in text.split()]
    for number in count():
        for name, text in real:
            lines = (
                " ".join(dice.choice(every) if dice.random() < VARIED else word for word in line.split(" "))
                for line in text.split("\n")
            )
            yield f"copy {number}/{name}", "\n".join(lines)


def _questions() -> list[str]:
    try:
        return [json.loads(line)["query"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise NotMeasured(f"there are no questions: {error}") from error


def _timed(search, asked: list[str]) -> list[float]:  # type: ignore[no-untyped-def]
    taken = []
    for query in asked:
        began = time.perf_counter()
        search(query)
        taken.append(time.perf_counter() - began)
    return taken


def _megabytes(status: Path) -> float:
    (line,) = (line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _row(name: str, took: float, reference: float, said: str, most: float) -> Row:
    return Row(
        name=name,
        value=took * 1000,
        unit="ms",
        ratio=took / reference,
        reference=said,
        target=f"≤ {most * 1000:.0f} ms",
        ok=took <= most,
    )
