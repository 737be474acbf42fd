"""Chunks: whatever the text, every line is found again, and a chunk is exactly the lines it names."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orin_agents.domain.passages import Chunk, Form, ReadText
from orin_agents.domain.syntax import lines_of
from orin_agents.skills.chunks import LONGEST, MOST, chunks

DATA = Path(__file__).parents[1] / "data"
NOTES = sorted(
    path for folder in ("rust-goals-2025h1", "obsidian-tasks-demo") for path in (DATA / folder).rglob("*.md")
)
WRITTEN = [
    "",
    "",
    "#",
    "# One",
    "## Two ##",
    "###",
    "Three",
    "===",
    "---",
    "- item",
    "* [ ] task",
    "1. first",
    "```py",
    "```",
    "~~~~",
    "    ````",
    "> quote",
    "| a | b |",
    "|---|---|",
    "<!-- narrative -->",
    "title: x",
    "…",
    "",
]
ODD = ("  ", "word " * 90, "long " * 700, "x" * 5000, "\ufeff", "a\u2028b", "\x0b", "# " + "#" * 300)
LINES = st.sampled_from([*WRITTEN, *ODD])
TEXTS = st.lists(LINES, max_size=40).map("\n".join)


def cut(text: str, form: Form = Form.MARKDOWN) -> tuple[Chunk, ...]:
    return chunks(ReadText(text=text, form=form))


def assert_whole(text: str, found: tuple[Chunk, ...]) -> None:
    lines = lines_of(text)
    covered: dict[int, str] = {}
    last = 0
    for chunk in found:
        assert 1 <= chunk.first_line <= chunk.last_line <= len(lines)
        assert chunk.text.strip()
        assert len(chunk.text) <= LONGEST
        assert len(chunk.text.split()) <= MOST
        standing = "\n".join(lines[chunk.first_line - 1 : chunk.last_line])
        if chunk.text == standing:
            assert chunk.first_line > last, "a line is in one chunk"
            covered |= dict.fromkeys(range(chunk.first_line, chunk.last_line + 1), "")
        else:
            assert chunk.first_line == chunk.last_line >= last
            assert chunk.text in standing
            covered[chunk.first_line] = covered.get(chunk.first_line, "") + chunk.text
        last = chunk.last_line
    for number, line in enumerate(lines, 1):
        assert number in covered or not line.strip()
        parts = covered.get(number, "")
        assert not parts or parts.split() == line.split() or "".join(parts.split()) == "".join(line.split())


@settings(max_examples=150)
@given(TEXTS, st.sampled_from([Form.MARKDOWN, Form.LINES]))
def test_every_line_is_in_one_chunk_and_a_chunk_is_its_lines(text: str, form: Form) -> None:
    assert_whole(text, cut(text, form))


@settings(max_examples=40)
@given(TEXTS, st.sets(st.integers(1, 60)))
def test_pages_are_never_joined(text: str, starts: set[int]) -> None:
    pages = tuple(sorted(start for start in starts if start <= len(lines_of(text))))
    found = chunks(ReadText(text=text, form=Form.PAGES, pages=(1, *(page for page in pages if page > 1))))
    assert_whole(text, found)
    for chunk in found:
        assert not any(chunk.first_line < page <= chunk.last_line for page in pages if page > 1)
        assert chunk.heading.startswith("page ")


@pytest.mark.parametrize("path", NOTES[::4], ids=lambda path: path.name)
def test_real_notes_are_covered(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert_whole(text, cut(text))


def test_sections_keep_their_headings() -> None:
    text = (
        "# Plan\n\n" + "Words about it all. " * 9 + "\n\n## Venue\n\nThe hall.\n\n### Keys ###\n\n" + "They hang. " * 20
    )
    found = cut(text + "\n\nLater\n=====\n\nAnd on.\n")
    assert [(chunk.first_line, chunk.last_line, chunk.heading) for chunk in found] == [
        (1, 3, "Plan"),
        (5, 11, "Plan › Venue"),  # the short section goes with the one below it
        (13, 16, "Later"),
    ]


def test_blocks_stay_whole() -> None:
    code = "```py\n" + "\n\n".join(f"def f{n}(): return {n}" for n in range(30)) + "\n```"
    table = "\n".join(f"| row {n} | {'cell ' * 6}|" for n in range(25))
    text = f"# A\n\n{'Word ' * 100}\n\nLike this:\n{code}\n\n{'Word ' * 100}\n\n{table}\n"
    texts = [chunk.text for chunk in cut(text)]
    assert any(code in one for one in texts)
    assert any(table in one for one in texts)


def test_long_lists_are_cut_before_items() -> None:
    items = [f"- item {n} " + "word " * 20 + "\n  and its second line" for n in range(40)]
    found = cut("\n".join(items))
    assert len(found) > 5
    assert all(chunk.text.startswith("- item") for chunk in found)


def test_front_matter_stands_apart() -> None:
    found = cut("---\ntitle: x\ntags: [a]\n---\n# Note\n\nText.\n")
    assert [(chunk.first_line, chunk.last_line) for chunk in found] == [(1, 4), (5, 7)]
    assert cut("---\nnot closed\n")[0].first_line == 1


def test_a_fence_left_open_takes_the_rest_within_bounds() -> None:
    assert_whole(text := "# A\n\n```\n" + "line of code\n" * 2000, cut(text))
    assert "```" in cut("Say ```x``` now\n\n# B\n\nText\n")[0].text
    assert [chunk.heading for chunk in cut("Say ```x``` now, " + "word " * 40 + "\n\n# B\n\nText\n")] == ["", "B"]


@pytest.mark.parametrize("line", ["x" * 1_000_000, "word " * 200_000, "# " + " " * 1_000_000 + "#", "`" * 1_000_000])
def test_a_line_of_a_megabyte_is_cut_in_no_time(line: str) -> None:
    began = time.perf_counter()
    found = cut(f"# A\n\n{line}\n\nEnd.\n")
    assert time.perf_counter() - began < 5
    assert_whole(f"# A\n\n{line}\n\nEnd.\n", found)
    assert {chunk.last_line for chunk in found} <= {1, 3, 5}


def test_nothing_gives_nothing() -> None:
    for form in Form:
        assert cut("", form) == cut("\n \n\t\n", form) == ()
