"""The folder watch with real files and real notifications."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from orin_agents.adapters.folder_watch import DiskFolderWatch
from orin_agents.domain.errors import StorageFailure

PATIENCE_S = 20


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    made.mkdir()
    (made / "plans").mkdir()
    (made / "plans" / "old.md").write_text("old")
    return made


class Seen:
    """Gathers what a watch tells until everything expected has come."""

    def __init__(self, changes: AsyncIterator[set[Path]]) -> None:
        self._changes = changes
        self.all: set[Path] = set()
        self._next = asyncio.ensure_future(anext(changes))

    @classmethod
    async def below(cls, root: Path) -> "Seen":
        """What is told of the folder, once the watch is in place."""
        seen = cls(watch(root))
        await seen.until()
        return seen

    async def until(self, *expected: Path) -> set[Path]:
        got: set[Path] = set()
        while True:
            got |= await asyncio.wait_for(self._next, PATIENCE_S)
            self._next = asyncio.ensure_future(anext(self._changes))
            if set(expected) <= got:
                break
        self.all |= got
        return got

    async def close(self) -> None:
        self._next.cancel()
        await asyncio.wait({self._next})


def watch(root: Path) -> AsyncIterator[set[Path]]:
    return DiskFolderWatch(debounce_ms=20, step_ms=5).changes(root)


async def test_files_that_come_change_and_go_are_told(root: Path) -> None:
    seen = await Seen.below(root)
    new, old = root / "new.md", root / "plans" / "old.md"
    new.write_text("1")
    await seen.until(new)
    old.write_text("changed")
    await seen.until(old)
    new.unlink()
    assert await seen.until(new) == {new}
    os.replace(old, root / "plans" / "moved.md")
    await seen.until(old, root / "plans" / "moved.md")
    await seen.close()


async def test_new_folders_are_watched_and_what_was_put_there_at_once_is_told(root: Path) -> None:
    seen = await Seen.below(root)
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "first.md").write_text("1")
    await seen.until(root / "a" / "b" / "first.md")
    (root / "a" / "b" / "second.md").write_text("2")
    await seen.until(root / "a" / "b" / "second.md")
    shutil.rmtree(root / "a")
    await seen.until(root / "a" / "b" / "first.md", root / "a" / "b" / "second.md")
    await seen.close()


async def test_a_folder_moved_away_or_in_tells_of_its_files(root: Path, tmp_path: Path) -> None:
    seen = await Seen.below(root)
    os.rename(root / "plans", tmp_path / "plans")
    await seen.until(root / "plans" / "old.md")
    os.rename(tmp_path / "plans", root / "again")
    await seen.until(root / "again" / "old.md")
    await seen.close()


async def test_hidden_folders_temporary_files_and_what_links_lead_to_are_left_out(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "linked").symlink_to(outside, target_is_directory=True)
    (root / ".git").mkdir()
    seen = await Seen.below(root)
    (outside / "x.md").write_text("")
    (root / "plans" / "first.md").write_text("")
    await seen.until(root / "plans" / "first.md")
    (root / ".git" / "index").write_text("")
    (root / ".hidden.md").write_text("")
    (root / "plans" / ".orin-1.tmp").write_text("")
    (root / "plans" / ".obsidian").mkdir()
    (root / "plans" / "last.md").write_text("")
    await seen.until(root / "plans" / "last.md")
    assert seen.all == {root / "plans" / "first.md", root / "plans" / "last.md"}
    await seen.close()


async def test_closing_between_changes_ends_the_watch(root: Path) -> None:
    async with asyncio.timeout(PATIENCE_S):
        changes = watch(root)
        assert await anext(changes) == set()
        (root / "new.md").write_text("1")
        assert await anext(changes) == {root / "new.md"}
        async with aclosing(changes):  # type: ignore[type-var]
            pass
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_cancelling_a_waiting_reader_ends_the_watch_at_once(root: Path) -> None:
    async def read() -> None:
        async for _ in watch(root):
            started.set()

    started = asyncio.Event()
    reader = asyncio.create_task(read())
    async with asyncio.timeout(PATIENCE_S):
        await started.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader


async def test_a_folder_that_is_gone_is_told_with_a_remedy(root: Path) -> None:
    with pytest.raises(StorageFailure, match="gone"):
        await anext(watch(root / "absent"))
    seen = await Seen.below(root)
    shutil.rmtree(root)
    with pytest.raises(StorageFailure) as told:
        await seen.until(root / "never.md")
    assert told.value.remedy


async def test_a_name_that_is_not_utf8_does_not_end_the_watch(root: Path) -> None:
    seen = await Seen.below(root)
    for number in range(3):
        (root / os.fsdecode(b"bad\xff%d.md" % number)).write_text("x")
        (root / f"good{number}.md").write_text("x")
        await seen.until(root / f"good{number}.md")
    await seen.close()
