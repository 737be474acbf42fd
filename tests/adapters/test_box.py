"""The doctor's probes on a made-up Jetson, a made-up desktop and an empty machine."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orin_agents.adapters.box.board import check_board, check_gpu
from orin_agents.adapters.box.clock import check_clock
from orin_agents.adapters.box.disk import check_disk
from orin_agents.adapters.box.interpreter import check_locale, check_python, check_sqlite
from orin_agents.adapters.box.linux import PROBES, LinuxBox
from orin_agents.adapters.box.memory import check_memory
from orin_agents.adapters.box.servers import check_models
from orin_agents.adapters.box.sockets import check_sockets
from orin_agents.adapters.box.surroundings import Interpreter, Probe, Surroundings, size
from orin_agents.domain.checks import CheckLine, Verdict

GIB = 1024**2  # in KiB, as /proc/meminfo counts
PYTHON = Interpreter(
    version=(3, 11, 9),
    executable="/v/bin/python",
    in_venv=True,
    writes_bytecode=True,
    is_compiled=True,
    sqlite=(3, 45, 1),
)


def room(free: int = 50 * 1024**3, files: int = 1_000_000, flags: int = 0) -> Callable[[Path], os.statvfs_result]:
    """A disk of 100 GiB with that much free (bytes), that many files left, and those mount flags."""
    total = 100 * 1024**3 // 4096
    values = (4096, 4096, total, free // 4096, free // 4096, 2_000_000, files, files, flags, 255)
    return lambda _: os.statvfs_result(values)


class Machine:
    """A machine's system folders below a temporary place."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.at = Surroundings(
            proc=base / "proc",
            etc=base / "etc",
            run=base / "run",
            sys=base / "sys",
            var=base / "var",
            environment={"LANG": "C.UTF-8"},
            uid=os.getuid(),
            user="ada",
            machine="aarch64",
            now=lambda: datetime(2027, 3, 1, 8, 0, tzinfo=UTC),
            clock_state=lambda: 0,
            room=room(),
            interpreter=PYTHON,
        )

    def put(self, path: str, text: str) -> Path:
        file = self.base / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def memory(self, total: int, available: int, swap: int = 0, swap_free: int = 0) -> None:
        """Figures in KiB."""
        rows = {"MemTotal": total, "MemFree": 1000, "MemAvailable": available, "SwapTotal": swap, "SwapFree": swap_free}
        self.put("proc/meminfo", "".join(f"{name}:  {value} kB\n" for name, value in rows.items()))

    def see(self, probe: Probe, **changes: object) -> dict[str, CheckLine]:
        """The lines of a probe by name; whatever is not ok must come with a remedy."""
        at = replace(self.at, **changes)  # type: ignore[arg-type]
        lines = list(probe(at, self.base / "workspace"))
        assert all(line.remedy for line in lines if line.verdict is not Verdict.OK)
        assert len({line.name for line in lines}) == len(lines)
        return {line.name: line for line in lines}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def jetson(machine: Machine) -> Machine:
    machine.put("proc/device-tree/model", "NVIDIA Jetson AGX Orin Developer Kit\0")
    machine.put(
        "etc/nv_tegra_release",
        "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64, DATE: Wed Jan  8 2025\n",
    )
    machine.put("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  540.4.0  Rel")
    machine.memory(64 * GIB, 40 * GIB, 32 * GIB, 32 * GIB)
    machine.put(
        "proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 5\n/dev/zram1 partition 1 0 5"
    )
    machine.put("proc/self/mounts", "/dev/nvme0n1p1 / ext4 rw,relatime 0 0\n")
    machine.put("etc/timezone", "Europe/Berlin\n")
    machine.put("run/systemd/timesync/synchronized", "")
    return machine


def test_a_jetson_is_named_with_jetpack_gpu_and_shared_memory(jetson: Machine) -> None:
    board = jetson.see(check_board)
    assert board["board"].seen == "NVIDIA Jetson AGX Orin Developer Kit (aarch64)"
    assert board["jetpack"].seen == "JetPack 6 (L4T 36.4.3)"
    assert jetson.see(check_gpu)["gpu"].seen == "integrated, its memory is the machine's own, driver 540.4.0"
    memory = jetson.see(check_memory)
    assert memory["memory"].seen.startswith("40.0 GiB of 64.0 GiB available; processor and GPU share it")
    assert memory["swap"].seen == "0 bytes of 32.0 GiB used (zram, which takes from memory)"


@pytest.mark.parametrize(
    ("release", "seen", "verdict"),
    [
        ("# R35 (release), REVISION: 6.0, GCID: 1", "JetPack 5 (L4T 35.6.0)", Verdict.OK),
        ("# R32 (release), REVISION: 7.1, GCID: 1", "JetPack 4 (L4T 32.7.1)", Verdict.WARNING),
        ("# R99 (release), REVISION: 1.0, GCID: 1", "a JetPack unknown here (L4T 99.1.0)", Verdict.OK),
        ("garbage", "the release of Jetson Linux cannot be read", Verdict.WARNING),
    ],
)
def test_other_releases_of_jetpack(jetson: Machine, release: str, seen: str, verdict: Verdict) -> None:
    jetson.put("etc/nv_tegra_release", release)
    line = jetson.see(check_board)["jetpack"]
    assert (line.seen, line.verdict) == (seen, verdict)


def test_a_jetson_without_gpu_driver_is_warned_of(jetson: Machine) -> None:
    (jetson.base / "proc/driver/nvidia/version").unlink()
    assert jetson.see(check_gpu)["gpu"].verdict is Verdict.WARNING
    (jetson.base / "sys/module/nvgpu").mkdir(parents=True)
    assert jetson.see(check_gpu)["gpu"].verdict is Verdict.OK


def test_a_desktop_names_its_card_or_the_lack_of_a_driver(machine: Machine) -> None:
    machine.put("sys/class/dmi/id/product_name", "ThinkStation P5\n")
    assert machine.see(check_board)["board"].seen == "ThinkStation P5 (aarch64); not a Jetson"
    assert "no NVIDIA GPU" in machine.see(check_gpu)["gpu"].seen
    machine.put("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n")
    machine.put("sys/bus/pci/devices/0000:01:00.0/class", "0x030000\n")
    assert machine.see(check_gpu)["gpu"].verdict is Verdict.WARNING
    machine.put(
        "proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 2024\n"
    )
    machine.put("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA RTX 6000\nIRQ: 1\n")
    assert machine.see(check_gpu)["gpu"].seen == "NVIDIA RTX 6000, driver 550.54.15"


@pytest.mark.parametrize(
    ("available", "verdict"), [(8 * GIB, Verdict.OK), (GIB, Verdict.WARNING), (GIB // 8, Verdict.PROBLEM)]
)
def test_available_memory_is_judged(machine: Machine, available: int, verdict: Verdict) -> None:
    machine.memory(16 * GIB, available)
    lines = machine.see(check_memory)
    assert lines["memory"].verdict is verdict and "CUDA" not in lines["memory"].seen
    assert lines["swap"].seen == "none"


def test_the_limit_of_a_container_counts(machine: Machine) -> None:
    machine.memory(64 * GIB, 60 * GIB)
    machine.put("proc/self/cgroup", "0::/box\n")
    machine.put("sys/fs/cgroup/box/memory.max", str(4 * 1024**3))
    machine.put("sys/fs/cgroup/box/memory.current", str(3 * 1024**3))
    line = machine.see(check_memory)["memory"]
    assert line.seen.startswith("1.0 GiB of 4.0 GiB available: a limit") and line.verdict is Verdict.WARNING
    machine.put("sys/fs/cgroup/box/memory.max", "max\n")
    assert machine.see(check_memory)["memory"].seen == "60.0 GiB of 64.0 GiB available"


def test_full_swap_and_waiting_for_memory_are_warned_of(machine: Machine) -> None:
    machine.memory(16 * GIB, 8 * GIB, 4 * GIB, GIB // 10)
    machine.put("proc/swaps", "Filename Type Size Used Priority\n/swapfile file 1 1 -2\n")
    machine.put("proc/pressure/memory", "some avg10=37.20 avg60=1.00 avg300=0.00 total=1\nfull avg10=1.00")
    lines = machine.see(check_memory)
    assert lines["swap"].verdict is Verdict.WARNING and "on disk" in lines["swap"].seen
    assert "37 %" in lines["pressure"].seen


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "fuse.sshfs", "9p-is-not", "ceph"])
def test_a_network_file_system_is_refused_without_looking_further(machine: Machine, kind: str) -> None:
    place = str(machine.base).replace(" ", "\\040")
    machine.put("proc/self/mounts", f"/dev/sda / ext4 rw 0 0\nserver:/x {place} {kind} rw 0 0\n")
    looked: list[Path] = []
    lines = machine.see(check_disk, room=lambda path: looked.append(path) or room()(path))  # type: ignore[func-returns-value]
    is_network = kind != "9p-is-not"
    assert (lines["file system"].verdict is Verdict.PROBLEM) is is_network
    assert bool(looked) is not is_network


def test_a_mount_with_a_space_in_its_name_and_the_later_of_two(machine: Machine) -> None:
    place = machine.base / "my disk"
    place.mkdir()
    escaped = str(place).replace(" ", "\\040")
    mounts = f"none {escaped} nfs rw 0 0\n"
    machine.put("proc/self/mounts", mounts)
    at = machine.at
    assert next(check_disk(at, place / "w")).verdict is Verdict.PROBLEM
    machine.put("proc/self/mounts", mounts + mounts.replace("nfs", "ext4"))
    assert next(check_disk(at, place / "w")).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("look", "name", "verdict"),
    [
        (room(), "room", Verdict.OK),
        (room(free=1024**3), "room", Verdict.WARNING),
        (room(free=10 * 1024**2), "room", Verdict.PROBLEM),
        (room(), "inodes", Verdict.OK),
        (room(files=5000), "inodes", Verdict.WARNING),
        (room(files=5), "inodes", Verdict.PROBLEM),
        (room(flags=os.ST_RDONLY), "file system", Verdict.PROBLEM),
    ],
)
def test_room_inodes_and_read_only_mounts(
    machine: Machine, look: Callable[[Path], os.statvfs_result], name: str, verdict: Verdict
) -> None:
    machine.put("proc/self/mounts", "/dev/sda / ext4 rw 0 0\n")
    assert machine.see(check_disk, room=look)[name].verdict is verdict


def test_a_disk_that_fails_or_vanishes_with_the_container_is_told(machine: Machine) -> None:
    def fail(path: Path) -> os.statvfs_result:
        raise OSError(5, "Input/output error")

    assert "Input/output error" in machine.see(check_disk, room=fail)["room"].seen
    machine.put("proc/self/mounts", "overlay / overlay rw 0 0\n")
    assert machine.see(check_disk)["file system"].verdict is Verdict.WARNING


def test_the_clock_of_a_board_without_battery_is_a_problem(machine: Machine) -> None:
    line = machine.see(check_clock, now=lambda: datetime(1970, 1, 1, tzinfo=UTC))["clock"]
    assert line.verdict is Verdict.PROBLEM and "1970-01-01" in line.seen


@pytest.mark.parametrize(
    ("state", "verdict", "seen"),
    [(0, Verdict.OK, "time service"), (5, Verdict.WARNING, "no time service"), (-1, Verdict.OK, "does not tell")],
)
def test_synchronisation_by_the_kernels_word(machine: Machine, state: int, verdict: Verdict, seen: str) -> None:
    line = machine.see(check_clock, clock_state=lambda: state)["synchronised"]
    assert line.verdict is verdict and seen in line.seen


def test_synchronisation_by_systemd(jetson: Machine) -> None:
    line = jetson.see(check_clock, clock_state=lambda: 5)["synchronised"]
    assert (line.verdict, line.seen) == (Verdict.OK, "by systemd-timesyncd")


def test_the_zone_comes_from_tz_then_localtime_then_timezone(jetson: Machine) -> None:
    assert jetson.see(check_clock)["zone"].seen == "Europe/Berlin"
    (jetson.base / "etc/localtime").symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    assert jetson.see(check_clock)["zone"].seen == "Asia/Tokyo"
    assert jetson.see(check_clock, environment={"TZ": ":America/Lima"})["zone"].seen == "America/Lima"
    for wrong in ("Mars/Base", "../../etc/passwd", "CET-1CEST"):
        assert jetson.see(check_clock, environment={"TZ": wrong})["zone"].verdict is Verdict.WARNING


def test_no_zone_at_all_is_warned_of(machine: Machine) -> None:
    assert machine.see(check_clock)["zone"].verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("changes", "name", "verdict"),
    [
        ({}, "version", Verdict.OK),
        ({"version": (3, 10, 1)}, "version", Verdict.PROBLEM),
        ({}, "bytecode", Verdict.OK),
        ({"writes_bytecode": False}, "bytecode", Verdict.OK),
        ({"writes_bytecode": False, "is_compiled": False}, "bytecode", Verdict.WARNING),
    ],
)
def test_python_is_judged(machine: Machine, changes: dict[str, object], name: str, verdict: Verdict) -> None:
    python = replace(PYTHON, **changes)  # type: ignore[arg-type]
    assert machine.see(check_python, interpreter=python)[name].verdict is verdict


@pytest.mark.parametrize(("sqlite", "verdict"), [((3, 37, 2), Verdict.OK), ((3, 36, 0), Verdict.PROBLEM)])
def test_sqlite_must_not_be_too_old(machine: Machine, sqlite: tuple[int, ...], verdict: Verdict) -> None:
    lines = machine.see(check_sqlite, interpreter=replace(PYTHON, sqlite=sqlite))
    assert lines["version"].verdict is verdict and lines["full-text search"].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("environment", "verdict"),
    [
        ({}, Verdict.OK),
        ({"LANG": "de_DE.UTF-8"}, Verdict.OK),
        ({"LANG": "en_GB.utf8@euro"}, Verdict.OK),
        ({"LANG": "C.UTF-8", "LC_ALL": "de_DE.ISO-8859-1"}, Verdict.WARNING),
        ({"LANG": "POSIX"}, Verdict.WARNING),
    ],
)
def test_the_locale_is_judged(machine: Machine, environment: dict[str, str], verdict: Verdict) -> None:
    assert machine.see(check_locale, environment=environment)["locale"].verdict is verdict


def test_a_private_short_runtime_folder_is_fine(machine: Machine, isolated: Path) -> None:
    runtime = isolated / "run"
    lines = machine.see(check_sockets, environment={"XDG_RUNTIME_DIR": str(runtime)})
    assert {line.verdict for line in lines.values()} == {Verdict.OK}
    assert str(runtime / "orin") in lines["socket"].seen and "of 107 bytes" in lines["socket"].seen


def test_an_open_absent_or_foreign_runtime_folder_is_warned_of(machine: Machine, isolated: Path) -> None:
    runtime = isolated / "run"
    runtime.chmod(0o755)
    environment = {"XDG_RUNTIME_DIR": str(runtime)}
    assert "0755" in machine.see(check_sockets, environment=environment)["runtime folder"].seen
    assert machine.see(check_sockets, uid=4711, environment=environment)["runtime folder"].verdict is Verdict.WARNING
    gone = machine.see(check_sockets, environment={"XDG_RUNTIME_DIR": str(isolated / "gone")})
    assert gone["runtime folder"].verdict is Verdict.WARNING


def test_a_path_too_long_for_a_socket_falls_back_to_tmp(machine: Machine, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir(mode=0o700)
    line = machine.see(check_sockets, environment={"XDG_RUNTIME_DIR": str(long)})["socket"]
    assert f"/tmp/orin-{os.getuid()}/" in line.seen


def test_a_socket_folder_of_another_user_is_a_problem(machine: Machine, isolated: Path) -> None:
    (isolated / "run" / "orin").write_text("a file, not a folder")
    line = machine.see(check_sockets, environment={"XDG_RUNTIME_DIR": str(isolated / "run")})["socket"]
    assert line.verdict is Verdict.PROBLEM and "imitated" in line.seen


def test_lingering_is_looked_at_where_systemd_runs(machine: Machine) -> None:
    assert "no systemd" in machine.see(check_sockets)["lingering"].seen
    (machine.base / "run/systemd/system").mkdir(parents=True)
    assert machine.see(check_sockets, uid=4711)["lingering"].verdict is Verdict.WARNING
    machine.put("var/lib/systemd/linger/ada", "")
    assert machine.see(check_sockets, uid=4711)["lingering"].verdict is Verdict.OK


def test_an_empty_machine_makes_nothing_raise(machine: Machine) -> None:
    probes = [probe for probe in PROBES if probe is not check_models]
    lines = LinuxBox(replace(machine.at, environment={}), tuple(probes)).checks(machine.base / "workspace")
    areas = list(dict.fromkeys(line.area for line in lines))
    assert areas == ["board", "gpu", "memory", "disk", "clock", "python", "sqlite", "locale", "sockets"]
    assert not [line for line in lines if "could not be looked at" in line.seen]


def test_unreadable_and_senseless_system_files_make_nothing_raise(machine: Machine) -> None:
    for path in ("proc/meminfo", "proc/self/mounts", "proc/swaps", "proc/self/cgroup", "proc/pressure/memory"):
        machine.put(
            path, "\udcff".encode("utf-8", "surrogateescape").decode("latin-1") + "a b c d\n::\n\n0::/\navg10=x"
        )
    for folder in ("proc/device-tree/model", "etc/nv_tegra_release", "proc/driver/nvidia/version", "etc/timezone"):
        (machine.base / folder).mkdir(parents=True)
    probes = [probe for probe in PROBES if probe is not check_models]
    lines = LinuxBox(machine.at, tuple(probes)).checks(machine.base / "workspace")
    assert not [line for line in lines if "could not be looked at" in line.seen]


def test_a_probe_that_fails_is_a_line_and_the_others_go_on(machine: Machine) -> None:
    def check_trouble(at: Surroundings, workspace: Path) -> list[CheckLine]:
        raise ZeroDivisionError("by nought")

    lines = LinuxBox(machine.at, (check_trouble, check_python)).checks(machine.base)  # type: ignore[arg-type]
    assert [line.area for line in lines] == ["trouble", "python", "python"]
    assert lines[0].verdict is Verdict.WARNING and "ZeroDivisionError: by nought" in lines[0].seen


def test_this_very_machine_is_looked_at(tmp_path: Path) -> None:
    lines = LinuxBox().checks(tmp_path)
    assert {"board", "memory", "disk", "clock", "python", "sqlite", "sockets", "models"} <= {
        line.area for line in lines
    }
    assert all(line.remedy for line in lines if line.verdict is not Verdict.OK)


def test_sizes_read_well() -> None:
    assert [size(n) for n in (0, 1536, 5 * 1024**2, 3 * 1024**4)] == ["0 bytes", "1.5 KiB", "5.0 MiB", "3.0 TiB"]
