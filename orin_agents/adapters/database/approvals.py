"""Approvals in workspace.db."""

from dataclasses import replace

from orin_agents.adapters.database.rows import Sql, moment, stamp, whole
from orin_agents.domain.approvals import Approval, ApprovalState


class SqlApprovals:
    """Implements ApprovalRows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, approval: Approval, data: bytes, key: str) -> Approval:
        """Keep a new approval with the content it proposes; under a key that stands already, the old one."""
        if known := self._sql.rows("SELECT * FROM approvals WHERE key = ?", (key,)):
            return _approval(known[0])
        approval = replace(approval, reason=self._sql.secrets.redacted(approval.reason))
        number = whole(self._sql.rows("SELECT coalesce(max(id), 0) + 1 AS next FROM approvals")[0]["next"])
        self._sql.change(
            "INSERT INTO approvals (id, project, agent, path, reason, base, state, asked, run, step, answered,"
            " answered_by, answer, data, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', '', ?, ?)",
            (
                number,
                approval.project,
                approval.agent,
                approval.path,
                approval.reason,
                approval.base,
                approval.state.value,
                stamp(approval.asked),
                approval.run,
                approval.step,
                data,
                key,
            ),
        )
        return replace(approval, id=number)

    def get(self, approval: int) -> tuple[Approval, bytes] | None:
        """The approval and the content it proposes."""
        rows = self._sql.rows("SELECT * FROM approvals WHERE id = ?", (approval,))
        return (_approval(rows[0]), bytes(rows[0]["data"])) if rows else None  # type: ignore[call-overload]

    def all(self, project: str = "", state: ApprovalState | None = None, run: str = "") -> tuple[Approval, ...]:
        """Approvals, oldest first."""
        wanted = {"project": project, "state": state.value if state else "", "run": run}
        names = [name for name, value in wanted.items() if value]
        where = f"WHERE {' AND '.join(f'{name} = ?' for name in names)}" if names else ""
        rows = self._sql.rows(f"SELECT * FROM approvals {where} ORDER BY id", tuple(wanted[name] for name in names))
        return tuple(_approval(row) for row in rows)

    def put(self, approval: Approval) -> None:
        """Keep the approval as it stands now."""
        answered = stamp(approval.answered) if approval.answered else None
        self._sql.change(
            "UPDATE approvals SET state = ?, answered = ?, answered_by = ?, answer = ? WHERE id = ?",
            (
                approval.state.value,
                answered,
                approval.answered_by,
                self._sql.secrets.redacted(approval.answer),
                approval.id,
            ),
        )


def _approval(row: dict[str, object]) -> Approval:
    return Approval(
        id=whole(row["id"]),
        project=str(row["project"]),
        agent=str(row["agent"]),
        path=str(row["path"]),
        reason=str(row["reason"]),
        base=whole(row["base"]),
        state=ApprovalState(str(row["state"])),
        asked=moment(row["asked"]),
        run=str(row["run"]),
        step=str(row["step"]),
        answered=moment(row["answered"]) if row["answered"] else None,
        answered_by=str(row["answered_by"]),
        answer=str(row["answer"]),
    )
