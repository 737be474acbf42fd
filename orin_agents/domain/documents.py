"""Files that people write and Orin reads: YAML and JSON into pydantic models, each problem with its line and remedy.

A model that wants to know where it stands declares `source: Source = NOWHERE`; it is filled in here and never written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.facts import Source
from orin_agents.domain.syntax import Place, Value, parse

NOWHERE = Source(path="")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d\d:\d\d(:\d\d)?")


class Written(BaseModel):
    """A part of a file a person writes: unknown keys are refused; values are kept as written but for outer spaces."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def read_document(model: type[Model], text: str, path: str) -> Model:
    """The YAML or JSON `text` of the file `path` as a `model`. Raises BrokenFile with the line of the first problem."""
    value, place = parse(text, path)
    if not isinstance(value, dict):
        what = "the file is empty" if value is None else "a mapping of keys to values is expected here"
        raise BrokenFile(path, place.first, what, remedy=f"Write its keys: {', '.join(_keys(model))}.")
    _locate(value, place, model, path)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        line, problem = _first(error, place)
        parent = _model_at(model, problem["loc"][:-1])
        raise BrokenFile(path, line, _what(problem), remedy=_remedy(problem, parent)) from error


def misplaced(source: Source, what: str) -> PydanticCustomError:
    """For a validator to raise: what is wrong, and the part of the file (its source) where the person should look."""
    return PydanticCustomError("misplaced", "{what}", {"what": what, "line": source.first_line or 0})


def refuse_repeats(parts: Iterable[tuple[str, Source]]) -> None:
    """For a validator to call with (id, source) pairs: raises at the second part that bears an id."""
    seen: set[str] = set()
    for name, source in parts:
        if name in seen:
            raise misplaced(source, f"the id {name!r} is used twice")
        seen.add(name)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a model's field may hold: a model, a mapping to models, a date, a time; whether true and false fit."""

    key: str
    model: type[BaseModel] | None
    mapped: bool
    day: bool
    hour: bool
    truth: bool


@cache
def _shapes(model: type[BaseModel]) -> tuple[bool, tuple[_Shape, ...]]:
    """Whether the model wants its source, and the shapes of its fields."""
    wants = "source" in model.model_fields and model.model_fields["source"].annotation is Source
    shapes = []
    for name, info in model.model_fields.items():
        if name == "source" and wants:
            continue
        parts = tuple(_leaves(info.annotation))
        inner = next((part for part in parts if issubclass(part, BaseModel)), None)
        mapped = any(get_origin(part) is dict for part in (info.annotation, *get_args(info.annotation)))
        truth = bool in parts or not any(part in (int, float) for part in parts)
        shapes.append(_Shape(info.alias or name, inner, mapped, date in parts, time in parts, truth))
    return wants, tuple(shapes)


def _leaves(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _leaves(part)


def _locate(value: Value, place: Place, model: type[BaseModel], path: str) -> None:
    """Write each part's Source into the data where its model asks for one.

    Refuses what pydantic would take for something else: a number as a date, true as 1.
    """
    if not isinstance(value, dict):
        return
    wants, shapes = _shapes(model)
    for shape in shapes:
        found = value.get(shape.key)
        if found is None:
            continue
        at = place.parts[shape.key]
        if isinstance(found, str | int | float):
            _check_scalar(found, shape, at, path)
        elif shape.model is not None:
            for part, part_place in _parts(found, at, shape.mapped):
                _locate(part, part_place, shape.model, path)
    if wants:
        if "source" in value:
            raise BrokenFile(
                path, place.parts["source"].line, "unknown key 'source'", remedy=_spelling("source", model)
            )
        source: Any = Source(path=path, first_line=place.first, last_line=place.last)
        value["source"] = source


def _parts(value: Value, place: Place, mapped: bool) -> Iterator[tuple[Value, Place]]:
    """The values that may be of the field's model: the items of a list, the values of a mapping, or the value."""
    if isinstance(value, list):
        yield from ((item, place.parts[index]) for index, item in enumerate(value))
    elif isinstance(value, dict) and mapped:
        yield from ((item, place.parts[key]) for key, item in value.items())
    else:
        yield value, place


def _check_scalar(value: str | int | float, shape: _Shape, place: Place, path: str) -> None:
    if isinstance(value, bool):
        if not shape.truth:
            raise BrokenFile(
                path, place.line, f"{shape.key}: {str(value).lower()} is not a number", remedy="Write a number."
            )
    elif shape.day and not (isinstance(value, str) and DATE.fullmatch(value.strip())):
        raise BrokenFile(
            path, place.line, f"{shape.key}: {value!r} is not a date", remedy='Write dates as "YYYY-MM-DD".'
        )
    elif shape.hour and not (isinstance(value, str) and TIME.fullmatch(value.strip())):
        raise BrokenFile(path, place.line, f"{shape.key}: {value!r} is not a time", remedy='Write times as "HH:MM".')


def _first(error: ValidationError, root: Place) -> tuple[int, ErrorDetails]:
    """The problem that stands first, with its line.

    A missing key is passed over when its mapping also has an unknown one: that is usually the same key, misspelt.
    """
    problems = error.errors(include_url=False)
    misspelt = {problem["loc"][:-1] for problem in problems if problem["type"] == "extra_forbidden"}
    placed = [
        (_line(problem, root), problem)
        for problem in problems
        if problem["type"] != "missing" or problem["loc"][:-1] not in misspelt
    ]
    return min(placed, key=lambda found: found[0])


def _line(problem: ErrorDetails, root: Place) -> int:
    if line := problem.get("ctx", {}).get("line"):
        return int(line)
    place = root
    for part in problem["loc"]:
        if part not in place.parts:
            break
        place = place.parts[part]
    return place.line


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """The model of the part at `loc`, as far as it can be followed."""
    for part in loc:
        shape = next((shape for shape in _shapes(model)[1] if shape.key == part), None)
        if shape is not None and shape.model is not None:
            model = shape.model
    return model


def _keys(model: type[BaseModel]) -> list[str]:
    return [shape.key for shape in _shapes(model)[1]]


def _spelling(key: str, model: type[BaseModel]) -> str:
    if near := get_close_matches(key, _keys(model), n=1):
        return f"Did you mean {near[0]!r}?"
    return f"Remove it; known keys: {', '.join(_keys(model))}."


def _what(problem: ErrorDetails) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {where!r}"
    if problem["type"] == "missing":
        return f"the key {where!r} is missing"
    said = problem["msg"].removeprefix("Value error, ")
    said = said if problem["type"] in ("value_error", "misplaced") else f"{said[:1].lower()}{said[1:]}"
    return f"{where}: {said}" if where else said


def _remedy(problem: ErrorDetails, model: type[BaseModel]) -> str:
    match problem["type"]:
        case "extra_forbidden":
            return _spelling(str(problem["loc"][-1]), model)
        case "missing":
            return f"Add the key {problem['loc'][-1]!r}."
        case "string_type" if isinstance(problem["input"], int | float):
            return "Put the value in quotes."
    return "Mend the value; the README's reference lists what may stand here."
