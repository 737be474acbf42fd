"""Importing a room's modules never loads a heavy library: each room is imported whole in an interpreter of its own."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOAD = """
import importlib, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    if not module.name.endswith("__main__") and ".tests" not in module.name:
        importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded(room: str) -> set[str]:
    """The top-level modules that stand in a fresh interpreter after every module of the room was imported."""
    command = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}){LOAD}", room]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT.anchor)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def banned() -> set[str]:
    """The heavy libraries as ruff is told them, so that neither list can fall behind the other."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = settings["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"]
    assert "dbos" in names
    return set(names)


@pytest.mark.parametrize("room", ["domain", "skills", "services", "adapters", "client", "cli", "host"])
def test_no_room_loads_a_heavy_library_when_imported(room: str) -> None:
    found = loaded(f"orin_agents.{room}")
    assert "orin_agents" in found
    brought = {"watchfiles"} if "uvicorn" in found else set()  # uvicorn loads it by itself, for its own reloading
    assert not (found & banned()) - brought


@pytest.mark.parametrize("room", ["domain", "skills", "services"])
def test_the_inside_loads_no_framework(room: str) -> None:
    assert not loaded(f"orin_agents.{room}") & {
        "fastapi",
        "starlette",
        "uvicorn",
        "httpx",
        "typer",
        "rich",
        "sqlite_utils",
    }


@pytest.mark.parametrize("room", ["client", "cli"])
def test_what_a_person_starts_loads_no_server(room: str) -> None:
    assert not loaded(f"orin_agents.{room}") & {"fastapi", "starlette", "uvicorn", "pydantic", "sqlite_utils"}


def test_a_heavy_import_would_be_seen() -> None:
    assert "networkx" in loaded("networkx.algorithms.flow")
