from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.memory import (
    MOST_CHARS,
    MOST_LESSONS,
    MOST_TEXT,
    MOST_WORK,
    NOTE,
    AgentMemory,
    Lesson,
    Work,
    read_memory,
    removed_sections,
    taken_up,
)

FILE = """\
# Planner

Anything up here is a rule too.

## Rules

Never plan before nine.
  - not even on Mondays

## Lessons

- plans/okr.json: “not confirmed” [approval 1]
- ada removes the section “Order” from a.md [a.md@2] (waiting for a second observation)
* Lunch is at noon,
  without exception.
a line that is no item

## Recent work

- 2026-11-20 08:30 home: Filed a.md. [r1 x.plan]

## Notes of mine

- stay
"""
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\r")
LINES = st.text("ab #-*[]();“\t😀\x07\x85", max_size=30) | st.sampled_from(
    [
        "# T",
        "## Rules",
        "## lessons",
        "## Recent work ##",
        "## More",
        "- [x]",
        "- a [b; c]",
        NOTE,
        "  - deep",
        "```",
        "-",
    ]
)
SEVERAL_LINES = st.lists(LINES, max_size=20).map("\n".join)


def test_what_is_neither_lesson_nor_work_is_kept_among_the_rules() -> None:
    memory = read_memory(FILE)
    assert memory.title == "Planner"
    assert memory.lessons == (
        Lesson(text="plans/okr.json: “not confirmed”", evidence=("approval 1",)),
        Lesson(text="ada removes the section “Order” from a.md", evidence=("a.md@2",), live=False),
        Lesson(text="Lunch is at noon, without exception."),
    )
    assert memory.work == (Work(text="2026-11-20 08:30 home: Filed a.md.", of="r1 x.plan"),)
    for kept in ("Anything up here", "Never plan before nine.\n  - not even", "a line that is no", "## Notes of mine"):
        assert kept in memory.rules
    assert memory.rules.endswith("- stay")


@given(SEVERAL_LINES | st.text(CHARACTERS, max_size=200))
def test_what_was_written_is_read_as_it_was_and_no_text_of_a_person_gets_lost(text: str) -> None:
    memory = read_memory(text, "Planner")
    assert read_memory(memory.written()) == memory
    written = memory.written()
    for word in "".join(char if char.isascii() and char.isalpha() else " " for char in text).split():
        assert word.casefold() in written.casefold()


@given(
    st.lists(st.tuples(st.text(CHARACTERS, min_size=1, max_size=300), st.text(CHARACTERS, max_size=40), st.booleans()))
)
def test_whatever_is_learnt_stays_readable_and_within_bounds(observed: list[tuple[str, str, bool]]) -> None:
    memory = AgentMemory(title="Planner", rules="Be brief.")
    for text, evidence, holds in observed:
        memory = memory.with_lesson(f"x {text}", f"e {evidence}", holds=holds).with_work(f"y {text}", f"run {evidence}")
    memory = memory.bounded()
    assert len(memory.lessons) <= MOST_LESSONS and len(memory.work) <= MOST_WORK
    assert len(memory.written()) < MOST_CHARS + 400
    assert all(len(one.text) <= MOST_TEXT for one in (*memory.lessons, *memory.work))
    assert read_memory(memory.written()) == memory


def test_the_file_stays_small_however_long_the_lines_are() -> None:
    memory = AgentMemory(title="P")
    for number in range(60):
        text = f"{number} " + "word " * 99
        memory = memory.with_lesson(text, f"approval {number}", holds=True).with_work(text, f"r{number} x").bounded()
    assert MOST_CHARS - 500 < len(memory.written()) < MOST_CHARS + 400
    assert [work.text.split()[0] for work in memory.work] == ["59", "58", "57", "56", "55"]
    assert memory.lessons[-1].text.startswith("59 ")


@given(SEVERAL_LINES, st.integers(0, 300))
def test_what_is_told_fits(text: str, most: int) -> None:
    assert len(read_memory(text).told(most)) <= max(most, 2)


def test_rules_come_first_lessons_that_wait_are_not_told_and_the_newest_fit() -> None:
    memory = read_memory(FILE)
    told = memory.told(1500)
    assert told.index("hold over everything") < told.index("Never plan") < told.index("not confirmed")
    assert told.index("Lunch is at noon") < told.index("Filed a.md")
    assert "Order" not in told
    many = AgentMemory(title="P", lessons=tuple(Lesson(text=f"lesson {n} of them") for n in range(9)))
    assert many.told(100).endswith("- lesson 7 of them\n- lesson 8 of them")
    assert AgentMemory(title="P").told(1500) == ""
    assert replace(memory, rules="x" * 99).told(30).endswith("…")


def test_a_lesson_goes_live_at_its_second_independent_observation() -> None:
    once = AgentMemory(title="P").with_lesson("Cut the  Order", "a.md@2", holds=False)
    assert not once.with_lesson("cut the order", "a.md@2", holds=False).lessons[0].live
    twice = once.with_lesson("cut THE order", "a.md@4", holds=False)
    assert twice.lessons == (Lesson(text="Cut the Order", evidence=("a.md@2", "a.md@4"), live=True),)
    assert once.with_lesson("Cut the Order", "approval 1", holds=True).lessons[0].live


def test_what_a_person_wrote_is_never_dropped_for_room() -> None:
    memory = AgentMemory(title="P", lessons=tuple(Lesson(text=f"mine {n}") for n in range(MOST_LESSONS)))
    for number in range(30):
        memory = memory.with_lesson(f"seen {number}", f"a.md@{number}", holds=number % 2 == 0).bounded()
    assert [lesson.text for lesson in memory.lessons] == [f"mine {n}" for n in range(MOST_LESSONS)]


def test_an_edited_lesson_holds_and_a_deleted_one_is_noticed() -> None:
    known = (
        Lesson(text="one", evidence=("a@1",), live=False),
        Lesson(text="two", evidence=("b@1",)),
        Lesson(text="three", evidence=("c@1",), live=False),
    )
    standing = AgentMemory(title="P", lessons=(Lesson(text="One, but better", evidence=("a@1",), live=False), known[2]))
    memory, gone = taken_up(standing, known)
    assert [(lesson.text, lesson.live) for lesson in memory.lessons] == [("One, but better", True), ("three", False)]
    assert [lesson.text for lesson in gone] == ["one", "two"]


@pytest.mark.parametrize(
    ("after", "removed"),
    [
        ("# T\n## Blocks\n```\n## Code\n```\n### Order\n", ()),
        ("# T\n## Blocks\n", ("Order",)),
        ("", ("Blocks", "Order")),
        ("# T\n## Blocks\n### Sequence\n", ()),
        ("# Other\n## Blocks [f9]\n### Order ###\n", ()),
    ],
)
def test_sections_taken_out_are_told_from_those_renamed(after: str, removed: tuple[str, ...]) -> None:
    assert removed_sections("# T\n## Blocks [f1]\n```\n## Code\n```\n### Order\n", after) == removed
