"""Files that people write and Orin reads: YAML and JSON into pydantic models, each problem with its line and remedy.

YAML is composed to nodes first, so that every value keeps its line; JSON is a subset and goes the same way.
A model that wants to know where it stands declares `source: Source = NOWHERE`; it is filled in here and never written.
"""

import json
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.facts import Source

NOWHERE = Source(path="")


class Written(BaseModel):
    """A part of a file a person writes: unknown keys are refused, values are never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]


def read_document(model: type[Model], text: str, path: str) -> Model:
    """The YAML or JSON `text` of the file `path` as a `model`. Raises BrokenFile with the line of the first problem."""
    node = _compose(text, path)
    lines: dict[Path, tuple[int, int]] = {}
    data = _plain(node, (), lines, path) if node is not None else None
    if not isinstance(data, dict):
        raise BrokenFile(
            path, 1, "a mapping of keys to values is expected here", remedy=f"Write the keys of {model.__name__}."
        )
    _place(data, model, (), lines, path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        loc = tuple(part for part in first["loc"])
        raise BrokenFile(path, _line(loc, lines), _what(first), remedy=_remedy(first, model)) from error


def _compose(text: str, path: str) -> yaml.Node | None:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if path.endswith(".json"):
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            raise BrokenFile(
                path, error.lineno, f"not JSON: {error.msg}", remedy="Mend the syntax at that line."
            ) from error
        text = text.replace(
            "\t", " "
        )  # JSON may be indented with tabs, which YAML refuses; strings cannot hold a bare tab
    try:
        return yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BrokenFile(
            path, line, f"not YAML: {error.problem or error}", remedy="Mend the syntax at that line."
        ) from error
    except yaml.YAMLError as error:
        raise BrokenFile(path, 0, f"not YAML: {error}", remedy="Save the file as plain UTF-8 text.") from error


def _plain(node: yaml.Node, at: Path, lines: dict[Path, tuple[int, int]], path: str) -> Any:
    end = node.end_mark.line + (1 if node.end_mark.column else 0)
    lines[at] = (node.start_mark.line + 1, max(node.start_mark.line + 1, end))
    if isinstance(node, yaml.MappingNode):
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node)
            if key in data:
                raise BrokenFile(
                    path, key_node.start_mark.line + 1, f"the key {key!r} stands twice", remedy="Keep one of the two."
                )
            data[key] = _plain(value_node, (*at, key), lines, path)
            lines[(*at, key)] = (key_node.start_mark.line + 1, lines[(*at, key)][1])
        return data
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*at, index), lines, path) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    constructor = yaml.constructor.SafeConstructor()
    try:
        return constructor.construct_document(node)
    except (yaml.YAMLError, ValueError, TypeError):
        return node.value


def _place(data: Any, model: type[BaseModel], at: Path, lines: dict[Path, tuple[int, int]], path: str) -> None:
    """Write each part's Source into the data, where its model asks for one."""
    if not isinstance(data, dict):
        return
    if "source" in model.model_fields and model.model_fields["source"].annotation is Source and "source" not in data:
        first, last = lines[at]
        data["source"] = Source(path=path, first_line=first, last_line=last)
    for name, field in model.model_fields.items():
        inner = _model_inside(field.annotation)
        value = data.get(field.alias or name)
        if inner is None or value is None:
            continue
        if isinstance(value, list):
            for index, item in enumerate(value):
                _place(item, inner, (*at, field.alias or name, index), lines, path)
        elif isinstance(value, dict):
            _place(value, inner, (*at, field.alias or name), lines, path)


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_inside(part))), None)


def _line(loc: Path, lines: dict[Path, tuple[int, int]]) -> int:
    for length in range(len(loc), -1, -1):
        if loc[:length] in lines:
            return lines[loc[:length]][0]
    return 0


def _what(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {where!r}"
    if problem["type"] == "missing":
        return f"the key {where!r} is missing"
    return (
        f"{where}: {problem['msg'].removeprefix('Value error, ')}"
        if where
        else str(problem["msg"]).removeprefix("Value error, ")
    )


def _remedy(problem: Any, model: type[BaseModel]) -> str:
    if problem["type"] == "extra_forbidden":
        return "Remove the key or mend its spelling; the README's reference lists the keys."
    if problem["type"] == "missing":
        return f"Add the key {problem['loc'][-1]!r}."
    return "Mend the value; the README's reference lists what may stand here."
