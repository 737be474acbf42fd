"""What benches share: rows of the table, commands timed in turn, and a place with a home and workspaces of its own."""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class NotMeasured(Exception):
    """A bench cannot run here; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure, and how often the reference taken in the same run goes into it."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    reference: str = ""
    target: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A folder on a real disk with a home, and the environment of every command that runs in it."""

    folder: Path
    environment: Mapping[str, str]

    def orin(self, *arguments: str | Path) -> str:
        """The output of an orin command. Raises NotMeasured with its last words when it fails."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotMeasured(f"orin {arguments[0]} ended with {done.returncode}: {gist(done.stderr or done.stdout)}")
        return done.stdout

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        """An orin command as scripts/orin starts it."""
        return [sys.executable, "-P", "-m", "orin_agents", *map(str, arguments)]

    def seconds(self, command: Sequence[str]) -> float:
        """How long the command takes. Raises NotMeasured when it fails."""
        began = time.perf_counter()
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        took = time.perf_counter() - began
        if done.returncode:
            said = gist(done.stderr.decode(errors="replace"))
            raise NotMeasured(f"{' '.join(command[3:])} ended with {done.returncode}: {said}")
        return took

    def in_turn(self, commands: Sequence[Sequence[str]], rounds: int = 15) -> list[float]:
        """The median of each command's seconds, the commands taking turns so that a busy moment strikes them all."""
        for command in commands:
            self.seconds(command)
        taken = [[self.seconds(command) for command in commands] for _ in range(rounds)]
        return [statistics.median(one) for one in zip(*taken, strict=True)]

    @contextlib.contextmanager
    def workspace(self, *, notes: Path | None = None) -> Iterator["Place"]:
        """This place with a workspace in it, its host warm; with a project `goals` made of the notes."""
        path = Path(tempfile.mkdtemp(prefix="workspace-", dir=self.folder)) / "w"
        there = Place(self.folder, {**self.environment, "ORIN_WORKSPACE": str(path)})
        there.orin("init", path)
        try:
            if notes:
                there.orin("project", "new", "Goals")
                there.orin("import", notes, "--project", "goals")
            yield there
        finally:
            with contextlib.suppress(NotMeasured):
                there.orin("host", "stop")


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """A fresh place, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="orin-bench-", dir=os.environ.get("ORIN_BENCH_DIR", "/var/tmp")))
    runtime = Path(tempfile.mkdtemp(prefix="orin-", dir="/tmp"))  # short: a socket's path holds 107 bytes
    own = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC", "HOME": str(folder)}
    own |= {"XDG_RUNTIME_DIR": str(runtime), "XDG_STATE_HOME": str(folder / "state")}
    try:
        yield Place(folder, own)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(runtime, ignore_errors=True)


def gist(output: str) -> str:
    """The line of a command's output that says what went wrong: orin's own, else the last."""
    lines = output.strip().splitlines() or ["it said nothing"]
    return next((line for line in lines if line.startswith("orin: ")), lines[-1])


def notes() -> Path:
    """The notes to bench with: real project goals. Raises NotMeasured when they are not there."""
    if named := os.environ.get("ORIN_BENCH_NOTES"):
        found = [Path(named)]
    else:
        found = sorted((ROOT / "tests" / "data").glob("rust-goals*"))
    if not found or not found[0].is_dir():
        raise NotMeasured("there are no notes to work with; name a folder of them in ORIN_BENCH_NOTES")
    return found[0].resolve()


def import_typer() -> list[str]:
    """The reference of everything that a person waits for at a prompt."""
    return [sys.executable, "-c", "import typer"]
