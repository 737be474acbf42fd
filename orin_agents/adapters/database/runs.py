"""Runs, their steps, findings and handoffs in workspace.db."""

from orin_agents.adapters.database.rows import Sql, moment, pack_redacted, stamp, unpack, whole
from orin_agents.domain.facts import Finding
from orin_agents.domain.runs import Handoff, Run, RunState, RunStep

COLUMNS = "id, project, routine, title, state, actor, created, finished, error, attempt"  # not `plan`, which is large
WITH_APPROVALS = (
    f"SELECT {COLUMNS}, (SELECT count(*) FROM approvals WHERE approvals.run = runs.id AND approvals.state = 'waiting')"
    " AS approvals FROM runs"
)


class SqlRuns:
    """Implements RunRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def put(self, run: Run, plan: bytes | None = None) -> None:
        """Keep the run as it stands now; the plan is kept once."""
        finished = stamp(run.finished) if run.finished else None
        self._sql.change(
            "INSERT INTO runs (id, project, routine, title, state, actor, created, finished, error, attempt, plan)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " state = excluded.state, finished = excluded.finished, error = excluded.error, attempt = excluded.attempt",
            (
                run.id,
                run.project,
                run.routine,
                self._sql.secrets.redacted(run.title),
                run.state.value,
                run.actor,
                stamp(run.created),
                finished,
                self._sql.secrets.redacted(run.error),
                run.attempt,
                plan,
            ),
        )

    def get(self, run: str) -> Run | None:
        """The run of that id."""
        rows = self._sql.rows(f"{WITH_APPROVALS} WHERE id = ?", (run,))
        return _run(rows[0]) if rows else None

    def plan(self, run: str) -> bytes | None:
        """The plan the run was started with."""
        rows = self._sql.rows("SELECT plan FROM runs WHERE id = ?", (run,))
        return bytes(rows[0]["plan"]) if rows and rows[0]["plan"] else None  # type: ignore[call-overload]

    def all(self, project: str = "", limit: int = 50) -> tuple[Run, ...]:
        """Runs, newest first."""
        only = "WHERE project = ?" if project else ""
        values: tuple[object, ...] = (project, limit) if project else (limit,)
        return tuple(
            _run(row)
            for row in self._sql.rows(f"{WITH_APPROVALS} {only} ORDER BY created DESC, id DESC LIMIT ?", values)
        )

    def unfinished(self) -> tuple[Run, ...]:
        """Runs that are queued or running, oldest first."""
        rows = self._sql.rows(f"{WITH_APPROVALS} WHERE state IN ('queued', 'running') ORDER BY created")
        return tuple(map(_run, rows))

    def waiting(self, project: str) -> tuple[Run, ...]:
        """Runs of the project that wait for a person, oldest first."""
        sql = f"{WITH_APPROVALS} WHERE state = 'needs-you' AND project = ? ORDER BY created"
        return tuple(map(_run, self._sql.rows(sql, (project,))))

    def put_step(self, run: str, step: RunStep, findings: tuple[Finding, ...] | None = None) -> None:
        """Keep a step as it stands now, and what it found."""
        secrets = self._sql.secrets
        found = pack_redacted(findings, secrets) if findings is not None else None
        self._sql.change(
            "INSERT INTO run_steps (run, number, id, step, findings)"
            " VALUES (?, (SELECT count(*) + 1 FROM run_steps WHERE run = ?), ?, ?, ?)"
            " ON CONFLICT (run, id) DO UPDATE SET step = excluded.step,"
            " findings = coalesce(excluded.findings, findings)",
            (run, run, step.id, pack_redacted(step, secrets), found),
        )

    def step(self, run: str, step: str) -> RunStep | None:
        """One step."""
        rows = self._sql.rows("SELECT step FROM run_steps WHERE run = ? AND id = ?", (run, step))
        return unpack(rows[0]["step"], RunStep) if rows else None

    def steps(self, run: str) -> tuple[RunStep, ...]:
        """All steps in the order they began."""
        rows = self._sql.rows("SELECT step FROM run_steps WHERE run = ? ORDER BY number", (run,))
        return tuple(unpack(row["step"], RunStep) for row in rows)

    def findings(self, run: str, step: str) -> tuple[Finding, ...]:
        """What a step found; it can be large, so it is read only where it is asked for."""
        rows = self._sql.rows(
            "SELECT findings FROM run_steps WHERE run = ? AND id = ? AND findings IS NOT NULL", (run, step)
        )
        return unpack(rows[0]["findings"], tuple[Finding, ...]) if rows else ()

    def hand_on(self, handoff: Handoff, key: str) -> bool:
        """Keep a handoff; false when one stands under that key already."""
        return bool(
            self._sql.change(
                "INSERT OR IGNORE INTO handoffs (run, number, handoff, key) VALUES (?, ?, ?, ?)",
                (handoff.run, handoff.number, pack_redacted(handoff, self._sql.secrets), key),
            )
        )

    def handoffs(self, run: str) -> tuple[Handoff, ...]:
        """A run's handoffs in order."""
        rows = self._sql.rows("SELECT handoff FROM handoffs WHERE run = ? ORDER BY number", (run,))
        return tuple(unpack(row["handoff"], Handoff) for row in rows)


def _run(row: dict[str, object]) -> Run:
    return Run(
        id=str(row["id"]),
        project=str(row["project"]),
        routine=str(row["routine"]),
        title=str(row["title"]),
        state=RunState(str(row["state"])),
        actor=str(row["actor"]),
        created=moment(row["created"]),
        finished=moment(row["finished"]) if row["finished"] else None,
        approvals=whole(row["approvals"]),
        error=str(row["error"]),
        attempt=whole(row["attempt"]),
    )
