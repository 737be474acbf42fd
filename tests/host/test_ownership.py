import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from orin_agents.domain.errors import Forbidden, StorageFailure
from orin_agents.domain.places import SOCKET_BYTES, Places
from orin_agents.host.ownership import AlreadyOwned, Ownership, listen, socket_place


def test_a_workspace_has_one_owner(isolated: Path) -> None:
    places = Places(isolated / "work")
    with Ownership(places), pytest.raises(AlreadyOwned) as refused, Ownership(places):
        pass
    assert refused.value.pid == os.getpid()
    assert str(os.getpid()) in refused.value.what
    assert refused.value.remedy
    with Ownership(places) as ownership:
        ownership.write("/run/x.sock")
        assert places.lock.read_text() == f"{os.getpid()}\n/run/x.sock\n{places.root}"
        assert stat.S_IMODE(places.lock.stat().st_mode) == 0o600
    assert places.lock.read_text() == ""


def test_the_lock_of_a_killed_process_is_free(isolated: Path) -> None:
    places = Places(isolated / "work")
    code = (
        "import os, signal, sys; from pathlib import Path; from orin_agents.domain.places import Places;"
        "from orin_agents.host.ownership import Ownership;"
        "Ownership(Places(Path(sys.argv[1]))).__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(places.root)], check=False)
    assert places.lock.read_text().split("\n")[0].isdigit()
    with Ownership(places):
        assert places.lock.read_text() == f"{os.getpid()}\n\n{places.root}"


def test_a_lock_file_that_is_a_link_is_refused(isolated: Path) -> None:
    places = Places(isolated / "work")
    places.control.mkdir(parents=True)
    target = isolated / "precious"
    target.write_text("mine")
    places.lock.symlink_to(target)
    with pytest.raises(StorageFailure), Ownership(places):
        pass
    assert target.read_text() == "mine"


def test_the_socket_is_for_its_user_alone(isolated: Path) -> None:
    runtime = isolated / "run"
    where = socket_place(isolated / "work", str(runtime), os.getuid())
    with listen(where):
        assert stat.S_IMODE(where.stat().st_mode) == 0o600
        assert stat.S_IMODE(where.parent.stat().st_mode) == 0o700
        assert [file.name for file in where.parent.iterdir()] == [where.name]
    assert where.parent == runtime / "orin"
    with listen(where):  # the dead one's file is in the way, and goes
        pass


def test_two_workspaces_have_two_sockets(isolated: Path) -> None:
    places = {socket_place(isolated / name, str(isolated / "run"), os.getuid()) for name in ("a", "b")}
    assert len(places) == 2


def test_a_folder_open_to_others_is_closed(isolated: Path) -> None:
    folder = isolated / "run" / "orin"
    folder.mkdir(mode=0o755)
    socket_place(isolated, str(isolated / "run"), os.getuid())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_somebody_else_is_refused(isolated: Path) -> None:
    (isolated / "run" / "orin").mkdir(mode=0o700)
    with pytest.raises(Forbidden, match="belongs to somebody else"):
        socket_place(isolated, str(isolated / "run"), os.getuid() + 1)


def test_a_link_in_place_of_the_folder_is_refused(isolated: Path) -> None:
    (isolated / "run" / "orin").symlink_to(isolated / "home")
    with pytest.raises(Forbidden):
        socket_place(isolated, str(isolated / "run"), os.getuid())


@pytest.mark.parametrize("runtime", ["", "relative", "/no/such/folder", "long"])
def test_without_a_usable_runtime_folder_the_socket_lies_in_tmp(isolated: Path, runtime: str) -> None:
    if runtime == "long":
        long = isolated / ("x" * SOCKET_BYTES)
        long.mkdir()
        runtime = str(long)
    where = socket_place(isolated, runtime, os.getuid())
    assert where.parent == Path(f"/tmp/orin-{os.getuid()}")
    assert len(os.fsencode(where)) <= SOCKET_BYTES


def test_a_workspace_whose_lock_file_is_removed_still_has_one_owner(isolated: Path) -> None:
    places = Places(isolated / "work")
    with Ownership(places) as ownership:
        ownership.write("/run/x.sock")
        assert not ownership.renew()
        places.lock.unlink()
        with pytest.raises(AlreadyOwned), Ownership(places):
            pass
        assert ownership.renew()
        assert places.lock.read_text() == f"{os.getpid()}\n/run/x.sock\n{places.root}"


def test_an_owner_knows_when_the_workspace_is_moved_from_under_it(isolated: Path) -> None:
    places, there = Places(isolated / "work"), Places(isolated / "there")
    with Ownership(places) as ownership:
        assert ownership.in_place
        places.root.rename(there.root)
        assert not ownership.in_place
        with pytest.raises(AlreadyOwned), Ownership(there):
            pass
        places.control.mkdir(parents=True)  # another workspace in the old place is not the one owned
        assert not ownership.in_place
    with Ownership(there):
        pass
    assert not places.lock.exists()
