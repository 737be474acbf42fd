"""Runs on DBOS itself: each part once, a crash goes on behind the last finished part, a second start does nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from orin_agents.adapters.durable_runs import DbosEngine
from orin_agents.services.ports import Checkpoint, Part

Conduct = Callable[[bytes, Checkpoint], Awaitable[None]]


@asynccontextmanager
async def launched(path: Path, conduct: Conduct) -> AsyncIterator[DbosEngine]:
    engine = DbosEngine(path, conduct)
    engine.launch()
    try:
        yield engine
    finally:
        await engine.close()


class Course:
    """A run of three parts that notes what it does; `stop_at` makes the process "die" in that part."""

    def __init__(self, stop_at: str = "") -> None:
        self.done: list[str] = []
        self.results: list[dict[str, str]] = []
        self.over = asyncio.Event()
        self.stop_at = stop_at

    def part(self, name: str) -> Part:
        async def part() -> dict[str, str]:
            if name == self.stop_at:
                self.over.set()
                await asyncio.Event().wait()
            self.done.append(name)
            return {"part": name}

        return part

    async def conduct(self, plan: bytes, checkpoint: Checkpoint) -> None:
        for name in json.loads(plan):
            self.results.append(await checkpoint(name, self.part(name)))
        self.over.set()


PLAN = b'["one", "two", "three"]'


async def test_a_run_does_each_part_once_and_keeps_its_result(tmp_path: Path):
    course = Course()
    async with launched(tmp_path / "runs.db", course.conduct) as engine:
        await asyncio.to_thread(engine.start, "r1", 1, PLAN)
        await asyncio.wait_for(course.over.wait(), 10)
        await asyncio.to_thread(engine.start, "r1", 1, PLAN)
        assert await asyncio.to_thread(engine.known, "r1", 1)
        assert not await asyncio.to_thread(engine.known, "r1", 2)
    assert course.done == ["one", "two", "three"]
    assert course.results == [{"part": name} for name in course.done]


async def test_after_a_crash_a_run_goes_on_behind_its_last_finished_part(tmp_path: Path):
    first, second = Course(stop_at="two"), Course()
    async with launched(tmp_path / "runs.db", first.conduct) as engine:
        await asyncio.to_thread(engine.start, "r1", 1, PLAN)
        await asyncio.wait_for(first.over.wait(), 10)
    async with launched(tmp_path / "runs.db", second.conduct):
        await asyncio.wait_for(second.over.wait(), 20)
    assert (first.done, second.done) == (["one"], ["two", "three"])
    assert [result["part"] for result in second.results] == ["one", "two", "three"]


async def test_a_cancelled_run_stops_before_its_next_part_and_a_new_attempt_starts_anew(tmp_path: Path):
    began, cancelled, over = asyncio.Event(), asyncio.Event(), asyncio.Event()
    course = Course()
    course.over = over

    async def held() -> dict[str, str]:
        course.done.append("held")
        began.set()
        await cancelled.wait()
        return {}

    async def conduct(plan: bytes, checkpoint: Checkpoint) -> None:
        await checkpoint("held", held)
        await course.conduct(plan, checkpoint)

    async with launched(tmp_path / "runs.db", conduct) as engine:
        await asyncio.to_thread(engine.start, "r1", 1, PLAN)
        await asyncio.wait_for(began.wait(), 10)
        await asyncio.to_thread(engine.cancel, "r1", 1)
        cancelled.set()
        await asyncio.to_thread(engine.start, "r1", 2, PLAN)
        await asyncio.wait_for(over.wait(), 10)
    assert course.done == ["held", "held", "one", "two", "three"]


async def test_the_database_holds_json_and_never_pickles(tmp_path: Path):
    course = Course()
    async with launched(tmp_path / "runs.db", course.conduct) as engine:
        await asyncio.to_thread(engine.start, "r1", 1, PLAN)
        await asyncio.wait_for(course.over.wait(), 10)
    import sqlite3

    connection = sqlite3.connect(tmp_path / "runs.db")
    try:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        outputs = [row[0] for row in connection.execute("SELECT output FROM operation_outputs")]
        assert {"part": "one"} in [json.loads(output) for output in outputs if output]
    finally:
        connection.close()


async def test_a_run_that_raises_ends_and_leaves_the_engine_at_work(tmp_path: Path):
    course = Course()

    async def conduct(plan: bytes, checkpoint: Checkpoint) -> None:
        if plan == b"bad":
            raise ValueError("bad")
        await course.conduct(plan, checkpoint)

    async with launched(tmp_path / "runs.db", conduct) as engine:
        await asyncio.to_thread(engine.start, "bad", 1, b"bad")
        await asyncio.to_thread(engine.start, "good", 1, PLAN)
        await asyncio.wait_for(course.over.wait(), 10)
    assert course.done == ["one", "two", "three"]


async def test_a_damaged_database_is_set_aside_and_runs_start_anew(tmp_path: Path):
    path = tmp_path / "runs.db"
    path.write_bytes(b"not a database" * 100)
    course = Course()
    async with launched(path, course.conduct) as engine:
        await asyncio.to_thread(engine.start, "r1", 1, PLAN)
        await asyncio.wait_for(course.over.wait(), 10)
    assert course.done == ["one", "two", "three"]
    assert (tmp_path / "runs.db.damaged").read_bytes().startswith(b"not a database")
