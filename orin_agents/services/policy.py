"""What an agent may read and write: the one place that decides, whatever a prompt or a model says.

A decision is a value. A write that a person may still want becomes a proposal; one that can never be made, or
never by an agent, is refused with its reason. What is allowed here is carried out by the case folder, which follows
no link even when one is planted after the decision.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from orin_agents.domain.actors import agent as agent_actor
from orin_agents.domain.crew import Agent
from orin_agents.domain.errors import Invalid
from orin_agents.domain.globs import matches
from orin_agents.domain.paths import case_path, look_alike, shown
from orin_agents.services.ports import CaseFolder


class Verdict(StrEnum):
    """Do it; park it as an approval for a person; or leave it."""

    ALLOW = "allow"
    PROPOSE = "propose"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict on one path. `path` is its normal form, empty when it has none; `reason` is a sentence."""

    verdict: Verdict
    path: str
    reason: str


def decide_write(agent: Agent, root: Path, path: str, folder: CaseFolder, *, locked_by: str = "") -> Decision:
    """Whether the agent may write the file. `locked_by` is the owner (`kind:name`) of a locked artifact there."""
    refused, normal = _refused(agent, root, path, folder, locked_by)
    if refused:
        return Decision(verdict=Verdict.REFUSE, path=normal, reason=refused)
    doubts = []
    if not matches(normal, agent.writes):
        doubts.append(f"{agent.title} may not write {shown(normal)}: it may write {_listed(agent.writes)}")
    if imitation := look_alike(normal):
        doubts.append(f"the name {shown(normal)} can be taken for another: {imitation}")
    if doubts:
        return Decision(verdict=Verdict.PROPOSE, path=normal, reason=f"{'; '.join(doubts)}. A person decides.")
    return Decision(verdict=Verdict.ALLOW, path=normal, reason=f"{agent.title} may write {_listed(agent.writes)}.")


def decide_read(agent: Agent, root: Path, path: str, folder: CaseFolder, *, locked_by: str = "") -> Decision:
    """Whether the agent may read the file: ALLOW (there may be no such file) or REFUSE."""
    refused, normal = _refused(agent, root, path, folder, locked_by)
    if not refused and not matches(normal, agent.reads):
        refused = f"{agent.title} may not read {shown(normal)}: it may read {_listed(agent.reads)}."
    if refused:
        return Decision(verdict=Verdict.REFUSE, path=normal, reason=refused)
    return Decision(verdict=Verdict.ALLOW, path=normal, reason=f"{agent.title} may read {_listed(agent.reads)}.")


def _refused(agent: Agent, root: Path, path: str, folder: CaseFolder, locked_by: str) -> tuple[str, str]:
    """The sentence that refuses the path to any agent, or an empty one; and the path's normal form."""
    try:
        normal = case_path(path)
    except Invalid as error:
        return f"{error.what}.", ""
    if locked_by and locked_by != str(agent_actor(agent.id)):
        return f"{shown(normal)} is locked by {locked_by}.", normal
    if reason := folder.obstacle(root, normal):
        return f"{shown(normal)} leads to no plain file of the case file: {reason}.", normal
    return "", normal


def _listed(globs: list[str]) -> str:
    return ", ".join(globs) or "nothing"
