from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.places import SOCKET_BYTES, Places, fits, socket_folders, socket_path


def test_everything_of_the_hosts_lies_in_one_folder() -> None:
    places = Places(Path("/w"))
    for path in (places.database, places.runs, places.lock, places.log):
        assert path.is_relative_to(places.control)
    for path in (places.projects, places.crew, places.schedules, places.settings):
        assert path.parent == Path("/w")


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_any_workspace_has_a_short_socket_of_its_own(name: str) -> None:
    path = socket_path(Path("/home") / name, Path("/run/user/1000/orin"))
    assert fits(path)
    assert path == socket_path(Path("/home") / name, Path("/run/user/1000/orin"))
    assert path != socket_path(Path("/home") / name / "x", Path("/run/user/1000/orin"))


def test_bytes_count_not_letters() -> None:
    assert fits(Path("/" + "x" * (SOCKET_BYTES - 1)))
    assert not fits(Path("/" + "x" * SOCKET_BYTES))
    assert not fits(Path("/" + "ü" * (SOCKET_BYTES // 2 + 1)))


def test_the_runtime_folder_comes_before_tmp() -> None:
    assert socket_folders("/run/user/7", 7) == (Path("/run/user/7/orin"), Path("/tmp/orin-7"))
    assert socket_folders("", 7) == socket_folders("relative", 7) == (Path("/tmp/orin-7"),)
