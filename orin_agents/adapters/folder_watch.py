"""Notices changes below a folder by the system's notifications (watchfiles, inotify).

watchfiles follows links when it watches a tree, so a link to `/` would make it watch the whole disk. Each real
folder is watched by itself instead; when folders come or go, the watch is set up anew, and what changed meanwhile
is found by comparing the files' states before and after.
"""

import asyncio
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from orin_agents.domain.errors import Invalid, StorageFailure
from orin_agents.domain.paths import case_path

State = tuple[int, int, int]


@dataclass(slots=True)
class _Tree:
    """The folders to watch, and each file's state: inode, size, time of change in nanoseconds."""

    folders: set[Path] = field(default_factory=set)
    files: dict[Path, State] = field(default_factory=dict)


class DiskFolderWatch:
    """Implements ports.FolderWatch. Changes that follow each other within `debounce_ms` come as one set."""

    def __init__(self, *, debounce_ms: int = 400, step_ms: int = 50) -> None:
        self._debounce_ms = debounce_ms
        self._step_ms = step_ms

    async def changes(self, folder: Path) -> AsyncIterator[set[Path]]:
        """Sets of absolute paths of files that came, went or changed, hidden folders and temporary files left out.

        The first set comes at once, mostly empty: from then on nothing is missed, so the folder as a whole is best
        looked at then.
        Ends when the iterator is closed or its task cancelled. Raises StorageFailure when the folder is gone or
        the system's limit of watches is reached.
        """
        root = await asyncio.to_thread(folder.absolute)
        known = await asyncio.to_thread(_scan, root)
        is_first = True
        while True:
            if not known.folders:
                raise StorageFailure(f"The folder {root} is gone.", remedy="Put it back, then start the host again.")
            async with aclosing(self._until_folders_change(root, known)) as found:
                async for paths in found:
                    if paths or is_first:
                        yield paths
                    is_first = False

    async def _until_folders_change(self, root: Path, known: _Tree) -> AsyncGenerator[set[Path], None]:
        """The changes of one set-up of the watch, which begins with what changed since `known`; keeps it current."""
        from watchfiles import awatch

        stop = asyncio.Event()
        watch = awatch(
            *sorted(known.folders),
            watch_filter=lambda _, path: _is_listed(root, Path(path)),
            debounce=self._debounce_ms,
            step=self._step_ms,
            stop_event=stop,
            recursive=False,
            ignore_permission_denied=True,
        )
        coming = asyncio.ensure_future(anext(watch))
        try:
            await asyncio.sleep(0)  # the watch is in place once its first step has run
            now = await asyncio.to_thread(_scan, root)
            yield _differences(known, now)
            if now.folders != known.folders:
                known.folders = now.folders
                return
            while True:
                await asyncio.wait({coming})
                try:
                    paths = {Path(path) for _, path in coming.result()}
                except FileNotFoundError:
                    return
                except ExceptionGroup as error:
                    if error.subgroup(lambda cause: "Unable to decode path" in str(cause)) is None:
                        raise _failure(root, error) from error
                    return  # it met a name that is not UTF-8; the next set-up finds what changed besides
                except (OSError, RuntimeError) as error:
                    raise _failure(root, error) from error
                coming = asyncio.ensure_future(anext(watch))
                if any((path in known.folders) != _is_folder(path) for path in paths):
                    return
                if files := {path for path in paths - known.folders if _note(known, path)}:
                    yield files
        finally:
            stop.set()
            with suppress(StopAsyncIteration, OSError, RuntimeError, ExceptionGroup):
                await coming
            await watch.aclose()


def _scan(root: Path) -> _Tree:
    """All folders and files below root that belong to a case file, no link followed."""
    tree = _Tree()
    for name, folders, files in os.walk(root):
        folder = Path(name)
        tree.folders.add(folder)
        folders[:] = [below for below in folders if not below.startswith(".")]
        for file in files:
            if _is_listed(root, folder / file) and (state := _state(folder / file)):
                tree.files[folder / file] = state
    return tree


def _differences(known: _Tree, now: _Tree) -> set[Path]:
    """The files that differ; `known` then holds what is now."""
    before, known.files = known.files, now.files
    return {path for path in before.keys() | now.files.keys() if before.get(path) != now.files.get(path)}


def _note(known: _Tree, path: Path) -> bool:
    """Keep the file's state as it is now; whether it differs from the one known."""
    before, state = known.files.pop(path, None), _state(path)
    if state:
        known.files[path] = state
    return before != state


def _state(path: Path) -> State | None:
    try:
        seen = path.lstat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_ctime_ns


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _is_listed(root: Path, path: Path) -> bool:
    try:
        case_path(path.relative_to(root).as_posix())
    except (Invalid, ValueError):
        return False
    return True


def _failure(root: Path, error: Exception) -> StorageFailure:
    return StorageFailure(
        f"Changes below {root} cannot be watched: {error}",
        kept="The files are safe; edits are noticed at the next run.",
        remedy="If the limit of watches is reached, raise it: sudo sysctl fs.inotify.max_user_watches=524288",
    )
