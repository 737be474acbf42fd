"""Makes the virtual environment that `scripts/orin` and `scripts/test` run in, from a lock file, with its progress.

    python3 environment.py LOCK VENV CHECKOUT [ASKED]

Runs under the Python that the environment is to have (3.11 or newer) and needs its standard library alone. Leaves
VENV/orin.stamp (checkout, Python, what ORIN_PYTHON asked for) and, last of all, VENV/orin.lock, a copy of LOCK: an
environment without an equal copy is unfinished or out of date and is made anew. Exit code 1 with what happened, what
was kept and what to do when something is missing.
"""

import contextlib
import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("orin_agents", "screens", "widgets")


class Stopped(Exception):
    """Set-up cannot go on: what happened and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass
class Progress:
    """Says on stderr what is being done: on a terminal a line that keeps itself current, elsewhere a line a step."""

    steps: int
    step: int = 0
    what: str = ""
    _began: float = field(default_factory=time.monotonic)
    _live: bool = field(default_factory=sys.stderr.isatty)

    @contextlib.contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """A step, timed."""
        self.step += 1
        self._began = time.monotonic()
        self.note(what)
        yield
        self._print(f"{self._line()}\n")

    def note(self, what: str) -> None:
        """What the step is at; a terminal shows it at once, elsewhere the last one stands in the step's line."""
        self.what = what
        if self._live:
            self._print(self._line())

    def _line(self) -> str:
        seconds = f"{time.monotonic() - self._began:.1f} s"
        return f"  [{self.step}/{self.steps}] {self.what:<52.52} {seconds:>7}"

    def _print(self, text: str) -> None:
        sys.stderr.write(f"\r{text}" if self._live else text)
        sys.stderr.flush()


@dataclass(frozen=True)
class Environment:
    """A virtual environment made from a lock file for a checkout."""

    lock: Path
    venv: Path
    checkout: Path
    asked: str

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        scheme = sysconfig.get_path("purelib", "venv", {"base": str(self.venv), "platbase": str(self.venv)})
        return Path(scheme)

    @property
    def base(self) -> str:
        """The interpreter it stands on, fully resolved, so that a newer python3 beside it does not change it."""
        return os.path.realpath(sys.executable)

    def stamp(self) -> str:
        """What it was made for, as `scripts/environment` compares it."""
        return f"{self.checkout}\n{self.base}\n{self.asked}\n"

    def is_made(self) -> bool:
        """Whether it is whole, stands on this Python and matches the lock; where it stands beside that is not asked."""
        try:
            base = (self.venv / "orin.stamp").read_text(encoding="utf-8").splitlines()[1]
            same = (self.venv / "orin.lock").read_bytes() == self.lock.read_bytes()
        except (OSError, IndexError):
            return False
        return same and base == self.base and os.access(self.python, os.X_OK)

    def place(self) -> None:
        """Note the checkout in the environment, for interpreters started in it from anywhere (the host's too)."""
        (self.packages / "orin.pth").write_text(f"{self.checkout}\n", encoding="utf-8")
        (self.venv / "orin.stamp").write_text(self.stamp(), encoding="utf-8")

    def make(self) -> None:
        """Make it from nothing. Raises Stopped."""
        version = ".".join(map(str, sys.version_info[:3]))
        say(f"Setting up {self.venv} (once; a minute or so)")
        began = time.monotonic()
        progress = Progress(steps=3)
        with progress.doing(f"virtual environment on Python {version}"):
            if self.venv.exists() and not (self.venv / "pyvenv.cfg").exists() and any(self.venv.iterdir()):
                raise Stopped(f"{self.venv} holds something else", "name an empty or new folder in ORIN_VENV")
            (self.venv / "orin.lock").unlink(missing_ok=True)
            call([sys.executable, "-I", "-m", "venv", "--clear", str(self.venv)], self.venv)
        with progress.doing(f"packages of {self.lock.name}"):
            self._install(progress)
        with progress.doing("bytecode, so that every start is quick"):
            self._compile()
        self.place()
        # The copy of the lock is what makes the environment valid: last, and in one step.
        draft = self.venv / "orin.lock.draft"
        shutil.copyfile(self.lock, draft)
        draft.replace(self.venv / "orin.lock")
        say(f"Ready after {time.monotonic() - began:.0f} s.")

    def _install(self, progress: Progress) -> None:
        # Wheels alone: nothing of a package runs during set-up, and a machine without wheels is told so at once.
        command = [str(self.python), "-I", "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile"]
        command += ["--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        command += ["--requirement", str(self.lock)]
        seen = 0
        log = self.venv / "setup.log"
        environment = {**os.environ, "PIP_USER": "0", "PIP_NO_COLOR": "1"}
        with (
            log.open("w", encoding="utf-8") as kept,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
            ) as pip,
        ):
            for line in pip.stdout or ():
                kept.write(line)
                if found := re.match(r"(?:Collecting |Processing .*/)([A-Za-z0-9_.]+)", line):
                    seen += 1
                    progress.note(f"packages of {self.lock.name}: {seen}, {found[1]}")
                elif line.startswith("Installing "):
                    progress.note(f"packages of {self.lock.name}: unpacking {seen}")
        if pip.returncode:
            raise Stopped(*explain_pip(log))
        progress.note(f"{seen} packages of {self.lock.name}")
        self._remove_seeds()

    def _remove_seeds(self) -> None:
        """Take away what venv put there beside the lock: setuptools costs every start a millisecond."""
        if not re.search(r"^setuptools==", self.lock.read_text(encoding="utf-8"), re.MULTILINE):
            for pattern in (
                "setuptools",
                "setuptools-*",
                "_distutils_hack",
                "distutils-precedence.pth",
                "pkg_resources",
            ):
                for path in self.packages.glob(pattern):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _compile(self) -> None:
        # compileall writes even where PYTHONDONTWRITEBYTECODE is set. Its exit code tells of files that are no
        # Python for this version (templates in some packages): they are never imported.
        command = [str(self.python), "-I", "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "timestamp"]
        folders = [str(self.packages)]
        if os.access(self.checkout, os.W_OK):
            folders += [str(self.checkout / name) for name in PACKAGES if (self.checkout / name).is_dir()]
        subprocess.run([*command, *folders], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def say(text: str) -> None:
    """A line on stderr: stdout belongs to the program."""
    print(text, file=sys.stderr, flush=True)


def call(command: list[str], venv: Path) -> None:
    """Run a command that must succeed. Raises Stopped with the end of its output."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        last = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-3:]
        raise Stopped(f"{venv} could not be made: {' '.join(last)}", "mend that and start again")


def explain_pip(log: Path) -> tuple[str, str]:
    """What pip said last, and what to do about it."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-3:]
    what = "; ".join(errors[:3]) or "pip ended without a word"
    text = "\n".join(lines)
    if "No space left" in text:
        return what, "free some space (about 400 MB) and start again"
    if "DO NOT MATCH THE HASHES" in text:
        return what, "a download is not what the lock names: check the package index or mirror that pip is set to use"
    if re.search(r"connection|resolve|Network is unreachable|timed out|Max retries", text, re.IGNORECASE):
        return what, "set-up needs the package index once: check the network, or pip's settings for a proxy or mirror"
    if "No matching distribution" in text:
        return (
            what,
            "there is no ready-made package for this machine or Python: use Python 3.11 or 3.12 on x86_64 or arm64",
        )
    return what, f"the whole output is in {log}"


def check_python() -> None:
    """Raise Stopped when this Python lacks a part that Orin needs."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    remedies = {
        "ensurepip": (f"python{version}-venv", f"sudo apt install python{version}-venv"),
        "venv": (f"python{version}-venv", f"sudo apt install python{version}-venv"),
        "sqlite3": ("Python's sqlite3 module", "use a Python that was built with SQLite (ORIN_PYTHON=/path/to/python)"),
        "ssl": ("Python's ssl module", "use a Python that was built with OpenSSL (ORIN_PYTHON=/path/to/python)"),
    }
    for module, (what, remedy) in remedies.items():
        if importlib.util.find_spec(module) is None:
            raise Stopped(f"{what} is missing ({sys.executable})", remedy)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder while an environment is made in it: two starts at once make it once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stopped(f"{folder} cannot be made: {error.strerror}", "name another place in ORIN_VENV") from error
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting Orin up; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def main(arguments: list[str]) -> int:
    """Make the environment if it is not whole. Gives the exit code."""
    lock, venv, checkout, *asked = arguments
    environment = Environment(Path(lock), Path(venv), Path(checkout), asked[0] if asked else "")
    try:
        check_python()
        with alone(environment.venv.parent):
            if not os.access(environment.venv.parent, os.W_OK):
                what = f"{environment.venv.parent} cannot be written to, and the virtual environment belongs there"
                raise Stopped(what, "set ORIN_VENV to a folder of your own, such as ORIN_VENV=~/.cache/orin/venv")
            if environment.is_made():
                environment.place()
            else:
                environment.make()
    except Stopped as stopped:
        say(f"\norin: {stopped.what}.\nKept: nothing beside {venv} was changed.")
        say(f"Remedy: {stopped.remedy}.")
        return 1
    except OSError as error:
        say(f"\norin: set-up stopped: {error}.\nRemedy: mend that and start again.")
        return 1
    except KeyboardInterrupt:
        say("\norin: set-up was interrupted; it begins again at the next start.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
