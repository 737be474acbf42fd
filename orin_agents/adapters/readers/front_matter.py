"""The YAML (or JSON) block at the head of a note: properties, tags and aliases."""

import json
import re
from dataclasses import dataclass, field

from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.syntax import Value, parse_yaml

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_SIMPLE = re.compile(r"^([A-Za-z_][\w -]{0,60}):[ \t]+(\S.*)$|^([A-Za-z_][\w -]{0,60}):[ \t]*$", re.MULTILINE)
_ITEM = re.compile(r"\s*-\s+(\S.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What the block says; `end` is the offset behind it (0 when there is none).

    `problem` and `line` say what could not be read.
    """

    properties: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    end: int = 0
    problem: str = ""
    line: int = 0


def read_front_matter(text: str, path: str) -> FrontMatter:
    """The block of a note. One that is not YAML is read as far as it is plain `key: value` lines, and said to be so."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return FrontMatter()
    block = text[opening.end() : closing.start()]
    try:
        value, _ = parse_yaml(block, path)
    except BrokenFile as error:
        value = _simple(block)
        if not value:
            return FrontMatter()
        reason = f"front matter: {error.reason.removeprefix('not YAML: ')}; only its plain lines were read"
        return _understood(value, closing.end(), reason, error.line + 1)
    if isinstance(value, dict) or value is None:
        return _understood(value or {}, closing.end())
    return FrontMatter()


def _understood(value: dict[str, Value], end: int, problem: str = "", line: int = 0) -> FrontMatter:
    properties: dict[str, str] = {}
    tags: list[str] = []
    aliases: list[str] = []
    for key, found in value.items():
        match key.lower():
            case "tags" | "tag":
                tags += [name.strip().lstrip("#") for text in _texts(found) for name in re.split(r"[,\s]+", text)]
            case "aliases" | "alias":
                aliases += (
                    _texts(found) if isinstance(found, list) else [part for t in _texts(found) for part in t.split(",")]
                )
            case _:
                properties[key] = _text(found)
    return FrontMatter(
        properties=properties,
        tags=tuple(dict.fromkeys(filter(None, tags))),
        aliases=tuple(dict.fromkeys(filter(None, (alias.strip() for alias in aliases)))),
        end=end,
        problem=problem,
        line=line,
    )


def _texts(value: Value) -> list[str]:
    """The scalars of a value, however deep."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [] if value is None else [_text(value)]


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _simple(block: str) -> dict[str, Value]:
    """The lines `key: value` at the left edge, and the items below a bare key."""
    found: dict[str, Value] = {}
    items: list[Value] | None = None
    for line in block.split("\n"):
        if match := _SIMPLE.match(line):
            items = [] if match[3] else None
            found[match[1] or match[3]] = items if items is not None else match[2].strip().strip("\"'")
        elif items is not None and (item := _ITEM.match(line)):
            items.append(item[1].strip().strip("\"'"))
    return found
