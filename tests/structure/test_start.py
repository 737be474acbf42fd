"""A command starts fast because of what it does not import; a fresh interpreter says so."""

import os
import subprocess
import sys
from pathlib import Path

from tests.running import Running

ROOT = Path(__file__).parents[2]
HEAVY = {
    "pydantic", "pydantic_core", "fastapi", "starlette", "uvicorn", "httpx", "anyio", "asyncio", "dbos", "sqlalchemy",
    "sqlite3", "sqlite_utils", "networkx", "jinja2", "yaml", "icalendar", "rich", "textual", "litellm", "email.mime",
}  # fmt: skip

RUN = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from orin_agents.cli.shell import run
code = run(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""


def after(*arguments: str) -> tuple[int, str, set[str]]:
    """Exit code, output and loaded modules of a command line in an interpreter of its own."""
    command = [sys.executable, "-P", "-c", RUN, str(ROOT), *arguments]
    # Where coverage is measured it starts itself, and with it much else, in every interpreter that inherits this.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", env=environ)
    code, *modules = done.stderr.split()
    return int(code), done.stdout, set(modules)


def test_help_loads_neither_server_nor_client() -> None:
    code, text, modules = after("--help")
    assert code == 0
    assert "doctor" in text
    assert not modules & HEAVY
    assert not modules & {"http.client", "msgspec", "orin_agents.cli.projects"}


def test_the_version_loads_as_little() -> None:
    code, text, modules = after("--version")
    assert (code, text) == (0, "orin 0.1.0\n")
    assert not modules & HEAVY


def test_a_command_on_a_warm_host_loads_no_server_and_one_noun(running: Running) -> None:
    code, text, modules = after("-w", str(running.workspace), "project", "list")
    assert code == 0
    assert "home" in text
    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("orin_agents.domain.operations.")} == {
        "orin_agents.domain.operations.operation",
        "orin_agents.domain.operations.projects",
    }
