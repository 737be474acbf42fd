"""The sample case files: readable on any day, and worth a morning's reading."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest

from orin_agents.adapters.samples import sample, samples
from orin_agents.domain import okr, project_map, risks, rules, task_log, task_queue
from orin_agents.domain.documents import read_document
from orin_agents.domain.errors import OrinError
from orin_agents.host.shipped import shipped

TODAY = date(2026, 11, 21)
DAYS = [TODAY + timedelta(days=offset) for offset in range(8)] + [date(2028, 2, 29), date(2027, 1, 1)]
FOLDER = shipped().casefiles / "repair-day"


def texts(today: date) -> dict[str, str]:
    return {path: data.decode() for path, data in sample(FOLDER, today)}


@pytest.mark.parametrize("today", DAYS)
def test_the_structured_files_can_be_read_on_any_day(today: date) -> None:
    files = texts(today)
    goals = read_document(okr.Okr, files[okr.PATH], okr.PATH)
    queue = read_document(task_queue.TaskQueue, files[task_queue.PATH], task_queue.PATH)
    assert goals.period_start and goals.period_end and goals.period_start < today < goals.period_end
    assert any(task.due == today for task in queue.tasks) and any(task.due and task.due < today for task in queue.tasks)
    assert read_document(risks.RiskMatrix, files[risks.PATH], risks.PATH).risks
    assert read_document(rules.RuleChecklist, files[rules.PATH], rules.PATH).rules
    assert project_map.read_project_map(files[project_map.PATH]).out_of_scope
    log = task_log.read_task_log(files[task_log.PATH])
    assert max(entry.date for entry in log) == today and min(entry.date for entry in log) >= today - timedelta(days=24)
    assert all(entry.date == today or entry.date.isoweekday() < 6 for entry in log)


@pytest.mark.parametrize("today", DAYS)
def test_nothing_of_the_template_is_left(today: date) -> None:
    for path, text in texts(today).items():
        assert "{{" not in text and "{%" not in text, path


def test_the_case_holds_what_a_morning_should_show() -> None:
    files = texts(TODAY)
    queue = read_document(task_queue.TaskQueue, files[task_queue.PATH], task_queue.PATH)
    ids = {task.id for task in queue.tasks}
    assert all(set(task.depends_on) <= ids for task in queue.tasks)
    notes = {path.removeprefix("raw_notes/").removesuffix(".md") for path in files if path.startswith("raw_notes/")}
    assert "Floor plan of the hall" not in notes and "[[Floor plan of the hall]]" in files["raw_notes/venue.md"]
    assert "TBD" in files["raw_notes/venue.md"]
    spent: dict[str, float] = {}
    for row in csv.DictReader(io.StringIO(files[task_log.PATH])):
        spent[row["objective"]] = spent.get(row["objective"], 0) + float(row["minutes"])
    assert spent["O3"] / sum(spent.values()) > 0.5
    assert (
        files["raw_notes/helpers.md"].count("- [x]") == 4 and files["raw_notes/helpers.md"].count("#helper-call") == 10
    )


def test_every_project_has_a_title() -> None:
    assert [(title, len(list(files))) for title, files in samples(shipped().casefiles, TODAY)] == [("Repair day", 19)]


def test_days_and_working_days(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        '{{ day(-3) }} {{ day(1, "%Y%m%d") }} {{ workday(0) }} {{ workday(-1) }} {{ workday(6) }}\n'
    )
    (tmp_path / ".hidden").write_text("{{")
    assert dict(sample(tmp_path, TODAY)) == {"a.md": b"2026-11-18 20261122 2026-11-23 2026-11-20 2026-12-01\n"}


def test_a_wrong_sample_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("{{ nothing }}")
    with pytest.raises(OrinError, match=r"b\.md"):
        list(sample(tmp_path, TODAY))
