"""Language models behind LiteLLM: the deployments of models.yaml, asked one after the other until one answers."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from orin_agents.adapters.models.attempt import Attempt
from orin_agents.adapters.models.calls import length_of, spoken
from orin_agents.adapters.models.faults import Fault, Kind, translated
from orin_agents.adapters.models.fleet import Fleet, Station
from orin_agents.adapters.models.keys import read_key
from orin_agents.adapters.models.library import Library
from orin_agents.adapters.models.windows import served_by_ollama
from orin_agents.adapters.models.yaml_file import ModelsYaml
from orin_agents.domain.deployments import EMBEDDING, PATH, Server
from orin_agents.domain.dialogue import Ended, ModelEvent, ModelRequest, Piece, Restart, Window
from orin_agents.domain.errors import ModelFailed, ModelUnavailable, OrinError, PromptTooLong
from orin_agents.domain.secrets import Secrets

log = logging.getLogger(__name__)

BATCH = 32
"""Texts in one call for vectors: such a call cannot be stopped half-way."""
CUTS = 3
"""Times a batch for vectors is sent again, each time with less of the texts that a server finds too long."""
PLAIN_TEXT = 4.0
"""Characters of a token, about, in English prose; used until the model was measured."""
IMPLAUSIBLE = 6.0
"""Characters a token: when a server counts so few tokens in a prompt, it has cut the prompt."""
CUT_FROM = 1000
SETUP = "`orin setup` looks for servers on this machine and writes models.yaml."
LOOK = "`orin models list` shows the deployments, `orin models test` tries each."


@dataclass
class LiveModels:
    """Implements ports.Models. Its coroutines belong to one event loop; `window` may be called from any thread."""

    yaml: ModelsYaml
    secrets: Secrets
    environment: Mapping[str, str]
    new_id: Callable[[], str]
    monotonic: Callable[[], float]
    library: Library = field(default_factory=Library)
    _fleet: Fleet | None = None

    def window(self, first: str, fallback: str = "") -> Window:
        """The window of the deployment that would answer now. May ask its server, once, which takes moments."""
        fleet = self.fleet()
        names = self._names(fleet, first, fallback)
        name = next((name for name in names if not fleet.reason(name)), names[0])
        fleet.learn_window(fleet.stations[name], self.monotonic())
        return fleet.stations[name].as_window()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """The answer of the first deployment that gives one."""
        fleet = self.fleet()
        waiting = deque(self._names(fleet, request.first, request.fallback))
        left_s = max(fleet.stations[name].deployment.answer_seconds for name in waiting)
        fleet.prepare(await self.library.ready())
        faults: dict[str, Fault] = {}
        while waiting:
            station = fleet.stations[waiting[0]]
            began = self.monotonic()
            try:
                async with station.slots:
                    began = self.monotonic()
                    async with aclosing(self.tried(fleet, station, request, left_s)) as events:
                        async for event in events:
                            yield event
                return
            except Fault as fault:
                left_s -= self.monotonic() - began
                text = self.secrets.redacted(fault.text)
                log.info("%s at %s: %s", station.name, station.deployment.root, text)
                if left_s <= 0 or not _again(station, fault, faults.get(station.name)):
                    waiting.popleft()
                faults[station.name] = fault
                if left_s <= 0:
                    break
                if waiting:
                    yield Restart(f"{station.name}: {text}")
        raise self._given_up(fleet, request, faults)

    async def warm(self, pause_s: float) -> None:
        """Import LiteLLM once models.yaml names a deployment that may be asked, so that no first question waits for it.

        The file is looked at after each pause.
        """
        while True:
            await asyncio.sleep(pause_s)
            file = self.yaml.current().file
            if any(file.allows(name) for name in file.deployments):
                await self.library.ready()
                return

    def embedding(self) -> str:
        """The model that embeds."""
        fleet, problem = self.fleet(), self.yaml.current().problem
        if problem:
            raise ModelUnavailable(f"{problem.what}.", remedy=problem.remedy)
        names = fleet.file.behind(EMBEDDING)
        return fleet.stations[names[0]].deployment.model if names else ""

    async def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """A vector for each text. Another deployment steps in only with the same model: others' vectors differ."""
        texts = [self.secrets.redacted(text) for text in texts]
        fleet = self.fleet()
        names = self._names(fleet, EMBEDDING)
        fleet.prepare(await self.library.ready())
        model = fleet.stations[names[0]].deployment.model
        faults: dict[str, Fault] = {}
        for name in names:
            station = fleet.stations[name]
            if station.deployment.model != model:
                continue
            try:
                async with station.slots:
                    return await self.embedded(fleet, station, texts)
            except Fault as fault:
                faults[name] = fault
                if fault.kind in (Kind.AWAY, Kind.BROKEN):
                    fleet.rest(name, fault)
        raise ModelUnavailable(self._story(fleet, "No model makes vectors", faults), remedy=LOOK)

    def fleet(self, *, anew: bool = False) -> Fleet:
        """The deployments as models.yaml has them now; `anew` forgets who is left alone."""
        written = self.yaml.current()
        if anew or self._fleet is None or self._fleet.version != written.version:
            self._fleet = Fleet.over(written.file, written.version, self._key, self._fleet)
        return self._fleet

    def _key(self, named: str) -> str:
        return read_key(named, Path(self.yaml.path).parent, self.environment, self.secrets)

    def _names(self, fleet: Fleet, first: str, fallback: str = "") -> tuple[str, ...]:
        """The deployments to ask, in order. Raises ModelUnavailable when there is none."""
        if names := fleet.file.behind(first, fallback):
            return names
        wanted = " or ".join(dict.fromkeys(name for name in (first, fallback) if name))
        if problem := self.yaml.current().problem:
            raise ModelUnavailable(f"{problem.what}.", remedy=problem.remedy)
        if not fleet.file.deployments:
            raise ModelUnavailable("No model is configured.", remedy=SETUP)
        named = [name for model in (first, fallback) for name in fleet.file.models.get(model, ())]
        if named:
            raise ModelUnavailable(
                f"{', '.join(dict.fromkeys(named))} would answer for {wanted}, but not on this machine.",
                kept="Nothing was sent.",
                remedy=f"Write `cloud: true` into {PATH} if text may leave this machine.",
            )
        raise ModelUnavailable(f"{PATH} names no deployment for {wanted}.", remedy="Add one under models.")

    async def tried(
        self, fleet: Fleet, station: Station, request: ModelRequest, left_s: float
    ) -> AsyncGenerator[Piece | Ended, None]:
        """One try at this deployment and no other; what it teaches is kept. Raises Fault."""
        chars = length_of(request)
        try:
            passed = await fleet.passed(station.name)
            await self._refuse_overlong(fleet, station, chars)
            said = spoken(request, station.deployment, thinks=station.thinks, takes_schema=station.takes_schema)
            limit_s = min(left_s, station.deployment.answer_seconds)
            library = await self.library.ready()
            send = partial(library.acompletion, **passed, **said, timeout=limit_s)
            attempt = Attempt(station.name, station.deployment, request, self.new_id)
            async with aclosing(attempt.events(send, limit_s)) as events:
                async for event in events:
                    if isinstance(event, Ended):
                        await self._refuse_cut(station, chars, event.prompt_tokens)
                        station.learn(chars, event.prompt_tokens)
                    yield event
        except Fault as fault:
            if fault.kind in (Kind.AWAY, Kind.BROKEN):
                fleet.rest(station.name, fault)
            station.window = fault.tokens or station.window
            station.learn(chars, fault.counted)
            raise

    async def _refuse_overlong(self, fleet: Fleet, station: Station, chars: int) -> None:
        """For an Ollama, which would cut the prompt without a word: do not even ask. Others say it themselves."""
        if station.deployment.server is not Server.OLLAMA:
            return
        await asyncio.to_thread(fleet.learn_window, station, self.monotonic())
        if station.window and chars / (station.chars_per_token or PLAIN_TEXT) > station.window:
            raise Fault(Kind.TOO_LONG, "the prompt is longer than its window", tokens=station.window)

    async def _refuse_cut(self, station: Station, chars: int, tokens: int) -> None:
        """Read the window back from an Ollama, and notice that it cut the prompt."""
        if station.deployment.server is not Server.OLLAMA:
            return
        most = max(IMPLAUSIBLE, 1.35 * station.chars_per_token)
        cut = tokens > 0 and chars > CUT_FROM and chars / tokens > most
        if cut or not station.read_back:
            station.read_back = True
            served = await asyncio.to_thread(served_by_ollama, station.deployment)
            station.window = served or station.window
        if cut:
            window = min(station.window or tokens, max(tokens, 1))
            raise Fault(Kind.TOO_LONG, f"it counts {tokens} tokens: the prompt was cut", tokens=window)

    async def embedded(self, fleet: Fleet, station: Station, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Vectors by this deployment and no other; where a text is longer than its window, of the text's beginning.
        Raises Fault.
        """
        passed = await fleet.passed(station.name)
        await asyncio.to_thread(fleet.learn_window, station, self.monotonic())
        found = list[tuple[float, ...]]()
        for start in range(0, len(texts), BATCH):
            found += await self._fitted(station, passed, texts[start : start + BATCH], CUTS)
        if len({len(vector) for vector in found}) > 1:
            raise Fault(Kind.USELESS, "its vectors are of several lengths")
        return tuple(found)

    async def _fitted(
        self, station: Station, passed: Mapping[str, Any], texts: Sequence[str], cuts: int
    ) -> list[tuple[float, ...]]:
        """Vectors of one batch; a server that finds a text too long is asked again with less of it."""
        part = [text[: station.longest_text] for text in texts]
        try:
            return await self._batch(station, passed, part)
        except Fault as fault:
            if fault.kind is not Kind.TOO_LONG or not cuts:
                raise
            station.shorten(max(map(len, part)), fault.tokens)
            return await self._fitted(station, passed, texts, cuts - 1)

    async def _batch(self, station: Station, passed: Mapping[str, Any], part: list[str]) -> list[tuple[float, ...]]:
        library, limit_s = await self.library.ready(), station.deployment.first_token_seconds
        try:
            async with asyncio.timeout(limit_s):
                answer = await library.aembedding(**passed, input=part, timeout=limit_s)
        except TimeoutError as error:
            raise Fault(Kind.AWAY, f"no vectors came within {limit_s:g} s") from error
        except Exception as error:  # whatever a library makes of what a server does is a fault of this try
            raise translated(error, station.deployment, begun=False) from error
        return _vectors(answer.data, len(part))

    def _given_up(self, fleet: Fleet, request: ModelRequest, faults: Mapping[str, Fault]) -> OrinError:
        """What to raise when no deployment is left to ask."""
        wanted = " or ".join(dict.fromkeys(name for name in (request.first, request.fallback) if name))
        too_long = [fleet.stations[name].window for name, f in faults.items() if f.kind is Kind.TOO_LONG]
        if too_long:
            story = self._story(fleet, "The prompt does not fit", faults)
            return PromptTooLong(
                story, tokens=max(too_long), remedy="Ask with less, or give the model a larger window."
            )
        if all(fault.kind is Kind.AWAY for fault in faults.values()):
            return ModelUnavailable(self._story(fleet, f"No model answers for {wanted}", faults), remedy=LOOK)
        return ModelFailed(self._story(fleet, f"No answer of use came for {wanted}", faults), remedy=LOOK)

    def _story(self, fleet: Fleet, what: str, faults: Mapping[str, Fault]) -> str:
        told = [f"{name} ({fleet.stations[name].deployment.root}): {fault.text}" for name, fault in faults.items()]
        return self.secrets.redacted(f"{what}. {'; '.join(told)}.")


def _again(station: Station, fault: Fault, before: Fault | None) -> bool:
    """Whether the same deployment is asked once more, in another way where that may help."""
    if fault.kind is Kind.REFUSED and fault.schema and station.takes_schema:
        station.takes_schema = False
        return True
    if fault.kind is Kind.USELESS and fault.thought and station.thinks:
        station.thinks = False
        return True
    return fault.kind is Kind.USELESS and before is None


def _vectors(data: Sequence[Any], wanted: int) -> list[tuple[float, ...]]:
    try:
        found = [tuple(float(value) for value in one["embedding"]) for one in data]
    except (TypeError, KeyError, ValueError) as error:
        raise Fault(Kind.USELESS, "what it sends are no vectors") from error
    if len(found) != wanted or not all(found):
        raise Fault(Kind.USELESS, f"it sends {len(found)} vectors for {wanted} texts")
    return found
