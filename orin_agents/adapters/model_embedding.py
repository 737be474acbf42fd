"""The embedding of a model, for those who work in threads."""

import asyncio
from collections.abc import Sequence

from orin_agents.domain.errors import ModelFailed
from orin_agents.services.ports import Models

PATIENCE = 60.0
"""Seconds that one batch may take."""


class ModelEmbedding:
    """Implements Embedding by the models port, which lives on the event loop `loop`."""

    least = -1.0

    def __init__(self, models: Models, name: str, loop: asyncio.AbstractEventLoop) -> None:
        """`name` is the model's; vectors of another one cannot be compared with its own."""
        self.name = name
        self._models = models
        self._loop = loop

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector for each text. From any thread but the loop's. Raises ModelUnavailable, ModelFailed."""
        asked = asyncio.run_coroutine_threadsafe(self._models.embed(texts), self._loop)
        try:
            vectors = asked.result(PATIENCE)
        except TimeoutError as error:
            asked.cancel()
            raise ModelFailed(f"{self.name} did not embed {len(texts)} texts in {PATIENCE:.0f} s.") from error
        if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
            raise ModelFailed(f"{self.name} gave vectors that do not fit the texts.")
        return vectors
