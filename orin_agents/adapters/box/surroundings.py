"""Where the doctor looks: the system's folders and what the interpreter says, all of which a test can replace."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import cache_from_source
from pathlib import Path

from orin_agents.domain.checks import CheckLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """The Python that runs, and the SQLite in it. `writes_bytecode` and `is_compiled` decide how quick a start is."""

    version: tuple[int, int, int] = field(default_factory=lambda: sys.version_info[:3])
    executable: str = sys.executable
    in_venv: bool = field(default_factory=lambda: sys.prefix != sys.base_prefix)
    writes_bytecode: bool = field(default_factory=lambda: not sys.dont_write_bytecode)
    is_compiled: bool = field(default_factory=lambda: os.path.exists(cache_from_source(__file__)))
    sqlite: tuple[int, ...] = sqlite3.sqlite_version_info


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The roots to look below. `clock_state` gives adjtimex(2)'s answer, -1 where it cannot be asked."""

    proc: Path = Path("/proc")
    etc: Path = Path("/etc")
    run: Path = Path("/run")
    sys: Path = Path("/sys")
    var: Path = Path("/var")
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    uid: int = field(default_factory=os.getuid)
    user: str = field(default_factory=lambda: os.environ.get("USER", ""))
    machine: str = field(default_factory=platform.machine)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock_state: Callable[[], int] = field(default_factory=lambda: ask_clock_state)
    room: Callable[[Path], os.statvfs_result] = os.statvfs
    interpreter: Interpreter = field(default_factory=Interpreter)


Probe = Callable[[Surroundings, Path], Iterator[CheckLine]]
"""Looks at one area of the box for the workspace at the path."""


def text_of(path: Path) -> str:
    """The text of a small system file, without NUL and surrounding space; empty when it is absent or unreadable."""
    try:
        return path.read_bytes().decode("utf-8", "replace").replace("\0", " ").strip()
    except OSError:
        return ""


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted; none when it is absent or unreadable."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def size(count: float) -> str:
    """Bytes for a reader: 1536 gives 1.5 KiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if abs(count) < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def ask_clock_state() -> int:
    """adjtimex(2)'s answer: 5 while the clock is not synchronised, -1 where it cannot be asked."""
    import ctypes

    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return int(libc.adjtimex(ctypes.create_string_buffer(512)))  # modes 0: only look; struct timex is 208 bytes
    except (OSError, AttributeError):
        return -1
