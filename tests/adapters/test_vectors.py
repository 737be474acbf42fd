"""The port `Vectors`: one contract for Chroma and for the fake; and what Chroma's wall keeps out."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from orin_agents.adapters.hash_embedding import HashEmbedding
from orin_agents.adapters.vectors import OPENING, STAMP, ChromaVectors
from orin_agents.domain.errors import ModelUnavailable, StorageFailure
from orin_agents.services.ports import Vectors
from orin_agents.skills.terms import content
from tests.vectors import MemoryVectors

ROOT = Path(__file__).parents[2]
TEXTS = {
    "hall": "The hall contract is signed on Monday",
    "soup": "Soup for two hundred people, with lentils and carrots",
    "bike": "Bicycles are mended in the old workshop",
}


class Numbers:
    """An embedding of three numbers, named as it is told to be."""

    least = -1.0

    def __init__(self, name: str = "numbers", size: int = 3) -> None:
        self.name = name
        self.size = size
        self.fails = False

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if self.fails:
            raise ModelUnavailable("the embedding model does not answer")
        return [[1.0, *[len(text) % (place + 2) + 0.0 for place in range(self.size - 1)]] for text in texts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vectors"


@pytest.fixture
def open_chroma(folder: Path) -> Iterator[Callable[..., ChromaVectors]]:
    opened: list[ChromaVectors] = []

    def begin(embedding: object = None) -> ChromaVectors:
        for earlier in opened:
            earlier.close()
        opened.append(ChromaVectors(folder, lambda: embedding or HashEmbedding(content)))
        return opened[-1]

    yield begin
    for vectors in opened:
        vectors.close()


@pytest.fixture(params=["memory", "chroma"])
def vectors(request: pytest.FixtureRequest, open_chroma: Callable[..., ChromaVectors]) -> Vectors:
    return MemoryVectors() if request.param == "memory" else open_chroma()


def test_the_contract(vectors: Vectors) -> None:
    assert vectors.keys("home") == frozenset()
    assert vectors.nearest(["home", "garden"], "hall contract", 5) == ()
    vectors.add("home", TEXTS)
    vectors.add("garden", {"tree": "The contract with the tree nursery"})
    assert vectors.embedding()
    assert vectors.keys("home") == TEXTS.keys()
    assert vectors.nearest(["home"], "hall contract", 5)[0] == "hall"
    assert set(vectors.nearest(["home", "garden"], "hall contract", 2)) == {"hall", "tree"}
    assert "tree" not in vectors.nearest(["home"], "contract", 5)
    assert vectors.nearest(["home"], "?!", 5) == ()
    vectors.add("home", {"hall": "Soup recipes, lentils"})
    assert "hall" in vectors.nearest(["home"], "lentils soup", 5)
    assert len(vectors.keys("home")) == 3
    vectors.drop("home", ["hall", "unknown"])
    vectors.drop("nowhere", ["hall"])
    assert vectors.keys("home") == {"soup", "bike"}
    vectors.clear()
    assert vectors.keys("home") == vectors.keys("garden") == frozenset()
    vectors.add("home", TEXTS)
    assert vectors.keys("home") == TEXTS.keys()


def test_it_opens_again_above_a_thousand_vectors(open_chroma: Callable[..., ChromaVectors]) -> None:
    many = {f"k{number}": f"note {number} about thing{number}" for number in range(1200)}
    open_chroma().add("home", many)
    again = open_chroma()
    assert again.keys("home") == many.keys()
    assert all(again.nearest(["home"], many[f"k{number}"], 1) == (f"k{number}",) for number in range(0, 1200, 100))
    again.add("home", {"new": "pancakes and maple syrup"})
    assert again.nearest(["home"], "maple pancakes", 1) == ("new",)


@pytest.mark.parametrize("other", [Numbers("another"), Numbers(size=7)])
def test_what_another_embedding_made_is_thrown_away(other: Numbers, open_chroma: Callable[..., ChromaVectors]) -> None:
    open_chroma(Numbers()).add("home", TEXTS)
    vectors = open_chroma(other)
    vectors.add("garden", TEXTS)
    assert (vectors.keys("home"), len(vectors.keys("garden"))) == (frozenset(), 3)
    assert len(vectors.nearest(["home", "garden"], "x", 5)) == 3


def test_an_embedding_that_changes_meanwhile_is_said_once(folder: Path) -> None:
    chosen = [Numbers()]
    vectors = ChromaVectors(folder, lambda: chosen[0])
    try:
        vectors.add("home", TEXTS)
        chosen[0] = Numbers("another")  # of as many numbers, so that nothing else would show it
        with pytest.raises(StorageFailure, match="embedded by another from now on"):
            vectors.nearest(["home"], "x", 5)
        assert vectors.keys("home") == frozenset()
        vectors.add("home", TEXTS)
        assert len(vectors.nearest(["home"], "x", 5)) == 3
    finally:
        vectors.close()


@pytest.mark.parametrize(
    "stamp", ["", "[]", "{", '{"chroma": "0.6.3", "embedding": "hashing-1-512", "folder": "../..", "dimension": 512}']
)
def test_what_the_stamp_does_not_fit_is_thrown_away(
    stamp: str, folder: Path, open_chroma: Callable[..., ChromaVectors]
) -> None:
    open_chroma().add("home", TEXTS)
    (folder / STAMP).write_text(stamp)
    vectors = open_chroma()
    assert vectors.keys("home") == frozenset()
    vectors.close()
    assert json.loads((folder / STAMP).read_text())["folder"].startswith("chroma-")


def test_what_was_being_opened_when_a_host_died_is_thrown_away(
    folder: Path, open_chroma: Callable[..., ChromaVectors]
) -> None:
    open_chroma().add("home", TEXTS)
    assert open_chroma().keys("home")
    assert not (folder / OPENING).exists()
    (folder / OPENING).touch()
    assert open_chroma().keys("home") == frozenset()


def test_damage_is_said_once_and_then_it_works_again(folder: Path, open_chroma: Callable[..., ChromaVectors]) -> None:
    open_chroma().add("home", TEXTS)
    vectors = open_chroma()
    vectors.close()
    (database,) = folder.glob("chroma-*/chroma.sqlite3")
    database.write_bytes(b"not a database, whatever it is called" * 100)
    vectors = open_chroma()
    with pytest.raises(StorageFailure) as caught:
        vectors.keys("home")
    assert "index rebuild" in caught.value.remedy
    assert vectors.keys("home") == frozenset()
    vectors.add("home", TEXTS)
    assert vectors.nearest(["home"], "soup", 1) == ("soup",)


def test_an_embedding_that_fails_costs_nothing_that_is_kept(open_chroma: Callable[..., ChromaVectors]) -> None:
    numbers = Numbers()
    vectors = open_chroma(numbers)
    vectors.add("home", TEXTS)
    numbers.fails = True
    for call in (lambda: vectors.add("home", {"x": "y"}), lambda: vectors.nearest(["home"], "x", 3)):
        with pytest.raises(ModelUnavailable):
            call()
    numbers.fails = False
    assert len(vectors.nearest(["home"], "x", 5)) == 3


def test_nothing_is_to_be_had_once_it_is_closed(open_chroma: Callable[..., ChromaVectors]) -> None:
    vectors = open_chroma()
    vectors.close()
    with pytest.raises(StorageFailure):
        vectors.keys("home")


KILLED = """
import os, sys
from pathlib import Path
from orin_agents.adapters.hash_embedding import HashEmbedding
from orin_agents.adapters.vectors import ChromaVectors
vectors = ChromaVectors(Path(sys.argv[1]), lambda: HashEmbedding(str.split))
vectors.add("home", {f"k{n}": f"note {n}" for n in range(150)})
real = vectors._collection("home").upsert
print("added", flush=True)
class Half:
    def upsert(self, **given):
        real(**given)
        os.kill(os.getpid(), 9)
vectors._collections["project-home"] = Half()
vectors.add("home", {f"k{n}": f"note {n}" for n in range(100, 400)})
"""


def test_a_kill_amid_adding_leaves_what_can_be_added_to(
    folder: Path, open_chroma: Callable[..., ChromaVectors]
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert killed.returncode == -9, killed.stderr
    vectors = ChromaVectors(folder, lambda: HashEmbedding(str.split))
    try:
        had = vectors.keys("home")
        assert {f"k{number}" for number in range(150)} <= had
        vectors.add("home", {f"k{number}": f"note {number}" for number in range(400)})
        assert len(vectors.keys("home")) == 400
        assert vectors.nearest(["home"], "note 399", 1) == ("k399",)
    finally:
        vectors.close()
