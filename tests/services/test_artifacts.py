"""Artifacts: versions, conflicts, tombstones, locks; what is on disk is what the newest version holds."""

import pytest

from orin_agents.domain.actors import agent
from orin_agents.domain.artifacts import Kind, Origin, State
from orin_agents.domain.errors import Conflict, Forbidden, Invalid, NotFound
from orin_agents.domain.operations.artifacts import (
    DiffArtifact,
    ListArtifacts,
    LockArtifact,
    MoveArtifact,
    OneArtifact,
    RestoreArtifact,
    SaveArtifact,
    ShowArtifact,
)
from tests.services.conftest import ADA, BEN, Desk

NOTE = "raw_notes/fair.md"
PLANNER = agent("planner")


def save(desk: Desk, text: str, path: str = NOTE, base: int | None = None, actor=ADA):
    return desk.artifacts.save(actor, SaveArtifact(project="home", path=path, text=text, base=base))


def show(desk: Desk, path: str = NOTE, version: int = 0, actor=ADA):
    return desk.artifacts.show(actor, ShowArtifact(project="home", path=path, version=version))


def history(desk: Desk, path: str = NOTE):
    return desk.artifacts.history(ADA, OneArtifact(project="home", path=path))


def test_every_save_is_a_version_and_stands_on_disk(desk: Desk):
    save(desk, "one\n")
    saved = save(desk, "two\n")
    assert (saved.version, saved.state, saved.owner, saved.kind) == (2, State.DRAFT, "person:ada", Kind.NOTE)
    assert desk.text(NOTE) == "two\n"
    assert show(desk, version=1).text == "one\n"
    assert [version.number for version in history(desk)] == [2, 1]
    assert len({version.at for version in history(desk)}) == 2


def test_a_new_artifact_never_takes_the_place_of_one_that_is_there(desk: Desk):
    save(desk, "one\n")
    with pytest.raises(Conflict, match=r"is there already") as refused:
        desk.artifacts.save(ADA, SaveArtifact(project="home", path=NOTE, text="", base=0))
    assert refused.value.kept == "It is as it was."
    with pytest.raises(Conflict, match=r"is there already") as refused:
        desk.artifacts.save(ADA, SaveArtifact(project="home", path=NOTE, text="mine\n", base=0))
    assert "was kept as" in refused.value.kept
    assert desk.text(NOTE) == "one\n"
    assert "mine\n" in [path.read_text() for path in desk.root.rglob("*") if path.is_file()]


def test_saving_the_same_text_again_makes_no_version(desk: Desk):
    save(desk, "one\n")
    assert save(desk, "one\n").version == 1
    assert desk.store.journal.count() == 1


def test_a_save_and_its_journal_entry_stand_or_fall_together(desk: Desk):
    save(desk, "one\n")
    with pytest.raises(RuntimeError), desk.store.transaction():
        desk.case_file.add_version(ADA, "home", NOTE, b"two\n", Origin())
        raise RuntimeError
    assert show(desk).version.number == 1
    assert desk.store.journal.count() == 1
    assert desk.text(NOTE) == "one\n"


def test_an_edit_in_any_editor_becomes_a_version_by_the_person(desk: Desk):
    save(desk, "one\n")
    desk.edit(NOTE, "one and a half\n")
    assert show(desk).text == "one and a half\n"
    assert history(desk)[0].author == "person:ada"


def test_a_file_put_into_the_folder_becomes_an_artifact(desk: Desk):
    desk.edit("code/fair.py", "print()\n")
    desk.case_file.notice_all("home")
    assert show(desk, "code/fair.py").artifact.kind is Kind.CODE


def test_a_file_removed_from_the_folder_leaves_a_tombstone_and_can_be_restored(desk: Desk):
    save(desk, "one\n")
    (desk.root / NOTE).unlink()
    desk.case_file.notice_all("home")
    assert show(desk).artifact.removed
    desk.artifacts.restore(ADA, RestoreArtifact(project="home", path=NOTE, version=1))
    assert desk.text(NOTE) == "one\n"
    assert not show(desk).artifact.removed


def test_a_save_from_an_old_base_keeps_both(desk: Desk):
    save(desk, "one\n")
    save(desk, "two\n", base=1)
    with pytest.raises(Conflict) as caught:
        save(desk, "mine\n", base=1, actor=BEN)
    beside = "raw_notes/fair.conflict-ben-1.md"
    assert beside in caught.value.kept
    assert (desk.text(NOTE), desk.text(beside)) == ("two\n", "mine\n")
    assert "artifact.conflict" in [entry.event for entry in desk.store.journal.after(0, 99)]


def test_an_agents_write_never_replaces_an_edit_it_has_not_seen(desk: Desk):
    desk.artifacts.put(PLANNER, "home", "schedule/plan.md", b"planned\n", Origin())
    desk.edit("schedule/plan.md", "planned, and mine\n")
    saved = desk.artifacts.put(PLANNER, "home", "schedule/plan.md", b"planned anew\n", Origin())
    assert desk.text("schedule/plan.md") == "planned, and mine\n"
    assert desk.text(saved.beside) == "planned anew\n"


def test_a_key_saves_once(desk: Desk):
    first = desk.artifacts.put(PLANNER, "home", "schedule/plan.md", b"a\n", Origin(), key="run:step")
    again = desk.artifacts.put(PLANNER, "home", "schedule/plan.md", b"b\n", Origin(), key="run:step")
    assert (first.version, again.version) == (1, 1)
    assert desk.text("schedule/plan.md") == "a\n"


def test_what_a_crash_left_unwritten_is_written_at_the_next_start(desk: Desk):
    save(desk, "one\n")
    with desk.store.transaction():
        desk.case_file.add_version(ADA, "home", NOTE, b"two\n", Origin())
    assert desk.text(NOTE) == "one\n"
    desk.case_file.recover()
    assert desk.text(NOTE) == "two\n"
    assert desk.store.artifacts.unwritten() == ()


def test_a_crash_and_an_edit_at_once_lose_neither(desk: Desk):
    save(desk, "one\n")
    with desk.store.transaction():
        desk.case_file.add_version(PLANNER, "home", NOTE, b"two\n", Origin())
    desk.edit(NOTE, "mine\n")
    desk.case_file.recover()
    assert desk.text(NOTE) == "two\n"
    assert desk.text("raw_notes/fair.conflict-ada-1.md") == "mine\n"


def test_remove_leaves_a_tombstone_and_every_version(desk: Desk):
    save(desk, "one\n")
    desk.artifacts.remove(ADA, OneArtifact(project="home", path=NOTE))
    assert not (desk.root / NOTE).exists()
    assert [version.tombstone for version in history(desk)] == [True, False]
    assert desk.artifacts.listed(ADA, ListArtifacts(project="home")) == ()
    assert len(desk.artifacts.listed(ADA, ListArtifacts(project="home", removed=True))) == 1
    assert save(desk, "again\n").version == 3


def test_a_locked_artifact_is_its_owners_alone(desk: Desk):
    save(desk, "secret\n")
    desk.artifacts.lock(ADA, LockArtifact(project="home", path=NOTE, locked=True))
    for forbidden in (
        lambda: show(desk, actor=BEN),
        lambda: save(desk, "x", actor=BEN),
        lambda: desk.artifacts.lock(BEN, LockArtifact(project="home", path=NOTE, locked=False)),
        lambda: desk.artifacts.put(PLANNER, "home", NOTE, b"x", Origin()),
    ):
        with pytest.raises(Forbidden):
            forbidden()
    assert desk.artifacts.listed(BEN, ListArtifacts(project="home"))[0].locked
    assert show(desk).text == "secret\n"


def test_diff_compares_the_newest_with_the_one_before(desk: Desk):
    save(desk, "one\n")
    save(desk, "two\n")
    diff = desk.artifacts.diff(ADA, DiffArtifact(project="home", path=NOTE))
    assert "-one\n+two\n" in diff.text
    assert (diff.old, diff.new) == (1, 2)


def test_a_file_that_is_no_text_is_kept_and_not_shown_as_text(desk: Desk):
    data = bytes(range(256))
    desk.artifacts.put(ADA, "home", "raw_notes/photo.png", data, Origin())
    assert show(desk, "raw_notes/photo.png").binary
    assert (desk.root / "raw_notes/photo.png").read_bytes() == data


def test_only_quality_assurance_makes_an_information_product(desk: Desk):
    save(desk, "one\n")
    desk.artifacts.move(ADA, MoveArtifact(project="home", path=NOTE, state=State.APPROVED))
    assert show(desk).artifact.state is State.APPROVED
    with pytest.raises(Invalid):
        desk.artifacts.move(ADA, MoveArtifact(project="home", path=NOTE, state=State.PRODUCT))
    assert save(desk, "changed\n").state is State.DRAFT


@pytest.mark.parametrize("path", ["../out.md", "/etc/passwd", "a/../../b", "", "a\\b", "a/\x00"])
def test_a_path_that_leaves_the_case_file_is_refused(desk: Desk, path: str):
    with pytest.raises(Invalid):
        save(desk, "x", path=path)


def test_what_is_not_there_is_said(desk: Desk):
    with pytest.raises(NotFound):
        show(desk, "raw_notes/none.md")
    with pytest.raises(NotFound):
        desk.artifacts.listed(ADA, ListArtifacts(project="nowhere"))
