"""Servers that fail in every way there is: each is named, contained, and asked again or given up within its budget."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pytest

from orin_agents.adapters.models.library import Library
from orin_agents.domain.dialogue import ChatMessage, Finish, ModelRequest, Piece, Role, Tool
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, PromptTooLong
from tests.adapters.models.conftest import Desk, answer, ended, question, restarts
from tests.models.scripted import (
    Answer,
    Line,
    Scripted,
    breaks_off,
    calls,
    ends_early,
    error_inside,
    fails,
    says,
    scripted_server,
    sends,
    stalls,
    thinks,
)

NOTE = Tool(name="note", about="Writes a note.", parameters={"type": "object", "properties": {"text": {}}})
GOOD = says("Good", " morning", ".")
BYTES = b'data: {"object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
LIMITS = {"first_token_seconds": 20, "stall_seconds": 20, "answer_seconds": 20}
QUICK = {"first_token_seconds": 0.2, "stall_seconds": 0.2}


def other(at: Scripted, **more: Any) -> dict[str, Any]:
    return {"server": "openai-compatible", "model": "m", "url": at.url, **LIMITS, **more}


def refuses(line: Line) -> None:
    if "response_format" in line.seen.body:
        fails(400, "response_format is not supported")(line)
    else:
        GOOD(line)


FAULTS: dict[str, tuple[Answer, str]] = {
    "refused key": (fails(401, "bad key"), "refuses a call without a key: bad key"),
    "unknown model": (fails(404, "no such model"), "knows no model m: no such model"),
    "too busy": (fails(429, "slow down"), "too much to do: slow down"),
    "error": (fails(500, "out of memory"), "failed: out of memory"),
    "loading": (fails(503, "Loading model"), "failed: Loading model"),
    "refused request": (fails(400, "temperature must be 1"), "refuses the request: temperature must be 1"),
    "silent": (stalls(), "not a word came within 0.2 s"),
    "stalls": (stalls("Half"), "fell silent in mid-answer for 0.2 s"),
    "breaks off at once": (breaks_off(), "nothing answers"),
    "breaks off": (breaks_off("Half"), "broke off in mid-answer"),
    "ends early": (ends_early("Half"), "broke off in mid-answer"),
    "broken JSON": (sends(b'data: {"id": "c", "choi\n\n', "Half"), "broke off in mid-answer"),
    "other JSON": (sends(b'data: {"choices": 3}\n\n'), "failed"),
    "invalid UTF-8": (sends(BYTES % b"\xff\xfe"), "cannot be read"),
    "error inside": (error_inside("Half", message="CUDA out of memory"), "broke off in mid-answer: CUDA out of memory"),
    "error at once": (error_inside(message="CUDA out of memory"), "failed: CUDA out of memory"),
    "a page": (lambda line: line.status(200, b"<html>No</html>", "text/html"), "none a model server gives"),
    "an error as 200": (lambda line: line.status(200, {"error": "loading"}), "none a model server gives"),
    "empty": (says(), "its answer is empty"),
    "blank": (says(" ", "\n"), "its answer is empty"),
    "filtered": (says("Ha", finish="content_filter"), "its filter withheld the answer"),
}


NEXT = ("refused key", "silent", "stalls", "breaks off", "error inside", "empty")


def limits(told: str) -> dict[str, float]:
    """Short ones for a server that is silent, so that the test is."""
    return QUICK if "0.2 s" in told else {}


@pytest.mark.parametrize(("bad", "told"), [FAULTS[name] for name in NEXT], ids=NEXT)
async def test_the_next_deployment_answers_in_its_place(desk: Desk, scripted: Scripted, bad: Answer, told: str) -> None:
    scripted.script(bad)
    with scripted_server() as spare:
        desk.write({"bad": other(scripted, **limits(told)), "spare": other(spare)})
        events = await desk.ask()
    assert answer(events) == "Good morning." and ended(events).model == "spare"
    assert restarts(events)[0].startswith("bad: ") and told in restarts(events)[0]
    assert len(restarts(events)) == len(scripted.asked) <= 2


@pytest.mark.parametrize(("bad", "told"), FAULTS.values(), ids=FAULTS.keys())
async def test_alone_it_is_named_with_its_server(
    desk: Desk, scripted: Scripted, bad: Answer, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    scripted.script(bad)
    desk.write({"bad": other(scripted, **limits(told))})
    with pytest.raises((ModelFailed, ModelUnavailable)) as raised:
        await desk.ask()
    assert f"bad ({scripted.url}): " in raised.value.what and told in raised.value.what
    assert raised.value.remedy and "\n" not in raised.value.what
    assert capfd.readouterr() == ("", "")  # a terminal that Orin draws on


async def test_what_is_of_no_use_is_asked_for_once_more(desk: Desk, scripted: Scripted) -> None:
    scripted.script(says(), GOOD)
    desk.write({"one": other(scripted)})
    assert answer(await desk.ask()) == "Good morning." and len(scripted.asked) == 2


async def test_a_dead_server_is_not_asked_again_for_a_while(desk: Desk, scripted: Scripted) -> None:
    scripted.script(fails(500))
    with scripted_server() as spare:
        desk.write({"bad": other(scripted), "spare": other(spare)})
        for _ in range(4):
            assert ended(await desk.ask()).model == "spare"
        assert len(scripted.asked) == 1
        assert desk.models.window("small").model == "spare"
        desk.models.fleet(anew=True)
        await desk.ask()
        assert len(scripted.asked) == 2


async def test_a_server_that_asks_for_time_gets_it(desk: Desk, scripted: Scripted) -> None:
    scripted.script(fails(429, "slow down", retry_after="0.05"), GOOD)
    desk.write({"one": other(scripted)})
    with pytest.raises(ModelUnavailable):
        await desk.ask()
    with pytest.raises(ModelUnavailable, match="left alone for a while after this: it has too much to do"):
        await desk.ask()
    await asyncio.sleep(0.06)  # the rest that the server asked for; LiteLLM reads its own clock
    assert answer(await desk.ask()) == "Good morning."


async def test_an_answer_that_repeats_itself_is_stopped(desk: Desk, scripted: Scripted) -> None:
    def forever(line: Line) -> None:
        while not line.server.ended.is_set():
            line.delta(content="and then we wait for it, ")

    scripted.script(forever)
    desk.write({"one": other(scripted)})
    events = await desk.ask()
    assert ended(events).finish is Finish.REPEATS and len(answer(events)) < 2000
    assert await asyncio.to_thread(scripted.left.wait, 5)


async def test_a_call_that_never_ends_is_of_no_use(desk: Desk, scripted: Scripted) -> None:
    scripted.script(says(*('{"a": ' for _ in range(200))))
    desk.write({"one": other(scripted)})
    with pytest.raises(ModelFailed, match="it only repeats itself"):
        await desk.ask(tools=(NOTE,))


async def test_thoughts_are_no_answer(desk: Desk, scripted: Scripted) -> None:
    for thinking in (
        thinks("Let me see", "Good", " morning."),
        says("<thi", "nk>Let", " me</think>\n\n", "Good", " morning."),
    ):
        scripted.script(thinking)
        desk.write({"one": other(scripted)})
        assert answer(await desk.ask()) == "Good morning."


@pytest.mark.parametrize("bad", [thinks("so " * 9, finish="length"), says("<think>", "so so", finish="length")])
async def test_thinking_that_eats_the_answer_is_switched_off(desk: Desk, scripted: Scripted, bad: Answer) -> None:
    scripted.script(bad, GOOD)
    desk.write({"one": other(scripted)})
    assert answer(await desk.ask()) == "Good morning."
    assert [body["messages"][-1]["content"] for body in scripted.asked] == ["Hello", "Hello /no_think"]
    scripted.script(bad)
    with pytest.raises(ModelFailed, match="its thinking used the whole answer up"):
        await desk.ask()


async def test_each_server_is_asked_in_its_own_way_not_to_think(desk: Desk, scripted: Scripted) -> None:
    for server in ("llamacpp", "vllm"):
        desk.write({"one": other(scripted, server=server, thinking=False)})
        await desk.ask()
        assert scripted.asked[-1]["chat_template_kwargs"] == {"enable_thinking": False}
        assert scripted.asked[-1]["messages"][-1]["content"] == "Hello"


async def test_tool_calls_in_the_text_are_found(desk: Desk, scripted: Scripted) -> None:
    written = (
        ['{"name": "note", ', '"arguments": {"text": "a"}}'],
        ["I write it down. <tool", '_call>\n{"name": "note", "arguments": {"text": "a"}}', "\n</tool_call>"],
        ['```json\n{"function": {"name": "note", "parameters": {"text": "a"}}}\n', "```"],
    )
    for pieces in written:
        scripted.script(says(*pieces))
        desk.write({"one": other(scripted)})
        events = await desk.ask(tools=(NOTE,))
        (call,) = ended(events).calls
        assert (call.name, call.arguments, ended(events).finish) == ("note", '{"text": "a"}', Finish.TOOLS)
        assert answer(events).strip() in ("", "I write it down.")


async def test_text_that_only_looks_like_a_call_is_the_answer(desk: Desk, scripted: Scripted) -> None:
    for text in (
        '{"name": "other", "arguments": {}}',
        '{"name": "note", "argum',
        "See <tool_call> in the manual",
        "[1]",
    ):
        scripted.script(says(*text))
        desk.write({"one": other(scripted)})
        events = await desk.ask(tools=(NOTE,))
        assert answer(events) == text and not ended(events).calls


async def test_broken_arguments_are_no_call(desk: Desk, scripted: Scripted) -> None:
    scripted.script(calls("note", '{"te', finish="length"), calls("note", '{"te', 'xt": "a"}'))
    desk.write({"one": other(scripted)})
    (call,) = ended(await desk.ask(tools=(NOTE,))).calls
    assert call.arguments == '{"text": "a"}' and len(scripted.asked) == 2


async def test_a_schema_a_server_refuses_is_asked_for_in_words(desk: Desk, scripted: Scripted) -> None:
    scripted.script(refuses)
    desk.write({"one": other(scripted)})
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert answer(await desk.ask(schema=schema)) == "Good morning."
    assert "fits this JSON schema" in scripted.asked[-1]["messages"][0]["content"]
    await desk.ask(schema=schema)
    assert len(scripted.asked) == 3  # it is known by then


@pytest.mark.parametrize(
    "bad",
    [
        fails(400, "This model's maximum context length is 2048 tokens. However, you requested 5000"),
        fails(400, "request (9020 tokens) exceeds the available context size (2048 tokens), try increasing it"),
    ],
)
async def test_a_prompt_too_long_for_one_goes_to_the_next(desk: Desk, scripted: Scripted, bad: Answer) -> None:
    scripted.script(bad)
    desk.write({"one": other(scripted)})
    with pytest.raises(PromptTooLong) as raised:
        await desk.ask()
    assert raised.value.tokens == 2048 == desk.models.window("small").tokens
    with scripted_server() as spare:
        desk.write({"one": other(scripted), "spare": other(spare, window=9000)})
        assert ended(await desk.ask()).model == "spare"


async def test_leaving_a_silent_server_lets_it_go(desk: Desk, scripted: Scripted) -> None:
    scripted.script(stalls("Half"))
    desk.write({"one": other(scripted, stall_seconds=30)})
    async with aclosing(desk.models.stream(question())) as stream:
        assert await anext(stream) == Piece("Half")
    assert await asyncio.to_thread(scripted.left.wait, 5)


async def test_a_server_given_up_is_let_go(desk: Desk, scripted: Scripted) -> None:
    for silence in (stalls(), stalls("Half")):
        scripted.script(silence)
        desk.write({"one": other(scripted, first_token_seconds=0.05, stall_seconds=0.05)})
        desk.models.fleet(anew=True)
        with pytest.raises((ModelFailed, ModelUnavailable)):
            await desk.ask()
        assert await asyncio.to_thread(scripted.left.wait, 5)


async def test_waiting_for_a_slot_counts_toward_no_timeout(desk: Desk, scripted: Scripted) -> None:
    def slowly(line: Line) -> None:
        line.delta(content="Half")
        line.server.ended.wait(0.3)
        line.end()

    scripted.script(slowly)
    desk.write({"one": other(scripted, first_token_seconds=0.5)})
    began = time.monotonic()
    answers = await asyncio.gather(*(desk.ask() for _ in range(3)))
    assert [answer(events) for events in answers] == ["Half"] * 3
    assert time.monotonic() - began > 0.9  # the last waited longer than it may for its first word


async def test_what_takes_too_long_as_a_whole_is_given_up(desk: Desk, scripted: Scripted) -> None:
    def forever(line: Line) -> None:
        for number in range(10_000):
            line.delta(content=f"{number} ")
            line.server.ended.wait(0.02)

    scripted.script(forever)
    desk.write({"one": other(scripted, answer_seconds=0.4)})
    with pytest.raises(ModelFailed, match=r"not done after 0\.4 s"):
        await desk.ask()


async def test_no_key_of_the_environment_goes_to_a_server_that_has_none(
    desk: Desk, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OLLAMA_API_KEY", "HOSTED_VLLM_API_KEY", "LM_STUDIO_API_KEY"):
        monkeypatch.setenv(name, "sk-of-somebody-else")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    for server in ("llamacpp", "lmstudio", "vllm", "triton", "openai-compatible", "openai"):
        desk.write({"one": other(scripted, server=server)})
        assert answer(await desk.ask()) == "Good morning."
    assert not [seen for seen in scripted.seen if "somebody" in str(seen.headers)]


async def test_a_key_is_sent_and_never_told(desk: Desk, scripted: Scripted) -> None:
    scripted.script(lambda line: fails(401, f"bad key {line.seen.headers['authorization']}")(line))
    desk.environment["MY_KEY"] = "sk-abcdef123456"
    desk.write({"one": other(scripted, key="env:MY_KEY")})
    with pytest.raises(ModelUnavailable) as raised:
        await desk.ask()
    assert scripted.seen[-1].headers["authorization"] == "Bearer sk-abcdef123456"
    assert "sk-abcdef" not in raised.value.what and "[secret MY_KEY]" in raised.value.what


def claude(line: Line) -> None:
    """An answer in Anthropic's shape."""
    usage = {"input_tokens": 9, "output_tokens": 0}
    message = {"id": "1", "type": "message", "role": "assistant", "content": [], "model": "c", "usage": usage}
    told = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
            for text in ("Good", " morning", ".")
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ]
    for one in told:
        line.raw(f"event: {one['type']}\n".encode())
        line.event(one)


async def test_anthropic_is_spoken_to_in_its_own_way(desk: Desk, scripted: Scripted) -> None:
    scripted.script(claude)
    desk.environment["MY_KEY"] = "sk-ant-abcdef123456"
    desk.write({"claude": {"server": "anthropic", "model": "claude-x", "url": scripted.url, "key": "env:MY_KEY"}})
    system = ChatMessage(role=Role.SYSTEM, text="Be brief.")
    request = ModelRequest(first="small", messages=(system, ChatMessage(role=Role.USER, text="Hello")))
    events = [event async for event in desk.models.stream(request)]
    assert answer(events) == "Good morning." and ended(events).finish is Finish.STOP
    assert (ended(events).prompt_tokens, ended(events).answer_tokens) == (9, 3)
    (seen,) = scripted.seen
    assert seen.path == "/v1/messages" and seen.headers["x-api-key"] == "sk-ant-abcdef123456"
    assert "Be brief." in str(seen.body["system"]) and seen.body["stream"]


async def test_a_key_that_cannot_be_had_is_said(desk: Desk, scripted: Scripted) -> None:
    desk.write({"one": other(scripted, key="env:MY_KEY")})
    with pytest.raises(ModelUnavailable, match="environment variable MY_KEY is not set"):
        await desk.ask()
    assert not scripted.seen


async def test_nothing_leaves_the_machine_unless_allowed(desk: Desk) -> None:
    away = {"server": "openai-compatible", "model": "m", "url": "http://192.0.2.1:1/v1"}
    desk.write({"away": away})
    with pytest.raises(ModelUnavailable, match="not on this machine") as raised:
        await desk.ask()
    assert "cloud: true" in raised.value.remedy


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "No model is configured"),
        ("cloud: false\n", "No model is configured"),
        ("modles: {}\n", "models.yaml:1: unknown key 'modles'"),
        ("models: {small: [a]}\n", "models.yaml:1: there is no deployment 'a'"),
        ("deployments: {a: {server: llamacpp, model: m}}\n", "names no deployment for small"),
    ],
)
async def test_without_a_model_it_says_why(desk: Desk, text: str, told: str) -> None:
    desk.yaml.path.write_text(text)
    with pytest.raises(ModelUnavailable) as raised:
        await desk.ask()
    assert told in raised.value.what and raised.value.remedy
    with pytest.raises(ModelUnavailable):
        desk.models.window("small")
    with pytest.raises(ModelUnavailable):
        await desk.models.embed(["a"])


async def test_the_file_is_read_again_when_it_changes(desk: Desk, scripted: Scripted) -> None:
    desk.yaml.path.unlink(missing_ok=True)
    with pytest.raises(ModelUnavailable):
        await desk.ask()
    desk.write({"one": other(scripted)})
    assert ended(await desk.ask()).model == "one"
    desk.write({"renamed": other(scripted)})
    assert ended(await desk.ask()).model == "renamed"


async def test_the_second_choice_answers_where_the_first_is_not_configured(desk: Desk, scripted: Scripted) -> None:
    desk.write({"one": other(scripted)})
    messages = (ChatMessage(role=Role.USER, text="Hello"),)
    request = ModelRequest(first="reasoning", fallback="small", messages=messages)
    assert answer([event async for event in desk.models.stream(request)]) == "Good morning."


async def test_no_secret_goes_out_to_be_embedded(desk: Desk, scripted: Scripted) -> None:
    desk.secrets.add("KEY", "sk-1234567890ab")
    desk.write({"a": other(scripted)}, embedding=("a",))
    await desk.models.embed(["where is sk-1234567890ab written"])
    assert "sk-1234567890ab" not in str(scripted.seen) and "[secret KEY]" in str(scripted.seen)


async def test_vectors_come_from_one_model_only(desk: Desk, scripted: Scripted) -> None:
    with scripted_server() as gone:
        pass
    first = other(gone, model="nomic")
    desk.write({"gone": first, "spare": other(scripted, model="nomic")}, embedding=("gone", "spare"))
    assert await desk.models.embed(["a", "bcd"]) == ((1.0, 1.0), (3.0, 1.0))
    desk.write({"gone": first, "spare": other(scripted, model="bge")}, embedding=("gone", "spare"))
    with pytest.raises(ModelUnavailable, match="No model makes vectors"):
        await desk.models.embed(["a"])
    assert len([seen for seen in scripted.seen if seen.path.endswith("/embeddings")]) == 1
    assert desk.models.embedding() == "nomic"  # whichever deployment of it answers
    desk.write({"spare": other(scripted)})
    assert desk.models.embedding() == ""
    desk.yaml.path.write_text("modles: {}\n")
    with pytest.raises(ModelUnavailable, match=r"models\.yaml:1: unknown key"):
        desk.models.embedding()


@dataclass
class Narrow(Scripted):
    """Takes texts for vectors of at most so many characters, and says of others what it is told to say."""

    most: int = 400
    says: str = "input is too large to process"

    def answer(self, line: Line) -> None:
        if any(len(text) > self.most for text in line.seen.body["input"]):
            return fails(500, self.says)(line)
        super().answer(line)


@pytest.mark.parametrize(
    ("told", "calls"), [("input is too large to process", 4), ("inputs must have less than 128 tokens", 3)]
)
async def test_a_text_too_long_for_vectors_is_halved_until_it_fits(desk: Desk, told: str, calls: int) -> None:
    with scripted_server(Narrow(says=told)) as narrow:
        desk.write({"one": other(narrow)}, embedding=("one",))
        for _ in range(2):
            long, short = await desk.models.embed(["x" * 2400, "abc"])
            assert short == (3.0, 1.0) and 150 < long[0] <= 400
            assert not desk.models.fleet().reason("one")
        assert len(narrow.seen) <= calls + 2  # what it takes is known the second time


async def test_a_text_that_never_fits_is_given_up_and_nothing_rests(desk: Desk) -> None:
    with scripted_server(Narrow(most=1)) as narrow:
        desk.write({"one": other(narrow)}, embedding=("one",))
        with pytest.raises(ModelUnavailable, match="longer than its window"):
            await desk.models.embed(["x" * 2400])
        assert await desk.models.embed(["x"]) == ((1.0, 1.0),)


async def test_a_refusal_tells_how_long_its_tokens_are(desk: Desk, scripted: Scripted) -> None:
    told = "maximum context length is 2048 tokens. However, you requested 3700 tokens (3000 in the messages"
    scripted.script(fails(400, told))
    desk.write({"one": other(scripted, server="vllm", window=4096)})
    with pytest.raises(PromptTooLong):
        await desk.ask("word " * 600)
    window = desk.models.window("small")
    assert window.tokens == 2048 and window.chars_per_token == pytest.approx(0.95)


async def test_the_library_is_made_ready_once_there_is_a_deployment(desk: Desk, scripted: Scripted) -> None:
    desk.yaml.path.write_text("cloud: false\n")
    desk.models.library = Library()
    warming = asyncio.create_task(desk.models.warm(0))
    for _ in range(20):  # looks at the file
        await asyncio.sleep(0)
    assert not desk.models.library.is_ready and not warming.done()
    desk.write({"one": other(scripted)})
    await asyncio.wait_for(warming, 10)
    assert desk.models.library.is_ready and not scripted.seen


async def test_the_fallback_from_a_dead_server_is_quick(desk: Desk, scripted: Scripted) -> None:
    with scripted_server() as gone:
        pass
    desk.write({"gone": other(gone), "spare": other(scripted)})
    await desk.ask()
    taken = []
    for _ in range(5):
        desk.models.fleet(anew=True)
        began = time.perf_counter()
        assert restarts(await desk.ask()) == [f"gone: nothing answers at {gone.url}"]
        taken.append(time.perf_counter() - began)
    assert min(taken) < 1  # the bench has the figure
