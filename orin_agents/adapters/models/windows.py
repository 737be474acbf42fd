"""How large the windows of deployments are: what the server says, not what a table of models would have it."""

from typing import Any

from orin_agents.adapters.models.pages import ask, member
from orin_agents.domain.deployments import OLLAMA_WINDOW, Server
from orin_agents.domain.models import Deployment

SAMPLE = (
    "## Top three\n\n1. **Sign the hall contract** — due 2026-11-21, 1 task waits for it [f6]\n"
    "2. Call the six helpers who have not answered; the newspaper's questions are overdue since Friday.\n\n"
    "The week holds 22.3 h of planned work against 50.8 h free, a load of 44 % [f22]. Drift is 0.65 [f24].\n"
)
"""Text as Orin's prompts have it, to measure a tokenizer with."""
USUAL = 4096
"""Tokens; for a server that does not tell, until it refuses a prompt and names its window."""


def told_window(deployment: Deployment, key: str = "") -> int:
    """The window in tokens that the server has, 0 when it does not say. One or two short questions."""
    match deployment.server:
        case Server.LLAMACPP:
            return _number(member(ask(f"{deployment.root}/props", key=key), "default_generation_settings", "n_ctx"))
        case Server.OLLAMA:
            most = longest_of_ollama(deployment)
            return min(most, deployment.window or OLLAMA_WINDOW) if most else 0
        case Server.LMSTUDIO:
            for model in _listed(ask(f"{deployment.root}/api/v0/models")):
                if member(model, "id") == deployment.model:
                    return _number(member(model, "loaded_context_length"))
        case Server.VLLM | Server.COMPATIBLE:
            for model in _listed(ask(f"{deployment.address}/models", key=key)):
                if member(model, "id") == deployment.model:
                    return _number(member(model, "max_model_len")) or _number(member(model, "meta", "n_ctx"))
    return 0


def told_ratio(deployment: Deployment, key: str = "") -> float:
    """Characters a token, by the server's own tokenizer where it lends it (llama.cpp); else 0."""
    if deployment.server is not Server.LLAMACPP:
        return 0.0
    tokens = member(ask(f"{deployment.root}/tokenize", {"content": SAMPLE}, key=key), "tokens")
    return len(SAMPLE) / len(tokens) if isinstance(tokens, list) and tokens else 0.0


def longest_of_ollama(deployment: Deployment) -> int:
    """The longest window that an Ollama's model was made for."""
    info = member(ask(f"{deployment.root}/api/show", {"model": deployment.model}), "model_info")
    lengths = (
        [value for name, value in info.items() if name.endswith(".context_length")] if isinstance(info, dict) else []
    )
    return _number(lengths[0]) if lengths else 0


def served_by_ollama(deployment: Deployment) -> int:
    """The window that an Ollama has loaded the model with: less than it was asked for where memory is short."""
    for model in _listed(ask(f"{deployment.root}/api/ps"), "models"):
        if member(model, "name") in (deployment.model, f"{deployment.model}:latest"):
            return _number(member(model, "context_length"))
    return 0


def _listed(answer: Any, key: str = "data") -> list[Any]:
    found = member(answer, key)
    return found if isinstance(found, list) else []


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
