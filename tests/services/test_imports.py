"""A person's own material: read, proven, committed in one step; told apart from what is theirs; taken back whole."""

from pathlib import Path

import pytest

from orin_agents.domain.errors import Conflict, Invalid, NotFound
from orin_agents.domain.material import ImportReport
from orin_agents.domain.operations.artifacts import LockArtifact, SaveArtifact
from orin_agents.domain.operations.imports import ImportMaterial, OneImport
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.tasks import TaskState
from tests.services.conftest import ADA, Desk

NOTE = "# Fair\n\n- [ ] Book the hall 📅 2026-12-01 #venue\n- [x] Ask Ben\n\nSee [[tables]].\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    vault = tmp_path / "vault"
    (vault / "sub").mkdir(parents=True)
    (vault / ".obsidian").mkdir()
    (vault / ".obsidian" / "app.json").write_text("{}")
    (vault / "fair.md").write_text(NOTE)
    (vault / "sub" / "tables.md").write_text("| Task | Owner |\n| --- | --- |\n| Carry tables | Ben |\n")
    (vault / "todo.txt").write_text("(A) 2026-11-01 Print posters due:2026-11-30\n")
    (vault / "photo.png").write_bytes(b"\x89PNG\x00\x01")
    return vault


def bring(desk: Desk, path: Path, **options: object) -> ImportReport:
    return desk.imports.run(ADA, ImportMaterial(project="home", path=str(path), **options))  # type: ignore[arg-type]


def tree(desk: Desk) -> dict[str, bytes]:
    return {str(p.relative_to(desk.root)): p.read_bytes() for p in desk.root.rglob("*") if p.is_file()}


def test_a_vault_becomes_artifacts_with_its_tasks_links_and_tags(desk: Desk, vault: Path):
    report = bring(desk, vault)
    assert (report.added, report.changed, report.unchanged) == (4, 0, 0)
    assert report.counts["notes"] == 2
    assert report.counts["tasks"] == 4
    assert report.counts["links"] == 1
    assert desk.text("raw_notes/vault/fair.md") == NOTE
    tasks = {task.title: task for _, reading in desk.store.artifacts.readings("home") for task in reading.tasks}
    assert any(task.state is TaskState.DONE for title, task in tasks.items() if "Ask Ben" in title)
    hall = next(task for title, task in tasks.items() if "hall" in title)
    assert (hall.source.path, hall.source.first_line) == ("raw_notes/vault/fair.md", 3)


def test_a_dry_run_tells_the_same_and_leaves_nothing(desk: Desk, vault: Path):
    before = desk.store.journal.count()
    dry = bring(desk, vault, dry_run=True)
    assert (dry.added, dry.dry_run, tree(desk)) == (4, True, {})
    assert desk.store.journal.count() == before
    assert bring(desk, vault).counts == dry.counts


def test_importing_again_changes_nothing_and_a_changed_note_is_one_version(desk: Desk, vault: Path):
    bring(desk, vault)
    again = bring(desk, vault)
    assert (again.added, again.changed, again.unchanged, again.batch) == (0, 0, 4, 0)
    assert len(desk.imports.listed(ADA, Nothing())) == 1
    (vault / "fair.md").write_text(NOTE + "more\n")
    assert (bring(desk, vault).changed, desk.text("raw_notes/vault/fair.md")) == (1, NOTE + "more\n")


def test_taking_an_import_back_leaves_the_folder_as_it_was(desk: Desk, vault: Path):
    bring(desk, vault)
    first = tree(desk)
    (vault / "fair.md").write_text("changed\n")
    (vault / "new.md").write_text("new\n")
    second = bring(desk, vault)
    undone = desk.imports.undo(ADA, OneImport(batch=second.batch))
    assert undone.undone and undone.kept_yours == ()
    assert tree(desk) == first
    with pytest.raises(Conflict):
        desk.imports.undo(ADA, OneImport(batch=second.batch))
    with pytest.raises(NotFound):
        desk.imports.undo(ADA, OneImport(batch=99))


def test_an_empty_file_is_taken_back_too(desk: Desk, vault: Path):
    (vault / "sub" / "empty.md").write_text("")
    report = bring(desk, vault)
    desk.imports.undo(ADA, OneImport(batch=report.batch))
    assert tree(desk) == {}
    desk.case_file.notice_all("home")
    assert [a.path for a in desk.store.artifacts.all("home") if not a.removed] == []


def test_what_was_edited_since_the_import_stays(desk: Desk, vault: Path):
    report = bring(desk, vault)
    desk.edit("raw_notes/vault/fair.md", "mine now\n")
    undone = desk.imports.undo(ADA, OneImport(batch=report.batch))
    assert undone.kept_yours == ("raw_notes/vault/fair.md",)
    assert tree(desk) == {"raw_notes/vault/fair.md": b"mine now\n"}


def test_links_out_of_the_vault_and_broken_names_are_left_out_with_their_reason(
    desk: Desk, vault: Path, tmp_path: Path
):
    secret = tmp_path / "secret.md"
    secret.write_text("secret\n")
    (vault / "link.md").symlink_to(secret)
    (vault / "dangling.md").symlink_to(tmp_path / "none")
    report = bring(desk, vault)
    left_out = {item.path: item.reason for item in report.left_out}
    assert {"link.md", "dangling.md"} <= set(left_out)
    assert all(left_out.values())
    assert not any(b"secret" in data for data in tree(desk).values())


def test_a_locked_artifact_is_not_replaced(desk: Desk, vault: Path):
    path = "raw_notes/vault/fair.md"
    desk.artifacts.save(ADA, SaveArtifact(project="home", path=path, text="locked\n"))
    desk.artifacts.lock(ADA, LockArtifact(project="home", path=path, locked=True))
    report = bring(desk, vault)
    assert [item.path for item in report.left_out if "locked" in item.reason] == [path]
    assert desk.text(path) == "locked\n"


def test_single_files_go_where_their_kind_lives(desk: Desk, vault: Path):
    bring(desk, vault / "todo.txt")
    bring(desk, vault / "fair.md", into="notes/autumn")
    assert sorted(tree(desk)) == ["notes/autumn/fair.md", "tasks/todo.txt"]


def test_of_a_calendar_both_its_other_contents_and_what_cannot_be_worked_out_are_said(desk: Desk, vault: Path):
    event = "BEGIN:VEVENT\nSUMMARY:no start\nEND:VEVENT\n"
    to_do = "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\n"
    (vault / "a.ics").write_text(f"BEGIN:VCALENDAR\n{to_do}{event}{event.replace('END:VEVENT', '')}END:VCALENDAR\n")
    report = bring(desk, vault / "a.ics")
    assert [left.line for left in report.left_out] == [0, 5, 8, 8]
    assert "VTODO" in report.left_out[0].reason


def test_what_cannot_be_imported_is_said(desk: Desk, vault: Path):
    with pytest.raises(NotFound):
        bring(desk, vault / "none")
    with pytest.raises(Invalid):
        bring(desk, desk.root)
    report = bring(desk, vault, into="../outside")
    assert report.added == 0
    assert len(report.left_out) >= 4
