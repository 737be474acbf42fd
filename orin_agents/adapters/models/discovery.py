"""The model servers that run on this machine, and the models they offer. Only loopback addresses are spoken to."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from orin_agents.adapters.models.pages import ask, member
from orin_agents.domain.deployments import USUAL_URLS, FoundModel, FoundServer, Server
from orin_agents.domain.models import Deployment

MOST = 40
"""Models of one server that are looked at."""
SEARCHED = (Server.OLLAMA, Server.LLAMACPP, Server.LMSTUDIO, Server.VLLM, Server.TRITON)
_SIZE = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d+)?) ?([bBmM])(?![a-zA-Z])")

Look = Callable[[str], tuple[FoundModel, ...] | None]
"""The models of the server at an address; None when no such server answers there."""


def found_servers(environment: Mapping[str, str], urls: Mapping[Server, str] | None = None) -> tuple[FoundServer, ...]:
    """The servers that answer, at their usual addresses or at `urls`; for Ollama also where OLLAMA_HOST says."""
    wanted = dict(urls if urls is not None else {server: USUAL_URLS[server] for server in SEARCHED})
    if (named := environment.get("OLLAMA_HOST", "").strip()) and urls is None:
        wanted[Server.OLLAMA] = _ollama_url(named)
    looks: dict[Server, Look] = {Server.OLLAMA: _ollama, Server.LLAMACPP: _llamacpp, Server.LMSTUDIO: _lmstudio}
    with ThreadPoolExecutor(len(wanted) or 1) as lookers:
        asked = {
            server: lookers.submit(looks.get(server, partial(_listed, server)), url.rstrip("/"))
            for server, url in wanted.items()
            if Deployment(server=server, model="any", url=url).is_here
        }
    found = ((server, answer.result()) for server, answer in asked.items())
    return tuple(FoundServer(server=server, url=wanted[server], models=models) for server, models in found if models)


def _ollama_url(named: str) -> str:
    """OLLAMA_HOST as an address: host, host:port or a URL; to listen everywhere is to listen here too."""
    scheme, _, rest = named.rpartition("://")
    host, _, port = rest.rstrip("/").partition(":")
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1"}.get(host, host)
    return f"{scheme or 'http'}://{host}:{port if port.isdigit() else 11434}"


def _ollama(url: str) -> tuple[FoundModel, ...] | None:
    listed = member(ask(f"{url}/api/tags"), "models")
    if not isinstance(listed, list) or not isinstance(member(ask(f"{url}/api/version"), "version"), str):
        return None
    models = []
    for one in listed[:MOST]:
        if isinstance(name := member(one, "name"), str):
            size = member(one, "details", "parameter_size")
            models.append(FoundModel(name=name, size=_size(size) if isinstance(size, str) else _size(name)))
    return tuple(models)


def _llamacpp(url: str) -> tuple[FoundModel, ...] | None:
    root = url.removesuffix("/v1")
    settings = member(ask(f"{root}/props"), "default_generation_settings")
    if not isinstance(settings, dict):
        return None
    window = _whole(member(settings, "n_ctx"))
    models = []
    for one in _data(ask(f"{root}/v1/models")):
        if isinstance(name := member(one, "id"), str):
            size = _whole(member(one, "meta", "n_params")) / 1e9 or _size(name)
            models.append(FoundModel(name=name.rsplit("/", 1)[-1], size=round(size, 2), window=window))
    return tuple(models)


def _lmstudio(url: str) -> tuple[FoundModel, ...] | None:
    listed = _data(ask(f"{url.removesuffix('/v1')}/api/v0/models"))
    models = [FoundModel(name=name, size=_size(name)) for one in listed if isinstance(name := member(one, "id"), str)]
    return tuple(models) or _listed(Server.LMSTUDIO, url)


def _listed(server: Server, url: str) -> tuple[FoundModel, ...] | None:
    """The models of a server that speaks OpenAI's API, unless it is seen to be another than was looked for."""
    address = Deployment(server=server, model="any", url=url).address
    models = []
    for one in _data(ask(f"{address}/models")):
        owner, name = member(one, "owned_by"), member(one, "id")
        if owner == "llamacpp" or (server is Server.VLLM and owner not in ("vllm", None)):
            return None
        if isinstance(name, str):
            models.append(FoundModel(name=name, size=_size(name), window=_whole(member(one, "max_model_len"))))
    return tuple(models) or None


def _data(answer: Any) -> list[Any]:
    found = member(answer, "data")
    return found[:MOST] if isinstance(found, list) else []


def _size(text: str) -> float:
    """Billions of parameters, as names give them: 4B, 0.6b, 137M; 0 when they do not."""
    found = _SIZE.findall(text.replace(":", " ").replace("-", " ").replace("_", " "))
    return max((float(number) / (1 if unit in "bB" else 1000) for number, unit in found), default=0.0)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
