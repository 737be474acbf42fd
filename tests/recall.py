"""How well search finds what it is asked for: `python -m tests.recall`, as `scripts/recall` runs it.

A question of tests/data/retrieval/questions.jsonl is answered by certain lines of a note. It is found at rank k when
the k-th passage of the answer is of that note and shares a line with them.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.adapters.clock import SystemClock
from orin_agents.adapters.database.store import SqlStore
from orin_agents.adapters.hash_embedding import HashEmbedding
from orin_agents.adapters.readers.documents import DocumentReader
from orin_agents.adapters.readers.material import Material
from orin_agents.adapters.vectors import ChromaVectors
from orin_agents.domain.actors import person
from orin_agents.domain.artifacts import Origin
from orin_agents.domain.passages import Passage
from orin_agents.domain.projects import HOME, Project
from orin_agents.services.case_file import CaseFile
from orin_agents.services.index import Index
from orin_agents.services.indexing import Indexing
from orin_agents.skills.queries import prepared
from orin_agents.skills.terms import content

DATA = Path(__file__).parent / "data"
NOTES = {
    "goals": (DATA / "rust-goals-2025h1", DATA / "retrieval" / "goals"),
    "tasks": (DATA / "obsidian-tasks-demo",),
}
"""Folders of the case file, and where their notes come from."""
DEPTHS = (1, 5, 10)
SUBSETS: dict[str, slice] = {"tuned on": slice(0, None, 2), "held out": slice(1, None, 2), "all": slice(None)}
"""Every second question was looked at while search was made; the others say how good it is."""
Way = Callable[[str], Sequence[Passage]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Words and the lines that answer them."""

    query: str
    kind: str
    path: str
    first_line: int
    last_line: int

    def rank(self, passages: Sequence[Passage]) -> int:
        """The rank, from 1, of the first passage that answers; 0 when none does."""
        ranks = (rank for rank, passage in enumerate(passages, start=1) if self.answered_by(passage))
        return next(ranks, 0)

    def answered_by(self, passage: Passage) -> bool:
        """Whether the passage shares a line with what answers."""
        within = passage.first_line <= self.last_line and self.first_line <= passage.last_line
        return passage.path == self.path and within


def questions() -> tuple[Question, ...]:
    """The labelled questions, in the order of the file."""
    lines = (DATA / "retrieval" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Question(**json.loads(line)) for line in lines)


@contextmanager
def indexed(folder: Path) -> Iterator[Index]:
    """An index of the notes, made in the folder."""
    store = SqlStore(folder / "workspace.db")
    case_file = CaseFile(store, DiskCaseFolder(), Material(), SystemClock(), folder / "projects", person("ada"))
    with store.transaction():
        store.projects.add(Project(id=HOME, title="Home", created=case_file.clock.now()))
        for path, file in notes():
            case_file.add_version(case_file.you, HOME, path, file.read_bytes(), Origin())
    vectors = ChromaVectors(folder / "vectors", lambda: HashEmbedding(content))
    indexing = Indexing(store, DocumentReader(), vectors)
    index = Index(store, vectors, indexing)
    indexing.refresh().result()
    indexing.use().result()
    while indexing.behind:
        indexing.refresh().result()
    try:
        yield index
    finally:
        indexing.close()
        store.close()


def notes() -> Iterator[tuple[str, Path]]:
    """The notes: path in the case file, and the file."""
    for name, folders in NOTES.items():
        for folder in folders:
            for file in sorted(folder.rglob("*.md")):
                yield f"{name}/{file.relative_to(folder)}", file


def ways(index: Index) -> dict[str, Way]:
    """Search by words alone, by meaning alone, and as it is."""
    return {
        "words alone": lambda query: [one.passage for one in index.by_words(HOME, prepared(query))],
        "vectors alone": lambda query: [one.passage for one in index.by_meaning(HOME, prepared(query))],
        "fused": lambda query: index.search(HOME, query, most=max(DEPTHS)),
    }


@dataclass(frozen=True, slots=True)
class Score:
    """The share of questions found within each of DEPTHS, and the mean of 1 / rank."""

    recall: dict[int, float]
    mrr: float


def scored(ranks: Sequence[int]) -> Score:
    """The score of the ranks at which questions were found, 0 where they were not."""
    recall = {depth: sum(0 < rank <= depth for rank in ranks) / len(ranks) for depth in DEPTHS}
    return Score(recall, sum(1 / rank for rank in ranks if 0 < rank <= max(DEPTHS)) / len(ranks))


def main(arguments: Sequence[str]) -> int:
    """Print a table; with `--missed` also the questions of the half tuned on that are not found."""
    folder = Path(tempfile.mkdtemp(prefix="orin-recall-"))
    asked = questions()
    try:
        with indexed(folder) as index:
            passages, files = index.store.passages.count()
            print(f"{len(asked)} questions on {passages} passages of {files} notes\n")
            print(f"{'':<14} {'':<10} {'@1':>6} {'@5':>6} {'@10':>6} {'MRR':>6}")
            for name, way in ways(index).items():
                ranks = [question.rank(way(question.query)) for question in asked]
                for subset, chosen in SUBSETS.items():
                    score = scored(ranks[chosen])
                    shares = " ".join(f"{score.recall[depth]:6.1%}" for depth in DEPTHS)
                    print(f"{name:<14} {subset:<10} {shares} {score.mrr:6.3f}")
                if "--missed" in arguments and name == "fused":
                    tuned = list(zip(asked, ranks, strict=True))[SUBSETS["tuned on"]]
                    print(
                        *(f"  not found: {one.query} ({one.path}:{one.first_line})" for one, r in tuned if not r),
                        sep="\n",
                    )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
