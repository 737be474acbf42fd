"""Python, SQLite and the locale they run in."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from orin_agents.adapters.box.surroundings import Surroundings
from orin_agents.domain.checks import CheckLine, Verdict

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37)
"""The first with STRICT tables."""


def check_python(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """Python's version and place, and whether it keeps compiled modules."""
    python = at.interpreter
    named = ".".join(map(str, python.version))
    where = "in a virtual environment" if python.in_venv else "not in a virtual environment"
    if python.version[:2] < OLDEST_PYTHON:
        yield _line("python", "version", f"{named} is too old", Verdict.PROBLEM, "Install Python 3.11 or newer.")
    else:
        yield _line("python", "version", f"{named} at {python.executable}, {where}")
    if python.writes_bytecode:
        yield _line("python", "bytecode", "compiled modules are kept")
    elif python.is_compiled:
        yield _line("python", "bytecode", "switched off, but Orin's modules are compiled")
    else:
        remedy = f"Unset PYTHONDONTWRITEBYTECODE, or compile once: {python.executable} -m compileall -q <site-packages>"
        yield _line("python", "bytecode", "switched off: every start compiles anew", Verdict.WARNING, remedy)


def check_sqlite(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """SQLite's version, and full-text search."""
    sqlite = at.interpreter.sqlite
    named = ".".join(map(str, sqlite))
    if sqlite[:2] < OLDEST_SQLITE:
        yield _line("sqlite", "version", f"{named} is too old", Verdict.PROBLEM, "Use SQLite 3.37 or newer.")
    else:
        yield _line("sqlite", "version", named)
    yield _full_text_search()


def check_locale(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """Whether text in and out is UTF-8."""
    name = next((at.environment[key] for key in ("LC_ALL", "LC_CTYPE", "LANG") if at.environment.get(key)), "")
    if not name:
        yield _line("locale", "locale", "none set; Python uses UTF-8")
    elif name.lower().replace("-", "").split("@")[0].endswith("utf8"):
        yield _line("locale", "locale", name)
    else:
        yield _line("locale", "locale", f"{name} is not UTF-8", Verdict.WARNING, "Set it: export LANG=C.UTF-8")


def _full_text_search() -> CheckLine:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("create virtual table probe using fts5(text)")
    except sqlite3.Error as error:
        remedy = "Use a Python whose SQLite is built with FTS5; search rests on it."
        return _line("sqlite", "full-text search", f"not there: {error}", Verdict.PROBLEM, remedy)
    finally:
        connection.close()
    return _line("sqlite", "full-text search", "FTS5 is there")


def _line(area: str, name: str, seen: str, verdict: Verdict = Verdict.OK, remedy: str = "") -> CheckLine:
    return CheckLine(area=area, name=name, verdict=verdict, seen=seen, remedy=remedy)
