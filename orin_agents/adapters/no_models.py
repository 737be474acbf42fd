"""The words port where no model is configured: no words, and every page is complete without them."""

from orin_agents.domain.errors import ModelUnavailable
from orin_agents.domain.pages import Narrative
from orin_agents.services.ports import WordsRequest


class NoModels:
    """Implements Words for a workspace without models."""

    async def narrate(self, request: WordsRequest) -> Narrative:
        """Raises ModelUnavailable."""
        raise ModelUnavailable("No model is configured.", kept="The page is complete without narrative.")
