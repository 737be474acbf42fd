import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.dialogue import Role, Window
from orin_agents.domain.errors import PromptTooLong
from orin_agents.skills.context import PER_MESSAGE, Packed, Part, pack, room

PARTS = st.lists(
    st.builds(
        Part,
        name=st.uuids().map(str),
        text=st.text("ab ", min_size=1, max_size=30),
        role=st.sampled_from([Role.SYSTEM, Role.USER]),
        value=st.integers(0, 5).map(float),
        needed=st.booleans(),
        heading=st.sampled_from(["", "Facts:", "Passages:"]),
        reply=st.sampled_from(["", "yes"]),
    ),
    max_size=8,
)


def size(parts: tuple[Part, ...]) -> int:
    return sum(len(message.text) + PER_MESSAGE for message in Packed(kept=parts).messages)


@given(PARTS, st.integers(0, 400))
def test_what_is_kept_fits_is_whole_and_in_order(parts: list[Part], budget: int) -> None:
    needed = tuple(part for part in parts if part.needed)
    if size(needed) > budget:
        with pytest.raises(PromptTooLong):
            pack(parts, budget)
        return
    packed = pack(parts, budget)
    assert size(packed.kept) <= budget
    assert set(needed) <= set(packed.kept)
    assert list(packed.kept) == [part for part in parts if part in packed.kept]
    assert {part.name for part in parts} == {part.name for part in packed.kept} | set(packed.left_out)
    assert len(packed.kept) + len(packed.left_out) == len(parts)
    said = "".join(message.text for message in packed.messages)
    assert all(part.text in said and part.reply in said for part in packed.kept)


@given(PARTS, st.integers(0, 400))
def test_a_part_is_left_out_only_for_what_is_worth_more(parts: list[Part], budget: int) -> None:
    try:
        packed = pack(parts, budget)
    except PromptTooLong:
        return
    for part in (part for part in parts if part.name in packed.left_out):
        before = [p for p in packed.kept if p.needed or p.value >= part.value]
        beside = tuple(p for p in parts if p in before or p is part)
        assert size(beside) > budget


@given(PARTS)
def test_with_room_enough_nothing_is_left_out(parts: list[Part]) -> None:
    assert pack(parts, 10_000).left_out == ()


def test_neighbours_are_one_message_and_a_turn_is_two() -> None:
    packed = pack(
        [
            Part(name="rules", text="Be brief.", role=Role.SYSTEM, needed=True),
            Part(name="memory", text="Ada likes lists.", role=Role.SYSTEM, heading="Memory:"),
            Part(name="turn 1", text="When?", reply="Tomorrow."),
            Part(name="p1", text="[p1] one", heading="Passages:"),
            Part(name="p2", text="[p2] two", heading="Passages:"),
            Part(name="question", text="Who?", needed=True),
        ],
        1000,
    )
    assert [(message.role.value, message.text) for message in packed.messages] == [
        ("system", "Be brief.\n\nMemory:\n\nAda likes lists."),
        ("user", "When?"),
        ("assistant", "Tomorrow."),
        ("user", "Passages:\n\n[p1] one\n[p2] two\n\nWho?"),
    ]


def test_what_is_left_out_is_named_most_valuable_first() -> None:
    parts = [Part(name=f"p{n}", text="x" * 100, value=float(n)) for n in range(4)]
    assert pack(parts, 230).left_out == ("p1", "p0")


def test_the_room_is_what_the_answer_leaves_and_half_at_least() -> None:
    window = Window(model="m", tokens=4000, chars_per_token=3.0)
    assert room(window, 1000) == 8100
    assert room(window, 3900) == room(window, 2000) == 5400
