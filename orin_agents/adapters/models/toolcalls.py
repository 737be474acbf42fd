"""Tool calls: put together from their parts, and found in the text where a model writes them there."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from orin_agents.adapters.models.marks import begun
from orin_agents.domain.dialogue import ToolCall

MARKS = ("<tool_call>", "```")
_TAGGED = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|\Z)", re.DOTALL)
_FENCED = re.compile(r"```(?:json|tool_call)?\s*\n(.*?)(?:```|\Z)", re.DOTALL)


@dataclass(slots=True)
class _Parts:
    id: str = ""
    name: str = ""
    arguments: str = ""


class Assembly:
    """Calls that come in parts, by their number."""

    def __init__(self) -> None:
        self._all: list[_Parts] = []
        self._open: dict[int, _Parts] = {}

    def feed(self, number: int, id: str, name: str, arguments: str) -> None:
        """One more part. Another id under the same number begins another call."""
        parts = self._open.get(number)
        if parts is None or (id and parts.id and id != parts.id):
            parts = self._open[number] = _Parts()
            self._all.append(parts)
        parts.id = parts.id or id
        parts.name = parts.name or name
        parts.arguments += arguments

    def __bool__(self) -> bool:
        return bool(self._all)

    def whole(self, new_id: Callable[[], str]) -> tuple[ToolCall, ...]:
        """The calls whose arguments are a JSON object; what broke off in the middle is none."""
        return tuple(
            ToolCall(id=parts.id or new_id(), name=parts.name, arguments=parts.arguments or "{}")
            for parts in self._all
            if parts.name and isinstance(_json(parts.arguments or "{}"), dict)
        )


class Held:
    """Holds back text that may turn out to be a tool call, so that nobody reads it as an answer."""

    def __init__(self) -> None:
        self.text = ""
        self._given = 0
        self._holds = False

    def feed(self, piece: str) -> str:
        """What can be shown now."""
        self.text += piece
        if self._holds or not self.text.strip():
            return ""
        if self.text.lstrip()[0] in "{[":
            self._holds = True
            return ""
        found = [at for mark in MARKS if (at := self.text.find(mark)) >= 0]
        self._holds = bool(found)
        until = min(found) if found else len(self.text) - max(begun(self.text, mark) for mark in MARKS)
        shown, self._given = self.text[self._given : until], max(self._given, until)
        return shown

    def end(self) -> str:
        """What was held back, when it was no tool call after all."""
        rest, self._given = self.text[self._given :], len(self.text)
        return rest


def in_text(text: str, known: frozenset[str], new_id: Callable[[], str]) -> tuple[ToolCall, ...]:
    """The calls to known tools that stand in the text: tagged, in a fence, or all there is. Broken JSON is none."""
    tagged, fenced = _TAGGED.findall(text), _FENCED.findall(text)
    found = [call for part in tagged or fenced or [text] for call in _calls(_json(part.strip()), known)]
    return tuple(ToolCall(id=new_id(), name=name, arguments=arguments) for name, arguments in found)


def _calls(value: Any, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The name and the arguments of each call in the value, in the shapes that small models write."""
    if isinstance(value, list):
        for part in value:
            yield from _calls(part, known)
        return
    if not isinstance(value, dict):
        return
    if "tool_calls" in value:
        yield from _calls(value["tool_calls"], known)
        return
    inner = value.get("function")
    if isinstance(inner, dict):
        value = inner
    name = value.get("name") or value.get("tool") or (inner if isinstance(inner, str) else None)
    arguments: Any = next((value[key] for key in ("arguments", "parameters", "args") if key in value), {})
    if isinstance(arguments, str):
        arguments = _json(arguments)
    if isinstance(name, str) and name in known and isinstance(arguments, dict):
        yield name, json.dumps(arguments, ensure_ascii=False)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
