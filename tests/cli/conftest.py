"""Command lines run in this process against a house."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from orin_agents.cli.session import Starter, detached
from orin_agents.cli.shell import run
from tests.running import Running


@dataclass(frozen=True)
class Said:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output, read as JSON."""
        return msgspec.json.decode(self.out)

    @property
    def rows(self) -> list[list[str]]:
        """The rows of a table, split at two blanks or more."""
        lines = self.out.splitlines()[1:]
        return [[part.strip() for part in line.split("  ") if part.strip()] for line in lines]


Orin = Callable[..., Said]


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Orin:
    """Runs a command line."""

    def call(*arguments: str, start: Starter = detached) -> Said:
        capsys.readouterr()
        code = run(list(arguments), start)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture
def orin(shell: Orin, running: Running, monkeypatch: pytest.MonkeyPatch) -> Orin:
    """Runs a command line on the workspace of a running host."""
    monkeypatch.setenv("ORIN_WORKSPACE", str(running.workspace))
    return shell
