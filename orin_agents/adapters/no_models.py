"""The words and the models port where no model is configured: no words, and all is complete without them."""

from collections.abc import AsyncGenerator, Sequence

from orin_agents.domain.dialogue import ModelEvent, ModelRequest, Window
from orin_agents.domain.errors import ModelUnavailable
from orin_agents.domain.pages import Narrative
from orin_agents.services.ports import WordsRequest


class NoModels:
    """Implements Words for a workspace without models."""

    async def narrate(self, request: WordsRequest) -> Narrative:
        """Raises ModelUnavailable."""
        raise ModelUnavailable("No model is configured.", kept="The page is complete without narrative.")


class NoModelServers:
    """Implements Models for a workspace without models."""

    def window(self, first: str, fallback: str = "") -> Window:
        """Raises ModelUnavailable."""
        raise _none()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Raises ModelUnavailable."""
        raise _none()
        yield

    async def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Raises ModelUnavailable."""
        raise _none()


def _none() -> ModelUnavailable:
    return ModelUnavailable("No model is configured.", kept="Facts and passages are there without it.")
