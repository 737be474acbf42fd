"""Asking in a whole host: what a person cancels, what a stop leaves behind, and what the next start finds."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from orin_agents.client.connection import Stopped
from orin_agents.domain.actors import person
from orin_agents.domain.asking import TellingKind
from orin_agents.domain.errors import Conflict
from orin_agents.domain.operations import runs
from orin_agents.domain.operations.asking import ASK, Ask
from orin_agents.domain.operations.chats import LIST, SHOW, ListChats, OneChat
from orin_agents.domain.operations.hosts import STATUS
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.runs import RunState
from tests.fake_models import ScriptedModels
from tests.running import Running
from tests.served import Served

QUESTION = Ask(question="How long is the rope hall?")


@pytest.fixture
def served(isolated: Path) -> Iterator[Served]:
    """A host whose model stops after its first word."""
    host = Served(isolated / "work", ScriptedModels(["It is 80 metres long [p1]."], gate=asyncio.Event()))
    yield host
    host.end()


def test_a_person_cancels_the_run_and_the_answer_ends(served: Served) -> None:
    assert served.client.call(STATUS, Nothing()).address == served.address
    told, cancelled = [], runs.OneRun(run="")
    for one in served.client.stream(ASK, QUESTION):
        told.append(one)
        if one.kind is TellingKind.PIECE:
            cancelled = runs.OneRun(run=told[0].run)
            assert served.client.call(runs.CANCEL, cancelled).state is RunState.CANCELLED
    assert (told[-1].kind, told[-1].state) == (TellingKind.ENDED, "cancelled")
    for again in (runs.RESUME, runs.RETRY, runs.CANCEL):
        with pytest.raises(Conflict):
            served.client.call(again, cancelled)
    (chat,) = served.client.call(LIST, ListChats())
    said = served.client.call(SHOW, OneChat(conversation=chat.id)).messages
    assert [one.text for one in said] == [QUESTION.question, "It"]


def test_a_stop_in_mid_answer_keeps_what_was_said(served: Served) -> None:
    stream = served.client.stream(ASK, QUESTION)
    run = next(stream).run
    next(one for one in stream if one.kind is TellingKind.PIECE)
    dead = served.host._parts.runs.asks.begin(person("ada"), "home", "What a host left that died")
    served.end()
    with pytest.raises(Stopped):
        next(stream)
    Running.__init__(served, served.workspace)  # the next start of the same workspace
    detail = served.client.call(runs.SHOW, runs.ShowRun(run=run))
    assert (detail.run.state, detail.steps[0].state) == (RunState.CANCELLED, "failed")
    assert served.client.call(runs.SHOW, runs.ShowRun(run=dead.id)).run.state is RunState.FAILED
