"""The memory that is really available."""

from collections.abc import Iterator
from pathlib import Path

from orin_agents.adapters.box.board import is_tegra
from orin_agents.adapters.box.surroundings import Surroundings, size, text_of
from orin_agents.domain.checks import CheckLine, Verdict

SCARCE = 2 * 1024**3
"""Below this much available memory (bytes) no useful model fits beside the host."""
TOO_LITTLE = 256 * 1024**2
NEARLY_FULL = 0.9
WAITING_PERCENT = 10.0


def check_memory(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """Memory available to new work, swap, zram, and whether programs wait for memory."""
    figures = _meminfo(at)
    total, available = figures.get("MemTotal", 0), figures.get("MemAvailable", 0)
    if not total:
        yield _line("memory", "cannot be read from the system", Verdict.WARNING, "Is /proc mounted?")
        return
    seen = f"{size(available)} of {size(total)} available"
    limit = _limit(at)
    if limit and limit[0] < total:
        total, available = limit[0], min(available, limit[0] - limit[1])
        seen = f"{size(available)} of {size(total)} available: a limit of this service or container"
    if is_tegra(at):
        seen += "; processor and GPU share it, and CUDA's own figure leaves out what the page cache can give back"
    if available < TOO_LITTLE:
        yield _line("memory", seen, Verdict.PROBLEM, "Stop a model server or another program.")
    elif available < SCARCE:
        yield _line("memory", seen, Verdict.WARNING, "Models may not fit; unload one, or stop another program.")
    else:
        yield _line("memory", seen)
    yield _swap(at, figures)
    waiting = _waiting(at)
    if waiting > WAITING_PERCENT:
        seen = f"programs waited for memory {waiting:.0f} % of the last ten seconds"
        yield _line("pressure", seen, Verdict.WARNING, "Stop a model server or another program.")


def _meminfo(at: Surroundings) -> dict[str, int]:
    """The figures of /proc/meminfo in bytes."""
    figures = {}
    for line in text_of(at.proc / "meminfo").splitlines():
        name, _, rest = line.partition(":")
        number = rest.split()[:1]
        if number and number[0].isdigit():
            figures[name] = int(number[0]) * 1024
    return figures


def _limit(at: Surroundings) -> tuple[int, int] | None:
    """The memory limit and use (bytes) of this process's control group (cgroup v2), None when it has none."""
    for line in text_of(at.proc / "self/cgroup").splitlines():
        if line.startswith("0::/"):
            group = at.sys / "fs/cgroup" / line[4:].strip()
            limit, used = text_of(group / "memory.max"), text_of(group / "memory.current")
            if limit.isdigit() and used.isdigit():
                return int(limit), int(used)
    return None


def _swap(at: Surroundings, figures: dict[str, int]) -> CheckLine:
    total, free = figures.get("SwapTotal", 0), figures.get("SwapFree", 0)
    if not total:
        return _line("swap", "none")
    rows = text_of(at.proc / "swaps").splitlines()[1:]
    zram = sum(1 for row in rows if "zram" in row.split()[0])
    kind = "zram, which takes from memory" if rows and zram == len(rows) else "partly zram" if zram else "on disk"
    seen = f"{size(total - free)} of {size(total)} used ({kind})"
    if free < total * (1 - NEARLY_FULL):
        return _line("swap", seen, Verdict.WARNING, "Memory is short: stop a model server or another program.")
    return _line("swap", seen)


def _waiting(at: Surroundings) -> float:
    """The share of the last ten seconds, in percent, in which some program waited for memory (PSI)."""
    for word in text_of(at.proc / "pressure/memory").split():
        if word.startswith("avg10="):
            try:
                return float(word[6:])
            except ValueError:
                return 0.0
    return 0.0


def _line(name: str, seen: str, verdict: Verdict = Verdict.OK, remedy: str = "") -> CheckLine:
    return CheckLine(area="memory", name=name, verdict=verdict, seen=seen, remedy=remedy)
