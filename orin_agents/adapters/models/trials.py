"""Trying deployments out: what each can do, how fast, and the file in which the outcome is kept."""

import json
import time
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from orin_agents.adapters.models.faults import Fault, Kind
from orin_agents.adapters.models.fleet import Fleet, Station
from orin_agents.adapters.models.live import LiveModels
from orin_agents.adapters.models.windows import told_window
from orin_agents.domain.deployments import EMBEDDING, PATH, Trial
from orin_agents.domain.dialogue import ChatMessage, Ended, ModelRequest, Piece, Role, Tool
from orin_agents.domain.errors import NotFound, StorageFailure

COUNT = "Count from one to ten, in words."
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 40}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
TOOL = Tool(
    name="weather",
    about="Tells the weather of a city.",
    parameters={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
WORTH_TELLING_S = 0.3
"""A first answer that took so much longer than the second had to load the model."""


@dataclass(frozen=True, slots=True)
class _Timed:
    """One answer: its text in pieces, how it ended, seconds to the first piece and to the end."""

    pieces: tuple[str, ...]
    ended: Ended
    first_s: float
    whole_s: float


@dataclass(frozen=True, slots=True)
class Trials:
    """Implements ports.ModelTrials with the models' own calls, past the order and the rests of the router."""

    models: LiveModels
    path: Path
    now: Callable[[], datetime]

    async def try_out(self, name: str) -> Trial:
        """Ask the deployment a few short questions. Raises NotFound."""
        fleet = self.models.fleet(anew=True)
        if name not in fleet.stations:
            raise NotFound(f"{PATH} has no deployment {name}.", remedy="`orin models list` shows them.")
        trial = Trial(deployment=name, at=self.now())
        if not fleet.file.allows(name):
            return replace(trial, problem=f"not on this machine, and {PATH} does not say cloud: true")
        fleet.prepare(await self.models.library.ready())
        try:
            if fleet.file.serving(name) == (EMBEDDING,):
                (vector,) = await self.models.embedded(fleet, fleet.stations[name], ["Hello"])
                return replace(trial, vector=len(vector))
            return await self._words(fleet, fleet.stations[name], trial)
        except Fault as fault:
            return replace(trial, problem=self.models.secrets.redacted(fault.text))

    def kept(self) -> dict[str, Trial]:
        """The last trial of each deployment; none when the file cannot be read."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, Trial])
        except (OSError, msgspec.MsgspecError):
            return {}

    def keep(self, trials: Iterable[Trial]) -> None:
        """Keep them in place of older ones of the same deployments. Raises StorageFailure."""
        kept = self.kept() | {trial.deployment: trial for trial in trials}
        try:
            part = self.path.with_suffix(".part")
            part.write_bytes(msgspec.json.encode(kept))
            part.replace(self.path)
        except OSError as error:
            raise StorageFailure(f"The trials could not be kept: {error.strerror}") from error

    async def _words(self, fleet: Fleet, station: Station, trial: Trial) -> Trial:
        note = ""
        try:
            cold = await self._timed(fleet, station, _question(COUNT))
        except Fault as fault:
            if not fault.thought or not station.thinks:
                raise
            station.thinks, note = False, "thinks long before it answers; it is asked not to"
            cold = await self._timed(fleet, station, _question(COUNT))
        warm = await self._timed(fleet, station, _question(COUNT))
        load_s = cold.first_s - warm.first_s
        writing_s = warm.whole_s - warm.first_s
        return replace(
            trial,
            streams=len(warm.pieces) > 1,
            schema=await self._keeps_schema(fleet, station),
            tools=await self._calls_tools(fleet, station),
            window=station.window or station.deployment.window or told_window(station.deployment),
            first_token_s=round(warm.first_s, 3),
            load_s=round(load_s, 1) if load_s > WORTH_TELLING_S else 0.0,
            tokens_per_s=round((warm.ended.answer_tokens - 1) / writing_s, 1) if writing_s > 0 else 0.0,
            note=note,
        )

    async def _keeps_schema(self, fleet: Fleet, station: Station) -> bool:
        try:
            told = await self._timed(fleet, station, _question("Name a city and a number of days.", schema=SCHEMA))
            return set(json.loads("".join(told.pieces))) == {"city", "days"}
        except (Fault, ValueError, TypeError) as error:
            if isinstance(error, Fault) and error.kind is Kind.REFUSED:
                station.takes_schema = False
            return False

    async def _calls_tools(self, fleet: Fleet, station: Station) -> bool:
        try:
            told = await self._timed(fleet, station, _question("What is the weather in Rome?", tools=(TOOL,)))
        except Fault:
            return False
        return any(call.name == TOOL.name for call in told.ended.calls)

    async def _timed(self, fleet: Fleet, station: Station, request: ModelRequest) -> _Timed:
        """Raises Fault."""
        pieces: list[str] = []
        first_s = 0.0
        async with station.slots:
            began = time.perf_counter()
            tried = self.models.tried(fleet, station, request, station.deployment.answer_seconds)
            async with aclosing(tried) as events:
                async for event in events:
                    first_s = first_s or time.perf_counter() - began
                    if isinstance(event, Piece):
                        pieces.append(event.text)
                    else:
                        return _Timed(tuple(pieces), event, first_s, time.perf_counter() - began)
        raise Fault(Kind.BROKEN, "it did not end")


def _question(text: str, *, schema: dict[str, object] | None = None, tools: tuple[Tool, ...] = ()) -> ModelRequest:
    message = ChatMessage(role=Role.USER, text=text)
    return ModelRequest(first="", messages=(message,), answer_tokens=200, schema=schema, tools=tools)
