"""Objectives by the names people use for them, and their weights as shares of the whole."""

from collections.abc import Sequence

from orin_agents.domain.okr import KeyResult, Objective, Okr


def shares(weights: Sequence[float]) -> list[float]:
    """The weights over their sum, so that they add up to 1; equal shares where no weight is above 0."""
    most = max(weights, default=0.0)
    if most <= 0:
        return [1 / len(weights)] * len(weights) if weights else []
    scaled = [max(weight, 0.0) / most for weight in weights]
    total = sum(scaled)
    return [weight / total for weight in scaled]


def weights_of(okr: Okr) -> list[float]:
    """The share of attention each objective claims, in the order of the file."""
    return shares([objective.weight for objective in okr.objectives])


def names_of(okr: Okr) -> dict[str, int]:
    """Objectives by number (from 0), under each name for them.

    A name is an id or a title of an objective or of one of its key results; ids go before titles.
    """
    names: dict[str, int] = {}
    parts: list[tuple[int, Objective | KeyResult]] = []
    for number, objective in enumerate(okr.objectives):
        parts.append((number, objective))
        parts.extend((number, result) for result in objective.key_results)
    for number, part in parts:
        names.setdefault(_key(part.id), number)
    for number, part in parts:
        names.setdefault(_key(part.title), number)
    names.pop("", None)
    return names


def find(names: dict[str, int], name: str) -> int | None:
    """The number of the objective that goes by this name; case and outer spaces do not matter."""
    return names.get(_key(name))


def _key(name: str) -> str:
    return name.strip().casefold()
