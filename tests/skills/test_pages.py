from dataclasses import replace

from orin_agents.domain.snapshot import Document
from orin_agents.skills.keyphrases import find_phrases
from orin_agents.skills.pages import own_words
from orin_agents.skills.premises import find_premises
from tests.skills.notes import labels, note

PAGE = """# Research desk · Saturday 21 November

<!-- narrative -->
The wiring is the one thing that nobody has looked at.
<!-- /narrative -->

## What they take for granted

- “We assume the wiring carries twenty irons.” (assume) [f1]
- Anyone may help, we hope.

_Everything with an estimate fits._

## Sources

- [f1] We assume the wiring carries twenty irons.: assume — raw_notes/venue.md@1:6

## Handed over

- Guardian: Rules are to be decided.

## My own heading

We think that rope is strong enough.
"""


def made(text: str = PAGE, author: str = "person:ada") -> Document:
    return replace(note(text, "drafts/desk.md"), owner="agent:researcher", author=author)


def test_of_a_page_only_what_is_new_is_read_and_lines_keep_their_numbers() -> None:
    kept = own_words(made()).splitlines()
    assert len(kept) == len(PAGE.splitlines())
    assert [(number, line) for number, line in enumerate(kept, 1) if line and not line.startswith("<!--")] == [
        (4, "The wiring is the one thing that nobody has looked at."),
        (10, "- Anyone may help, we hope."),
        (24, "We think that rope is strong enough."),
    ]


def test_of_a_page_as_the_agent_saved_it_only_the_narrative_is_read() -> None:
    kept = own_words(made(author="agent:researcher"))
    assert kept.split("\n")[2:4] == ["", "The wiring is the one thing that nobody has looked at."]
    assert kept.split()[-1] == "at."


def test_a_persons_note_is_read_whole() -> None:
    assert own_words(note(PAGE)) == PAGE


def test_line_ends_of_every_kind_stay() -> None:
    assert own_words(made("a\r\n- b [f1]\r\nc\rd [f2]\n\ne")) == "a\r\n\r\nc\r\n\ne"
    assert own_words(made("")) == ""


def test_a_premise_quoted_on_a_page_is_not_found_again() -> None:
    venue = note("We assume the wiring carries twenty irons.", "raw_notes/venue.md")
    found = labels(find_premises((venue, made())), "premise")
    assert sorted(found) == [
        "Anyone may help, we hope.",
        "We assume the wiring carries twenty irons.",
        "We think that rope is strong enough.",
    ]


def test_paths_in_a_list_of_sources_are_no_theme() -> None:
    sources = "\n".join(f"- [f{n}] Task {n}: done — task_queue.json@1:{n}" for n in range(1, 30))
    assert find_phrases((made(f"# Brief\n\n## Sources\n\n{sources}\n"),)).facts == ()
