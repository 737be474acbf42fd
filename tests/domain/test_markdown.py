"""A person's text shows as it is in a page, whatever characters it holds."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from orin_agents.domain.markdown import MOST, inline, one_line

NASTY = st.text(
    alphabet=st.sampled_from(list("ab1 #*_`[]()<>!|~\\&;:%-+=.\n\r\t\u2028\u202e\x00/\"'f\U0001f600")), max_size=60
)


def shown(line: str) -> str:
    """What a reader of the rendered line sees; an error when it is more than plain text."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(line)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"], line
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text"}, line
    return "".join(child.content for child in children)


@given(NASTY)
@example("# not a heading")
@example("<!-- narrative -->")
@example("1. not a list")
@example("---")
@example("&lt;b&gt;")
@example("[f1]")
@example("~~~")
@example("a\n\n| b |")
def test_any_text_is_shown_as_it_is(text: str) -> None:
    if one_line(text):
        assert shown(inline(text)) == one_line(text)


@given(NASTY)
def test_a_text_cannot_open_a_comment_or_look_like_a_mark(text: str) -> None:
    assert "<!" not in inline(f"{text}<!-- x --> [f1] {text}")
    assert "[f1]" not in inline(f"{text} [f1] {text}")


@pytest.mark.parametrize(
    "text", ["call the hall", "a < b and b > c", "snake_case_name", "50 % off", "raw_notes/hall.md", "über – “quoted”"]
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert inline(text) == text


def test_a_long_text_is_cut() -> None:
    assert len(inline("word " * 200)) <= MOST
    assert inline("word " * 200).endswith("…")


def test_an_obsidian_tag_in_a_title_makes_no_tag() -> None:
    assert inline("see #home") == r"see \#home"


def test_a_lone_surrogate_can_be_saved() -> None:
    assert inline("a\ud800b").encode() == "a\ufffdb".encode()
