"""A server shaped like Ollama: its native API, its models, and its habit of cutting what does not fit."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.models.scripted import Json, Line, Scripted

CHARS_PER_TOKEN = 4


@dataclass
class Ollama(Scripted):
    """Knows `models` (name: the longest window it was made for). `cut` bounds the window whatever is asked for, as a
    server short of memory does; what is longer is cut without a word. `writes` are the pieces of its answer, behind
    which a `silent` one says nothing more.
    """

    models: dict[str, int] = field(default_factory=lambda: {"qwen3:4b": 32768, "nomic-embed-text:latest": 2048})
    cut: int = 1_000_000
    writes: tuple[str, ...] = ("Good", " morning", ".")
    thoughts: str = ""
    silent: bool = False
    calls: tuple[Json, ...] = ()
    loaded: dict[str, int] = field(default_factory=dict)

    def answer(self, line: Line) -> None:
        """Answer one request of the native API."""
        match line.seen.path:
            case "/api/version":
                line.status(200, {"version": "0.12.0"})
            case "/api/tags":
                line.status(200, {"models": [self._listed(name) for name in self.models]})
            case "/api/ps":
                loaded = [{**self._listed(name), "context_length": window} for name, window in self.loaded.items()]
                line.status(200, {"models": loaded})
            case "/api/show":
                self._show(line)
            case "/api/chat":
                self._chat(line)
            case "/api/embed":
                self._embed(line)
            case _:
                line.status(404, b"404 page not found", "text/plain")

    @property
    def asked(self) -> list[Json]:
        """The bodies of the questions to the model."""
        return [one.body for one in self.seen if one.path == "/api/chat"]

    def _listed(self, name: str) -> Json:
        details = {"family": "tiny", "parameter_size": "4.0B", "quantization_level": "Q4_K_M"}
        return {"name": name, "model": name, "size": 2_600_000_000, "details": details}

    def _known(self, line: Line) -> str:
        name = str(line.seen.body.get("model") or line.seen.body.get("name") or "")
        name = name if ":" in name else f"{name}:latest"
        if name in self.models:
            return name
        line.status(404, {"error": f"model '{name}' not found"})
        return ""

    def _show(self, line: Line) -> None:
        if name := self._known(line):
            info = {"general.architecture": "tiny", "tiny.context_length": self.models[name]}
            line.status(200, {"model_info": info, "capabilities": ["completion", "tools"], "template": "{{ .Prompt }}"})

    def _chat(self, line: Line) -> None:
        if not (name := self._known(line)):
            return
        body = line.seen.body
        window = min(int(body.get("options", {}).get("num_ctx", 4096)), self.models[name], self.cut)
        self.loaded[name] = window
        told = sum(len(message.get("content") or "") for message in body["messages"]) // CHARS_PER_TOKEN
        messages: list[Json] = [{"role": "assistant", "content": piece} for piece in self.writes]
        if self.thoughts and body.get("think") is not False:
            messages = [{"role": "assistant", "content": "", "thinking": self.thoughts}]
        if self.calls and body.get("tools"):
            messages = [{"role": "assistant", "content": "", "tool_calls": list(self.calls)}]
        for message in messages:
            self._say(line, name, message=message, done=False)
        if self.silent:
            return line.silence()
        done = {"done": True, "done_reason": "length" if messages[0].get("thinking") else "stop", "load_duration": 1}
        counts = {"prompt_eval_count": min(told, window), "eval_count": len(messages)}
        self._say(line, name, message={"role": "assistant", "content": ""}, **done, **counts)

    def _say(self, line: Line, name: str, **members: Any) -> None:
        value = {"model": name, "created_at": "2026-11-21T07:00:00Z", **members}
        line.raw(json.dumps(value).encode() + b"\n", "application/x-ndjson")

    def _embed(self, line: Line) -> None:
        if name := self._known(line):
            texts = line.seen.body["input"]
            texts = texts if isinstance(texts, list) else [texts]
            line.status(
                200, {"model": name, "embeddings": [[float(len(text)), 1.0] for text in texts], "prompt_eval_count": 3}
            )
