"""The case folder on a real disk: whole files, no link followed, clear refusals."""

import os
import socket
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.domain.errors import Forbidden, Invalid, StorageFailure


@pytest.fixture
def folder() -> DiskCaseFolder:
    return DiskCaseFolder()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    made.mkdir()
    return made


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    made = tmp_path / "outside"
    made.mkdir()
    (made / "secret.md").write_text("secret")
    return made


def leftovers(root: Path) -> list[str]:
    return [str(path) for path in root.rglob("*") if path.name.startswith(".orin-")]


def test_what_is_written_is_read_back_and_listed_in_order_of_path(folder: DiskCaseFolder, root: Path) -> None:
    paths = ["a/b.md", "a.md", "a/b/c.md", "a-b.md", "z.md", "code/.gitignore"]
    folder.write_many(root, [(path, path.encode()) for path in paths])
    assert [file.path for file in folder.files(root)] == sorted(paths)
    assert all(folder.read(root, path) == path.encode() for path in paths)
    assert next(folder.files(root)).size == len(b"a-b.md")
    assert leftovers(root) == []


def test_a_root_that_does_not_exist_is_empty_and_is_made_by_the_first_write(folder: DiskCaseFolder, root: Path) -> None:
    new = root / "projects" / "home"
    assert list(folder.files(new)) == [] and folder.read(new, "a.md") is None and folder.obstacle(new, "a/b.md") == ""
    folder.remove(new, "a.md")
    folder.write(new, "a.md", b"1")
    assert (new / "a.md").read_bytes() == b"1"


def test_replacing_keeps_the_mode_and_other_names_of_the_old_file(folder: DiskCaseFolder, root: Path) -> None:
    script, copy = root / "run.sh", root / "copy.sh"
    script.write_bytes(b"old")
    script.chmod(0o750)
    os.link(script, copy)
    folder.write(root, "run.sh", b"new")
    assert stat.S_IMODE(script.stat().st_mode) == 0o750
    assert (script.read_bytes(), copy.read_bytes()) == (b"new", b"old")


def test_a_new_file_takes_the_mode_of_the_umask(folder: DiskCaseFolder, root: Path) -> None:
    before = os.umask(0o027)
    try:
        folder.write(root, "a/b.md", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((root / "a/b.md").stat().st_mode) == 0o640


def test_a_write_protected_file_is_left_alone(folder: DiskCaseFolder, root: Path) -> None:
    (root / "a.md").write_bytes(b"mine")
    (root / "a.md").chmod(0o444)
    with pytest.raises(Forbidden, match="write-protected"):
        folder.write(root, "a.md", b"new")
    assert (root / "a.md").read_bytes() == b"mine" and leftovers(root) == []


def test_removing_takes_emptied_folders_along_and_only_those(folder: DiskCaseFolder, root: Path) -> None:
    folder.write_many(root, [("a/b/c/d.md", b""), ("a/e.md", b"")])
    folder.remove(root, "a/b/c/d.md")
    folder.remove(root, "a/b/c/d.md")
    assert not (root / "a/b").exists() and (root / "a/e.md").exists()
    folder.remove(root, "a/e.md")
    assert root.is_dir() and list(root.iterdir()) == []


def _plant(root: Path, outside: Path) -> dict[str, tuple[str, str]]:
    """Obstacles of each kind: the path that meets it, and what must be told."""
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "linked").symlink_to(outside, target_is_directory=True)
    (root / "dangling.md").symlink_to(outside / "new.md")
    (root / "loop.md").symlink_to("loop.md")
    (root / "folder.md").mkdir()
    (root / "file").write_text("")
    os.mkfifo(root / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "socket.md"))
    return {
        "link": ("link.md", "is a symbolic link to"),
        "link to a folder": ("linked/new.md", "is a symbolic link to the folder"),
        "link below": ("linked/a/b/new.md", "is a symbolic link"),
        "dangling": ("dangling.md", "where nothing is"),
        "loop": ("loop.md", "is a symbolic link"),
        "folder": ("folder.md", "is a folder"),
        "file as folder": ("file/a.md", "is a file, not a folder"),
        "pipe": ("pipe.md", "is a pipe"),
        "socket": ("socket.md", "is a socket"),
    }


def test_every_obstacle_is_told_and_stops_reading_writing_and_removing(
    folder: DiskCaseFolder, root: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    for kind, (path, told) in _plant(root, outside).items():
        assert told in folder.obstacle(root, path), kind
        calls: list[Callable[[], object]] = [
            lambda path=path: folder.read(root, path),  # type: ignore[misc]
            lambda path=path: folder.write(root, path, b"x"),  # type: ignore[misc]
            lambda path=path: folder.remove(root, path),  # type: ignore[misc]
        ]
        for call in calls:
            with pytest.raises(Forbidden) as refused:
                call()
            assert told in refused.value.what and refused.value.remedy, kind
    assert [path.name for path in outside.iterdir()] == ["secret.md"]
    assert (outside / "secret.md").read_text() == "secret"
    assert (root / "dangling.md").is_symlink() and leftovers(root) == []


def test_links_and_special_files_are_strays_not_files(
    folder: DiskCaseFolder, root: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    _plant(root, outside)
    decomposed = unicodedata.normalize("NFD", "Übung.md")
    (root / decomposed).write_text("")
    (root / "trailing ").write_text("")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("")
    (root / ".hidden.md").write_text("")
    (root / ".orin-1.tmp").write_text("")
    assert [file.path for file in folder.files(root)] == ["file"]
    strays = {stray.path: stray.reason for stray in folder.strays(root)}
    assert set(strays) == {
        "link.md",
        "linked",
        "dangling.md",
        "loop.md",
        "pipe.md",
        "socket.md",
        decomposed,
        "trailing ",
    }
    assert "symbolic link" in strays["linked"] and "NFC" in strays[decomposed] and "space" in strays["trailing "]


def test_a_hard_link_is_an_obstacle(folder: DiskCaseFolder, root: Path, outside: Path) -> None:
    os.link(outside / "secret.md", root / "notes.md")
    assert "hard link: the file has 2 names" in folder.obstacle(root, "notes.md")
    folder.write(root, "notes.md", b"new")
    assert (outside / "secret.md").read_text() == "secret"


@pytest.mark.parametrize(
    ("existing", "asked", "told"),
    [
        ("plans/okr.json", "Plans/okr.json", "differs only in case from 'plans'"),
        ("plans/okr.json", "plans/OKR.json", "differs only in case from 'okr.json'"),
        ("plans/okr.json", "plаns/okr.json", "in the spelling of its letters from 'plans'"),
        ("plans/okr.json", "plans/ｏkr.json", "in the spelling"),
        (unicodedata.normalize("NFD", "é.md"), "é.md", "in the spelling"),
        ("Straße.md", "STRASSE.md", "differs only in case"),
    ],
)
def test_a_name_that_is_nearly_an_existing_one_is_an_obstacle(
    folder: DiskCaseFolder, root: Path, existing: str, asked: str, told: str
) -> None:
    (root / existing).parent.mkdir(exist_ok=True)
    (root / existing).write_text("")
    assert told in folder.obstacle(root, asked)
    assert folder.obstacle(root, "plans/new.md") == ""


def test_impossible_paths_never_reach_the_disk(folder: DiskCaseFolder, root: Path, outside: Path) -> None:
    for path in ("../outside/secret.md", str(outside / "secret.md"), "a/../../outside/new.md", "", ".orin/x"):
        assert folder.obstacle(root, path)
        for call in (folder.read, folder.remove):
            with pytest.raises(Invalid):
                call(root, path)
        with pytest.raises(Invalid):
            folder.write(root, path, b"x")
    assert list(root.iterdir()) == [] and [path.name for path in outside.iterdir()] == ["secret.md"]


def test_a_batch_with_one_refused_path_changes_nothing(folder: DiskCaseFolder, root: Path, outside: Path) -> None:
    folder.write(root, "a.md", b"old")
    (root / "linked").symlink_to(outside)
    with pytest.raises(Forbidden) as refused:
        folder.write_many(root, [("a.md", b"new"), ("new/b.md", b""), ("linked/c.md", b"")])
    assert "Nothing was changed" in refused.value.kept
    assert [file.path for file in folder.files(root)] == ["a.md"] and folder.read(root, "a.md") == b"old"
    assert not (root / "new").exists() and leftovers(root) == []


def test_more_files_than_descriptors_at_once_and_the_last_of_one_path_wins(folder: DiskCaseFolder, root: Path) -> None:
    folder.write_many(root, ((f"n{number % 7}/{number}.md", b"%d" % number) for number in range(700)))
    folder.write_many(root, [("n0/0.md", b"first"), ("n0/0.md", b"second")])
    assert len(list(folder.files(root))) == 700
    assert folder.read(root, "n0/0.md") == b"second" and folder.read(root, "n6/699.md") == b"699"


FULL_DISK = """
import resource, sys
from pathlib import Path
from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.domain.errors import StorageFailure
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    DiskCaseFolder().write_many(Path(sys.argv[1]), [("new.md", b"n"), ("a.md", b"x" * 5000)])
except StorageFailure as error:
    print(error.what, "|", error.kept, "|", error.remedy)
"""


def test_no_room_leaves_the_old_file_whole_and_nothing_half_written(folder: DiskCaseFolder, root: Path) -> None:
    folder.write(root, "a.md", b"old")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(root)], capture_output=True, text=True, timeout=60, check=True
    )
    assert "No room to write 'a.md'" in done.stdout and "as it was" in done.stdout and "space" in done.stdout
    assert [file.path for file in folder.files(root)] == ["a.md"] and folder.read(root, "a.md") == b"old"
    assert leftovers(root) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of 64 KiB, where the machine lets us mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], capture_output=True)
    if mount.returncode:
        pytest.skip("no file system may be mounted here")
    return place


def test_a_full_file_system_is_told_and_room_is_given_back(folder: DiskCaseFolder, small_disk: Path) -> None:
    try:
        folder.write(small_disk, "a.md", b"old")
        with pytest.raises(StorageFailure, match="No space left"):
            folder.write_many(small_disk, [(f"{number}.md", b"x" * 8000) for number in range(20)])
        assert [file.path for file in folder.files(small_disk)] == ["a.md"] and leftovers(small_disk) == []
        folder.write(small_disk, "a.md", b"x" * 20_000)
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)


def skip_if_almighty(folder: Path) -> None:
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write and read everywhere (root)")


def test_a_folder_without_the_right_to_write_is_told(folder: DiskCaseFolder, root: Path) -> None:
    (root / "a").mkdir(mode=0o555)
    skip_if_almighty(root / "a")
    with pytest.raises(Forbidden) as refused:
        folder.write(root, "a/b.md", b"")
    assert "chmod" in refused.value.remedy


def test_a_folder_that_cannot_be_listed_is_never_taken_for_an_empty_one(folder: DiskCaseFolder, root: Path) -> None:
    folder.write(root, "a/b.md", b"")
    (root / "a").chmod(0)
    try:
        skip_if_almighty(root / "a")
        with pytest.raises(Forbidden):
            list(folder.files(root))
    finally:
        (root / "a").chmod(0o755)


def test_what_a_crash_left_is_swept_and_nothing_else(folder: DiskCaseFolder, root: Path) -> None:
    folder.write_many(root, [("a.md", b""), ("b/c.md", b"")])
    for name in (".orin-1.tmp", "b/.orin-2.tmp"):
        (root / name).write_text("half")
    assert folder.sweep(root) == 2
    assert leftovers(root) == [] and len(list(folder.files(root))) == 2


class Intruder(DiskCaseFolder):
    """A case folder in which somebody does something between the check of a place and its use."""

    def __init__(self, deed: Callable[[], object]) -> None:
        super().__init__(token=self._strike)
        self._deed = deed

    def _strike(self) -> str:
        self._deed()
        return "known"


def test_a_link_planted_after_the_check_is_replaced_not_followed(root: Path, outside: Path) -> None:
    Intruder(lambda: (root / "a.md").symlink_to(outside / "secret.md")).write(root, "a.md", b"x")
    assert (root / "a.md").read_bytes() == b"x" and not (root / "a.md").is_symlink()
    assert (outside / "secret.md").read_text() == "secret"


def test_a_folder_swapped_for_a_link_after_the_check_lets_nothing_out(
    folder: DiskCaseFolder, root: Path, outside: Path
) -> None:
    def swap() -> None:
        os.rename(root / "plans", root / "old")
        (root / "plans").symlink_to(outside)

    folder.write(root, "plans/secret.md", b"mine")
    with pytest.raises(Forbidden, match="symbolic link"):
        Intruder(swap).write(root, "plans/secret.md", b"x")
    assert [path.name for path in outside.iterdir()] == ["secret.md"]
    assert (outside / "secret.md").read_text() == "secret"
    assert folder.read(root, "old/secret.md") == b"mine"
    assert folder.sweep(root) == 1


def test_a_link_in_place_of_the_temporary_file_is_not_written_through(root: Path, outside: Path) -> None:
    with pytest.raises(StorageFailure, match="exists"):
        Intruder(lambda: (root / ".orin-known.tmp").symlink_to(outside / "new.md")).write(root, "a.md", b"x")
    assert [path.name for path in outside.iterdir()] == ["secret.md"] and not (root / "a.md").exists()


@pytest.mark.parametrize("kind", ["a pipe", "a symbolic link"])
def test_what_is_put_in_the_files_place_neither_stops_nor_misleads_a_reader(
    folder: DiskCaseFolder, root: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    real_open = os.open

    def open_late(name: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if name == "a.md":
            os.unlink(root / "a.md")
            if kind == "a pipe":
                os.mkfifo(root / "a.md")
            else:
                (root / "a.md").symlink_to(outside / "secret.md")
        return real_open(name, flags, mode, dir_fd=dir_fd)

    folder.write(root, "a.md", b"x")
    monkeypatch.setattr(os, "open", open_late)
    with pytest.raises(Forbidden, match=kind):
        folder.read(root, "a.md")
