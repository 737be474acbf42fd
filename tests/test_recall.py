"""How well search finds must not get worse: floors a little below what `scripts/recall` measured."""

from pathlib import Path

import pytest

from orin_agents.domain.passages import Passage
from orin_agents.domain.syntax import lines_of
from tests.recall import Question, indexed, notes, questions, scored, ways

FLOORS = {"words alone": (0.93, 0.80), "vectors alone": (0.80, 0.64), "fused": (0.96, 0.81)}
"""Recall at 10 and mean reciprocal rank, on all questions."""


def test_search_finds_what_it_is_asked_for(tmp_path: Path) -> None:
    asked = questions()
    with indexed(tmp_path) as index:
        for name, way in ways(index).items():
            score = scored([question.rank(way(question.query)) for question in asked])
            assert (score.recall[10], score.mrr) >= FLOORS[name] and score.mrr >= FLOORS[name][1], (name, score)


def test_every_question_has_lines_that_answer_it() -> None:
    lengths = {path: len(lines_of(file.read_text(encoding="utf-8"))) for path, file in notes()}
    asked = questions()
    assert len(asked) >= 120 and len({question.query for question in asked}) == len(asked)
    assert {question.kind for question in asked} == {"question", "words", "misspelt"}
    for question in asked:
        assert 1 <= question.first_line <= question.last_line <= lengths[question.path], question


@pytest.mark.parametrize(("lines", "rank"), [((1, 3), 0), ((1, 4), 1), ((6, 9), 1), ((7, 9), 0)])
def test_a_passage_answers_when_it_shares_a_line(lines: tuple[int, int], rank: int) -> None:
    question = Question(query="x", kind="words", path="a.md", first_line=4, last_line=6)
    passage = Passage(project="home", path="a.md", version=1, first_line=lines[0], last_line=lines[1], text="x")
    assert question.rank([passage]) == rank
    assert scored([1, 2, 0, 11]).recall == {1: 0.25, 5: 0.5, 10: 0.5}
    assert scored([1, 2, 0, 11]).mrr == pytest.approx(0.375)
