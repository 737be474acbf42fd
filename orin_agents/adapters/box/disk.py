"""The disk the workspace lies on."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from orin_agents.adapters.box.surroundings import Surroundings, size, text_of
from orin_agents.domain.checks import CheckLine, Verdict

TOO_LITTLE = 200 * 1024**2
SCARCE = 2 * 1024**3
FEW_FILES = 10_000
TOO_FEW_FILES = 500

NETWORK = re.compile(
    r"(nfs4?|cifs|smb\d?|smbfs|afs|ceph|lustre|glusterfs|davfs|ncpfs|beegfs|gpfs|ocfs2|gfs2"
    r"|fuse\.(sshfs|rclone|s3fs|davfs2?|gvfsd-fuse|glusterfs|ceph|curlftpfs|nfs.*))"
)
"""File systems that other machines write to as well; SQLite's WAL and file locks do not hold there."""
FLEETING = frozenset({"tmpfs", "ramfs", "overlay"})


def check_disk(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """File system, room and count of files left where the workspace lies."""
    place = _nearest_existing(workspace)
    kind, device, options = _mount(at, place)
    told = f"{kind} on {device}" if kind else "of a kind the system does not tell"
    if NETWORK.fullmatch(kind):
        seen = f"{workspace} lies on a network file system ({told})"
        yield _line("file system", seen, Verdict.PROBLEM, "Move the workspace to a disk of this box.")
        return  # a server that does not answer would hold up every further look
    try:
        room = at.room(place)
    except OSError as error:
        yield _line("room", f"{place} cannot be looked at: {error.strerror}", Verdict.PROBLEM, "Look at the disk.")
        return
    if room.f_flag & os.ST_RDONLY or "ro" in options:
        remedy = f"Mount it for writing: sudo mount -o remount,rw {device or place}; a disk in trouble shows in dmesg."
        yield _line("file system", f"{told} is mounted read-only", Verdict.PROBLEM, remedy)
    elif kind in FLEETING:
        remedy = "Keep a workspace that should last on a real disk."
        yield _line("file system", f"{told}: gone when the machine or container ends", Verdict.WARNING, remedy)
    else:
        yield _line("file system", told)
    yield _room(room)
    if room.f_files:
        yield _files(room)


def _room(room: os.statvfs_result) -> CheckLine:
    free, total = room.f_bavail * room.f_frsize, room.f_blocks * room.f_frsize
    seen = f"{size(free)} of {size(total)} free"
    if free < TOO_LITTLE:
        return _line("room", seen, Verdict.PROBLEM, "Free some space; models that are no longer used are large.")
    if free < SCARCE:
        return _line("room", seen, Verdict.WARNING, "Free some space soon; models that are no longer used are large.")
    return _line("room", seen)


def _files(room: os.statvfs_result) -> CheckLine:
    seen = f"room for {room.f_favail:,} more files"
    if room.f_favail < TOO_FEW_FILES:
        return _line("inodes", seen, Verdict.PROBLEM, "Remove folders with many small files, such as caches.")
    if room.f_favail < FEW_FILES:
        return _line("inodes", seen, Verdict.WARNING, "Remove folders with many small files, such as caches.")
    return _line("inodes", seen)


def _nearest_existing(path: Path) -> Path:
    path = path.absolute()
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    return Path(os.path.realpath(path))


def _mount(at: Surroundings, place: Path) -> tuple[str, str, list[str]]:
    """File system type, device and options of the mount the place lies on (proc(5), mounts); empty when unknown."""
    best: tuple[int, str, str, list[str]] = (-1, "", "", [])
    for line in text_of(at.proc / "self/mounts").splitlines():
        parts = line.split(" ")
        if len(parts) >= 4:
            point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), parts[1])
            if len(point) >= best[0] and place.is_relative_to(point):  # of two on one place the later is seen
                best = (len(point), parts[2], parts[0], parts[3].split(","))
    return best[1], best[2], best[3]


def _line(name: str, seen: str, verdict: Verdict = Verdict.OK, remedy: str = "") -> CheckLine:
    return CheckLine(area="disk", name=name, verdict=verdict, seen=seen, remedy=remedy)
