from hypothesis import given
from hypothesis import strategies as st

from orin_agents.cli.flow import Flow


def set_in(width: int, *pieces: str) -> str:
    flow = Flow(width)
    return "".join(map(flow.feed, pieces)) + flow.rest()


def test_words_are_not_broken_and_items_hang() -> None:
    assert set_in(12, "Some words th", "at are set.\n- an it", "em of words\n[f1] what it is") == (
        "Some words\nthat are\nset.\n- an item of\n  words\n[f1] what it\n     is"
    )


def test_a_word_that_is_longer_than_a_line_stands_whole() -> None:
    assert set_in(8, "see http://a.example/long now") == "see\nhttp://a.example/long\nnow"


def test_wide_letters_have_lines_without_blanks() -> None:
    assert set_in(8, "長い長い長い") == "長い長い\n長い"


@given(st.lists(st.text("ab -\n1.", max_size=30)), st.integers(10, 40))
def test_nothing_is_lost_however_it_comes(pieces: list[str], width: int) -> None:
    shown = set_in(width, *pieces)
    assert shown.split() == "".join(pieces).split()
    assert shown == set_in(width, "".join(pieces))


@given(st.text("ab \n", max_size=200), st.integers(10, 40))
def test_lines_fit(text: str, width: int) -> None:
    words = max(map(len, text.split()), default=0)
    assert all(len(line) <= max(width, words) for line in set_in(width, text).split("\n"))
