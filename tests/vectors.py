"""The port `Vectors` in memory, for tests: texts are as near as the words they share. It fails when it is told to."""

from collections.abc import Collection, Mapping, Sequence

from orin_agents.domain.errors import OrinError


class MemoryVectors:
    """Implements Vectors."""

    def __init__(self) -> None:
        self.texts: dict[str, dict[str, str]] = {}
        self.failure: OrinError | None = None
        self.added: list[str] = []

    def _check(self) -> None:
        if self.failure:
            raise self.failure

    def embedding(self) -> str:
        self._check()
        return "memory"

    def keys(self, project: str) -> frozenset[str]:
        self._check()
        return frozenset(self.texts.get(project, {}))

    def add(self, project: str, texts: Mapping[str, str]) -> None:
        self._check()
        self.texts.setdefault(project, {}).update(texts)
        self.added += texts

    def drop(self, project: str, keys: Collection[str]) -> None:
        self._check()
        for key in keys:
            self.texts.get(project, {}).pop(key, None)

    def nearest(self, projects: Sequence[str], text: str, most: int) -> tuple[str, ...]:
        self._check()
        words = set(text.lower().split())
        near = {
            key: len(words & set(standing.lower().split()))
            for project in projects
            for key, standing in self.texts.get(project, {}).items()
        }
        return tuple(sorted((key for key in near if near[key]), key=lambda key: -near[key])[:most])

    def clear(self) -> None:
        self.texts.clear()

    def close(self) -> None:
        self.failure = OrinError("closed")
