"""The deployments of one state of models.yaml, and what was learnt of each while they answered."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orin_agents.adapters.models.calls import embedding_parameters, parameters
from orin_agents.adapters.models.faults import Fault, Kind
from orin_agents.adapters.models.keys import KeyRefused
from orin_agents.adapters.models.windows import USUAL, told_ratio, told_window
from orin_agents.domain.deployments import EMBEDDING, Server
from orin_agents.domain.dialogue import Window
from orin_agents.domain.models import Deployment, ModelsFile

REST_S = 15.0
"""Seconds that a deployment which failed is left alone."""
CAREFUL = 0.95
LEARNS_FROM = 60
"""Tokens; below it a prompt says more about the server's template than about its text."""

LEAST_TEXT = 64
"""Tokens of a text for vectors that every model takes."""

ReadKey = Callable[[str], str]


@dataclass(slots=True)
class Station:
    """One deployment at work. `window` is 0 until the server was asked; `told_at` is when it last was."""

    name: str
    deployment: Deployment
    slots: asyncio.Semaphore
    window: int = 0
    told_at: float = float("-inf")
    chars_per_token: float = 0.0
    thinks: bool = True
    takes_schema: bool = True
    read_back: bool = False

    def learn(self, chars: int, tokens: int) -> None:
        """How many characters a token of this model has, from a prompt it counted."""
        if tokens >= LEARNS_FROM:
            ratio = chars / tokens
            self.chars_per_token = 0.7 * self.chars_per_token + 0.3 * ratio if self.chars_per_token else ratio

    def shorten(self, chars: int, tokens: int) -> None:
        """A text of so many characters was refused; `tokens` is the window where the server said it, else 0."""
        reckoned = int(chars / self.as_window().chars_per_token)
        self.window = tokens if 0 < tokens < reckoned else max(LEAST_TEXT, reckoned // 2)

    @property
    def longest_text(self) -> int:
        """Characters of one text that is to be embedded, at most."""
        window = self.as_window()
        return int(window.tokens * window.chars_per_token)

    def as_window(self) -> Window:
        """The window, and a careful measure of its tokens."""
        tokens = self.window or self.deployment.window or USUAL
        if self.chars_per_token:
            return Window(model=self.name, tokens=tokens, chars_per_token=self.chars_per_token * CAREFUL)
        return Window(model=self.name, tokens=tokens)


@dataclass(slots=True)
class Fleet:
    """The stations by name, and LiteLLM's router over them once the library is there."""

    file: ModelsFile
    version: tuple[int, ...]
    read_key: ReadKey
    stations: dict[str, Station] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    _passed: dict[str, dict[str, Any]] = field(default_factory=dict)
    _why: dict[str, str] = field(default_factory=dict)
    _router: Any = None

    @classmethod
    def over(cls, file: ModelsFile, version: tuple[int, ...], read_key: ReadKey, before: "Fleet | None") -> "Fleet":
        """The fleet of the file; a deployment that stands as it stood before keeps its slots and what was learnt."""
        fleet = cls(file, version, read_key)
        for name, deployment in file.deployments.items():
            old = before.stations.get(name) if before else None
            kept = old is not None and _same(old.deployment, deployment)
            fresh = Station(name, deployment, asyncio.Semaphore(deployment.parallel), thinks=deployment.thinking)
            fleet.stations[name] = old if kept and old else fresh
        return fleet

    def prepare(self, library: Any) -> None:
        """Put the router together. Each deployment is a group of its own: Orin waits for a slot of the very deployment
        that will answer, and goes on to the next in the file's order, so the choice cannot be made inside a call.
        """
        if self._router is not None:
            return
        listed = []
        for name, station in self.stations.items():
            try:
                key = self.read_key(station.deployment.key) if self.file.allows(name) else ""
            except KeyRefused as error:
                self.refused[name] = str(error)
                continue
            embeds = self.file.serving(name) == (EMBEDDING,)
            passed = (embedding_parameters if embeds else parameters)(station.deployment, key)
            listed.append({"model_name": name, "litellm_params": {**passed}, "model_info": {"id": name}})
            self._passed[name] = passed
        self._router = library.Router(
            model_list=listed, num_retries=0, allowed_fails=0, cooldown_time=REST_S, set_verbose=False
        )
        self._router.discard()  # it hooks itself into every call of the library, which costs time; its cooldowns stay

    async def passed(self, name: str) -> dict[str, Any]:
        """What a call of the deployment passes to LiteLLM. Raises Fault while it is left alone, or has no key."""
        if name in self.refused:
            raise Fault(Kind.AWAY, self.refused[name])
        try:
            await self._router.async_get_available_deployment(model=name, request_kwargs={})
        except ValueError as error:  # RouterRateLimitError and its plain kin are ValueErrors
            raise Fault(Kind.AWAY, self.reason(name) or "it is left alone for a while") from error
        return self._passed[name]

    def rest(self, name: str, fault: Fault) -> None:
        """Leave the deployment alone for a while, unless it already is."""
        if name in self.refused or self.reason(name):
            return
        self._why[name] = fault.text
        seconds = fault.rest_s or REST_S
        self._router.cooldown_cache.add_deployment_to_cooldown(
            model_id=name, original_exception=fault, exception_status=503, cooldown_time=seconds
        )

    def reason(self, name: str) -> str:
        """Why the deployment is left alone, empty when it is not."""
        if self._router is None:
            return ""
        resting = self._router.cooldown_cache.get_active_cooldowns([name], None)
        return f"left alone for a while after this: {self._why.get(name, 'it failed')}" if resting else ""

    def learn_window(self, station: Station, now: float) -> None:
        """Ask the server for the window, where models.yaml does not say it or the server may cut it shorter, and for
        the length of its tokens.

        A server that does not tell is asked again after a while. Takes up to two thirds of a second.
        """
        deployment = station.deployment
        stated = deployment.window is not None and deployment.server is not Server.OLLAMA
        known = station.window or (stated and station.chars_per_token)
        if known or now - station.told_at < REST_S:
            return
        station.told_at = now
        try:
            key = self.read_key(deployment.key)
        except KeyRefused:
            return
        station.window = 0 if stated else told_window(deployment, key)
        station.chars_per_token = station.chars_per_token or told_ratio(deployment, key)


def _same(old: Deployment, new: Deployment) -> bool:
    return old.model_dump() == new.model_dump()
