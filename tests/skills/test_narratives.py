import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.pages import Sentence
from orin_agents.skills.narratives import MOST_PARAGRAPHS, MOST_SENTENCES, read_narrative, schema

IDS = {"f1": "drift.total", "f2": "share.1", "p1": "passage.1"}
GOOD = {
    "paragraphs": [
        {
            "sentences": [
                {"text": "Drift is 0.65.", "cites": ["f1"]},
                {"text": "Most went to bookings.", "cites": ["f2"]},
            ]
        },
        {"sentences": [{"text": "The hall is closed.", "cites": ["p1", "f9"]}]},
    ]
}


def texts(answer: str) -> list[list[str]]:
    return [[sentence.text for sentence in paragraph] for paragraph in read_narrative(answer, IDS)]


def test_an_answer_as_asked() -> None:
    first, second = read_narrative(json.dumps(GOOD), IDS)
    assert first == (
        Sentence(text="Drift is 0.65.", cites=("drift.total",)),
        Sentence(text="Most went to bookings.", cites=("share.1",)),
    )
    assert second[0].cites == ("passage.1",), "a mark that was never given cites nothing"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Sure! Here it is:\n```json\n" + json.dumps(GOOD) + "\n```\nAnything else?", 3),
        (json.dumps(GOOD)[:-30], 2),
        (json.dumps({"sentences": ["One.", {"text": "Two."}]}), 2),
        (json.dumps({"paragraphs": ["One.", "Two."]}), 2),
        (json.dumps({"text": "One."}), 1),
        ('{"paragraphs": [{"sentences": [{"text": "A\nb.", "cites": []}]}]}', 1),
        ("Drift is high.", 0),
        ("", 0),
        ("{", 0),
        ("[" * 100_000, 0),
        ('{"a":' * 100_000, 0),
        (json.dumps({"paragraphs": [{"sentences": [{"text": "x" * 5000, "cites": []}, 7, None, {"text": " "}]}]}), 0),
    ],
)
def test_what_small_models_make_of_it(answer: str, said: int) -> None:
    assert sum(map(len, texts(answer))) == said


def test_marks_in_the_text_become_cites() -> None:
    answer = json.dumps({"text": "Drift is 0.65 [f1], they say (f2, p1)."})
    ((sentence,),) = read_narrative(answer, IDS)
    assert sentence == Sentence(text="Drift is 0.65, they say.", cites=("drift.total", "share.1", "passage.1"))


def test_a_sentence_said_again_and_again_is_kept_once() -> None:
    answer = json.dumps({"sentences": [{"text": text} for text in ("One.", "Two.", "one.", "ONE.")]})
    assert texts(answer) == [["One.", "Two."]]


def test_there_is_a_bound_to_paragraphs_and_sentences() -> None:
    answer = json.dumps({"paragraphs": [{"sentences": [f"{p} {s}." for s in range(50)]} for p in range(50)]})
    assert [len(paragraph) for paragraph in texts(answer)] == [MOST_SENTENCES] * MOST_PARAGRAPHS


def test_the_schema_allows_the_marks_that_were_given_and_no_others() -> None:
    sentences = schema(("f1", "p1"))["properties"]["paragraphs"]["items"]["properties"]["sentences"]
    assert sentences["items"]["properties"]["cites"]["items"] == {"enum": ["f1", "p1"]}
    assert "enum" not in json.dumps(schema(()))


@given(st.text() | st.recursive(st.text('{}[]",: ab'), lambda inner: st.tuples(inner, inner).map("".join)))
def test_no_answer_breaks_the_reading(answer: str) -> None:
    read_narrative(answer, IDS)


@given(st.integers(0, len(json.dumps(GOOD))))
def test_of_an_answer_that_was_cut_off_the_whole_sentences_stand(at: int) -> None:
    said = [text for paragraph in texts(json.dumps(GOOD)[:at]) for text in paragraph]
    assert said == ["Drift is 0.65.", "Most went to bookings.", "The hall is closed."][: len(said)]
