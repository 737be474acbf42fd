"""The index: what changed is read anew, what is gone is not found, and search goes on without what finds by meaning."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from orin_agents.adapters.readers.documents import DocumentReader
from orin_agents.domain.actors import Actor, agent
from orin_agents.domain.artifacts import Origin
from orin_agents.domain.errors import Invalid, ModelUnavailable, NotFound, StorageFailure
from orin_agents.domain.material import LeftOut
from orin_agents.domain.operations.artifacts import LockArtifact, OneArtifact, RestoreArtifact
from orin_agents.domain.operations.index import SearchPassages
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.passages import Chunk, ReadText
from orin_agents.domain.projects import HOME, Project
from orin_agents.services import index as index_module
from orin_agents.services import indexing as indexing_module
from orin_agents.services.index import Index
from orin_agents.services.indexing import Indexing
from tests.running import until
from tests.services.conftest import ADA, Desk
from tests.vectors import MemoryVectors

CRITIC = agent("critic")


class Reader:
    """The real reader, which notes what it reads, and waits where it is told to."""

    version = "1"

    def __init__(self) -> None:
        self.read_: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def read(self, path: str, data: bytes, stopped: Callable[[], bool] = lambda: False) -> ReadText | LeftOut | None:
        self.gate.wait(10)
        self.read_.append(path)
        return DocumentReader().read(path, data, stopped)


@dataclass
class Shelf:
    """A desk with its index."""

    desk: Desk
    index: Index
    vectors: MemoryVectors
    reader: Reader

    def save(self, path: str, text: str, actor: Actor = ADA, project: str = HOME) -> None:
        self.desk.artifacts.put(actor, project, path, text.encode(), Origin())

    def places(self, query: str, reads: tuple[str, ...] = ("**",), project: str = HOME) -> list[str]:
        return [passage.id for passage in self.index.search(project, query, reads)]

    def step(self) -> None:
        """Until everything is indexed and embedded."""
        self.index.indexing.refresh().result(10)
        while self.index.indexing.in_use and self.index.indexing.behind and not self.index.indexing.trouble:
            self.index.indexing.refresh().result(10)


@pytest.fixture
def shelf(desk: Desk) -> Iterator[Shelf]:
    vectors, reader = MemoryVectors(), Reader()
    indexing = Indexing(desk.store, reader, vectors)
    yield Shelf(desk, Index(desk.store, vectors, indexing, patience=5), vectors, reader)
    reader.gate.set()
    indexing.close()


def test_a_passage_is_found_with_the_place_it_stands_at(shelf: Shelf) -> None:
    shelf.save(
        "notes/hall.md", "# Hall\n\nIt is cold.\n\n## Keys\n\n" + "Word " * 40 + "\n\nThe keys hang at the baker's.\n"
    )
    (found, *_) = shelf.index.search(HOME, "Who has the keys?")
    assert (found.id, found.heading, found.project) == ("notes/hall.md@1:1–9", "Hall", HOME)
    text = shelf.desk.text("notes/hall.md").split("\n")
    assert found.text == "\n".join(text[found.first_line - 1 : found.last_line])
    assert found.score > 0


def test_only_what_changed_is_read_anew(shelf: Shelf) -> None:
    shelf.save("a.md", "apples")
    shelf.save("b.md", "pears")
    shelf.step()
    shelf.save("b.md", "plums")
    shelf.desk.edit("c.md", "cherries")
    shelf.desk.case_file.notice(HOME, "c.md")
    shelf.step()
    assert shelf.reader.read_ == ["a.md", "b.md", "b.md", "c.md"]
    assert (shelf.places("plums"), shelf.places("pears")) == (["b.md@2:1"], [])
    assert shelf.places("cherries") == ["c.md@1:1"]


def test_a_search_waits_for_what_was_saved_just_now(shelf: Shelf) -> None:
    for number in range(5):
        shelf.save("a.md", f"number{number}")
        assert shelf.places(f"number{number}") == [f"a.md@{number + 1}:1"]


def test_what_is_removed_or_locked_is_found_by_nobody_at_once(shelf: Shelf) -> None:
    shelf.save("a.md", "apples of Ada")
    shelf.save("b.md", "apples of Ben")
    shelf.step()
    shelf.reader.gate.clear()
    shelf.index.indexing.refresh()
    shelf.desk.artifacts.lock(ADA, LockArtifact(project=HOME, path="a.md", locked=True))
    shelf.desk.artifacts.remove(ADA, OneArtifact(project=HOME, path="b.md"))
    found = [one.passage.path for one in shelf.desk.store.passages.matching(["apples"], HOME, None, 9)]
    assert found == []
    shelf.reader.gate.set()
    assert shelf.places("apples") == []
    shelf.step()
    assert shelf.desk.store.passages.count() == (0, 0)
    assert shelf.vectors.keys(HOME) == frozenset()
    shelf.desk.artifacts.lock(ADA, LockArtifact(project=HOME, path="a.md", locked=False))
    shelf.desk.artifacts.restore(ADA, RestoreArtifact(project=HOME, path="b.md", version=1))
    assert sorted(shelf.places("apples")) == ["a.md@1:1", "b.md@3:1"]


def test_reads_bounds_what_is_found_by_words_and_by_meaning(shelf: Shelf) -> None:
    for path in ("plans/a.md", "notes/b.md", "notes/secret/c.md"):
        shelf.save(path, f"the hall of {path}")
    assert len(shelf.places("hall")) == 3
    shelf.step()
    assert shelf.places("hall", ("plans/",)) == ["plans/a.md@1:1"]
    assert sorted(shelf.places("hall", ("**", "!notes/secret/"))) == ["notes/b.md@1:1", "plans/a.md@1:1"]
    assert shelf.places("hall", ()) == shelf.places("hall", ("code/",)) == []


def test_projects_are_kept_apart_and_searched_together(shelf: Shelf) -> None:
    with shelf.desk.store.transaction():
        shelf.desk.store.projects.add(Project(id="fair", title="Fair", created=shelf.desk.clock.now()))
    shelf.save("a.md", "the hall")
    shelf.save("a.md", "the hall", project="fair")
    shelf.save("b.md", "a hall at the fair", project="fair")
    shelf.places("hall", project="")
    shelf.step()
    assert shelf.places("hall") == ["a.md@1:1"]
    assert sorted(shelf.places("hall", project="fair")) == ["a.md@1:1", "b.md@1:1"]
    assert len(shelf.places("hall", project="")) == 2, "the same text in two projects is one answer"


def test_what_finds_by_meaning_adds_to_words(shelf: Shelf) -> None:
    shelf.save("a.md", "the hall contract")
    shelf.save("b.md", "nothing of that kind")
    assert shelf.vectors.texts == {}, "it is opened at the first search"
    shelf.places("hall")
    shelf.step()
    (key,) = [key for key, text in shelf.vectors.texts[HOME].items() if "kind" in text]
    shelf.vectors.texts[HOME][key] = "rent"
    assert shelf.places("hall rent") == ["a.md@1:1", "b.md@1:1"]


def test_a_persons_note_goes_before_an_agents_page_that_says_it_again(shelf: Shelf) -> None:
    shelf.save("drafts/brief.md", "The kettle, the kettle: see to the kettle today.\n", CRITIC)
    shelf.save(
        "raw_notes/kitchen.md", "The kettle stands in the kitchen of the old rope hall, behind the second door.\n"
    )
    assert shelf.places("kettle") == ["raw_notes/kitchen.md@1:1", "drafts/brief.md@1:1"]


def test_moved_lines_are_not_embedded_again(shelf: Shelf) -> None:
    shelf.save("a.md", "# A\n\n" + "one " * 100 + "\n\n# B\n\n" + "two " * 100)
    shelf.places("one")
    shelf.step()
    shelf.save("a.md", "# A\n\n" + "one " * 100 + "\n\nadded\n\n# B\n\n" + "two " * 100)
    shelf.step()
    assert len(shelf.vectors.added) == 3
    assert len(shelf.vectors.keys(HOME)) == 2
    assert shelf.places("two") == ["a.md@2:7–9"]


@pytest.mark.parametrize("failure", [StorageFailure("broken"), ModelUnavailable("no answer")])
def test_words_are_found_when_meaning_fails_and_it_is_tried_again(shelf: Shelf, failure: Exception) -> None:
    shelf.save("a.md", "the hall")
    shelf.vectors.failure = failure  # type: ignore[assignment]
    found = shelf.index.found(ADA, SearchPassages(query="hall"))
    assert [passage.path for passage in found.passages] == ["a.md"]
    assert found.notes == (f"Found by words alone: {failure}",)
    assert shelf.index.state(ADA, Nothing()).problems == (f"Nothing is found by meaning: {failure}",)
    assert "warning" in {line.verdict for line in shelf.index.check_index()}
    shelf.vectors.failure = None
    shelf.index.found(ADA, SearchPassages(query="hall"))
    shelf.step()
    assert shelf.index.found(ADA, SearchPassages(query="hall")).notes == ()
    assert shelf.index.state(ADA, Nothing()).problems == ()
    shelf.vectors.failure = failure  # type: ignore[assignment]
    assert len(shelf.index.found(ADA, SearchPassages(query="hall")).notes) == 1


def test_it_is_thrown_away_and_made_anew(shelf: Shelf) -> None:
    shelf.save("a.md", "the hall")
    shelf.save("b.pdf", "no PDF at all")
    before = shelf.places("hall")
    shelf.step()
    state = shelf.index.rebuild(ADA, Nothing())
    assert (state.passages, state.files, state.pending) == (1, 1, 0)
    assert [(item.path, item.reason[:14]) for item in state.left_out] == [("home/b.pdf", "cannot be read")]
    shelf.step()
    assert shelf.places("hall") == before
    assert shelf.index.state(ADA, Nothing()).embedded == 1
    said = [line.seen for line in shelf.index.check_index()]
    assert said[0] == "1 passages of 1 files" and said[1].startswith("not read: home/b.pdf: cannot be read")


def test_another_reader_reads_everything_anew(shelf: Shelf) -> None:
    shelf.save("a.md", "the hall")
    shelf.step()
    again = Indexing(shelf.desk.store, shelf.reader, shelf.vectors)
    again.reader = "2"
    again.refresh().result(10)
    again.close()
    assert shelf.reader.read_ == ["a.md", "a.md"]


def test_catalogues_and_source_lists_of_agents_are_left_out(shelf: Shelf) -> None:
    shelf.save("archive_index.json", '{"title": "hall"}', CRITIC)
    shelf.save("plans/okr.json", '{"title": "hall"}')
    page = "# Critique\n\n" + "The hall is cold. " * 20 + "\n\n## Sources\n\n- [f1] hall: 1 — a.md@1:1\n"
    shelf.save("critique/log.md", page, CRITIC)
    assert sorted(shelf.places("hall")) == ["critique/log.md@1:1–3", "plans/okr.json@1:1"]


def test_while_much_is_indexed_a_search_says_what_it_did_not_look_at(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "FEW", 1)
    shelf.save("a.md", "the hall")
    shelf.places("hall")
    shelf.step()
    for number in range(3):
        shelf.save(f"{number}.md", "hall too")
    shelf.reader.gate.clear()
    found = shelf.index.found(ADA, SearchPassages(query="hall"))
    assert [passage.path for passage in found.passages] == ["a.md"]
    assert "Not in the index yet: 3 files." in found.notes
    shelf.reader.gate.set()
    shelf.step()
    assert len(shelf.index.found(ADA, SearchPassages(query="hall")).passages) == 2


def test_what_was_saved_while_it_was_read_is_read_again(shelf: Shelf) -> None:
    shelf.save("a.md", "first")
    shelf.reader.gate.clear()
    reading = shelf.index.indexing.refresh()
    shelf.save("a.md", "second")
    shelf.reader.gate.set()
    reading.result(10)
    assert shelf.places("first") == []
    assert shelf.places("second") == ["a.md@2:1"]


def test_what_cannot_be_searched_for_is_refused(shelf: Shelf) -> None:
    for request in (
        SearchPassages(query=" "),
        SearchPassages(query="x", most=0),
        SearchPassages(query="x", most=10**6),
    ):
        with pytest.raises(Invalid):
            shelf.index.found(ADA, request)
    with pytest.raises(NotFound):
        shelf.index.found(ADA, SearchPassages(query="x", project="nowhere"))
    shelf.save("a.md", 'O\'Neil wrote C++ and "foo"')
    for query in ("O'Neil", 'foo"bar', "C++ *", "-x", "NEAR(a b)", "a:b", "text : x", "\0", "^", "AND", "(", "🦀", "'"):
        shelf.places(query)
    assert shelf.places("o'neil") == ["a.md@1:1"]


def test_common_words_do_not_hide_the_rare_one(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "RANKED", 3)
    for number in range(6):
        shelf.save(f"{number}.md", f"the project plan {number}")
    shelf.save("rare.md", "the project of the otter")
    shelf.step()
    assert shelf.places("project otter")[0] == "rare.md@1:1"
    assert shelf.places("project"), "a common word alone is looked for all the same"


def test_inflections_accents_and_phrases(shelf: Shelf) -> None:
    shelf.save("a.md", "She measures circuits in the café")
    shelf.save("b.md", "open is the flame, no one knows")
    shelf.save("c.md", "there is no open flame in the hall")
    assert shelf.places("measuring circuit")[0] == "a.md@1:1"
    assert shelf.places("cafe")[0] == "a.md@1:1"
    assert shelf.places('"no open flame"')[0] == "c.md@1:1"


def test_closing_amid_work_ends_soon_and_the_rest_is_done_next_time(shelf: Shelf) -> None:
    for number in range(40):
        shelf.save(f"{number}.md", f"note{number}")
    shelf.reader.gate.clear()
    shelf.index.indexing.refresh()
    shelf.index.indexing.refresh()
    closing = threading.Thread(target=shelf.index.indexing.close)
    closing.start()
    shelf.reader.gate.set()
    closing.join(10)
    assert not closing.is_alive()
    again = Indexing(shelf.desk.store, shelf.reader, MemoryVectors())
    again.refresh().result(10)
    again.close()
    assert shelf.desk.store.passages.count() == (40, 40)


def test_searches_from_many_threads_while_files_change(shelf: Shelf) -> None:
    shelf.save("a.md", "the hall")
    errors: list[BaseException] = []

    def search() -> None:
        try:
            for _ in range(10):
                assert "a.md" in {passage.path for passage in shelf.index.search(HOME, "hall")}
        except BaseException as error:  # noqa: BLE001  (looked at in the test's own thread)
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        shelf.save(f"{number}.md", f"something {number}")
    for thread in threads:
        thread.join(20)
    assert errors == []


def test_while_it_is_made_anew_it_says_what_is_to_come(shelf: Shelf) -> None:
    shelf.save("a.md", "The keys hang at the baker's.\n")
    shelf.step()
    shelf.reader.gate.clear()
    anew = shelf.index.indexing.rebuild()
    until(lambda: shelf.index.indexing.pending() == 1)
    shelf.reader.gate.set()
    anew.result(10)
    assert shelf.index.indexing.pending() == 0


def test_what_cannot_be_cut_is_named_and_the_rest_is_found(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = indexing_module.chunks

    def failing(read: ReadText) -> tuple[Chunk, ...]:
        if "poison" in read.text:
            raise ValueError("a bug")
        return cut(read)

    monkeypatch.setattr(indexing_module, "chunks", failing)
    shelf.save("a.md", "poison\n")
    shelf.save("b.md", "The keys hang at the baker's.\n")
    shelf.step()
    assert shelf.places("keys baker") == ["b.md@1:1"]
    (left,) = shelf.index.state(ADA, Nothing()).left_out
    assert left.path == "home/a.md"


def test_a_search_behind_the_end_goes_on_by_words(shelf: Shelf) -> None:
    shelf.save("a.md", "The keys hang at the baker's.\n")
    shelf.step()
    shelf.index.indexing.close()
    shelf.save("b.md", "And the keys hang here.\n")
    assert shelf.places("keys baker") == ["a.md@1:1"]
