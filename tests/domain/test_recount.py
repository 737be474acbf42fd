"""okr.json with the counts of tasks: the rest of the file stays as it was written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.recount import recounted

COMPACT = """{
\t"objectives": [
    {"id": "O1", "title": "Hall", "key_results": [
      {"id": "K1", "title": "20 helpers", "target": 20, "current": 5, "counts_tag": "x"},
      {"id": "K2", "title": "Permits \U0001f600", "target": 3.50, "current": 1}
    ]}
  ]
}
"""


def test_only_the_figure_changes() -> None:
    text = recounted(COMPACT, {"20 helpers": 8.0})
    assert text == COMPACT.replace('"current": 5', '"current": 8')


def test_nothing_when_nothing_differs() -> None:
    assert recounted(COMPACT, {"20 helpers": 5.0}) == ""
    assert recounted(COMPACT, {}) == ""
    assert recounted(COMPACT, {"another": 8.0}) == ""


def test_an_absent_figure_is_added() -> None:
    text = recounted(COMPACT.replace('"current": 5, ', ""), {"20 helpers": 7.5})
    assert json.loads(text)["objectives"][0]["key_results"][0]["current"] == 7.5


def test_titles_that_stand_twice_are_left_alone() -> None:
    assert recounted(COMPACT.replace("Permits \U0001f600", "20 helpers"), {"20 helpers": 8.0}) == ""


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"objectives": 3}', '{"objectives": [{"key_results": [1]}]}'])
def test_what_is_no_okr_file_gives_nothing(text: str) -> None:
    assert recounted(text, {"20 helpers": 8.0}) == ""


@given(st.floats(min_value=0, max_value=1e6), st.sampled_from([None, 0, 2, "\t"]))
def test_the_rest_of_the_file_is_the_same(count: float, indent: int | str | None) -> None:
    data = json.loads(COMPACT)
    text = recounted(json.dumps(data, indent=indent), {"20 helpers": count})
    if text:
        data["objectives"][0]["key_results"][0]["current"] = pytest.approx(count, abs=1e-4)
        assert json.loads(text) == data
    else:
        assert count == pytest.approx(5, abs=1e-5)
