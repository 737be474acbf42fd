"""A narrative as a model is asked for it, and as it is read: paragraphs of sentences, each with the marks it cites.

Servers that can are held to the schema while they write. What comes from the others, or was cut off at its bound, is
read as far as it makes sense; only an answer in which no sentence can be found is malformed.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orin_agents.domain.pages import Sentence

MOST_PARAGRAPHS = 4
MOST_SENTENCES = 8
"""In one paragraph."""
LONGEST_SENTENCE = 400
"""Characters; the schema's bound. Where no schema held the model, twice as many are borne with."""
MOST_CITES = 4
"""Marks behind one sentence."""

_MARKS = re.compile(r"\s*[\[(]((?:[fp]\d{1,4}[,;\s]*)+)[\])]")
_MARK = re.compile(r"[fp]\d{1,4}")
Paragraphs = tuple[tuple[Sentence, ...], ...]


def schema(marks: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of a narrative that may cite these marks."""
    cites = {"type": "array", "maxItems": MOST_CITES, "items": {"enum": list(marks)} if marks else {"type": "string"}}
    sentence = _object({"text": {"type": "string", "maxLength": LONGEST_SENTENCE}, "cites": cites})
    sentences = {"type": "array", "minItems": 1, "maxItems": MOST_SENTENCES, "items": sentence}
    paragraph = _object({"sentences": sentences})
    paragraphs = {"type": "array", "minItems": 1, "maxItems": MOST_PARAGRAPHS, "items": paragraph}
    return _object({"paragraphs": paragraphs})


def read_narrative(text: str, marks: Mapping[str, str]) -> Paragraphs:
    """The narrative in a model's answer; each mark it cites becomes the id that `marks` has for it, others are dropped.

    A sentence said twice is kept once. Empty when there is no sentence in it.
    """
    seen: set[str] = set()
    paragraphs = []
    for sentences in _paragraphs(_value(text)):
        kept = []
        for sentence in sentences:
            said = _sentence(sentence, marks)
            if said and said.text.casefold() not in seen:
                seen.add(said.text.casefold())
                kept.append(said)
        if kept:
            paragraphs.append(tuple(kept[:MOST_SENTENCES]))
    return tuple(paragraphs[:MOST_PARAGRAPHS])


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value(text: str) -> object:
    """The JSON in the text: behind any talk before it, without what follows it, closed where it breaks off."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        return json.JSONDecoder(strict=False).raw_decode(text[start:])[0]
    except (json.JSONDecodeError, RecursionError):
        return _closed(text[start:])


def _closed(text: str) -> object:
    """The part of a JSON text up to the last object that was closed, with everything around it closed too."""
    open_, quoted, escaped = list[str](), False, False
    end, closing = 0, ""
    for at, char in enumerate(text):
        if quoted:
            quoted, escaped = escaped or char != '"', char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "{[":
            open_.append("}" if char == "{" else "]")
        elif char in "}]":
            if not open_ or open_.pop() != char:
                break
            if char == "}":
                end, closing = at + 1, "".join(reversed(open_))
    try:
        return json.loads(text[:end] + closing, strict=False) if end else None
    except (json.JSONDecodeError, RecursionError):
        return None


def _paragraphs(value: object) -> Iterator[Sequence[object]]:
    """The sentences, by paragraph, in what was asked for and in what small models make of it."""
    match value:
        case {"paragraphs": list(items)}:
            for item in items:
                yield from _paragraphs(item)
        case {"sentences": list(items)}:
            yield items
        case {"text": str()} | str():
            yield [value]


def _sentence(value: object, marks: Mapping[str, str]) -> Sentence | None:
    match value:
        case {"text": str(text), "cites": list(cites)}:
            asked = [str(cite) for cite in cites]
        case {"text": str(text)} | str(text):
            asked = []
        case _:
            return None
    asked += [mark for group in _MARKS.findall(text) for mark in _MARK.findall(group)]
    text = " ".join(_MARKS.sub("", text).split())
    known = dict.fromkeys(marks[mark] for mark in (each.strip("[] ") for each in asked) if mark in marks)
    if not text or len(text) > 2 * LONGEST_SENTENCE:
        return None
    return Sentence(text=text, cites=tuple(known)[:MOST_CITES])
