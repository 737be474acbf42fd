"""What every implementation of the Models port promises: the real one on a real server, and the fake that tests use."""

from collections.abc import Iterator
from contextlib import aclosing
from itertools import pairwise

import pytest

from orin_agents.domain.dialogue import Ended, Finish, ModelEvent, Piece
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, OrinError
from orin_agents.services.ports import Models
from tests.adapters.models.conftest import Desk, question
from tests.fake_models import ScriptedModels
from tests.models.llama import Llama
from tests.models.scripted import scripted_server

KINDS = ("live", "scripted")


@pytest.fixture(params=KINDS)
def models(request: pytest.FixtureRequest, desk: Desk, llama: Llama, embedder: Llama) -> Iterator[Models]:
    """Models that answer."""
    if request.param == "scripted":
        yield ScriptedModels(["The plan holds and the work goes on."])
        return
    server = {"server": "llamacpp", "model": "tiny"}
    desk.write(
        {"tiny": {**server, "url": llama.url}, "vectors": {**server, "url": embedder.url}}, embedding=("vectors",)
    )
    yield desk.models


@pytest.fixture(params=KINDS)
def absent(request: pytest.FixtureRequest, desk: Desk) -> Models:
    """Models of which none is configured."""
    return ScriptedModels() if request.param == "scripted" else desk.models


@pytest.fixture(params=KINDS)
def useless(request: pytest.FixtureRequest, desk: Desk) -> Iterator[Models]:
    """Models that are reached and break off."""
    if request.param == "scripted":
        yield ScriptedModels([(Piece("Half"), ModelFailed("It broke off."))])
        return
    from tests.models.scripted import breaks_off

    with scripted_server() as server:
        server.script(breaks_off("Half"))
        desk.write({"one": {"server": "llamacpp", "model": "m", "url": server.url}})
        yield desk.models


async def told(models: Models) -> list[ModelEvent]:
    return [event async for event in models.stream(question(answer_tokens=400))]


async def test_an_answer_is_pieces_and_an_end(models: Models) -> None:
    events = await told(models)
    last = events.pop()
    assert isinstance(last, Ended) and last.finish is Finish.STOP and last.model
    assert events and all(isinstance(event, Piece) and event.text for event in events)


async def test_it_can_be_left_at_any_point_and_asked_again(models: Models) -> None:
    stream = models.stream(question(answer_tokens=400))
    async with aclosing(stream):
        assert isinstance(await anext(stream), Piece)
    assert [event async for event in stream] == []
    assert isinstance((await told(models))[-1], Ended)


def test_the_window_has_a_name_and_a_size(models: Models) -> None:
    window = models.window("small", "reasoning")
    assert window.model and window.tokens >= 256 and 0 < window.chars_per_token < 20


async def test_each_text_has_a_vector_of_the_same_length(models: Models) -> None:
    vectors = await models.embed(["one", "two", "one"])
    assert len(vectors) == 3 and vectors[0] == pytest.approx(vectors[2])
    assert all(len(a) == len(b) for a, b in pairwise(vectors))


async def test_without_a_model_there_is_one_error_with_a_remedy(absent: Models) -> None:
    for call in (lambda: absent.window("small"), lambda: told(absent), lambda: absent.embed(["a"])):
        with pytest.raises(ModelUnavailable) as raised:
            await call()  # type: ignore[misc]
        assert raised.value.remedy


async def test_an_answer_of_no_use_is_an_error_behind_its_pieces(useless: Models) -> None:
    events = []
    with pytest.raises(OrinError) as raised:
        async for event in useless.stream(question()):
            events.append(event)  # noqa: PERF401  (those before the error are looked at)
    assert isinstance(raised.value, ModelFailed) and Piece("Half") in events
