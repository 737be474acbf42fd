import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.material import Link
from orin_agents.domain.snapshot import Document
from orin_agents.skills.vault import Vault
from orin_agents.skills.zettel import link_notes, zettel_ids
from tests.skills.notes import HOSTILE, NOW, artifact, labels, note, shelf, value, values

VOCABULARY = [f"{a}{b}{c}ing" for a in "bdfglmnprst" for b in "aeiou" for c in "bdklmnrt"]
TOPICS = (
    "The rope hall has old wiring, four circuits, a quay door and soldering irons on the long wall.",
    "Wiring in the rope hall: four circuits feed the soldering irons along the long wall.",
    "Bicycles need pumps, patches, chains, brakes and a stand near the quay door.",
    "Posters hang in the library, the bakery and the school; the printer wants paper.",
)

vaults = st.lists(
    st.tuples(
        st.sampled_from(TOPICS),
        st.lists(
            st.sampled_from(["n0", "N1", "raw_notes/n2.md", "n3.md", "n2#Head", "n1|so", "gone", "Second name"]),
            max_size=4,
        ),
    ),
    max_size=6,
).map(
    lambda rows: tuple(
        note(text, f"raw_notes/n{n}.md", links=tuple(links), aliases=("Second name",) if n == 1 else ())
        for n, (text, links) in enumerate(rows)
    )
)


def pairs_linked(read: tuple[Document, ...]) -> set[frozenset[str]]:
    vault = Vault(read)
    return {
        frozenset((document.path, target))
        for document in read
        for link in document.links
        if (target := vault.resolve(link, document.path))
    }


@given(vaults)
def test_no_link_is_suggested_that_exists(read: tuple[Document, ...]) -> None:
    existing = pairs_linked(read)
    finding = link_notes(read, NOW)
    seen = set()
    for fact in finding.numbered("link"):
        first, second = fact.sources
        pair = frozenset((first.path, second.path))
        assert len(pair) == 2 and pair not in existing and pair not in seen
        seen.add(pair)
        assert isinstance(fact.value, float) and 0 < fact.value <= 1


@given(vaults, st.randoms())
def test_the_order_of_notes_makes_no_difference(read: tuple[Document, ...], random: random.Random) -> None:
    shuffled = list(read)
    random.shuffle(shuffled)
    assert link_notes(tuple(shuffled), NOW) == link_notes(read, NOW)


names = st.lists(st.text("ab0123456789", min_size=1, max_size=16), unique=True, max_size=12)
times = st.integers(0, 10**9).map(lambda seconds: datetime(1999, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@given(names, times, st.booleans())
def test_ids_are_unique_digits(found: list[str], at: datetime, born: bool) -> None:
    read = tuple(note("", f"{name}.md", changed=at, created=at if born else None) for name in found)
    ids = zettel_ids(read, NOW)
    assert len(set(ids.values())) == len(read)
    assert all(text.isdigit() and len(text) >= 12 for text in ids.values())


@given(names, times)
def test_the_id_of_a_note_hangs_on_no_other_note_unless_they_meet(found: list[str], at: datetime) -> None:
    read = tuple(note("", f"x{name}/n.md", changed=at, created=at) for name in found)
    alone = {document.path: zettel_ids([document], NOW)[document.path] for document in read}
    together = zettel_ids(read, NOW)
    assert len(set(alone.values())) < len(alone) or together == alone


def test_an_id_stays_when_the_note_is_edited() -> None:
    born = NOW - timedelta(days=3)
    before = zettel_ids([note("a", changed=born, created=born)], NOW)
    after = zettel_ids([note("b", changed=NOW, created=born)], NOW + timedelta(days=1))
    assert before == after
    assert before["raw_notes/note.md"].startswith("202602270900")


def test_an_id_is_local_time() -> None:
    ids = zettel_ids([note("", created=NOW)], NOW.astimezone(ZoneInfo("Europe/Berlin")))
    assert ids["raw_notes/note.md"].startswith("202603021000")


def test_an_id_the_note_bears_is_kept_for_the_first_that_bears_it() -> None:
    read = (
        note("", "202401020304 Hall.md"),
        note("---\nid: 20240102030405\n---\ntext", "b.md"),
        note("---\nid: 20240102030405\n---\ntext", "c.md"),
        note("id: 20240102030405", "d.md"),
        note("", "1234567890123 number.md"),
    )
    ids = zettel_ids(read, NOW)
    assert ids["202401020304 Hall.md"] == "202401020304"
    assert ids["b.md"] == "20240102030405"
    assert all(ids[path].startswith("202603020900") for path in ("c.md", "d.md", "1234567890123 number.md"))


@pytest.mark.parametrize(
    ("target", "path", "expected"),
    [
        ("Hall", "a/From.md", "a/Hall.md"),
        ("hall", "b/From.md", "b/hall.md"),
        ("HALL.MD", "x.md", "a/Hall.md"),
        ("a/hall", "b/From.md", "a/Hall.md"),
        ("deep/er", "x.md", "c/deep/er.md"),
        ("./hall.md", "b/From.md", "b/hall.md"),
        ("../a/Hall", "b/From.md", "a/Hall.md"),
        ("../../a/Hall", "c/deep/er.md", "a/Hall.md"),
        ("Hall#Heading", "a/From.md", "a/Hall.md"),
        ("Hall^block", "a/From.md", "a/Hall.md"),
        ("Hall|shown", "a/From.md", "a/Hall.md"),
        ("Hall#Heading|shown", "a/From.md", "a/Hall.md"),
        ("The Rope Hall", "x.md", "a/Hall.md"),
        ("the rope hall#Heading", "x.md", "a/Hall.md"),
        ("v1.2 notes", "x.md", "v1.2 notes.md"),
        ("v1.2%20notes.md", "x.md", "v1.2 notes.md"),
        ("cafe\u0301", "x.md", "caf\u00e9.md"),
        ("Gone", "x.md", None),
        ("a/Gone", "x.md", None),
        ("z/Hall", "x.md", None),
        ("#Heading", "x.md", ""),
        ("", "x.md", ""),
        ("https://example.org/Hall", "x.md", ""),
        ("mailto:ada@example.org", "x.md", ""),
        ("picture.png", "x.md", ""),
        ("scan.pdf#page=3", "x.md", ""),
    ],
)
def test_links_lead_where_obsidian_leads_them(target: str, path: str, expected: str | None) -> None:
    read = (
        note("", "a/Hall.md", aliases=("The Rope Hall",)),
        note("", "b/hall.md"),
        note("", "c/deep/er.md"),
        note("", "v1.2 notes.md"),
        note("", "caf\u00e9.md"),
    )
    source = note("", path, links=(target,)).links[0]
    assert Vault(read).resolve(source, path) == expected


def test_files_that_are_no_notes_are_judged_once_they_are_known() -> None:
    read = (note("", "a.md", links=("picture.png", "gone.png", "plans/okr.json")),)
    known = (artifact("img/picture.png"), artifact("plans/okr.json"), artifact("a.md"))
    assert values(link_notes(read, NOW), "broken_link") == []
    assert values(link_notes(read, NOW, known), "broken_link") == ["gone.png"]
    removed = (artifact("img/picture.png", removed=NOW), artifact("plans/okr.json"))
    assert values(link_notes(read, NOW, removed), "broken_link") == ["picture.png", "gone.png"]


def test_links_orphans_and_broken_links_are_told() -> None:
    read = (
        note("", "a.md", title="A", links=("b", "B#x", "gone", "a")),
        note("", "b.md", title="B"),
        note("", "c.md", title="C", links=("c", "https://example.org")),
    )
    finding = link_notes(read, NOW)
    assert (value(finding, "zettel.notes"), value(finding, "zettel.links"), value(finding, "zettel.broken")) == (
        3,
        1,
        1,
    )
    assert labels(finding, "orphan") == ["C"]
    assert (labels(finding, "broken_link"), values(finding, "broken_link")) == (["A"], ["gone"])
    assert str(finding.numbered("broken_link")[0].sources[0]) == "a.md:1"


def test_alike_notes_are_suggested_and_copies_are_not() -> None:
    read = tuple(note(text, f"{n}.md", title=f"N{n}") for n, text in enumerate((*TOPICS, TOPICS[3])))
    assert labels(link_notes(read, NOW), "link")[0] == "N0 → N1"
    assert all(label != "N3 → N4" for label in labels(link_notes(read, NOW), "link"))


def test_two_thousand_notes_are_linked() -> None:
    chance = random.Random(7)
    read = tuple(
        note(" ".join(chance.choices(VOCABULARY, k=150)) + ".", f"n/{number}.md", links=(f"{number + 1}",))
        for number in range(2000)
    )
    finding = link_notes(read, NOW)
    assert value(finding, "zettel.notes") == 2000
    assert value(finding, "zettel.links") == 1999


def test_real_and_hostile_notes_are_linked() -> None:
    goals = shelf("rust-goals-2025h1")
    assert value(link_notes(goals, NOW), "zettel.notes") == len(goals)
    read = tuple(note(text, f"{name}.md", links=(text[:300],)) for name, text in HOSTILE.items())
    assert value(link_notes(read, NOW), "zettel.notes") == len(HOSTILE)


def test_nothing_gives_zeros() -> None:
    finding = link_notes((), NOW)
    assert [value(finding, f"zettel.{name}") for name in ("notes", "links", "broken")] == [0, 0, 0]
    assert finding.remarks == ()


def test_a_link_is_told_by_its_line() -> None:
    link = Link(target="Nowhere", source=note("", "a.md", links=("x",)).links[0].source)
    assert Vault(()).resolve(link, "a.md") is None
