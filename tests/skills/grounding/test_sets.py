"""The labelled sets: how much of what is wrong the check marks, and how much of what is true. `scripts/grounding`."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "scripts" / "grounding.d"))

import score  # noqa: E402 the scripts are no package; their folder has to be known first

SETS = ("development", "held-out", "third", "fourth")
BLIND_CAUGHT = 87.0
BLIND_ALARMS = 9.0
"""A guard against getting worse, a little below what the blind set is measured at; no floor that it has to reach."""


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_large_and_half_true_and_no_sentence_is_in_it_twice(name: str):
    lines = (score.DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    true = sum('"true": true' in line for line in lines)
    assert len(lines) >= 300 and true * 2 == len(lines)
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("name", SETS)
def test_what_is_wrong_is_marked_and_what_is_true_is_not(name: str):
    found = score.score(list(score.judged(name)))
    table = "\n".join(score.table(name, found))
    assert found.share_caught(score.PLAIN) >= score.LEAST_CAUGHT, table
    assert found.share_alarmed((*score.PLAIN, "true", *score.LOGIC)) <= score.MOST_ALARMS, table


def test_the_blind_set_does_not_get_worse():
    found = score.score(list(score.judged("fifth")))
    table = "\n".join(score.table("fifth", found))
    assert found.share_caught(score.PLAIN) >= BLIND_CAUGHT, table
    assert found.share_alarmed((*score.PLAIN, "true", *score.LOGIC)) <= BLIND_ALARMS, table


def test_a_planted_name_that_stands_elsewhere_in_the_evidence_is_a_swapped_subject():
    rows = [row for row in score.judged("fifth") if not row.true]
    assert next(row.kind for row in rows if row.text == "Esra draws the tables into the plan.") == "subject"
    assert next(row.kind for row in rows if row.planted == "mugs") == "name"
