"""What is known of models and the servers they run on: what models.yaml names, what was found, how each did."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PATH = "models.yaml"
EMBEDDING = "embedding"
"""The logical model that turns texts into vectors; all others write."""
OLLAMA_WINDOW = 8192
"""Tokens; Ollama is told its window in every call, for left alone it takes 4,096 and cuts what is longer."""


class Server(StrEnum):
    """The kinds of model servers. `openai-compatible` is any other that speaks OpenAI's API."""

    OLLAMA = "ollama"
    LLAMACPP = "llamacpp"
    LMSTUDIO = "lmstudio"
    VLLM = "vllm"
    TRITON = "triton"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    COMPATIBLE = "openai-compatible"


USUAL_URLS = {
    Server.OLLAMA: "http://127.0.0.1:11434",
    Server.LLAMACPP: "http://127.0.0.1:8080/v1",
    Server.LMSTUDIO: "http://127.0.0.1:1234/v1",
    Server.VLLM: "http://127.0.0.1:8000/v1",
    Server.TRITON: "http://127.0.0.1:9000/v1",
    Server.OPENAI: "https://api.openai.com/v1",
    Server.ANTHROPIC: "https://api.anthropic.com",
}
"""Where each server listens unless told otherwise. Triton's is that of its OpenAI frontend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a deployment showed when it was tried out. `problem` says why it is of no use, empty when it answers.

    Seconds: until the first token, and what loading the model added to the very first. `window` is in tokens, 0 where
    the server does not tell. `note` is what else a person should know.
    """

    deployment: str
    at: datetime
    problem: str = ""
    streams: bool = False
    schema: bool = False
    tools: bool = False
    vector: int = 0
    window: int = 0
    first_token_s: float = 0.0
    load_s: float = 0.0
    tokens_per_s: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentView:
    """A deployment as models.yaml has it, and how it last did. `skipped` says why it is not asked, if so."""

    name: str
    server: str
    model: str
    url: str
    serves: tuple[str, ...]
    window: int = 0
    parallel: int = 1
    skipped: str = ""
    trial: Trial | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModel:
    """A model that a server offers; `size` is its billions of parameters, 0 when not known."""

    name: str
    size: float = 0.0
    window: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundServer:
    """A server that runs on this machine, and its models."""

    server: Server
    url: str
    models: tuple[FoundModel, ...]
