"""A request in LiteLLM's words: what is passed to a call of each kind of server."""

import json
from collections.abc import Mapping
from typing import Any

from orin_agents.domain.deployments import OLLAMA_WINDOW, Server
from orin_agents.domain.dialogue import ChatMessage, ModelRequest, Role
from orin_agents.domain.models import Deployment

NO_KEY = "-"
"""Given where there is no key: LiteLLM would take one from the environment, and send it to whoever answers."""
_PROVIDERS = {Server.OLLAMA: "ollama_chat", Server.ANTHROPIC: "anthropic"}
"""All others speak OpenAI's API: of the providers for it, `openai` alone notices invalid JSON and UTF-8."""
_TEMPLATED = (Server.LLAMACPP, Server.VLLM)
_WORDED = (Server.LMSTUDIO, Server.TRITON, Server.COMPATIBLE)


def parameters(deployment: Deployment, key: str) -> dict[str, Any]:
    """What every call of the deployment has in common."""
    provider = _PROVIDERS.get(deployment.server, "openai")
    common: dict[str, Any] = {
        "model": f"{provider}/{deployment.model}",
        "api_base": deployment.address,
        "api_key": key or NO_KEY,
        "max_retries": 0,
    }
    if deployment.server is Server.OLLAMA:
        common["num_ctx"] = deployment.window or OLLAMA_WINDOW
        # a price given is not looked up; the lookup would be a call to the server that blocks the loop
        common |= {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
    return common


def embedding_parameters(deployment: Deployment, key: str) -> dict[str, Any]:
    """The same for vectors."""
    common = parameters(deployment, key)
    if deployment.server is Server.OLLAMA:
        common["model"] = f"ollama/{deployment.model}"
    else:
        common["encoding_format"] = "float"
    return common


def spoken(request: ModelRequest, deployment: Deployment, *, thinks: bool, takes_schema: bool) -> dict[str, Any]:
    """What the request adds to that: messages, bounds, schema, tools; without thinking where the server can."""
    messages = [_message(message) for message in request.messages]
    said: dict[str, Any] = {
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": min(request.answer_tokens, deployment.answer_tokens or request.answer_tokens),
        "temperature": request.temperature,
    }
    if request.schema is not None:
        if takes_schema:
            said["response_format"] = _response_format(request.schema)
        else:
            messages = _asked_for(request.schema, messages)
    if request.tools:
        said["tools"] = [
            {"type": "function", "function": {"name": t.name, "description": t.about, "parameters": dict(t.parameters)}}
            for t in request.tools
        ]
        said["_skip_mcp_handler"] = True  # a call with tools would import the package mcp, which is not there
    if not thinks:
        messages = _without_thinking(said, messages, deployment.server)
    return said | {"messages": messages}


def length_of(request: ModelRequest) -> int:
    """The characters of a prompt."""
    told = sum(len(m.text) + sum(len(call.arguments) for call in m.calls) for m in request.messages)
    tools = sum(len(t.name) + len(t.about) + len(json.dumps(dict(t.parameters))) for t in request.tools)
    return told + tools


def _without_thinking(said: dict[str, Any], messages: list[dict[str, Any]], server: Server) -> list[dict[str, Any]]:
    """Each server's own way to switch it off. The last is a word that Qwen's models know, and others pass over."""
    if server is Server.OLLAMA:
        said["think"] = False
    elif server in _TEMPLATED:
        said["extra_body"] = {"chat_template_kwargs": {"enable_thinking": False}}
    elif server in _WORDED:
        last = next((n for n in range(len(messages) - 1, -1, -1) if messages[n]["role"] == "user"), None)
        if last is not None:
            messages[last]["content"] += " /no_think"
    return messages


def _message(message: ChatMessage) -> dict[str, Any]:
    told: dict[str, Any] = {"role": message.role.value, "content": message.text}
    if message.calls:
        told["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.calls
        ]
    if message.role is Role.TOOL:
        told["tool_call_id"] = message.call
    return told


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema), "strict": True}}


def _asked_for(schema: Mapping[str, Any], messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages with the schema asked for in words, in the system's message, of which some servers take only one."""
    words = f"Answer with one JSON object and nothing else. It fits this JSON schema:\n{json.dumps(dict(schema))}"
    if messages and messages[0]["role"] == "system":
        return [{**messages[0], "content": f"{messages[0]['content']}\n\n{words}"}, *messages[1:]]
    return [{"role": "system", "content": words}, *messages]
