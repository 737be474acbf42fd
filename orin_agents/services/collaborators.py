"""What every service works with that speaks through a model."""

from collections.abc import Callable
from dataclasses import dataclass

from orin_agents.domain.dialogue import Prompt
from orin_agents.domain.passages import Passage
from orin_agents.services.ports import Models

Search = Callable[[str, str, tuple[str, ...], int], tuple[Passage, ...]]
"""Passages of a project (its id) that answer a query, within the globs, at most so many, the best first; called in a
worker thread, for it may wait for the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collaborators:
    """Models, an agent's memory (as told to a model), where prompts are kept, and what takes secrets out of a text."""

    models: Models
    recall: Callable[[str], str]
    keep: Callable[[Prompt], None]
    redacted: Callable[[str], str]
