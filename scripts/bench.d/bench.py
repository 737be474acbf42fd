"""`scripts/bench [NAME…]`: says what machine this is, then runs the benches named, or all, and prints one table."""

import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from asking import asking
from footprint import memory, network
from measure import NotMeasured, Place, Row, place
from models import models
from prompt import client, start
from retrieval import index_memory, search
from work import import_, morning, step

BENCHES: dict[str, Callable[[Place], Iterator[Row]]] = {
    "start": start,
    "client": client,
    "morning": morning,
    "import": import_,
    "step": step,
    "asking": asking,
    "models": models,
    "memory": memory,
    "network": network,
    "search": search,
    "index-memory": index_memory,
}


def main(names: list[str]) -> int:
    """Exit code 1 when a figure is over its target, 2 for an unknown name."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench called {', '.join(unknown)}; there are {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    over = False
    with place() as there:
        print(machine(there.folder))
        print(f"\n{'':<32} {'value':>9} {'unit':<8} {'ratio':>7}   {'target':<14} {'':<4}  reference")
        for name in names or BENCHES:
            try:
                for row in BENCHES[name](there):
                    print(_line(row), flush=True)
                    over = over or not row.ok
            except NotMeasured as reason:
                print(f"{name:<32} not measured: {reason}", flush=True)
    return int(over)


def _line(row: Row) -> str:
    ratio = f"{row.ratio:.2f}" if row.ratio is not None else "-"
    verdict = "ok" if row.ok else "OVER"
    return (
        f"{row.name:<32} {row.value:>9.4g} {row.unit:<8} {ratio:>7}   {row.target:<14} {verdict:<4}  {row.reference}"
    ).rstrip()


def machine(folder: Path) -> str:
    """One line each about what a figure depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return "\n".join(
        (
            f"{os.cpu_count()} cores ({cpu()}), {memory:.0f} GB, load {load:.1f}",
            f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
            f"SQLite {sqlite3.sqlite_version}",
            f"{folder.parent}: fsync of 4 kB takes {fsync(folder) * 1000:.2f} ms",
        )
    )


def cpu() -> str:
    """The processor's name, where the kernel tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def fsync(folder: Path) -> float:
    """The median of fifty writes brought to the disk, in seconds."""
    taken = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"\0" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
