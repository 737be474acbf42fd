"""The doctor joins the checks of the box and the workspace, and survives each of them."""

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from orin_agents.domain.actors import person
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.errors import StorageFailure
from orin_agents.domain.operations.operation import Nothing
from orin_agents.services.doctor import Doctor

PLACE = Path("/workspace")


def line(area: str, name: str = "x") -> CheckLine:
    return CheckLine(area=area, name=name, verdict=Verdict.OK, seen="fine")


@dataclass
class FakeBox:
    fails: bool = False

    def checks(self, workspace: Path) -> tuple[CheckLine, ...]:
        if self.fails:
            raise RuntimeError("box")
        return (line("memory", str(workspace)),)


def check_database() -> tuple[CheckLine, ...]:
    return (line("workspace", "database"),)


def check_journal() -> tuple[CheckLine, ...]:
    raise KeyError("sequence")


def check_files() -> tuple[CheckLine, ...]:
    raise StorageFailure("The disk failed.", remedy="Look at the disk.")


def test_the_lines_come_in_order_the_box_first() -> None:
    found = Doctor(FakeBox(), PLACE, (check_database,)).check(person("ada"), Nothing())
    assert [(entry.area, entry.name) for entry in found] == [("memory", "/workspace"), ("workspace", "database")]


def test_a_check_that_fails_is_a_problem_line_and_the_rest_is_done(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = Doctor(FakeBox(fails=True), PLACE, (check_journal, check_files, check_database)).lines()
    box, journal, files, database = found
    assert box.verdict is journal.verdict is files.verdict is Verdict.PROBLEM and database.verdict is Verdict.OK
    assert "RuntimeError: box" in box.seen and (box.name, journal.name) == ("box", "journal")
    assert "KeyError" in journal.seen and journal.remedy
    assert (files.seen, files.remedy) == ("the check failed: The disk failed.", "Look at the disk.")
    assert "Traceback" in caplog.text
