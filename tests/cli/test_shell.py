import os
import subprocess
import sys
from pathlib import Path

import pytest

from orin_agents.cli.shell import COMMANDS
from tests.cli.conftest import Orin
from tests.running import Running

ROOT = Path(__file__).parents[2]


def test_without_arguments_the_help_comes(shell: Orin) -> None:
    said = shell()
    assert said.code == 0
    assert all(f"\n  {name} " in said.out for name in COMMANDS)
    assert said.out == shell("--help").out == shell("-h").out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(shell: Orin, name: str) -> None:
    said = shell(name, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: orin {name} ")
    assert not said.err


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_so_has_every_command_below(shell: Orin, option: str) -> None:
    said = shell("project", "new", option)
    assert (said.code, said.err) == (0, "")
    assert "Make a project" in said.out


def test_the_version(shell: Orin) -> None:
    assert shell("--version").out == "orin 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("projet", "list"), "Did you mean 'project'?"),
        (("project", "lits"), "Did you mean 'list'?"),
        (("project", "list", "--jsn"), "No such option: --jsn"),
        (("artifact", "show"), "Missing argument 'PATH'"),
        (("artifact", "restore", "a.md", "two"), "'two' is not a whole number."),
        (("artifact", "state", "a.md", "finished"), "'finished' is not one of 'draft', 'review', 'approved'"),
        (("runs", "list", "-n", "0"), "'0' is less than 1."),
        (("project", "list", "--workspace"), "requires an argument"),
        (("artifact", "show", os.fsdecode(b"bad\xff.md")), "udcff.md is not valid UTF-8"),
    ],
)
def test_a_wrong_command_line_is_told_and_ends_with_2(shell: Orin, arguments: tuple[str, ...], told: str) -> None:
    said = shell(*arguments)
    assert said.code == 2
    assert told in said.err
    assert not said.out


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("form", [("-w", "{}"), ("--workspace", "{}"), ("--workspace={}",)])
def test_the_workspace_may_be_said_anywhere(shell: Orin, running: Running, place: int, form: tuple[str, ...]) -> None:
    arguments = ["project", "list"]
    arguments[place:place] = [part.format(running.workspace) for part in form]
    assert shell(*arguments).rows[0][0] == "home"


def test_behind_two_dashes_nothing_is_taken_for_an_option(orin: Orin) -> None:
    assert "The project -w is made" in orin("project", "new", "--", "-w").out


def test_an_error_is_one_block_with_its_exit_code(orin: Orin) -> None:
    said = orin("project", "show", "nowhere")
    assert said.code == 3
    assert said.err == "orin: There is no project nowhere.\n  List them with `orin project list`.\n"
    assert not said.out
    said = orin("project", "show", "broken")
    assert said.code == 2
    assert said.err.splitlines() == [
        "orin: plans/okr.json:4: the key 'title' is missing",
        "  The file was left as it is.",
        "  Add the key.",
    ]


def test_no_workspace_is_an_error_with_a_remedy(shell: Orin, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(isolated)
    said = shell("project", "list")
    assert said.code == 3
    assert "orin init" in said.err


def test_the_unexpected_is_told_without_a_trace_and_logged(
    orin: Orin, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orin_agents.client.connection._written", lambda operation, request: 1 / 0)
    said = orin("project", "list")
    assert said.code == 1
    assert "Traceback" not in said.err
    log = isolated / "state" / "orin" / "orin.log"
    assert str(log) in said.err
    assert "ZeroDivisionError: division by zero" in log.read_text()


def test_ctrl_c_ends_with_130(orin: Orin, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(operation: object, request: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orin_agents.client.connection._written", interrupt)
    said = orin("project", "list")
    assert (said.code, said.out, said.err) == (130, "", "")


def test_a_reader_that_goes_away_ends_it_quietly(running: Running) -> None:
    running.house.files["home", "long.md"] = [("x" * 200_000 + "\n", "person:ada")]
    command = [sys.executable, "-m", "orin_agents", "-w", str(running.workspace), "artifact", "show", "long.md"]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environ) as process:
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_output_survives_a_terminal_that_cannot_write_it(running: Running) -> None:
    command = [sys.executable, "-m", "orin_agents", "-w", str(running.workspace), "project", "tasks"]
    environ = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=environ)
    assert b"\\u241b" in done.stdout
