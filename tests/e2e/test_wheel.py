"""The wheel: what is in it, and that the program runs from it alone."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from orin_agents.domain.version import VERSION

ROOT = Path(__file__).parents[2]
DATA = {
    "orin_agents/crew": "orin_agents/crew",
    "orin_agents/shipped/casefiles": "casefiles",
    "orin_agents/shipped/schedules": "schedules",
}


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command that must succeed, without the checkout on its module path."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built offline, with the hatchling of this environment."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """A fresh environment with the wheel in it, and the dependencies of this one within its reach."""
    place = tmp_path / "tool"
    venv.create(place, symlinks=True, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(place), "platbase": str(place)}))
    # A plain path: the .pth files that lie in there (the checkout's among them) are not followed.
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    pip = ["-m", "pip", "--isolated", "--python", place / "bin" / "python", "install"]
    run(sys.executable, "-P", *pip, "--no-deps", "--no-index", "--quiet", wheel, cwd=tmp_path)
    return place


def test_it_holds_the_program_and_its_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        (entry_points,) = (file.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    info = f"orin-{VERSION}.dist-info/"
    assert {name.partition("/")[0] for name in names} == {"orin_agents", "screens", "widgets", info.rstrip("/")}
    assert f"{info}licenses/LICENSE" in names
    assert "orin = orin_agents.__main__:main" in entry_points
    assert not [name for name in names if "__pycache__" in name or "/." in name]
    for inside, outside in DATA.items():
        wanted = {
            f"{inside}/{path.relative_to(ROOT / outside)}"
            for path in (ROOT / outside).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert wanted, f"{outside} is empty"
        assert {name for name in names if name.startswith(f"{inside}/")} == wanted


def test_the_program_runs_from_it(installed: Path, tmp_path: Path) -> None:
    orin = installed / "bin" / "orin"
    assert VERSION in run(orin, "--version", cwd=tmp_path).stdout
    where = "import orin_agents; print(orin_agents.__file__)"
    assert Path(run(installed / "bin" / "python", "-P", "-c", where, cwd=tmp_path).stdout).is_relative_to(installed)


def test_the_demo_runs_from_it(installed: Path, tmp_path: Path) -> None:
    orin = installed / "bin" / "orin"
    workspace = tmp_path / "demo"
    done = run(orin, "demo", "--workspace", workspace, cwd=tmp_path)
    try:
        assert list(workspace.glob("projects/*/drafts/morning_brief.md")), done.stdout
        assert list(workspace.glob("projects/*/schedule/daily_plan.md"))
        assert "morning_brief.md" in done.stdout
    finally:
        run(orin, "--workspace", workspace, "host", "stop", cwd=tmp_path)
