"""What is taken out of a stream: thoughts, loops, tool calls in the text; and what errors are made to say."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orin_agents.adapters.models.faults import Kind, translated
from orin_agents.adapters.models.repetition import Repetition, repeats
from orin_agents.adapters.models.thinking import Thoughts
from orin_agents.adapters.models.toolcalls import Assembly, Held, in_text
from orin_agents.domain.deployments import Server
from orin_agents.domain.models import Deployment

HERE = Deployment(server=Server.LLAMACPP, model="m", url="http://127.0.0.1:8080")
TEXTS = st.lists(st.sampled_from(["<think>", "</think>", "<", ">", "think", "a", " ", "\n", "/", "<th"]), max_size=12)


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def without_thoughts(pieces: list[str]) -> str:
    thoughts = Thoughts()
    return "".join(thoughts.feed(piece) for piece in pieces) + thoughts.end()


@given(TEXTS, st.integers(1, 9))
def test_thoughts_are_the_same_however_the_text_is_cut(parts: list[str], size: int) -> None:
    text = "".join(parts)
    assert without_thoughts(cut(text, size)) == without_thoughts([text])
    if "<think>" not in text:
        assert without_thoughts(cut(text, size)) == text.lstrip()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>a</think>\n\nb", "b"),
        ("a <think>b</think> c", "a  c"),
        ("<think>never closed", ""),
        ("a < b and </think", "a < b and </think"),
        ("<think></think>", ""),
    ],
)
def test_thoughts_between_their_marks(text: str, left: str) -> None:
    assert without_thoughts(list(text)) == left


@settings(max_examples=20)  # each looks through a long text
@given(st.text(min_size=1, max_size=200), st.text(max_size=60))
def test_what_repeats_long_enough_is_noticed(unit: str, before: str) -> None:
    assert repeats(before + unit * max(6, 400 // len(unit) + 1))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200))
def test_numbers_in_a_row_are_no_loop(numbers: list[int]) -> None:
    assert not repeats(", ".join(map(str, dict.fromkeys(numbers))))


def test_a_table_with_rules_is_no_loop() -> None:
    seen = Repetition()
    rows = "".join(f"| {n} | task {n * 7 % 10} | – |\n| --- | --- | --- |\n" for n in range(60))
    assert not any(seen.feed(piece) for piece in cut(rows + "-" * 200 + "\n", 7))
    assert any(seen.feed("no ") for _ in range(200))


@given(st.text(alphabet='a{}[]"`<>tool_c/ \n', max_size=80), st.integers(1, 9))
def test_nothing_of_a_text_is_lost_in_holding_it_back(text: str, size: int) -> None:
    held = Held()
    assert "".join(held.feed(piece) for piece in cut(text, size)) + held.end() == text


NAMES = st.sampled_from(["note", "search"])
ARGUMENTS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3)


@given(NAMES, ARGUMENTS, st.sampled_from(["{}", "<tool_call>\n{}\n</tool_call>", "```json\n{}\n```", "[{}]"]))
def test_a_call_is_found_in_every_dress(name: str, arguments: dict[str, object], dress: str) -> None:
    text = dress.replace("{}", json.dumps({"name": name, "arguments": arguments}))
    (call,) = in_text(text, frozenset({"note", "search"}), lambda: "1")
    assert (call.name, json.loads(call.arguments)) == (name, arguments)


@given(ARGUMENTS.filter(bool), st.data())
def test_a_call_that_breaks_off_is_none(arguments: dict[str, object], data: st.DataObject) -> None:
    text = json.dumps({"name": "note", "arguments": arguments})
    short = text[: data.draw(st.integers(0, len(text) - 1))]
    assert in_text(f"<tool_call>{short}", frozenset({"note"}), lambda: "1") == ()
    parts = Assembly()
    whole = json.dumps(arguments)
    parts.feed(0, "a", "note", whole[: data.draw(st.integers(1, len(whole) - 1))])
    assert parts.whole(lambda: "1") == ()


def test_calls_in_parts_with_one_number_are_told_apart_by_their_ids() -> None:
    parts = Assembly()
    for id, name, arguments in (("a", "note", "{"), ("", "", "}"), ("b", "note", '{"x": 1}'), ("c", "", "")):
        parts.feed(0, id, name, arguments)
    assert [(call.id, call.arguments) for call in parts.whole(lambda: "new")] == [("a", "{}"), ("b", '{"x": 1}')]


class Told(Exception):
    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status_code = status


@pytest.mark.parametrize(
    ("text", "status", "kind", "tokens"),
    [
        ("litellm.BadRequestError: OpenAIException - context length of 8192 tokens exceeded", 400, Kind.TOO_LONG, 8192),
        ("maximum context length is 131072 tokens", 400, Kind.TOO_LONG, 131072),
        ("input is too large to process", 500, Kind.TOO_LONG, 0),
        ("prompt is too long: 200001 tokens > 200000 maximum", 400, Kind.TOO_LONG, 0),
        ("litellm.Timeout: Connection timed out", 408, Kind.AWAY, 0),
        ("unknown field 'foo'", 422, Kind.REFUSED, 0),
        ("teapot", 418, Kind.AWAY, 0),
    ],
)
def test_what_servers_say_is_sorted(text: str, status: int, kind: Kind, tokens: int) -> None:
    fault = translated(Told(text, status), HERE, begun=False)
    assert (fault.kind, fault.tokens) == (kind, tokens)


@given(st.text(max_size=400), st.integers(0, 599), st.booleans())
def test_whatever_a_library_raises_is_one_printable_line(text: str, status: int, begun: bool) -> None:
    fault = translated(Told(text, status), HERE, begun=begun)
    assert fault.text.isprintable() and len(fault.text) < 300
