from pathlib import Path

import pytest

from orin_agents.domain.errors import StorageFailure
from orin_agents.host.ground import check_filesystem, filesystem_of, nearest_existing

MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
nas:/home /home nfs4 rw 0 0
//win/share /mnt/my\040share cifs rw 0 0
me@far:/ /mnt/far fuse.sshfs rw 0 0
host /mnt/host 9p rw 0 0
/dev/sdb1 /home/ada/local ext4 rw 0 0
overlay /twice ext4 rw 0 0
nas:/x /twice nfs rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/orin", "ext4"),
        ("/tmp/x", "tmpfs"),
        ("/tmpfile", "ext4"),
        ("/home/ada/orin", "nfs4"),
        ("/home/ada/local/orin", "ext4"),
        ("/mnt/my share/orin", "cifs"),
        ("/twice/orin", "nfs"),
    ],
)
def test_the_innermost_and_last_mount_decides(path: str, kind: str) -> None:
    assert filesystem_of(Path(path), MOUNTS) == kind


@pytest.mark.parametrize("path", ["/home/ada/orin", "/mnt/my share/orin", "/mnt/far/orin", "/twice"])
def test_network_file_systems_are_refused(path: str) -> None:
    with pytest.raises(StorageFailure, match="network file system") as refused:
        check_filesystem(Path(path), MOUNTS)
    assert refused.value.remedy


def test_shared_file_systems_are_remarked_on() -> None:
    assert "9p" in check_filesystem(Path("/mnt/host/orin"), MOUNTS)
    assert check_filesystem(Path("/srv/orin"), MOUNTS) == ""
    assert check_filesystem(Path("/srv/orin"), "") == ""


def test_a_path_yet_to_be_made_lies_where_its_nearest_folder_lies(tmp_path: Path) -> None:
    assert nearest_existing(tmp_path / "a" / "b") == tmp_path.resolve()
