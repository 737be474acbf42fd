"""`orin doctor`: the checks of the box and of the workspace, in one list."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from orin_agents.domain.actors import Actor
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.errors import OrinError
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.secrets import Secrets
from orin_agents.services.ports import Box

Check = Callable[[], tuple[CheckLine, ...]]
"""Looks at one thing of the workspace."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doctor:
    """The doctor service. A check that fails is itself a problem line; the others go on. No line tells a secret."""

    box: Box
    workspace: Path
    workspace_checks: Sequence[Check] = ()
    secrets: Secrets = field(default_factory=Secrets)

    def check(self, actor: Actor, request: Nothing) -> tuple[CheckLine, ...]:
        """All lines: the box's first, then the workspace's."""
        return self.lines()

    def lines(self) -> tuple[CheckLine, ...]:
        """The same, for those who ask from inside."""
        found = list(_made("box", lambda: self.box.checks(self.workspace)))
        for check in self.workspace_checks:
            name = getattr(check, "__name__", "check").removeprefix("check_").replace("_", " ")
            found.extend(_made(name, check))
        told = self.secrets.redacted
        return tuple(replace(line, seen=told(line.seen), remedy=told(line.remedy)) for line in found)


def _made(name: str, check: Check) -> tuple[CheckLine, ...]:
    try:
        return check()
    except OrinError as error:
        seen, remedy = f"the check failed: {error.what}", error.remedy
        log.warning("the check of %s failed: %s", name, error.what)
    except Exception as error:  # a check must never take the others down with it; the log has the trace
        seen, remedy = f"the check failed: {type(error).__name__}: {error}", ""
        log.exception("the check of %s failed", name)
    remedy = remedy or "Look into the log (orin host logs)."
    return (CheckLine(area="workspace", name=name, verdict=Verdict.PROBLEM, seen=seen, remedy=remedy),)
