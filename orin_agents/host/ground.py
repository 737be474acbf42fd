"""What a host needs of the ground it stands on: a disk of its own machine."""

import os
import re
from pathlib import Path

from orin_agents.domain.errors import StorageFailure

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ceph", "lustre", "glusterfs", "davfs", "ncpfs"}
)
"""File systems other machines write to as well; SQLite's WAL and flock do not hold there."""
NETWORK_FUSE = ("sshfs", "rclone", "s3fs", "davfs", "gvfs", "glusterfs", "ceph", "curlftpfs")
DOUBTFUL = frozenset({"9p", "drvfs", "vboxsf", "virtiofs"})
"""File systems shared with the machine underneath: they mostly hold, so they are only remarked on."""


def filesystem_of(path: Path, mounts: str) -> str:
    """The type of the file system `path` (a real path) lies on, by the text of /proc/mounts; empty when unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        at = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), parts[1])
        if len(at) >= best and path.is_relative_to(at):  # the last of two mounts on one place is the visible one
            best, kind = len(at), parts[2]
    return kind


def check_filesystem(path: Path, mounts: str) -> str:
    """What is doubtful about the file system below `path`, or an empty string.

    Raises StorageFailure on a network file system.
    """
    kind = filesystem_of(path, mounts)
    if kind in NETWORK or (kind.startswith("fuse") and any(name in kind for name in NETWORK_FUSE)):
        raise StorageFailure(
            f"{path} lies on a network file system ({kind}); a workspace there could be torn.",
            kept="Nothing was written.",
            remedy="Keep the workspace on a disk of this box; `orin --workspace PATH` names another place.",
        )
    if kind in DOUBTFUL:
        return f"{path} lies on a {kind} file system; if the other side writes there too, the workspace can be torn."
    return ""


def mounts() -> str:
    """The text of /proc/mounts, empty where there is none."""
    try:
        return Path("/proc/self/mounts").read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def nearest_existing(path: Path) -> Path:
    """The real path of `path`, or of the nearest folder above it that exists."""
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    return path.resolve()


def real(path: Path) -> Path:
    """The path with links resolved, as far as it exists."""
    return path.resolve()
