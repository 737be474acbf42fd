"""scripts/orin on a bare checkout: what it sets up, what it leaves alone, and what it says when it cannot go on."""

import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, sys
import tiny
print(sys.argv[1:], tiny.__file__, sys.flags.dont_write_bytecode, os.getcwd(), sep="|")
"""


def wheel(folder: Path) -> str:
    """Writes a tiny wheel and gives the line of a lock that names it."""
    folder.mkdir(exist_ok=True)
    path = folder / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("tiny.py", "ANSWER = 42\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", f"tiny.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return f"tiny==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Checkout:
    """A checkout with the real scripts and a program of one file, and the ways to start it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.root = place / "check out"  # a space, as in many a person's folders
        (self.root / "orin_agents").mkdir(parents=True)
        (self.root / "orin_agents" / "__init__.py").touch()
        (self.root / "orin_agents" / "__main__.py").write_text(PROGRAM)
        shutil.copytree(ROOT / "scripts", self.root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        (self.root / "requirements.lock").write_text(wheel(place / "wheels"))
        self.venv = self.root / ".venv"

    def environment(self, **more: str) -> dict[str, str]:
        """No network, no package index, and the Python of these tests."""
        own = {"PATH": os.environ["PATH"], "HOME": str(self.place), "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
        return own | {"PIP_FIND_LINKS": str(self.place / "wheels"), "ORIN_PYTHON": sys.executable} | more

    def command(self) -> str:
        """The path of the script."""
        return str(self.root / "scripts" / "orin")

    def orin(self, *arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        """Starts it and waits."""
        command = [self.command(), *arguments]
        return subprocess.run(
            command, env=self.environment(**more), capture_output=True, text=True, check=False, cwd=cwd or self.place
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh one."""
    return Checkout(tmp_path)


def test_the_first_start_sets_up_and_the_second_goes_straight_in(checkout: Checkout, tmp_path: Path) -> None:
    # Two at once, over an environment that was only half made.
    (checkout.venv / "bin").mkdir(parents=True)
    (checkout.venv / "pyvenv.cfg").write_text("home = /nowhere\n")
    starts = [
        subprocess.Popen(
            [checkout.command(), "demo", name],
            env=checkout.environment(PYTHONDONTWRITEBYTECODE="1", PYTHONPATH="/nowhere"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        for name in ("a b", "c")
    ]
    ends = [start.communicate() for start in starts]
    assert [start.returncode for start in starts] == [0, 0], ends
    said = [out.strip().split("|") for out, _ in ends]
    assert [arguments for arguments, *_ in said] == ["['demo', 'a b']", "['demo', 'c']"]
    for _, tiny, flag, folder in said:
        assert Path(tiny).is_relative_to(checkout.venv)
        assert flag == "0"  # the program keeps its bytecode fresh whatever the machine's habit
        assert folder == str(tmp_path)
    (told,) = (err for _, err in ends if "Setting up" in err)
    assert "[1/3]" in told and "1 packages of requirements.lock" in told
    assert list(checkout.venv.glob("lib/python*/site-packages/__pycache__/tiny.*.pyc"))
    assert list(checkout.root.glob("orin_agents/__pycache__/__init__.*.pyc"))

    # Through a link, from a folder whose files must not be taken for modules.
    link = tmp_path / "orin"
    link.symlink_to(checkout.command())
    (tmp_path / "tiny.py").write_text("raise SystemExit('the wrong tiny')\n")
    made = (checkout.venv / "pyvenv.cfg").stat().st_mtime_ns
    second = subprocess.run(
        [link, "again"], env=checkout.environment(), capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout.startswith("['again']|")
    assert (checkout.venv / "pyvenv.cfg").stat().st_mtime_ns == made

    # Moved: the environment learns where the checkout lies now.
    checkout.root = checkout.root.rename(tmp_path / "moved")
    third = checkout.orin("moved")
    assert third.returncode == 0, third.stderr
    assert str(tmp_path / "moved") in third.stdout
    assert "Setting up" not in third.stderr


def test_a_download_with_another_content_is_refused(checkout: Checkout) -> None:
    good = (checkout.root / "requirements.lock").read_text()
    (checkout.root / "requirements.lock").write_text(good.partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n")
    refused = checkout.orin("demo")
    assert refused.returncode == 1
    assert "[1/3]" in refused.stderr
    assert "DO NOT MATCH" in refused.stderr and "Remedy:" in refused.stderr
    assert refused.stdout == ""
    assert not (checkout.venv / "orin.lock").exists()  # so that the next start tries again


def test_a_package_that_cannot_be_had_is_named_with_a_remedy(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = runpy.run_path(str(ROOT / "scripts" / "environment.py"))
    lock = tmp_path / "absent.lock"
    lock.write_text("absent==1.0 --hash=sha256:" + "0" * 64 + "\n")
    made = environment["Environment"](lock, tmp_path / "venv", checkout.root, "")
    made.python.parent.mkdir(parents=True)  # pip as these tests have it, to spare making an environment
    made.python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    made.python.chmod(0o755)
    for name, value in checkout.environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(environment["Stopped"], match="absent") as stopped:
        made._install(environment["Progress"](3))
    assert "there is no ready-made package for this machine" in stopped.value.remedy
    assert (made.venv / "setup.log").exists()


def test_a_machine_without_a_python_is_told_what_to_install(checkout: Checkout, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "env", "readlink", "head", "cmp"):
        (tools / name).symlink_to(shutil.which(name) or pytest.fail(f"{name} is missing"))
    old = tools / "python3"
    old.write_text("#!/bin/sh\necho Python 3.10.12 >&2\nexit 1\n")
    old.chmod(0o755)
    done = checkout.orin("demo", PATH=str(tools), ORIN_PYTHON="")
    assert done.returncode == 1
    assert "python3 is Python 3.10.12" in done.stderr
    assert "apt install python3.11 python3.11-venv" in done.stderr
    wrong = checkout.orin("demo", ORIN_PYTHON="/nowhere/python")
    assert wrong.returncode == 1
    assert "ORIN_PYTHON=/nowhere/python" in wrong.stderr


def test_a_folder_with_something_else_in_it_is_left_alone(checkout: Checkout, tmp_path: Path) -> None:
    other = tmp_path / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("Dear Ada,\n")
    done = checkout.orin("demo", ORIN_VENV=str(other))
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert (other / "letter.txt").read_text() == "Dear Ada,\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_checkout_is_told_of_another_place(checkout: Checkout, tmp_path: Path) -> None:
    checkout.root.chmod(0o555)
    try:
        refused = checkout.orin("demo")
        assert refused.returncode == 1
        assert "ORIN_VENV" in refused.stderr
        elsewhere = checkout.orin("demo", ORIN_VENV=str(tmp_path / "deep" / "venv"))
        assert elsewhere.returncode == 0, elsewhere.stderr
    finally:
        checkout.root.chmod(0o755)
