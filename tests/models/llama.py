"""A real llama.cpp server for tests: started in a tenth of a second, killed when asked to, gone with the test."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.models.tiny_model import Kind

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Llama:
    """A server at work. `url` is its root; its OpenAI-shaped API lies below /v1. The model is called `tiny`."""

    url: str
    process: "subprocess.Popen[str]"
    window: int

    def get(self, path: str) -> Any:
        """The JSON at the path."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    @property
    def busy(self) -> bool:
        """Whether a slot is writing an answer."""
        return any(slot["is_processing"] for slot in self.get("/slots"))

    def idle_within(self, seconds: float) -> bool:
        """Whether no slot is writing any more, soon."""
        end = time.monotonic() + seconds
        while self.busy:
            if time.monotonic() > end:
                return False
        return True

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(10)


def make_model(folder: Path, kind: Kind) -> Path:
    """The model's file, made where it is not there yet; by a process of its own, for numpy and gguf are heavy."""
    path = folder / f"{kind}.gguf"
    if not path.exists():
        made = folder / f"{kind}.part"
        command = [sys.executable, "-m", "tests.models.tiny_model", str(made), kind]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        made.rename(path)
    return path


@contextmanager
def serving(folder: Path, kind: Kind, window: int = 4096) -> Iterator[Llama]:
    """A server with the tiny model of that kind; `window` is each of its two slots'."""
    command = [sys.executable, "-m", "tests.models.llama_server", str(make_model(folder, kind)), str(2 * window)]
    if kind is Kind.EMBED:
        command.append("--embedding")
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), "the server does not start"
            yield Llama(url, process, window)
        finally:
            process.kill()
