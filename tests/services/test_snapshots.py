"""A snapshot: what is read once for all skills, what is broken and said, what is locked and never seen."""

import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orin_agents.adapters.box.linux import LinuxBox
from orin_agents.adapters.calendars import IcsCalendars
from orin_agents.domain.actors import agent
from orin_agents.domain.artifacts import Origin
from orin_agents.domain.calendar import WorkingHours
from orin_agents.domain.facts import Fact
from orin_agents.domain.operations.artifacts import LockArtifact, SaveArtifact
from orin_agents.domain.snapshot import Snapshot
from orin_agents.services.snapshots import Snapshots
from tests.services.conftest import ADA, Desk

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def take(desk: Desk, tmp_path: Path) -> Callable[..., Snapshot]:
    snapshots = Snapshots(
        desk.store, IcsCalendars(), LinuxBox(), desk.clock, WorkingHours(), BERLIN, ("ada", "Ada"), tmp_path
    )
    project = desk.store.projects.get("home")
    assert project is not None
    return lambda **options: snapshots.take(project, **options)


def save(desk: Desk, path: str, text: str) -> None:
    desk.artifacts.save(ADA, SaveArtifact(project="home", path=path, text=text))


def test_a_broken_structured_file_is_said_with_its_line_and_the_rest_is_read(desk: Desk, take):
    save(desk, "plans/okr.json", '{\n  "objectives": [\n    {"id": "O1"}\n  ]\n}\n')
    save(desk, "task_log.csv", "date,task,minutes\n2026-11-20,write,30\n")
    save(desk, "rule_checklist.yaml", "rules: [\n")
    snapshot = take()
    assert snapshot.okr is None and snapshot.rules is None
    assert [entry.minutes for entry in snapshot.log] == [30]
    broken = {item.path: item for item in snapshot.broken}
    assert broken["plans/okr.json"].line == 3
    assert "title" in broken["plans/okr.json"].reason
    assert set(broken) == {"plans/okr.json", "rule_checklist.yaml"}
    assert "plans/project_map.md" in snapshot.absent and "task_log.csv" not in snapshot.absent
    assert desk.text("rule_checklist.yaml") == "rules: [\n"


def test_a_locked_artifact_leaks_into_nothing(desk: Desk, take):
    save(desk, "raw_notes/secret.md", "# Secret plan\n\n- [ ] buy the harbour\n")
    save(desk, "task_queue.json", '{"tasks": [{"id": "t1", "title": "hidden"}]}')
    for path in ("raw_notes/secret.md", "task_queue.json"):
        desk.artifacts.lock(ADA, LockArtifact(project="home", path=path, locked=True))
    snapshot = take()
    assert (snapshot.tasks, snapshot.documents, snapshot.artifacts) == ((), (), ())


def test_text_is_cut_to_what_the_agent_may_read_and_tasks_are_not(desk: Desk, take):
    save(desk, "raw_notes/a.md", "- [ ] one\n")
    save(desk, "drafts/b.md", "- [ ] two\n")
    snapshot = take(reads=("drafts/",))
    assert [document.path for document in snapshot.documents] == ["drafts/b.md"]
    assert {task.title for task in snapshot.tasks} == {"one", "two"}


def test_one_id_in_two_notes_is_two_tasks_and_dependencies_stay_in_their_note(desk: Desk, take):
    for name in ("a", "b"):
        save(desk, f"raw_notes/{name}.md", f"- [ ] first {name} 🆔 x1\n- [ ] then {name} ⛔ x1\n")
    tasks = {task.title: task for task in take().tasks}
    assert len(tasks) == 4
    assert tasks["then a"].depends_on == (tasks["first a"].id,)
    assert tasks["then b"].depends_on == (tasks["first b"].id,)
    assert tasks["first a"].id != tasks["first b"].id


def test_tasks_of_one_name_are_told_apart(desk: Desk, take):
    save(desk, "raw_notes/a.md", "# Tents\n- [ ] Review\n# Lights\n- [ ] Review\n- [ ] Test\n")
    save(desk, "raw_notes/b.md", "- [ ] Test\n")
    assert {task.title for task in take().tasks} == {"Review · Tents", "Review · Lights", "Test · Lights", "Test"}


def test_an_agents_page_makes_no_tasks_and_is_told_as_made_today(desk: Desk, take):
    fact = Fact(id="drift.total", label="Drift", value=0.1)
    origin = Origin(run="r1", facts=(fact,))
    desk.artifacts.put(agent("planner"), "home", "schedule/daily_plan.md", b"- [ ] planned\n", origin)
    snapshot = take()
    assert snapshot.tasks == ()
    assert [(made.path, made.agent, made.facts) for made in snapshot.today] == [
        ("schedule/daily_plan.md", "planner", (fact,))
    ]


def test_calendars_are_read_in_the_persons_zone_and_what_cannot_be_is_said(desk: Desk, take):
    event = "BEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:{0}\r\n{1}END:VEVENT\r\n"
    good = event.format("good", "DTSTART:20261120T100000Z\r\nDTEND:20261120T110000Z\r\n")
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{good}{event.format('bad', '')}END:VCALENDAR\r\n"
    save(desk, "calendar.ics", text)
    snapshot = take()
    assert [(e.title, e.start.hour, e.start.tzinfo) for e in snapshot.events] == [("good", 11, BERLIN)]
    assert [item.path for item in snapshot.broken] == ["calendar.ics"]


def test_an_event_of_two_calendars_takes_place_once(desk: Desk, take):
    def calendar(*titles: str) -> str:
        times = "DTSTART:20261120T100000Z\r\nDTEND:20261120T110000Z\r\n"
        events = [f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:{t}\r\n{times}END:VEVENT\r\n" for n, t in enumerate(titles)]
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(events)}END:VCALENDAR\r\n"

    save(desk, "calendars/a.ics", calendar("Review", "Walk", "Walk"))
    save(desk, "calendars/b.ics", calendar("Review", "Lunch"))
    assert [(e.title, e.source.path) for e in take().events] == [
        ("Lunch", "calendars/b.ics"),
        ("Review", "calendars/a.ics"),
        ("Walk", "calendars/a.ics"),
        ("Walk", "calendars/a.ics"),
    ]


def test_whose_a_task_is(desk: Desk, take):
    queue = [{"id": f"t{n}", "title": f"t{n}", "owner": owner} for n, owner in enumerate(["", "Ada", "@ADA, Bo", "Bo"])]
    save(desk, "task_queue.json", json.dumps({"tasks": queue}))
    snapshot = take()
    assert [task.id for task in snapshot.tasks if snapshot.is_yours(task)] == ["t0", "t1", "t2"]
