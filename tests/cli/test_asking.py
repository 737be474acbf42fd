import io
import signal
import sys
from pathlib import Path

import pytest

from orin_agents.cli.paper import coloured
from orin_agents.cli.telling import show_citations
from orin_agents.domain.asking import Citation
from orin_agents.domain.operations.asking import Ask
from tests.cli.conftest import Orin
from tests.running import Running, command_line, until

LONG = "The hall is 80 metres \x1b]0;title long [p1].\n"
SOURCES = "\n[p1] raw_notes/hall.md@2:14–20\n⚠ “80 metres” has no source\n"


def asked(running: Running) -> list[Ask]:
    return [request for _, request in running.house.calls if isinstance(request, Ask)]


def test_an_answer_with_its_sources_and_what_has_none(orin: Orin, running: Running) -> None:
    said = orin("ask", "How", "long", "is", "it?")
    assert (said.code, said.out) == (0, LONG + SOURCES)
    assert asked(running) == [Ask(question="How long is it?")]


def test_whom_and_where(orin: Orin, running: Running) -> None:
    orin("ask", "-p", "garden", "--agent", "planner", "--new", "What", "now?", "-c", "c1")
    orin("ask", "--team", "What now?")
    assert asked(running) == [
        Ask(question="What now?", project="garden", agent="planner", new=True, conversation="c1"),
        Ask(question="What now?", team=True),
    ]


def test_a_question_may_be_piped_in(orin: Orin, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("How long?\nAnd how wide?\n"))
    orin("ask", "-")
    assert asked(running)[0].question == "How long?\nAnd how wide?\n"


def test_an_answer_as_json_is_one_document(orin: Orin) -> None:
    said = orin("ask", "how long?", "--json")
    assert said.json["answer"]["unverified"] == ["80 metres"]
    assert (said.json["begun"]["agent"], said.json["ended"]["state"]) == ("manager", "ok")


def test_what_is_told_whole_or_begins_anew(orin: Orin) -> None:
    said = orin("ask", "unknown")
    assert (said.out, said.err) == ("I don't know: nothing.\n", "Bad.\n")
    said = orin("ask", "again?")
    assert said.out.startswith(f"{LONG}It is long [p1].\n\n[p1]")
    assert "That is void: it broke off" in said.err


def test_errors(orin: Orin) -> None:
    said = orin("ask", " ")
    assert (said.code, "There is no question." in said.err) == (2, True)
    said = orin("ask", "break")
    assert (said.code, said.out.endswith("[p1].\n"), "It broke." in said.err) == (4, True, True)
    assert orin("ask").code == 2


def test_ctrl_c_cancels_the_answer(running: Running) -> None:
    command = [sys.executable, "-u", "-m", "orin_agents", "-w", str(running.workspace), "ask", "hang"]
    with command_line(*command) as process:
        assert process.stdout and process.stderr
        assert process.stdout.read(8) == "The hall"  # it streams, also into a pipe
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert "Cancelled; `orin chats show c1` has what was said." in process.stderr.read()
    until(lambda: running.house.asking == 0)


def test_a_chat_goes_on_turns_and_begins_anew(orin: Orin, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        "How \\", "long?", "and wide?", "", "/new", "Again?", "@critic Why?", "/agent", "/agent nobody", "/team",
        "All?",        "/help", "break", "More?", "/quit", "Never?",
    ]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    said = orin("chat", "--agent", "planner")
    assert said.code == 0
    assert asked(running) == [
        Ask(question="How \nlong?", agent="planner"),
        Ask(question="and wide?", agent="planner", conversation="c1"),
        Ask(question="Again?", agent="planner", new=True),
        Ask(question="@critic Why?"),
        Ask(question="All?", team=True),
        Ask(question="break", team=True, conversation="c1"),
        Ask(question="More?", team=True, conversation="c1"),
    ]
    assert "You talk with manager now." in said.out and "You talk with team now." in said.out
    assert "/new begins another conversation" in said.out and "It broke." in said.err


def test_chats(orin: Orin) -> None:
    assert [row[0] for row in orin("chats", "list").rows] == ["c1", "c2"]
    assert [one["id"] for one in orin("chats", "list", "--agent", "planner", "--json").json] == ["c2"]
    shown = orin("chats", "show").out
    assert "\nyou, 2026-03-02 12:00\nHow long?\n" in shown
    assert "[p1] raw_notes/hall.md@2:14–20" in shown
    assert orin("chats", "show", "c2", "--json").json["messages"][0]["role"] == "user"
    assert orin("chats", "remove", "c1").out == "The conversation c1 (How long?) is forgotten.\n"
    assert orin("chats", "remove", "c2", "--json").json["id"] == "c2"
    assert orin("chats", "show").code == orin("chats", "show", "c1").code == 3


def test_a_terminal_never_gets_control_characters_of_a_model(
    orin: Orin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("orin_agents.cli.telling.on_terminal", lambda: True)
    assert "\x1b" not in orin("ask", "how long?").out


def test_sources_are_named_once_each_and_on_a_terminal_not_too_many(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"tasks.json@1:{number}" for number in range(1, 7)]
    facts = (
        Citation(mark="f1", place=", ".join(lines), text="Overdue: 6 tasks"),
        Citation(mark="f2", place="notes.md@2, tasks.json@1:1", text="Sign (due): Fri"),
        Citation(mark="f3", place="", text="Free: 0 min"),
    )
    show_citations(facts, "- Sign (due): Fri [f2]")
    assert capsys.readouterr().out.splitlines() == [
        "[f1] Overdue: 6 tasks — tasks.json@1:1, 2, 3, 4, 5, 6",
        "[f2] notes.md@2, tasks.json@1:1",
        "[f3] Free: 0 min",
    ]
    monkeypatch.setattr("orin_agents.cli.telling.on_terminal", lambda: True)
    show_citations(facts[:1], "")
    assert capsys.readouterr().out == "[f1] Overdue: 6 tasks — tasks.json@1:1, 2, 3, 4 and 2 more\n"


def test_colours_are_for_terminals_of_people_who_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    assert coloured("a", "2", terminal) == "a"
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured("a", "2", terminal) == "\x1b[2ma\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert coloured("a", "2", terminal) == "a"


def test_a_chat_says_a_note_once(orin: Orin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("unknown\nunknown\n"))
    assert orin("chat").err.count("Bad.") == 1
