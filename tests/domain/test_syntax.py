"""YAML and JSON as plain values: what is read, what is refused, and the lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.syntax import lines_of, parse, parse_json, parse_yaml


def refused(text: str, path: str = "a.yaml") -> BrokenFile:
    with pytest.raises(BrokenFile) as caught:
        parse(text, path)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 12:30", "12:30"),
        ("a: 2025-01-31", "2025-01-31"),
        ("a: no", "no"),
        ("a: on", "on"),
        ("a: 010", 10),
        ("a: 0x1F", 31),
        ("a: 1e3", 1000.0),
        ("a: -.5", -0.5),
        ("a: true", True),
        ("a: 'true'", "true"),
        ("a: ~", None),
        ("a:", None),
        ("a: 1_000", "1_000"),
        ("a: !!str 5", "5"),
        ("a: " + "9" * 5000, "9" * 5000),
    ],
)
def test_yaml_says_what_it_means(text: str, value: object) -> None:
    parsed, _ = parse_yaml(text, "a.yaml")
    assert parsed == {"a": value}
    assert isinstance(parsed, dict)
    assert type(parsed["a"]) is type(value)


def test_keys_are_text() -> None:
    assert parse_yaml("on: 1\n7: 2\nnull: 3", "a.yaml")[0] == {"on": 1, "7": 2, "null": 3}


def test_places_of_block_yaml() -> None:
    text = "a:\n  - x: 1\n    y: |\n      one\n      two\n\n  # a remark\n  - {x: 2,\n     y: 3}\nb: last\n"
    _, place = parse_yaml(text, "a.yaml")
    first, second = place.parts["a"].parts[0], place.parts["a"].parts[1]
    assert (first.first, first.last) == (2, 5)
    assert (first.parts["y"].line, first.parts["y"].last) == (3, 5)
    assert (second.first, second.last) == (8, 9)
    assert (place.first, place.last) == (1, 10)


def test_places_of_json() -> None:
    _, place = parse_json('{\n "a": [\n  {"x": "}\\n,", "y":\n   [1, 2]\n  },\n  3\n ]\n}', "a.json")
    first = place.parts["a"].parts[0]
    assert (first.first, first.last) == (3, 5)
    assert (first.parts["y"].line, first.parts["y"].first) == (3, 4)
    assert place.parts["a"].parts[1].first == 6
    assert place.last == 8


@pytest.mark.parametrize(
    ("text", "path", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3", "a.yaml", 3, "'a' stands twice"),
        ('{"a": 1,\n\n"\\u0061": 2}', "a.json", 3, "'a' stands twice"),
        ("a:\n\tb: 1", "a.yaml", 2, "not YAML"),
        ("a: b: c", "a.yaml", 1, "mapping values"),
        ("a: [1,\n2", "a.yaml", 2, "not YAML"),
        ("a: &x 1\nb: *x", "a.yaml", 2, "alias"),
        ("a: 1\nb: !thing 2", "a.yaml", 2, "tag !thing"),
        ("a: 1\n---\nb: 1", "a.yaml", 2, "second document"),
        ("? [a]\n: 1", "a.yaml", 1, "cannot be a key"),
        ("a: 1\nb: \x00", "a.yaml", 2, "U+0000"),
        ("@a", "a.yaml", 1, "not YAML"),
        ('{"a": 1\n"b": 2}', "a.json", 2, "not JSON"),
        ("{'a': 1}", "a.json", 1, "not JSON"),
        ("[" * 41 + "]" * 41, "a.json", 1, "nested"),
        ("[" * 41 + "]" * 41, "a.yaml", 1, "nested"),
    ],
)
def test_refusals_name_the_line(text: str, path: str, line: int, says: str) -> None:
    error = refused(text, path)
    assert error.line == line
    assert says in error.reason


@pytest.mark.parametrize("path", ["a.json", "a.yaml"])
def test_hostile_nesting_is_refused_at_once(path: str) -> None:
    assert "nested" in refused("[" * 200_000, path).reason
    assert "nested" in refused('{"a":' * 200_000, path).reason


def test_alias_bomb_is_refused_at_its_first_alias() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(bomb).line == 2


def test_tabs_and_quotes_have_their_own_remedies() -> None:
    assert "spaces" in refused("a:\n\t- b").remedy
    assert "quotes" in refused("a: b: c").remedy
    assert "comma" in refused('{"a": 1,}', "a.json").remedy
    assert "comma" in refused('{"a": 1 "b": 2}', "a.json").remedy
    assert "double quotes" in refused("{'a': 1}", "a.json").remedy


def test_lines_are_those_of_an_editor() -> None:
    assert lines_of("\ufeffa\r\nb\rc\u2028d\x0ce") == ["a", "b", "c\u2028d\x0ce"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    )
)
def test_json_is_read_as_json(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        parsed, place = parse_json(text, "a.json")
        if not isinstance(value, int) or abs(value) < 10**39:
            assert parsed == value
        assert place.last == text.count("\n") + 1


@given(st.text(alphabet=st.sampled_from("ab:-{}[],\"'|>&*!#%@`?~ \n\t\r\\0.1é\u2028\x00\ufeff"), max_size=60))
def test_any_text_gives_a_value_or_broken_file(text: str) -> None:
    for path in ("a.yaml", "a.json"):
        try:
            _, place = parse(text, path)
        except BrokenFile as error:
            assert 0 <= error.line <= text.count("\n") + text.count("\r") + 2
            assert error.remedy
        else:
            assert place.first >= 1
