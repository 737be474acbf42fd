"""The folder the host's socket lies in, and whether the host outlives a log-out."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orin_agents.adapters.box.surroundings import Surroundings
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.places import SOCKET_BYTES, fits, socket_folders, socket_path

SET_RUNTIME = "Log in through systemd (ssh does), or set XDG_RUNTIME_DIR to a short folder of your own, mode 0700."


def check_sockets(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """The runtime folder: there, private, and short enough for a socket's path; and lingering under systemd."""
    runtime = at.environment.get("XDG_RUNTIME_DIR", "")
    if not runtime:
        seen = f"XDG_RUNTIME_DIR is not set; sockets lie in {socket_folders('', at.uid)[-1]}"
        yield _line("runtime folder", seen)
    else:
        yield _runtime(Path(runtime), at.uid)
    yield _socket(at, workspace, runtime)
    yield _lingering(at)


def _runtime(folder: Path, uid: int) -> CheckLine:
    try:
        seen = folder.lstat()
    except OSError as error:
        told = f"{folder} (XDG_RUNTIME_DIR) cannot be used: {error.strerror}"
        return _line("runtime folder", told, Verdict.WARNING, SET_RUNTIME)
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != uid:
        told = f"{folder} (XDG_RUNTIME_DIR) is not a folder of this user"
        return _line("runtime folder", told, Verdict.WARNING, SET_RUNTIME)
    mode = stat.S_IMODE(seen.st_mode)
    if mode & 0o077:
        told = f"{folder} is open to others (mode {mode:04o})"
        return _line("runtime folder", told, Verdict.WARNING, f"Close it: chmod 700 '{folder}'")
    return _line("runtime folder", f"{folder}, private")


def _socket(at: Surroundings, workspace: Path, runtime: str) -> CheckLine:
    real = Path(os.path.realpath(workspace))
    for folder in socket_folders(runtime, at.uid):
        path = socket_path(real, folder)
        if not fits(path) or not os.access(folder.parent, os.W_OK):
            continue
        try:
            seen = folder.lstat()
        except FileNotFoundError:
            return _line("socket", f"{path} ({len(os.fsencode(path))} of {SOCKET_BYTES} bytes)")
        except OSError as error:
            told = f"{folder} cannot be looked at: {error.strerror}"
            return _line("socket", told, Verdict.PROBLEM, SET_RUNTIME)
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != at.uid:
            told = f"{folder} is not a folder of this user; a host listening there could be imitated"
            return _line("socket", told, Verdict.PROBLEM, f"Remove {folder}, or set XDG_RUNTIME_DIR.")
        return _line("socket", f"{path} ({len(os.fsencode(path))} of {SOCKET_BYTES} bytes)")
    return _line("socket", "no folder is there that a socket's path fits in", Verdict.PROBLEM, SET_RUNTIME)


def _lingering(at: Surroundings) -> CheckLine:
    if not (at.run / "systemd/system").is_dir():
        return _line("lingering", "no systemd here; the host runs on until it is stopped")
    if at.uid == 0 or (at.user and (at.var / "lib/systemd/linger" / at.user).exists()):
        return _line("lingering", "the host runs on after log-out")
    remedy = f"Let it run on: sudo loginctl enable-linger {at.user or '$USER'}"
    return _line("lingering", "off: log-out may end the host and its routines", Verdict.WARNING, remedy)


def _line(name: str, seen: str, verdict: Verdict = Verdict.OK, remedy: str = "") -> CheckLine:
    return CheckLine(area="sockets", name=name, verdict=verdict, seen=seen, remedy=remedy)
