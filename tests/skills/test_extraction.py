from dataclasses import replace
from datetime import date

from orin_agents.domain.facts import Fact
from orin_agents.domain.passages import Passage
from orin_agents.skills.citing import numbered
from orin_agents.skills.extraction import LONGEST, extract
from orin_agents.skills.relevance import understood

TODAY = date(2026, 11, 24)


def passage(text: str) -> Passage:
    return Passage(project="home", path="a.md", version=1, first_line=1, last_line=9, text=text)


def test_the_sentences_that_speak_of_the_question_as_they_stand() -> None:
    found = numbered([passage("# Hall\n\nThe hall is long. Bread is cheap. The contract for the hall is signed.")], [])
    assert extract(understood("Is the hall contract signed?", TODAY), found, None) == (
        "- “The contract for the hall is signed.” [p1]"
    )


def test_what_code_says_goes_first_and_a_fact_is_not_said_twice() -> None:
    facts = [
        Fact(id="due.1", label="Sign", value="2026-11-24", unit="date"),
        Fact(id="x", label="Due today in all", value=2),
    ]
    found = numbered([], facts, [("Due today: “Sign”.", ("due.1",))])
    assert extract(understood("What is due today?", TODAY), found, None) == (
        "- Due today: “Sign”. [f1]\n- Due today in all: 2 [f2]"
    )


def test_a_row_of_a_table_is_a_sentence() -> None:
    table = passage("| Task | Owner |\n| --- | --- |\n| Lend extinguishers | Harbour |\n| Draw | Bo |")
    assert extract(understood("Who lends extinguishers?", TODAY), numbered([table], []), None) == (
        "- “Lend extinguishers · Harbour” [p1]"
    )


def test_a_passage_that_only_as_a_whole_speaks_of_it_is_shown_by_its_beginning() -> None:
    said = extract(understood("moon", TODAY), numbered([passage("word " * 200)], []), None)
    assert said.startswith("- “word word") and said.endswith("…” [p1]") and len(said) < LONGEST + 20


def test_what_holds_much_less_of_the_question_than_the_best_is_left_out() -> None:
    costs = passage("Hall 900, insurance 380. The soup would cost 450.")
    wiring = [Fact(id="risk.1", label="The hall's wiring fails", value=15)]
    said = extract(
        understood("What does the hall cost?", TODAY),
        numbered([costs, replace(passage("A hall."), path="b.md")], wiring),
        None,
    )
    assert said.splitlines() == ["- “Hall 900, insurance 380.” [p1]", "- “The soup would cost 450.” [p1]"]


def test_two_facts_are_enough_of_one_thing() -> None:
    facts = [Fact(id=f"due.{number}", label="Sign the contract", value="x") for number in range(1, 6)]
    assert extract(understood("contract", TODAY), numbered([], facts), None).count("Sign the contract") == 2


def test_data_is_quoted_line_by_line_and_front_matter_is_not() -> None:
    prices = replace(passage("thing,price\nhall,900\nsoup,450\n"), path="costs.csv")
    note = passage("---\ntags: hall\n---\nThe hall is long.")
    said = extract(understood("hall", TODAY), numbered([prices, note], []), None)
    assert said.splitlines() == ["- “hall,900” [p1]", "- “The hall is long.” [p2]"]


def test_with_nothing_nothing_is_said() -> None:
    assert extract(understood("moon", TODAY), numbered([], []), None) == ""
