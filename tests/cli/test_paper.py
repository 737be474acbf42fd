import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.cli.paper import IN_TEXT, cell
from tests.cli.conftest import Orin
from tests.running import Running

ROOT = Path(__file__).parents[2]


@given(st.text())
def test_a_cell_holds_no_control_character(text: str) -> None:
    shown = cell(text)
    assert not [char for char in shown if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0]
    assert len(shown.splitlines()) <= 1 or not set("\x85\n\r") & set(shown)


@given(st.text())
def test_a_text_keeps_its_lines_and_loses_its_controls(text: str) -> None:
    shown = text.translate(IN_TEXT)
    assert shown.count("\n") == text.count("\n")
    assert "\x1b" not in shown and "\x9b" not in shown and "\u202e" not in shown


def on_terminal(running: Running, *arguments: str, **environ: str) -> str:
    """What a command line draws on a terminal of 60 columns."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "orin_agents", "-w", str(running.workspace), *arguments]
    process = subprocess.Popen(
        command,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "60"} | environ,
    )
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 65536):
            text += part
    except OSError:  # the terminal's other end is closed: that is its end of file
        pass
    os.close(ours)
    process.wait()
    return text.decode()


def test_a_terminal_gets_a_drawn_table_without_foreign_controls(running: Running) -> None:
    shown = on_terminal(running, "project", "tasks")
    assert "\x1b]0;" not in shown
    assert "\x07" not in shown
    assert "␛" in shown and "␇" in shown
    assert "[red]" in shown
    assert "─" in shown


def test_nothing_is_coloured_with_no_color(running: Running) -> None:
    assert "\x1b[3" in on_terminal(running, "doctor")
    assert "\x1b[3" not in on_terminal(running, "doctor", NO_COLOR="1")
    assert "\x1b[31m" in on_terminal(running, "project", "show", "nowhere")
    assert "\x1b" not in on_terminal(running, "project", "show", "nowhere", NO_COLOR="1")


def test_a_text_is_raw_in_a_pipe_and_clean_on_a_terminal(running: Running, orin: Orin) -> None:
    text = "# A\t\x1b[31mred\n"
    running.house.files["home", "a.md"] = [(text, "person:ada")]
    assert orin("artifact", "show", "a.md").out == text
    assert on_terminal(running, "artifact", "show", "a.md") == "# A\t␛[31mred\r\n"


def test_a_table_in_a_pipe_is_whole(running: Running, orin: Orin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    long = "notes/" + "x" * 300 + ".md"
    running.house.files["home", long] = [("x", "person:ada")]
    said = orin("artifact", "list")
    assert long in [row[0] for row in said.rows]
    assert "\x1b" not in said.out


def test_a_diff_and_the_brief_are_drawn_on_a_terminal(running: Running) -> None:
    assert "\x1b[32m+new\x1b[0m" in on_terminal(running, "artifact", "diff", "notes/a.md")
    shown = on_terminal(running, "demo")
    assert "Morning brief" in shown
    assert "# Morning brief" not in shown
