"""The README: its commands run as they stand, its examples are valid, and its reference leaves nothing out."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from pydantic import BaseModel

from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.adapters.crew_files import CrewFolders
from orin_agents.adapters.templates import PageTemplates
from orin_agents.cli.shell import COMMANDS, app
from orin_agents.domain import okr, project_map, risks, rules, settings, task_log, task_queue
from orin_agents.domain.artifacts import Kind
from orin_agents.domain.crew import Agent, LogicalModels
from orin_agents.domain.documents import read_document
from orin_agents.domain.errors import OrinError
from orin_agents.domain.journal import Event
from orin_agents.domain.models import Deployment, ModelsFile, read_models
from orin_agents.domain.routines import Condition, Edge, Output, Part, Routine, Step
from orin_agents.host.routes import all_operations, outside_path
from orin_agents.host.shipped import shipped
from orin_agents.services.facts import SKILLS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EVENTUALLY = {"artifact history raw_notes/venue.md": "changed in the folder"}
"""What a command shows only once the host has noticed a change in the folder."""
TRIES = 50
EXIT = re.compile(r"# exit (\d+)(?: or (\d+))?")
EXAMPLES = {
    "workspace.yaml": lambda text: read_document(settings.Settings, text, settings.PATH),
    "Models": read_models,
    okr.PATH: lambda text: read_document(okr.Okr, text, okr.PATH),
    task_log.PATH: task_log.read_task_log,
    task_queue.PATH: lambda text: read_document(task_queue.TaskQueue, text, task_queue.PATH),
    risks.PATH: lambda text: read_document(risks.RiskMatrix, text, risks.PATH),
    rules.PATH: lambda text: read_document(rules.RuleChecklist, text, rules.PATH),
    project_map.PATH: project_map.read_project_map,
}
MODELS = {
    "workspace.yaml": (settings.Settings, settings.EnergySetting),
    okr.PATH: (okr.Okr, okr.Objective, okr.KeyResult),
    task_queue.PATH: (task_queue.TaskQueue, task_queue.QueuedTask),
    risks.PATH: (risks.RiskMatrix, risks.Risk),
    rules.PATH: (rules.RuleChecklist, rules.Rule),
    "Models": (ModelsFile, Deployment),
    "Agents": (Agent, LogicalModels),
    "Routines": (Routine, Step, Output, Edge, Condition),
}
Block = tuple[str, str]


def section(title: str) -> str:
    """What stands below a heading, to the next of its level or above."""
    found = re.search(rf"^(#+) {re.escape(title)}$", README, re.MULTILINE)
    assert found, f"the README has no section {title!r}"
    rest = README[found.end() :]
    after = re.search(rf"^#{{1,{len(found[1])}}} ", re.sub(r"^```.*?^```", _blank, rest, flags=re.M | re.S), re.M)
    return rest[: after.start()] if after else rest


def _blank(block: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", block[0])


def blocks(text: str) -> list[Block]:
    """The fenced blocks: language and text."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def example(title: str) -> str:
    """The one example of a section that is not shell."""
    (found,) = (text for language, text in blocks(section(title)) if language != "sh")
    return found


class Shell:
    """A bash that runs one line after the other, in a folder with `scripts/` as a checkout has it."""

    def __init__(self, folder: Path) -> None:
        scripts = folder / "scripts"
        scripts.mkdir(parents=True)
        self._script(scripts / "orin", f'exec {shlex.quote(sys.executable)} -P -m orin_agents "$@"')
        self._script(scripts / "test", "exit 0")  # it is what runs this test
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            # without coverage, which would double the time of each of its hundred commands; tests/cli measures them
            env={k: v for k, v in os.environ.items() if not k.startswith("COV")} | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _script(self, path: Path, text: str) -> None:
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, line: str) -> tuple[int, str]:
        """The line's exit code and what it printed."""
        assert self._bash.stdin and self._bash.stdout
        self._bash.stdin.write(f"{{ {line}\n}} </dev/null\nprintf '\\n@@exit %s\\n' $?\n")
        self._bash.stdin.flush()
        out: list[str] = []
        for said in self._bash.stdout:
            if said.startswith("@@exit "):
                return int(said[7:]), "".join(out)
            out.append(said)
        raise AssertionError(f"bash ended: {''.join(out)}")

    def close(self) -> None:
        """End it."""
        self._bash.communicate(timeout=10)


@pytest.fixture
def shell(isolated: Path) -> Iterator[Shell]:
    """The shell, and at the end no host left behind."""
    shell = Shell(isolated / "checkout")
    yield shell
    shell.close()
    for workspace in (isolated / "home").glob("*/.orin"):
        command = [sys.executable, "-P", "-m", "orin_agents", "-w", str(workspace.parent), "host", "stop"]
        subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)


def lines() -> list[str]:
    """Every command line of the README's shell blocks."""
    return [line for language, text in blocks(README) if language == "sh" for line in text.splitlines() if line]


def test_every_command_runs_as_it_stands(shell: Shell, isolated: Path) -> None:
    assert len(lines()) > 30
    for line in lines():
        if line.startswith("curl") and not shutil.which("curl"):
            continue
        stated = EXIT.search(line)
        wanted = {int(code) for code in stated.groups() if code} if stated else {0}
        wait_for = next((text for command, text in EVENTUALLY.items() if command in line), "")
        for _ in range(TRIES):
            code, said = shell.run(line.partition("  # ")[0])
            if wait_for in said:
                break
        assert code in wanted, f"{line}\n{said}"
        assert wait_for in said, f"{line}\n{said}"
        assert "Traceback" not in said, f"{line}\n{said}"
    assert (ROOT / "scripts" / "test").is_file() and (ROOT / "scripts" / "orin").is_file()


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_example_is_valid(title: str) -> None:
    read: Callable[[str], Any] = EXAMPLES[title]
    assert read(example(title))


def test_the_calendar_of_the_example_recurs() -> None:
    start, end = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC)
    events, left_out = IcsCalendars().events(
        "calendar.ics", example("calendar.ics").encode(), start, end, ZoneInfo("UTC")
    )
    assert ([event.start.weekday() for event in events], left_out) == ([0, 2, 4], ())


def test_the_agent_and_the_routine_of_the_examples_load(tmp_path: Path) -> None:
    for folder, title in (("crew", "Agents"), ("schedules", "Routines")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "example.yaml").write_text(example(title), encoding="utf-8")
    ours = shipped()
    crew = CrewFolders(
        shipped_crew=ours.crew,
        shipped_schedules=ours.schedules,
        crew=tmp_path / "crew",
        schedules=tmp_path / "schedules",
        skills=frozenset(SKILLS),
        templates=PageTemplates(ours.templates).names(),
    )
    agents, broken_agents = crew.agents()
    routines, broken = crew.routines(frozenset(agent.id for agent in agents))
    assert (broken_agents, broken) == ((), ())
    assert "treasurer" in {agent.id for agent in agents} and "money" in {routine.id for routine in routines}


@pytest.mark.parametrize("title", MODELS)
def test_every_key_is_in_the_reference(title: str) -> None:
    text = section(title)
    assert not [key for model in MODELS[title] for key in keys(model) if f"`{key}`" not in text]


def keys(model: type[BaseModel]) -> Iterator[str]:
    """The keys a person may write."""
    for name, field in model.model_fields.items():
        if not field.exclude:
            yield field.alias or name


def test_every_column_is_in_the_reference() -> None:
    assert not [name for name in task_log.COLUMNS if f"`{name}`" not in section(task_log.PATH)]
    text = section(project_map.PATH).lower()
    assert not [name for name in project_map.COLUMNS if f"`{name}`" not in text]


def test_every_command_is_in_the_list() -> None:
    text = section("Commands")
    assert not [name for name in commands() if f"`orin {name}" not in text]


def commands() -> Iterator[str]:
    """Every command, with its noun where it has one."""
    shell = typer.main.get_command(app)
    assert isinstance(shell, typer.core.TyperGroup)
    for name in COMMANDS:
        below = getattr(shell.get_command(typer.Context(shell), name), "commands", {})
        yield from (f"{name} {verb}" for verb in below) if below else (name,)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("HTTP API", [f"{one.method} {one.path}" for one in all_operations()]),
        ("HTTP API", [name for one in all_operations() for name in outside_path(one)]),
        ("HTTP API", list(Event)),
        ("Agents", list(SKILLS)),
        ("Routines", list(Kind)),
        ("Commands", list(Part)),
        (rules.PATH, list(rules.Check)),
    ],
)
def test_the_reference_names_them_all(title: str, words: list[str]) -> None:
    text = section(title)
    assert not [word for word in words if f"`{word}`" not in text]


def test_every_exit_code_is_in_the_reference() -> None:
    def tree(cls: type[OrinError]) -> Iterator[type[OrinError]]:
        yield cls
        for below in cls.__subclasses__():
            yield from tree(below)

    text = section("Exit codes")
    assert not [cls for cls in tree(OrinError) if f"| {cls.exit_code} |" not in text]


def test_every_variable_is_in_the_reference() -> None:
    sources = [*(ROOT / "orin_agents").rglob("*.py"), ROOT / "scripts" / "orin", ROOT / "scripts" / "test"]
    found = {name for path in sources for name in re.findall(r"\bORIN_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    assert "ORIN_WORKSPACE" in found
    assert not [name for name in found if f"`{name}`" not in section("Environment variables")]


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            headings = [re.sub(r"[^\w -]", "", title).lower() for title in re.findall(r"^#+ (.+)$", README, re.M)]
            assert target[1:] in [title.replace(" ", "-") for title in headings], target
        else:
            assert (ROOT / target).is_file(), target
