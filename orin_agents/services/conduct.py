"""Conducts a run: walks its plan, one durable part after the other.

This is the whole course of a run, and must be the same every time it is walked for one plan: after a crash it is
walked again from the start, and `checkpoint` skips the parts that are done. So it reads nothing but the plan and what
parts have kept.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from msgspec.json import decode, encode

from orin_agents.domain.errors import OrinError, StorageFailure
from orin_agents.domain.pages import Narrative
from orin_agents.domain.plans import Plan
from orin_agents.domain.routines import Routine
from orin_agents.services.ports import Checkpoint, Part
from orin_agents.services.steps import Steps
from orin_agents.skills.flow import Flow, Turn

log = logging.getLogger(__name__)


async def conduct(plan: Plan, steps: Steps, checkpoint: Checkpoint) -> None:
    """Run the plan to its end. A turn that fails is marked and the run goes on; a storage failure ends it."""
    await checkpoint("begin", _in_thread(steps.begin, plan))
    for number, block in enumerate(plan.blocks):
        turns = await _conduct_block(plan, block, steps, checkpoint)
        if number + 1 < len(plan.blocks) and not plan.fills:
            await _bridge(plan, turns, plan.blocks[number + 1], steps, checkpoint)
    await checkpoint("end", _in_thread(steps.end, plan))


async def _conduct_block(plan: Plan, block: Routine, steps: Steps, checkpoint: Checkpoint) -> list[Turn]:
    flow, turns = Flow(block), []
    while turn := flow.next():
        turns.append(turn)
        if plan.asks(turn.id):
            await _take(plan, block, turn, steps, checkpoint)
        findings = await asyncio.to_thread(steps.findings, plan, turn)
        for edge in flow.finish(turn, findings):
            if not plan.fills:
                receiver = next(step for step in block.steps if step.id == edge.to)
                handing = _in_thread(steps.hand_on, plan, turn, f"{block.id}.{edge.to}", receiver.agent)
                await checkpoint(f"{turn.id}>{edge.to}", handing)
    return turns


async def _take(plan: Plan, block: Routine, turn: Turn, steps: Steps, checkpoint: Checkpoint) -> None:
    await checkpoint(f"{turn.id}:facts", _guarded(_in_thread(steps.find_facts, plan, turn), plan, turn, steps))
    narrative = Narrative()
    if any(output.narrative for output in turn.step.outputs):
        words = await checkpoint(f"{turn.id}:words", partial(_words, plan, block, turn, steps))
        # A run that began under an older Orin kept its words in another form: it ends without them.
        narrative = decode(words["narrative"], type=Narrative) if "narrative" in words else Narrative()
    filing = _in_thread(steps.file, plan, block, turn, narrative)
    await checkpoint(f"{turn.id}:file", _guarded(filing, plan, turn, steps))


async def _bridge(plan: Plan, turns: list[Turn], block: Routine, steps: Steps, checkpoint: Checkpoint) -> None:
    """Between two blocks the crew's default handoffs hold: each agent's last turn hands on to those it works with."""
    last = {turn.step.agent: turn for turn in turns}
    for step in block.steps:
        for name, turn in last.items():
            if step.agent in plan.agents[name].hands_to:
                to_step = f"{block.id}.{step.id}"
                await checkpoint(f"{turn.id}>{to_step}", _in_thread(steps.hand_on, plan, turn, to_step, step.agent))


async def _words(plan: Plan, block: Routine, turn: Turn, steps: Steps) -> dict[str, str]:
    try:
        narrative = await steps.find_words(plan, block, turn)
    except OrinError as error:
        log.warning("no words for %s: %s", turn.id, error.what)
        narrative = Narrative()
    except (
        Exception
    ):  # the facts are complete without words, whatever a model's adapter ran into; the log has the trace
        log.exception("no words for %s", turn.id)
        narrative = Narrative()
    return {"narrative": encode(narrative).decode()}


def _in_thread(work: Callable[..., None], *args: object) -> Part:
    async def part() -> dict[str, str]:
        await asyncio.to_thread(work, *args)
        return {}

    return part


def _guarded(part: Part, plan: Plan, turn: Turn, steps: Steps) -> Part:
    """The part, with a failure marked on the turn instead of ending the run; what storage refuses does end it."""

    async def guarded() -> dict[str, str]:
        try:
            return await part()
        except StorageFailure:
            raise
        except OrinError as error:
            reason = error.what
        except Exception as error:
            log.exception("the turn %s of %s failed", turn.id, plan.run)
            reason = f"{type(error).__name__}: {error}"
        await asyncio.to_thread(steps.fail, plan, turn, reason)
        return {}

    return guarded
