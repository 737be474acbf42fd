import random

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.snapshot import Document
from orin_agents.skills.tags import map_tags
from tests.skills.notes import HOSTILE, labels, note, shelf, value, values

HALL = "The rope hall has circuits, wiring, a quay door and cold walls."
tagged = st.lists(
    st.tuples(
        st.sampled_from(["", HALL, "Bicycles need pumps and patches and a stand for mending."]),
        st.lists(st.sampled_from(["a", "A", "b/c", "#d", ""])),
    ),
    max_size=6,
).map(lambda rows: tuple(note(text, f"{n}.md", tags=tuple(tags)) for n, (text, tags) in enumerate(rows)))


@given(tagged, st.randoms())
def test_every_note_is_counted_once_a_tag_or_listed_as_untagged(
    read: tuple[Document, ...], random: random.Random
) -> None:
    finding = map_tags(read)
    bearing = sum(1 for document in read if any(tag.strip("#") for tag in document.tags))
    assert len(finding.numbered("untagged")) == len(read) - bearing
    assert value(finding, "tags.total") == len(finding.numbered("tag"))
    for fact in finding.numbered("tag"):
        assert isinstance(fact.value, int) and 1 <= fact.value <= bearing
        assert fact.value == sum(
            any(tag.strip("#").lower() == fact.label.lower() for tag in document.tags) for document in read
        )
    shuffled = list(read)
    random.shuffle(shuffled)
    assert map_tags(tuple(shuffled)) == finding


def test_case_makes_no_difference_and_the_usual_spelling_is_shown() -> None:
    read = (
        note("", "a.md", tags=("Hall",)),
        note("", "b.md", tags=("Hall", "hall")),
        note("", "c.md", tags=("#hall",)),
    )
    finding = map_tags(read)
    assert (labels(finding, "tag"), values(finding, "tag")) == (["Hall"], [3])
    assert value(finding, "tags.total") == 1


def test_the_most_used_tag_comes_first() -> None:
    read = (note("", "a.md", tags=("x", "y")), note("", "b.md", tags=("y",)))
    assert labels(map_tags(read), "tag") == ["y", "x"]


def test_tags_of_notes_like_it_are_suggested() -> None:
    read = (
        note(HALL, "a.md", tags=("venue",)),
        note("Bicycles need pumps and patches and a stand.", "b.md", tags=("mending",)),
        note("The rope hall's wiring and circuits are old; the quay door sticks in cold weather.", "c.md"),
        note("Completely different words about nothing else here, printed leaflets, banners, ribbons.", "d.md"),
    )
    assert values(map_tags(read), "untagged") == ["venue", ""]


def test_a_tag_the_note_speaks_of_is_suggested() -> None:
    read = (
        note("Nothing shared.", "a.md", tags=("fire-safety",)),
        note("Safety first: fire doors stay shut, extinguishers hang low, exits are lit all evening.", "b.md"),
    )
    assert values(map_tags(read), "untagged") == ["fire-safety"]


def test_without_any_tag_a_notes_own_words_are_suggested() -> None:
    read = (note(HALL, "a.md"), note("Bicycles need pumps, patches, chains, brakes, bells, lamps and a stand.", "b.md"))
    suggested = str(values(map_tags(read), "untagged")[0]).split(", ")
    assert len(suggested) == 3
    assert all(word in HALL.lower() for word in suggested)


def test_nothing_gives_zero_and_hostile_notes_are_read() -> None:
    assert value(map_tags(()), "tags.total") == 0
    read = tuple(note(text, f"{name}.md", tags=("x",) if name == "dots" else ()) for name, text in HOSTILE.items())
    assert len(map_tags(read).numbered("untagged")) == len(HOSTILE) - 1
    assert map_tags(shelf("rust-goals-2025h1")).numbered("untagged")
