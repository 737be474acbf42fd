import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.skills import prose
from orin_agents.skills.prose import Form
from tests.skills.notes import HOSTILE, at_lines, markdown, note, shelf


def read(text: str) -> list[str]:
    return [sentence.text for sentence in prose.sentences(note(text))]


@given(markdown())
def test_every_sentence_stands_word_for_word_at_its_lines(text: str) -> None:
    for sentence in prose.sentences(note(text)):
        assert sentence.text.strip()
        assert sentence.text in at_lines(text, sentence.source)


@given(markdown())
def test_sentences_come_in_their_order(text: str) -> None:
    lines = [sentence.first_line for sentence in prose.sentences(note(text))]
    assert lines == sorted(lines)


@pytest.mark.parametrize("name", ["rust-goals-2025h1", "obsidian-tasks-demo"])
def test_real_documents_are_read_word_for_word(name: str) -> None:
    documents = shelf(name)
    assert documents
    for document in documents:
        for sentence in prose.sentences(document):
            assert sentence.text in at_lines(document.text, sentence.source)
            assert not sentence.text.startswith("|")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_time_that_grows_with_it(name: str) -> None:
    for sentence in prose.sentences(note(HOSTILE[name])):
        prose.plain(sentence.text)
        assert sentence.quotable in (True, False)


def test_what_is_no_prose_is_left_out() -> None:
    text = """---
title: Not prose.
---
# Title

Read me. <b>x</b>

```python
print("Not me.")
```
~~~
Nor me.
~~~
| Table | Cells. |
| --- | --- |
| Not. | Here. |

a | header
--|--
No. | No.

    indented.code()

<!-- Hidden.
Hidden too. -->
%%
Also hidden.
%%
$$
x.y = z.
$$
[ref]: https://example.org "Not. Me."
key:: value.
***
Last words."""
    assert read(text) == ["Title", "Read me.", "<b>x</b>", "Last words."]


def test_an_open_fence_hides_the_rest_and_open_front_matter_hides_nothing() -> None:
    assert read("One.\n\n```\ntwo.\n\nThree.") == ["One."]
    assert read("---\ntitle\n\nOne.") == ["title", "One."]


def test_a_fence_in_a_quote_ends_with_the_quote() -> None:
    assert read("> One.\n> ```\n> code.\n\nTwo.") == ["One.", "Two."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See e.g. the hall. Then go.", ["See e.g. the hall.", "Then go."]),
        ("Dr. Ada and J. Bo came. They left.", ["Dr. Ada and J. Bo came.", "They left."]),
        ("Version 1.2 works. It does!", ["Version 1.2 works.", "It does!"]),
        ("“Is it so?” she asked. Yes.", ["“Is it so?”", "she asked.", "Yes."]),
        ("Wait... then go. Now.", ["Wait... then go.", "Now."]),
        ("これは文。次の文。", ["これは文。", "次の文。"]),
        ("No end", ["No end"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert read(text) == expected


def test_items_tasks_headings_and_quotes_are_told_apart() -> None:
    text = "Setext\n===\n\n- item\n  goes on\n- [ ] task\n3) third\n\n## Heading ##\n> quote\n\ntext"
    found = [(sentence.form, sentence.text) for sentence in prose.sentences(note(text))]
    assert found == [
        (Form.HEADING, "Setext"),
        (Form.ITEM, "item\n  goes on"),
        (Form.TASK, "task"),
        (Form.ITEM, "third"),
        (Form.HEADING, "Heading"),
        (Form.QUOTE, "quote"),
        (Form.PARAGRAPH, "text"),
    ]


def test_lines_are_counted_over_every_kind_of_line_end() -> None:
    found = list(prose.sentences(note("One.\r\n\r\nTwo goes\ron. Three.\n")))
    assert [(s.text, s.first_line, s.last_line) for s in found] == [
        ("One.", 1, 1),
        ("Two goes\ron.", 3, 4),
        ("Three.", 4, 4),
    ]


@pytest.mark.parametrize(
    ("text", "quotable"),
    [
        ("A plain sentence with `code` and **weight**.", True),
        ("A [link](https://example.org) stands here.", False),
        ("A [[Note|wikilink]] stands here.", False),
        ("A footnote[^1] stands here.", False),
        ("See https://example.org for more.", False),
        ("Some <b>HTML</b> stands here.", False),
        ("A block reference. ^abc", False),
        ("A bell\x07 rings.", False),
        ("> quoted over\n> two lines.", False),
    ],
)
def test_only_sentences_without_links_and_hidden_characters_are_quotable(text: str, quotable: bool) -> None:
    assert all(s.quotable for s in prose.sentences(note(text))) is quotable


def test_plain_words_have_no_syntax() -> None:
    text = (
        'The [[Hall|big hall]], [page](a.md "t"), [[Note]], ![x](i.png), `code` **and** _more_ #tag https://e.org [f3]'
    )
    assert prose.plain(text) == "The big hall, page, Note, x, code and more"


@given(st.text())
def test_plain_words_stand_on_one_line(text: str) -> None:
    plain = prose.plain(text)
    assert plain == " ".join(plain.split())
