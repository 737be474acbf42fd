"""The models port where no model is configured: no words, and everything is complete without them."""

from collections.abc import AsyncGenerator, Sequence

from orin_agents.domain.dialogue import ModelEvent, ModelRequest, Window
from orin_agents.domain.errors import ModelUnavailable


class NoModels:
    """Implements Models for a workspace without models."""

    def window(self, first: str, fallback: str = "") -> Window:
        """Raises ModelUnavailable."""
        raise _unavailable()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Raises ModelUnavailable."""
        raise _unavailable()
        yield

    async def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Raises ModelUnavailable."""
        raise _unavailable()


def _unavailable() -> ModelUnavailable:
    return ModelUnavailable("No model is configured.", remedy="`orin setup` looks for model servers.")
