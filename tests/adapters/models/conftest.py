"""Live models on a models.yaml of the test's own."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from orin_agents.adapters.models.library import Library
from orin_agents.adapters.models.live import LiveModels
from orin_agents.adapters.models.yaml_file import ModelsYaml
from orin_agents.domain.dialogue import ChatMessage, Ended, ModelEvent, ModelRequest, Piece, Restart, Role
from orin_agents.domain.secrets import Secrets

Deployment = dict[str, Any]


@pytest.fixture(scope="session")
def library() -> Library:
    """LiteLLM takes four seconds to import: once a process."""
    return Library()


@dataclass
class Desk:
    """A folder with a models.yaml, and models over it."""

    folder: Path
    library: Library
    environment: dict[str, str] = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)

    def __post_init__(self) -> None:
        numbers = count(1)
        self.yaml = ModelsYaml(self.folder / "models.yaml")
        self.models = LiveModels(
            self.yaml, self.secrets, self.environment, lambda: f"call-{next(numbers)}", time.monotonic, self.library
        )

    def write(self, small: dict[str, Deployment], *, cloud: bool = False, embedding: tuple[str, ...] = ()) -> None:
        """A models.yaml with these deployments, all of them behind `small`, or behind `embedding` where named."""
        models = {"small": [name for name in small if name not in embedding], "embedding": list(embedding)}
        text = yaml.safe_dump({"cloud": cloud, "models": models, "deployments": small}, sort_keys=False)
        self.yaml.path.write_text(text)

    async def ask(self, text: str = "Hello", **more: Any) -> list[ModelEvent]:
        """All events of the answer."""
        return [event async for event in self.models.stream(question(text, **more))]


@pytest.fixture
def desk(tmp_path: Path, library: Library) -> Iterator[Desk]:
    yield Desk(tmp_path, library)


def question(text: str = "Hello", **more: Any) -> ModelRequest:
    return ModelRequest(first=more.pop("first", "small"), messages=(ChatMessage(role=Role.USER, text=text),), **more)


def answer(events: list[ModelEvent]) -> str:
    """The text as a reader has it in the end."""
    text = ""
    for event in events:
        if isinstance(event, Restart):
            text = ""
        elif isinstance(event, Piece):
            text += event.text
    return text


def ended(events: list[ModelEvent]) -> Ended:
    """The last event."""
    assert isinstance(events[-1], Ended)
    return events[-1]


def restarts(events: list[ModelEvent]) -> list[str]:
    return [event.reason for event in events if isinstance(event, Restart)]
