"""Commands that start and stop hosts: real processes, with the house inside."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orin_agents.cli.paper import remark
from orin_agents.client.connection import Client
from orin_agents.client.launch import answering, start_host
from orin_agents.domain.operations import hosts
from orin_agents.domain.operations.operation import Nothing
from orin_agents.host.embedded import embedded
from tests.cli.conftest import Orin
from tests.house import compose
from tests.house_runs import BRIEF
from tests.running import command_line


def house(workspace: Path, create: bool, sample: bool) -> Path:
    """Finds or starts a host process with a house in it."""
    return start_host(workspace, say=remark, create=create, sample=sample, command=("-m", "tests.house"))


@pytest.fixture(autouse=True)
def ended(isolated: Path) -> Iterator[None]:
    """Ends the hosts that a test started, below home."""
    yield
    for control in isolated.glob("home/*/.orin"):
        if answering(control.parent):
            pid = Client(control.parent).call(hosts.STATUS, Nothing()).pid
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def test_init_makes_a_workspace_at_home_or_where_it_is_said(
    shell: Orin, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = shell("init", start=house)
    assert said.code == 0
    assert f"The workspace is {isolated}/home/orin\n" in said.out
    monkeypatch.chdir(isolated / "home")
    assert f"The workspace is {isolated}/home/mine\n" in shell("init", "mine", start=house).out
    assert (isolated / "home" / "mine" / ".orin" / "host.lock").exists()
    assert shell("project", "list", "-w", "mine", start=house).rows[0][0] == "home"


def test_the_demo_runs_the_samples_morning_and_shows_its_brief(shell: Orin, isolated: Path) -> None:
    said = shell("demo", start=house)
    assert said.code == 0, said.err
    folder = f"{isolated}/home/orin-demo"
    assert said.out.startswith(f"The demo workspace is {folder}\nRun r1: Morning for sample\n")
    assert "\n# Morning brief\n" in said.out
    assert f"{folder}/projects/sample/{BRIEF}" in said.out
    assert "Try next:" in said.out
    again = shell("demo", "-w", folder, start=house)
    assert again.code == 0
    assert "Run r2: Morning for sample" in again.out


def test_the_host_from_start_to_stop(shell: Orin, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("init", start=house)
    assert "is stopped" in shell("host", "stop", start=house).out
    assert shell("host", "stop", start=house).out == f"No host runs for {isolated}/home/orin.\n"
    assert shell("host", "status", start=house).code == 3
    assert shell("host", "status", "--json", start=house).json is None
    assert shell("host", "start", start=house).code == 0
    said = shell("host", "status", start=house)
    assert said.code == 0
    assert "version       0.1.0\n" in said.out
    assert shell("host", "status", "--json", start=house).json["version"] == "0.1.0"
    assert "serving on" in shell("host", "logs", start=house).out
    assert len(shell("host", "logs", "-n", "1", start=house).out.splitlines()) == 1
    monkeypatch.setattr("orin_agents.cli.hosts.VERSION", "9.9")
    assert "(this command is 9.9; stop the host with `orin host stop`)" in shell("host", "status", start=house).out


def test_an_embedded_host_lives_as_long_as_its_command(shell: Orin, isolated: Path) -> None:
    workspace = isolated / "home" / "orin"

    def in_one(*arguments: str) -> str:
        said: list[str] = []

        def command(start: object) -> int:
            done = shell(*arguments, start=start)
            said.append(done.out + done.err)
            return done.code

        assert embedded(command, compose) == 0
        return said[0]

    in_one("--embedded", "init")
    assert answering(workspace) is None
    assert "Run r1 (Morning): needs-you" in in_one("run", "morning", "--embedded")
    assert answering(workspace) is None
    shell("host", "start", start=house)
    assert "Run r1 (Morning): needs-you" in in_one("run", "morning", "--embedded")
    assert answering(workspace)


def test_an_embedded_host_that_cannot_start_is_told(shell: Orin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSE_FAILS", "1")
    codes: list[int] = []

    def command(start: object) -> int:
        codes.append(shell("init", start=start).code)
        return codes[0]

    assert embedded(command, compose) == 2
    with pytest.raises(ZeroDivisionError):
        embedded(lambda start: 1 // 0, compose)


INTERRUPTED = """
import sys
from orin_agents.cli.shell import run
from orin_agents.host.embedded import embedded
from tests.house import compose
sys.exit(embedded(lambda start: run(sys.argv[1:], start), compose))
"""


def test_ctrl_c_ends_an_embedded_host_with_its_command(shell: Orin, isolated: Path) -> None:
    workspace = isolated / "home" / "orin"
    (workspace / ".orin").mkdir(parents=True)
    with command_line(sys.executable, "-u", "-c", INTERRUPTED, "run", "midday") as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == "Run r1: Midday for home\n"
        assert "planner" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert "Traceback" not in process.stderr.read()
    assert answering(workspace) is None
    assert "stopped" in (workspace / ".orin" / "logs" / "host.log").read_text()
