"""What makes a process the one owner of a workspace: the lock, and the socket it listens on."""

import fcntl
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from orin_agents.domain.errors import Conflict, Forbidden, StorageFailure
from orin_agents.domain.places import Places, fits, socket_folders, socket_path

BACKLOG = 128


class AlreadyOwned(Conflict):
    """Another host holds the workspace; `pid` is its process (0 when unknown), `socket` where it listens or empty."""

    code = "already-owned"

    def __init__(self, workspace: Path, pid: int, socket: str) -> None:
        super().__init__(
            f"A host runs for {workspace} already" + (f" (process {pid})." if pid else "."),
            kept="The running host goes on.",
            remedy="Use it as it is, or stop it with `orin host stop`.",
        )
        self.pid = pid
        self.socket = socket


class Ownership:
    """The workspace's lock, held from `with` to its end. The kernel lets it go when the process dies.

    The control folder itself is locked: a lock file could be removed and made anew, and then there were two owners.
    The lock file names the owner.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._folder = -1
        self._said = b""

    @property
    def workspace(self) -> Path:
        """The workspace owned."""
        return self._places.root

    def __enter__(self) -> Self:
        """Raises AlreadyOwned when another process holds the lock, StorageFailure when there can be no lock."""
        try:
            self._places.control.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder = os.open(self._places.control, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            fcntl.flock(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._write(self._named(""))
        except BlockingIOError as error:
            os.close(self._folder)
            pid, socket, *_ = (*os.fsdecode(self._standing()).split("\n"), "", "")
            raise AlreadyOwned(self._places.root, int(pid) if pid.isdecimal() else 0, socket) from error
        except OSError as error:
            if self._folder >= 0:
                os.close(self._folder)
            raise StorageFailure(
                f"{self._places.lock} cannot be opened: {error.strerror}",
                remedy="Check that the folder is yours and the disk can be written to.",
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):
            if self.in_place:
                self._write(b"")
        os.close(self._folder)

    @property
    def in_place(self) -> bool:
        """Whether the workspace still lies where it was locked; it may have been moved, removed or replaced."""
        try:
            return os.path.samestat(os.fstat(self._folder), os.lstat(self._places.control))
        except OSError:
            return False

    def write(self, listening: str) -> None:
        """Name this process, its socket and its workspace in the lock file: that is how clients find it.

        The workspace stands there because a copy of the folder has a copy of this file, and no host.
        """
        self._write(self._named(listening))

    def renew(self) -> bool:
        """Put the lock file back as it was written when it has been removed or changed; whether that was so."""
        if self._standing() == self._said:
            return False
        with suppress(OSError):
            self._places.lock.unlink()
        self._write(self._said)
        return True

    def _named(self, listening: str) -> bytes:
        return os.fsencode(f"{os.getpid()}\n{listening}\n{os.path.realpath(self._places.root)}")

    def _write(self, text: bytes) -> None:
        file = os.open(self._places.lock, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, text, 0)
            os.ftruncate(file, len(text))
        finally:
            os.close(file)
        self._said = text

    def _standing(self) -> bytes:
        try:
            return self._places.lock.read_bytes()
        except OSError:
            return b""


def socket_place(workspace: Path, runtime: str, uid: int) -> Path:
    """Where the host of the workspace (real path) listens; the folder exists and is this user's alone.

    Raises Forbidden when another user owns the folder.
    """
    for folder in socket_folders(runtime, uid):
        path = socket_path(workspace, folder)
        if fits(path) and (folder.parent.is_dir() and os.access(folder.parent, os.W_OK)):
            _private(folder, uid)
            return path
    raise Forbidden("There is no place for a socket.", remedy="Set XDG_RUNTIME_DIR to a short path that is yours.")


def _private(folder: Path, uid: int) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise Forbidden(
            f"{folder} belongs to somebody else; a host listening there could be imitated.",
            kept="Nothing was started.",
            remedy="Remove that folder, or set XDG_RUNTIME_DIR to a folder of your own.",
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


def listen(path: Path) -> socket.socket:
    """A socket listening at `path`, for this user alone. Call it only while holding the lock: what lies there goes.

    The name appears only once somebody listens behind it.
    """
    new = path.with_suffix(".new")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        new.unlink(missing_ok=True)
        listening.bind(str(new))
        new.chmod(0o600)
        listening.listen(BACKLOG)
        new.replace(path)
    except OSError as error:
        listening.close()
        raise StorageFailure(f"No socket could be opened at {path}: {error.strerror}") from error
    return listening
