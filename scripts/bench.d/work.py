"""What the host does: a morning, an import, a durable step."""

import asyncio
import hashlib
import shutil
import sqlite3
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from measure import NotMeasured, Place, Row, import_typer, notes

NOTES = 500
PARTS = 300


def morning(place: Place) -> Iterator[Row]:
    """The morning routine with no model, on real project goals."""
    with place.workspace(notes=notes()) as there:
        command = there.command("run", "morning", "--project", "goals")
        took, reference = there.in_turn([command, import_typer()], rounds=5)
    yield Row(
        name="morning: orin run morning",
        value=took,
        unit="s",
        ratio=took / reference,
        reference=f'python -c "import typer", {reference * 1000:.0f} ms',
        target="≤ 3 s",
        ok=took <= 3,
    )


def import_(place: Place) -> Iterator[Row]:
    """The real notes many times over, imported by one command; against reading and hashing the same files."""
    vault = place.folder / "vault"
    count = 0
    while count < NOTES:
        shutil.copytree(notes(), vault / f"copy {count}")
        count = sum(1 for _ in vault.rglob("*.md"))
        if not count:
            raise NotMeasured(f"{notes()} holds no Markdown")
    reference = _read(vault)
    with place.workspace() as there:
        there.orin("project", "new", "Goals")
        took = there.seconds(there.command("import", vault, "--project", "goals"))
    shutil.rmtree(vault)
    yield Row(
        name=f"import: {count} notes",
        value=count / took,
        unit="notes/s",
        ratio=took / reference,
        reference=f"reading and hashing them, {reference * 1000:.0f} ms",
        target="≥ 500 notes/s",
        ok=count / took >= 500,
    )


def _read(vault: Path) -> float:
    began = time.perf_counter()
    for path in sorted(vault.rglob("*.md")):
        hashlib.sha256(path.read_bytes()).hexdigest()
    return time.perf_counter() - began


def step(place: Place) -> Iterator[Row]:
    """What making a part of a run durable costs, against one commit to SQLite with full sync on the same disk."""
    took = asyncio.run(_parts(place.folder / "runs.db"))
    reference = _commit(place.folder / "commits.db")
    yield Row(
        name=f"step: {PARTS} durable steps",
        value=took * 1000,
        unit="ms each",
        ratio=took / reference,
        reference=f"one SQLite commit, {reference * 1000:.2f} ms",
        target="≤ 5 ms",
        ok=took <= 0.005,
    )


async def _parts(path: Path) -> float:
    from orin_agents.adapters.durable_runs import DbosEngine
    from orin_agents.services.ports import Checkpoint

    taken: list[float] = []
    done = asyncio.Event()

    async def part() -> dict[str, str]:
        return {"artifact": "schedule/daily_plan.md", "version": "1"}

    async def conduct(_plan: bytes, checkpoint: Checkpoint) -> None:
        for number in range(PARTS):
            began = time.perf_counter()
            await checkpoint(f"part {number}", part)
            taken.append(time.perf_counter() - began)
        done.set()

    engine = DbosEngine(path, conduct)
    engine.launch()
    await asyncio.to_thread(engine.start, "bench", 1, b"{}")
    await asyncio.wait_for(done.wait(), 120)
    await engine.close()
    return statistics.median(taken)


def _commit(path: Path) -> float:
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE step (id INTEGER PRIMARY KEY, output TEXT)")
    taken = []
    for number in range(PARTS):
        began = time.perf_counter()
        database.execute("INSERT INTO step VALUES (?, ?)", (number, "{}"))
        taken.append(time.perf_counter() - began)
    database.close()
    return statistics.median(taken)
