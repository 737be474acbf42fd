"""Which of the models found on a machine should answer for which of the crew's logical models."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from orin_agents.domain.deployments import EMBEDDING, FoundModel, FoundServer, Server

SMALL = 4.5
"""Billions of parameters: what is not larger answers quickly on a board."""
UNKNOWN = 8.0
"""Taken for the size of a model whose name does not say it."""
_EMBEDS = re.compile(r"embed|\bbge\b|\bgte\b|\be5\b|minilm|mxbai|\bjina\b", re.IGNORECASE)
_CODES = re.compile(r"code|starcoder|devstral", re.IGNORECASE)
_NO_WORDS = re.compile(r"rerank|whisper|\btts\b|clip|guard", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A deployment to write into models.yaml, and the logical models it should answer for."""

    name: str
    server: Server
    url: str
    model: str
    serves: tuple[str, ...]


def lineup(found: Iterable[FoundServer], taken: Iterable[str] = ()) -> tuple[Proposed, ...]:
    """A deployment for each logical model, as far as there are models for it; names differ from those `taken`.

    The smallest general model answers for `small`, the largest for planning and reasoning, a model for code (else the
    largest) for code; the small one stands behind each of them. One embedding model, the smallest, makes vectors.
    """
    offers = [(server, model) for server in found for model in server.models if not _NO_WORDS.search(model.name)]
    embedders = sorted((o for o in offers if _EMBEDS.search(o[1].name)), key=lambda o: _size(o[1]))
    writers = sorted((o for o in offers if not _EMBEDS.search(o[1].name)), key=lambda o: _size(o[1]))
    general = [offer for offer in writers if not _CODES.search(offer[1].name)] or writers
    serves: dict[int, list[str]] = {}
    if general:
        coders = [offer for offer in writers if _CODES.search(offer[1].name)]
        small, large = general[0], general[-1]
        chosen = {"small": small, "planning": large, "reasoning": large, "code": coders[-1] if coders else large}
        for logical, offer in chosen.items():
            serves.setdefault(offers.index(offer), []).append(logical)
            if offer != small:
                serves.setdefault(offers.index(small), []).append(logical)
    if embedders:
        serves[offers.index(embedders[0])] = [EMBEDDING]
    # the large ones first: they are the first choice of what they share with the small one
    ranked = sorted(serves, key=lambda at: (-_size(offers[at][1]), at))
    return _named([(*offers[at], tuple(dict.fromkeys(serves[at]))) for at in ranked], set(taken))


def _size(model: FoundModel) -> float:
    return model.size or UNKNOWN


def _named(chosen: Sequence[tuple[FoundServer, FoundModel, tuple[str, ...]]], taken: set[str]) -> tuple[Proposed, ...]:
    proposed = []
    for server, model, serves in chosen:
        name = name_for(model.name, server.server, taken)
        taken.add(name)
        proposed.append(Proposed(name=name, server=server.server, url=server.url, model=model.name, serves=serves))
    return tuple(proposed)


def name_for(model: str, server: Server, taken: Collection[str]) -> str:
    """A name for a deployment of the model: the model's own, made plain, with a number where it is taken."""
    plain = re.sub(r"[^a-z0-9.]+", "-", model.lower().removesuffix(":latest").rsplit("/", 1)[-1]).strip("-.")
    stem = plain.removesuffix(".gguf")[:48].strip("-.") or server.value
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
