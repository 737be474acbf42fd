"""The files of a case file on disk, reached folder by folder through descriptors so that no link is ever followed.

Each part of a path is opened relative to the folder above it with O_NOFOLLOW, so a link planted between a check
and its use changes nothing. A file is replaced by a temporary file beside it, fsync, rename, fsync of the folder.
"""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from orin_agents.domain.errors import Forbidden, Invalid, OrinError, StorageFailure
from orin_agents.domain.material import LeftOut
from orin_agents.domain.paths import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, case_path, is_temporary, shown, skeleton
from orin_agents.services.ports import FileStat

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
AT_ONCE = 128
"""Files whose fsync is waited for together; each keeps a descriptor open that long."""
WAITING_THREADS = 8

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_PLAIN = (errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENXIO)

Parts = tuple[str, ...]


@dataclass(slots=True)
class _Batch:
    """What a write has on disk so far: temporary files (folder, name, temporary name) and folders made for them."""

    temporary: list[tuple[Parts, str, str]] = field(default_factory=list)
    made: list[Parts] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    renamed: int = 0


class DiskCaseFolder:
    """Implements ports.CaseFolder. `token` gives a fresh word for each temporary name."""

    def __init__(self, *, token: Callable[[], str] = lambda: secrets.token_hex(8)) -> None:
        self._token = token

    def read(self, root: Path, path: str) -> bytes | None:
        """The file's bytes, or None when there is none. Raises Forbidden for links, folders and special files."""
        *folders, name = case_path(path).split("/")
        with _translated(root, path, kept="Nothing was changed."):
            try:
                folder = _open_folder(root, tuple(folders))
            except FileNotFoundError:
                return None
            try:
                if _plain_file(folder, name) is None:
                    return None
                # O_NONBLOCK: a pipe put in the file's place meanwhile must not stop the host
                file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            except FileNotFoundError:
                return None
            finally:
                os.close(folder)
            with open(file, "rb") as stream:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    raise OSError(errno.ENOTDIR, "no plain file")
                return stream.read()

    def write(self, root: Path, path: str, data: bytes) -> None:
        """Replace or create the file in one step that survives a power cut.

        Raises Invalid for an impossible path, Forbidden for a link, a folder, a special or write-protected file,
        StorageFailure when the disk is full or refuses; the file is then as it was.
        """
        self.write_many(root, [(path, data)])

    def write_many(self, root: Path, files: Iterable[tuple[str, bytes]]) -> None:
        """The same for many files. All are on disk under temporary names before the first takes its place, so a
        full disk or a refused path changes none of them.
        """
        batch = _Batch()
        path = "."
        with ThreadPoolExecutor(WAITING_THREADS) as waiters:
            try:
                with _translated(root, "", kept="Nothing was changed."):
                    root.mkdir(parents=True, exist_ok=True)
                for path, data in files:
                    with _translated(root, path, kept="Nothing was changed; the file is as it was."):
                        self._lay_down(root, path, data, batch)
                        if len(batch.waiting) >= AT_ONCE:
                            _settle(batch, waiters)
                with _translated(root, path, kept="Nothing was changed; the file is as it was."):
                    _settle(batch, waiters)
                _put_in_place(root, batch)
            finally:
                _clear_away(root, batch)

    def remove(self, root: Path, path: str) -> None:
        """Remove the file if it is there, and folders left empty by it. Raises Forbidden for links and folders."""
        *folders, name = case_path(path).split("/")
        parts = tuple(folders)
        with _translated(root, path, kept="The file was left in place."):
            try:
                with _folder(root, parts) as folder:
                    if _plain_file(folder, name) is None:
                        return
                    os.unlink(name, dir_fd=folder)
                    os.fsync(folder)
            except FileNotFoundError:
                return
        with suppress(OSError):
            while parts:
                *above, emptied = parts
                with _folder(root, tuple(above)) as folder:
                    os.rmdir(emptied, dir_fd=folder)
                    os.fsync(folder)
                parts = tuple(above)

    def files(self, root: Path) -> Iterator[FileStat]:
        """All regular files below root whose path is in normal form, in order of path, without hidden folders and
        temporary files; none when root is absent. Raises Forbidden or StorageFailure when a folder cannot be
        listed, so that its files are never taken for removed.
        """
        for path, seen, stray in _walk(root, ()):
            if not stray and not is_temporary(path.rsplit("/", 1)[-1]):
                yield FileStat(path=path, size=seen.st_size, changed_ns=seen.st_mtime_ns)

    def strays(self, root: Path) -> Iterator[LeftOut]:
        """What lies below root and is not in `files`, with the reason: links, special files, names that no path of
        a case file can have. Hidden folders and temporary files are not mentioned.
        """
        for path, _, stray in _walk(root, ()):
            if stray:
                yield LeftOut(path=path.encode(errors="backslashreplace").decode(), reason=stray)

    def sweep(self, root: Path) -> int:
        """Remove the temporary files that a crash left behind; how many. Only while nothing else writes."""
        swept = 0
        for path, _, _ in _walk(root, ()):
            *folders, name = path.split("/")
            if is_temporary(name):
                with _translated(root, path, kept="The file was left in place."), _folder(root, tuple(folders)) as fd:
                    os.unlink(name, dir_fd=fd)
                    swept += 1
        return swept

    def obstacle(self, root: Path, path: str) -> str:
        """Why the path does not lead to a plain place inside root, or an empty string. A name that differs from an
        existing one only in case or in the spelling of its letters is an obstacle too.
        """
        try:
            parts = case_path(path).split("/")
        except Invalid as error:
            return error.what
        folder = -1
        try:
            folder = os.open(root, FOLDER)
            for number, name in enumerate(parts):
                here = "/".join(parts[: number + 1])
                is_last = number == len(parts) - 1
                names = os.listdir(folder)
                if name not in names:
                    return _twin(name, names)
                if reason := _in_the_way(folder, name, here, is_last=is_last):
                    return reason
                if not is_last:
                    below = os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=folder)
                    os.close(folder)
                    folder = below
            return ""
        except FileNotFoundError:
            return ""
        except OSError as error:
            return f"{shown(path)} cannot be looked at: {error.strerror}"
        finally:
            if folder >= 0:
                os.close(folder)

    def _lay_down(self, root: Path, path: str, data: bytes, batch: _Batch) -> None:
        """Write the data under a temporary name beside its place; the fsync is still to come."""
        *folders, name = case_path(path).split("/")
        parts = tuple(folders)
        with _folder(root, parts, batch.made) as folder:
            existing = _plain_file(folder, name)
            if existing and not existing.st_mode & 0o222:
                raise PermissionError(errno.EACCES, "the file is write-protected")
            temporary = f"{TEMPORARY_PREFIX}{self._token()}{TEMPORARY_SUFFIX}"
            # a new file takes the umask's mode; one that replaces another is never more open than that
            file = os.open(temporary, NEW_FILE, 0o600 if existing else 0o666, dir_fd=folder)
            batch.waiting.append(file)
            batch.temporary.append((parts, name, temporary))
            if existing:
                with suppress(PermissionError):
                    os.fchmod(file, stat.S_IMODE(existing.st_mode) & 0o777)
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]


def _settle(batch: _Batch, waiters: ThreadPoolExecutor) -> None:
    """Wait until the data of all files written so far is on disk, and close them."""
    files, batch.waiting = batch.waiting, []
    try:
        if len(files) == 1:
            os.fsync(files[0])
        else:
            done, _ = wait([waiters.submit(os.fsync, file) for file in files])
            for waited in done:
                waited.result()
    finally:
        for file in files:
            os.close(file)


def _put_in_place(root: Path, batch: _Batch) -> None:
    """Rename all temporary files to their names, and wait once for each folder."""
    for parts, group in groupby(batch.temporary, key=lambda item: item[0]):
        kept = f"{batch.renamed} of {len(batch.temporary)} files are new and whole, the others as they were."
        with _translated(root, "/".join(parts), kept=kept), _folder(root, parts) as folder:
            for _, name, temporary in group:
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
                batch.renamed += 1
    changed = {parts for parts, _, _ in batch.temporary} | {parts[:-1] for parts in batch.made}
    for parts in sorted(changed):
        kept = "The files are in place; whether they survive a power cut is not sure."
        with _translated(root, "/".join(parts), kept=kept), _folder(root, parts) as folder:
            os.fsync(folder)


def _clear_away(root: Path, batch: _Batch) -> None:
    """After a failure: close what is open, remove what is temporary, and folders made for nothing."""
    for file in batch.waiting:
        with suppress(OSError):
            os.close(file)
    if batch.renamed and batch.renamed == len(batch.temporary):
        return
    for parts, _, temporary in batch.temporary[batch.renamed :]:
        with suppress(OSError), _folder(root, parts) as folder:
            os.unlink(temporary, dir_fd=folder)
    for *above, made in reversed(batch.made):
        with suppress(OSError), _folder(root, tuple(above)) as folder:
            os.rmdir(made, dir_fd=folder)


@contextmanager
def _folder(root: Path, parts: Parts, made: list[Parts] | None = None) -> Iterator[int]:
    """The descriptor of a folder below root; with `made`, folders that are absent are made and noted there."""
    folder = _open_folder(root, parts, made)
    try:
        yield folder
    finally:
        os.close(folder)


def _open_folder(root: Path, parts: Parts, made: list[Parts] | None = None) -> int:
    folder = os.open(root, FOLDER)
    try:
        for number, name in enumerate(parts):
            try:
                below = os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            except FileNotFoundError:
                if made is None:
                    raise
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=folder)
                    made.append(parts[: number + 1])
                below = os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
    except OSError:
        os.close(folder)
        raise
    return folder


def _plain_file(folder: int, name: str) -> os.stat_result | None:
    """The state of the regular file, or None when there is nothing. Raises OSError for anything else."""
    try:
        seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(seen.st_mode):
        raise OSError(errno.ENOTDIR, "no plain file")
    return seen


def _walk(root: Path, parts: Parts) -> Iterator[tuple[str, os.stat_result, str]]:
    """Everything below the folder in order of path: path, state, and why it is no file of the case file (or "")."""
    entries: list[tuple[str, os.stat_result]] = []
    with _translated(root, "/".join(parts), kept="Nothing was changed."):
        try:
            with _folder(root, parts) as folder, os.scandir(folder) as found:
                for entry in found:
                    with suppress(FileNotFoundError):
                        entries.append((entry.name, entry.stat(follow_symlinks=False)))
        except FileNotFoundError:
            return
    for name, seen in sorted(entries, key=lambda item: item[0] + "/" * stat.S_ISDIR(item[1].st_mode)):
        path, is_folder = "/".join((*parts, name)), stat.S_ISDIR(seen.st_mode)
        if name.startswith(".") and is_folder:
            continue
        stray = "" if is_temporary(name) else _stray(path, seen)
        if is_folder and not stray:
            yield from _walk(root, (*parts, name))
        elif parts or not name.startswith(".") or is_temporary(name):
            yield path, seen, stray


def _stray(path: str, seen: os.stat_result) -> str:
    if not (stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode)):
        return f"it is {_kind(seen.st_mode)}"
    try:
        normal = case_path(path)
    except Invalid as error:
        return error.what
    return "" if normal == path else "its letters are not in Unicode's normal form NFC; rename it"


def _in_the_way(folder: int, name: str, here: str, *, is_last: bool) -> str:
    seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(seen.st_mode):
        return f"{shown(here)} is a symbolic link {_target(folder, name)}"
    if stat.S_ISDIR(seen.st_mode):
        return f"{shown(here)} is a folder" if is_last else ""
    if not stat.S_ISREG(seen.st_mode):
        return f"{shown(here)} is {_kind(seen.st_mode)}"
    if not is_last:
        return f"{shown(here)} is a file, not a folder"
    if seen.st_nlink > 1:
        return f"{shown(here)} is a hard link: the file has {seen.st_nlink} names, and the others may lie elsewhere"
    return ""


def _target(folder: int, name: str) -> str:
    target = shown(os.readlink(name, dir_fd=folder))
    try:
        mode = os.stat(name, dir_fd=folder).st_mode
    except OSError:
        return f"to {target}, where nothing is"
    return f"to the folder {target}" if stat.S_ISDIR(mode) else f"to {target}"


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a symbolic link; links are not followed", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _twin(name: str, names: list[str]) -> str:
    """The obstacle that an existing name is to a new one a reader would take for it; empty when none is."""
    seen_as = skeleton(name)
    for other in names:
        if (other.lower() if other.isascii() else skeleton(other)) == seen_as:
            differ = "in case" if other.casefold() == name.casefold() else "in the spelling of its letters"
            return f"{shown(name)} differs only {differ} from {shown(other)}, which exists"
    return ""


@contextmanager
def _translated(root: Path, path: str, *, kept: str) -> Iterator[None]:
    """The system's refusals as errors a person understands."""
    try:
        yield
    except OSError as error:
        raise _failure(error, root, path, kept) from error


def _failure(error: OSError, root: Path, path: str, kept: str) -> OrinError:
    where = shown(path) if path else f"the folder {root}"
    if error.errno in FULL:
        return StorageFailure(
            f"No room to write {where}: {error.strerror}",
            kept=kept,
            remedy=f"Free some space on the disk of {root}, or raise the limit, and do it again.",
        )
    if error.errno == errno.EROFS:
        return StorageFailure(
            f"{where} is on a read-only file system", kept=kept, remedy=f"Mount the disk of {root} for writing."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Forbidden(
            f"The system does not allow it for {where}: {error.strerror}",
            kept=kept,
            remedy=f"Give yourself the right to read and write it, for instance: chmod -R u+rwX '{root}'",
        )
    if error.errno in NOT_PLAIN:
        reason = (DiskCaseFolder().obstacle(root, path) if path else "") or "a link, a folder or a special file"
        return Forbidden(
            f"{where} is no plain file in the case file: {reason}",
            kept=kept,
            remedy="Put a plain file in its place, or choose another path.",
        )
    return StorageFailure(
        f"The disk failed at {where}: {error.strerror or error}",
        kept=kept,
        remedy="Look at the disk (orin doctor, dmesg), then do it again.",
    )
