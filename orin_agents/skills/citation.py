"""The places a fact rests on, kept short enough to be read."""

from collections.abc import Iterable

from orin_agents.domain.facts import Source, merged

MOST = 24
"""Above this many places, whole files are named instead of their lines."""


def cite(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources without repetition, neighbouring lines joined; those that name no file are left out."""
    named = [source for source in sources if source.path]
    if len(named) < 2:
        return tuple(named)
    found = merged(named)
    if len(found) > MOST:
        found = merged(Source(path=source.path, version=source.version) for source in found)
    return found[:MOST]
