"""The board, JetPack, the GPU and its driver."""

import re
from collections.abc import Iterator
from pathlib import Path

from orin_agents.adapters.box.surroundings import Surroundings, names_in, size, text_of
from orin_agents.domain.checks import CheckLine, Verdict

JETPACKS = {"32": "4", "34": "5", "35": "5", "36": "6", "38": "7"}
"""JetPack's main version by the main version of Jetson Linux (L4T)."""
OLDEST_L4T = 35

NVIDIA = "0x10de"
DISPLAY_CLASS = "0x03"
INTEGRATED = ("nvgpu", "nvhost-gpu", "17000000.gpu", "gpu.0")


def is_tegra(at: Surroundings) -> bool:
    """Whether the machine is a Jetson or another Tegra."""
    return "Jetson" in _model(at) or (at.etc / "nv_tegra_release").exists()


def check_board(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """The board's name, and on a Jetson its JetPack."""
    model = _model(at) or text_of(at.sys / "class/dmi/id/product_name") or "unnamed machine"
    if not is_tegra(at):
        yield _line("board", "board", f"{model} ({at.machine}); not a Jetson")
        return
    yield _line("board", "board", f"{model} ({at.machine})")
    yield _jetpack(text_of(at.etc / "nv_tegra_release"))


def check_gpu(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """The GPU and its driver; with NVML installed, its memory too."""
    driver = text_of(at.proc / "driver/nvidia/version")
    release = re.search(r"\b(\d{3,}\.\d+(?:\.\d+)?)\b", driver)
    cards = [
        match[1].strip()
        for name in names_in(at.proc / "driver/nvidia/gpus")
        if (match := re.search(r"Model:\s*(.+)", text_of(at.proc / "driver/nvidia/gpus" / name / "information")))
    ]
    if is_tegra(at):
        devices = [*names_in(at.sys / "devices"), *names_in(at.sys / "devices/platform"), *names_in(at.sys / "module")]
        if any(name in devices for name in INTEGRATED) or release:
            told = f", driver {release[1]}" if release else ""
            yield _line("gpu", "gpu", f"integrated, its memory is the machine's own{told}")
        else:
            remedy = "Install JetPack's drivers: sudo apt install nvidia-jetpack, then restart the board."
            yield _line("gpu", "gpu", "no driver of the integrated GPU is loaded", Verdict.WARNING, remedy)
        return
    if release:
        yield _line("gpu", "gpu", f"{', '.join(cards) or 'NVIDIA'}, driver {release[1]}")
        yield from _memory_by_nvml()
    elif _has_nvidia_card(at):
        remedy = "Install NVIDIA's driver; until then models run on the processor."
        yield _line("gpu", "gpu", "an NVIDIA card is there, but its driver is not loaded", Verdict.WARNING, remedy)
    else:
        yield _line("gpu", "gpu", "no NVIDIA GPU; local models run on the processor")


def _model(at: Surroundings) -> str:
    return text_of(at.proc / "device-tree/model")


def _jetpack(release: str) -> CheckLine:
    found = re.search(r"R(\d+)\s*\(release\),\s*REVISION:\s*([\d.]+)", release)
    if not found:
        remedy = "Install the package nvidia-l4t-core, or look at /etc/nv_tegra_release."
        return _line("board", "jetpack", "the release of Jetson Linux cannot be read", Verdict.WARNING, remedy)
    name = f"JetPack {JETPACKS[found[1]]}" if found[1] in JETPACKS else "a JetPack unknown here"
    seen = f"{name} (L4T {found[1]}.{found[2]})"
    if int(found[1]) < OLDEST_L4T:
        return _line("board", "jetpack", seen, Verdict.WARNING, "Update the board to JetPack 5 or newer.")
    return _line("board", "jetpack", seen)


def _has_nvidia_card(at: Surroundings) -> bool:
    devices = at.sys / "bus/pci/devices"
    return any(
        text_of(devices / name / "vendor") == NVIDIA and text_of(devices / name / "class").startswith(DISPLAY_CLASS)
        for name in names_in(devices)
    )


def _memory_by_nvml() -> Iterator[CheckLine]:
    try:
        import pynvml  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        return
    try:
        pynvml.nvmlInit()
        try:
            for number in range(pynvml.nvmlDeviceGetCount()):
                memory = pynvml.nvmlDeviceGetMemoryInfo(pynvml.nvmlDeviceGetHandleByIndex(number))
                seen = f"{size(memory.free)} of {size(memory.total)} free"
                yield _line("gpu", f"memory of GPU {number}", seen)
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError as error:
        yield _line("gpu", "memory", f"NVML does not answer: {error}", Verdict.WARNING, "Restart the machine.")


def _line(area: str, name: str, seen: str, verdict: Verdict = Verdict.OK, remedy: str = "") -> CheckLine:
    return CheckLine(area=area, name=name, verdict=verdict, seen=seen, remedy=remedy)
