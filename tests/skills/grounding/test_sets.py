"""The labelled sets: how much of what is wrong the check marks, and how much of what is true. `scripts/grounding`."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "scripts" / "grounding.d"))

import score  # noqa: E402 the scripts are no package; their folder has to be known first

SETS = ("development", "held-out", "third", "fourth")


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
