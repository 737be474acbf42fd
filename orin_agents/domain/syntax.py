"""YAML and JSON as plain values, each with the lines it stands on. Whatever the text, a value or BrokenFile comes out.

YAML is read event by event with few rules, so that a file means what it says: the words of YAML 1.2 alone are special
(null, true, false, numbers), so `12:30`, `2025-01-31`, `on` and `no` stay text; keys are always text. Aliases, tags
and nesting beyond DEEPEST are refused, which also keeps a hostile file from filling the memory.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from orin_agents.domain.errors import BrokenFile

DEEPEST = 40
BOM = "\ufeff"

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

_JSON_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class Place:
    """The lines a value stands on, counted from 1, and the places of its parts; `line` is that of its key, if any."""

    line: int
    first: int
    last: int
    parts: dict[str | int, "Place"] = field(default_factory=dict)


def lines_of(text: str) -> list[str]:
    """The lines of a text as editors count them: parted by line feeds, with or without carriage returns."""
    return unified(text).split("\n")


def unified(text: str) -> str:
    """The text without a byte order mark, its line ends as line feeds."""
    return text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, path: str) -> tuple[Value, Place]:
    """The value of a JSON or YAML text, by the suffix of its path, and its places. Raises BrokenFile."""
    text = unified(text)
    return parse_json(text, path) if path.lower().endswith(".json") else parse_yaml(text, path)


def parse_json(text: str, path: str) -> tuple[Value, Place]:
    """The value of a JSON text and its places. Raises BrokenFile, also when a key stands twice."""
    if not text.strip():
        return None, Place(1, 1, 1)
    try:
        value: Value = json.loads(text, parse_int=_integer, parse_constant=str)
    except json.JSONDecodeError as error:
        raise BrokenFile(
            path, error.lineno, f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}", remedy=_json_remedy(error)
        ) from error
    except RecursionError as error:
        raise _too_deep(path, 0) from error
    return value, _json_places(text, path)


def _json_remedy(error: json.JSONDecodeError) -> str:
    """What to do; the parser reports the place after the slip, so the hint names the usual ones."""
    before = error.doc[: error.pos].rstrip()
    if before.endswith(","):
        return "Remove the comma before that place, or add what should follow it."
    if error.msg.startswith("Expecting ','"):
        return "Add the comma that is missing before that place, or close the bracket."
    if error.doc[error.pos : error.pos + 1] == "'":
        return 'Write text in double quotes: "like this".'
    return "Mend the syntax at that line."


def _json_places(text: str, path: str) -> Place:
    """The places of a text that is known to be JSON."""
    root: Place | None = None
    open_places: list[Place] = []
    keys: list[str | int | None] = []
    key_line = line = 1
    at = 0
    for match in _JSON_TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        token = match[0]
        if token in "}]":
            open_places.pop().last = line
            keys.pop()
        elif token == ",":
            if isinstance(keys[-1], int):
                keys[-1] += 1
            else:
                keys[-1] = None
        elif token == ":":
            continue
        elif keys and keys[-1] is None:
            name = token[1:-1] if "\\" not in token else str(json.loads(token))
            if name in open_places[-1].parts:
                raise _twice(path, line, name)
            keys[-1], key_line = name, line
        else:
            key = keys[-1] if keys else None
            place = Place(key_line if isinstance(key, str) else line, line, line)
            if key is None:
                root = place
            else:
                open_places[-1].parts[key] = place
            if token in "{[":
                open_places.append(place)
                keys.append(None if token == "{" else 0)
                if len(open_places) > DEEPEST:
                    raise _too_deep(path, line)
    return root or Place(1, 1, 1)


def parse_yaml(text: str, path: str) -> tuple[Value, Place]:
    """The value of a YAML text and its places; None for an empty one.

    Raises BrokenFile, also for aliases, tags, keys that stand twice and more than one document.
    """
    if odd := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise BrokenFile(
            path, line, f"the character U+{ord(odd[0]):04X} cannot stand in YAML", remedy="Remove that character."
        )
    lines = text.split("\n")
    try:
        return _Builder(path, lines).build(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, len(lines)) if mark else 0
        what = f"not YAML: {error.problem or error.context}"
        raise BrokenFile(path, line, what, remedy=_yaml_remedy(what, lines[line - 1])) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise BrokenFile(path, 0, f"not YAML: {error}", remedy="Save the file as plain UTF-8 text.") from error


def _yaml_remedy(what: str, line: str) -> str:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "Indent with spaces; YAML refuses tabs."
    if "mapping values are not allowed" in what:
        return "Put text that holds a colon in quotes, and check the indentation."
    if "cannot start any token" in what:
        return "Put text that starts with that character in quotes."
    return "Mend the syntax at that line, or the one above it."


class _Mark(Protocol):
    """A place in the text, counted from 0; libyaml's and PyYAML's own marks share no class."""

    line: int
    column: int
    index: int


class _Builder:
    """Puts the events of one YAML text together."""

    def __init__(self, path: str, lines: list[str]) -> None:
        self.path = path
        self.lines = lines
        self.open: list[tuple[list[Value] | dict[str, Value], Place]] = []
        self.key: str | None = None
        self.keys: list[str | None] = []
        self.key_line = 0
        self.root: tuple[Value, Place] | None = None

    def build(self, events: Iterator[yaml.Event]) -> tuple[Value, Place]:
        """The value that the events describe, and where each part of it stands."""
        for event in events:
            line = _span(event)[0].line + 1
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end(event)
            elif isinstance(event, yaml.AliasEvent):
                raise BrokenFile(
                    self.path, line, f"the alias *{event.anchor} is not read here", remedy="Write the value out."
                )
            elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
                raise BrokenFile(
                    self.path, line, "a second document starts here", remedy="Keep one document; remove the line ---."
                )
        return self.root or (None, Place(1, 1, 1))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._refuse_tag(event, line)
        if self._expects_key():
            self._take_key(event.value, line)
            return
        value = _plain(event.value) if event.implicit[0] and not event.style else event.value
        end = _span(event)[1]
        last = min(end.line + 1 if end.column else end.line, len(self.lines))
        while last > line and not self.lines[last - 1].strip():
            last -= 1
        self._add(value, Place(line, line, max(line, last)))

    def _start(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._refuse_tag(event, line)
        if self._expects_key():
            raise BrokenFile(
                self.path, line, "a list or mapping cannot be a key", remedy="Write plain text before the colon."
            )
        if len(self.open) >= DEEPEST:
            raise _too_deep(self.path, line)
        value: list[Value] | dict[str, Value] = {} if isinstance(event, yaml.MappingStartEvent) else []
        place = Place(line, line, line)
        self._add(value, place)
        self.open.append((value, place))
        self.keys.append(None)

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        _, place = self.open.pop()
        self.keys.pop()
        children = max((part.last for part in place.parts.values()), default=place.first)
        start, end = _span(event)
        place.last = max(children, end.line + 1) if end.index > start.index else children

    def _expects_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][0], dict) and self.keys[-1] is None

    def _take_key(self, key: str, line: int) -> None:
        if key in self.open[-1][0]:
            raise _twice(self.path, line, key)
        self.keys[-1], self.key_line = key, line

    def _add(self, value: Value, place: Place) -> None:
        if not self.open:
            self.root = (value, place)
            return
        parent, around = self.open[-1]
        if isinstance(parent, list):
            around.parts[len(parent)] = place
            parent.append(value)
        else:
            key = self.keys[-1] or ""
            place.line = self.key_line
            parent[key], around.parts[key] = value, place
            self.keys[-1] = None

    def _refuse_tag(self, event: yaml.NodeEvent, line: int) -> None:
        tag = getattr(event, "tag", None)
        if tag and tag not in ("!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))):
            raise BrokenFile(
                self.path, line, f"the tag {tag} is not read here", remedy="Write the value without a tag."
            )


def _span(event: yaml.Event) -> tuple[_Mark, _Mark]:
    """Where the event starts and ends; parsed events always say so."""
    assert event.start_mark is not None
    assert event.end_mark is not None
    return event.start_mark, event.end_mark


def _plain(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf").replace(".n", "n"))
    return text


def _integer(text: str) -> int | str:
    """The number, or the text when no sensible number has so many digits."""
    if len(text) > 40:
        return text
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


def _twice(path: str, line: int, key: str) -> BrokenFile:
    return BrokenFile(path, line, f"the key {key!r} stands twice", remedy="Keep one of the two.")


def _too_deep(path: str, line: int) -> BrokenFile:
    return BrokenFile(path, line, f"nested more than {DEEPEST} deep", remedy="Write the file with less nesting.")
