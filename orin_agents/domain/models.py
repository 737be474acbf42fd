"""models.yaml: which deployments answer behind each logical model, in which order."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, field_validator, model_validator

from orin_agents.domain.deployments import PATH, USUAL_URLS, Server
from orin_agents.domain.documents import NOWHERE, Written, misplaced, read_document
from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.facts import Source
from orin_agents.domain.syntax import parse

_WITHOUT_V1 = (Server.OLLAMA, Server.ANTHROPIC)
_ENVIRONMENT = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOGICAL = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Deployment(Written):
    """One model on one server. Seconds are the longest that is waited: for a slot they do not count."""

    server: Server
    model: str = Field(min_length=1)
    url: str = ""
    key: str = ""
    window: int | None = Field(default=None, ge=256, le=10_000_000)
    answer_tokens: int | None = Field(default=None, ge=1)
    parallel: int = Field(default=1, ge=1, le=64)
    thinking: bool = True
    first_token_seconds: float = Field(default=120, gt=0, le=3600)
    stall_seconds: float = Field(default=30, gt=0, le=3600)
    answer_seconds: float = Field(default=600, gt=0, le=36_000)
    source: Source = Field(default=NOWHERE, exclude=True)

    @field_validator("key")
    @classmethod
    def _named_only(cls, key: str) -> str:
        if key and not _ENVIRONMENT.fullmatch(key) and not (key.startswith("file:") and key[5:].strip()):
            raise ValueError(
                "a secret written in clear; put it into an environment variable and write env:NAME, "
                "or into a file of mode 0600 and write file:PATH"
            )
        return key

    @field_validator("url")
    @classmethod
    def _plain_url(cls, url: str) -> str:
        if not url:
            return url
        try:
            parts = urlsplit(url)
            host = parts.hostname
            _ = parts.port
        except ValueError as error:
            raise ValueError("no address; write it as http://127.0.0.1:8080") from error
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("a secret written in clear, or more than an address; write the key as env:NAME under key")
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError("no address; write it as http://127.0.0.1:8080")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _has_url(self) -> "Deployment":
        if self.server is Server.COMPATIBLE and not self.url:
            raise misplaced(self.source, "the key 'url' is missing: an openai-compatible server has no usual address")
        return self

    @property
    def address(self) -> str:
        """Where the API begins: the url, or the server's usual one; with /v1 where the server's API lies there."""
        url = self.url or USUAL_URLS[self.server]
        return url if self.server in _WITHOUT_V1 or urlsplit(url).path else f"{url}/v1"

    @property
    def root(self) -> str:
        """The server's address without the API's path."""
        return self.address.removesuffix("/v1")

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine, so that nothing leaves it."""
        host = urlsplit(self.address).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")


class ModelsFile(Written):
    """The file: `models` names the deployments of each logical model, in the order they are asked."""

    model_config = ConfigDict(hide_input_in_errors=True)  # an error says no more than it must of a misplaced secret

    cloud: bool = False
    models: dict[str, list[str]] = Field(default_factory=dict)
    deployments: dict[str, Deployment] = Field(default_factory=dict)

    @field_validator("models", "deployments", mode="before")
    @classmethod
    def _may_be_empty(cls, value: object) -> object:
        return {} if value is None else value

    def allows(self, name: str) -> bool:
        """Whether the deployment may be asked: it is on this machine, or the cloud is allowed."""
        return self.cloud or self.deployments[name].is_here

    def behind(self, *logical: str) -> tuple[str, ...]:
        """The deployments that may be asked for these logical models, in order, each once."""
        named = [name for model in logical for name in self.models.get(model, ())]
        return tuple(name for name in dict.fromkeys(named) if self.allows(name))

    def serving(self, name: str) -> tuple[str, ...]:
        """The logical models the deployment answers for."""
        return tuple(logical for logical, names in self.models.items() if name in names)


def read_models(text: str) -> ModelsFile:
    """models.yaml as written; with nothing but comments it names no models.

    Raises BrokenFile with the line and the remedy; never with a secret in it.
    """
    if parse(text, PATH)[0] is None:
        return ModelsFile()
    file = read_document(ModelsFile, text, PATH)
    for name in file.deployments:
        if not _NAME.fullmatch(name):
            _refuse(
                text, ("deployments", name), f"{name!r} cannot name a deployment", "Use letters, digits, . _ and -."
            )
    for logical, names in file.models.items():
        if not _LOGICAL.fullmatch(logical):
            _refuse(text, ("models", logical), f"{logical!r} cannot name a model", "Use a-z, digits and _.")
        for number, name in enumerate(names):
            if name not in file.deployments:
                known = ", ".join(file.deployments) or "none yet"
                what = f"there is no deployment {name!r}"
                _refuse(text, ("models", logical, number), what, f"Write it under deployments; known: {known}.")
    return file


def _refuse(text: str, at: tuple[str | int, ...], what: str, remedy: str) -> None:
    place = parse(text, PATH)[1]
    for key in at:
        if key in place.parts:
            place = place.parts[key]
    raise BrokenFile(PATH, place.line, what, remedy=remedy)
