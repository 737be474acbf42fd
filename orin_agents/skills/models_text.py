"""Adding to the text of models.yaml without touching what stands there: not a comment, not a blank."""

import json
import re
from collections.abc import Iterable, Mapping

from orin_agents.domain.deployments import PATH
from orin_agents.domain.errors import Invalid
from orin_agents.domain.models import ModelsFile, read_models
from orin_agents.domain.syntax import Place, lines_of, parse

INDENT = "  "
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*(?::[A-Za-z0-9_./@+-]+)*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off"}


def with_deployment(text: str, name: str, keys: Mapping[str, str | int | bool], serves: Iterable[str]) -> str:
    """The text with one more deployment, which stands last behind each logical model it serves.

    Raises BrokenFile when the text cannot be read before or would not be afterwards, Invalid when the name is taken or
    the text is written in a way that cannot be added to.
    """
    before = read_models(text)
    if name in before.deployments:
        raise Invalid(f"{PATH} has a deployment {name} already.", remedy="Choose another name with --name.")
    lines = lines_of(text)
    while lines and not lines[-1].strip():
        lines.pop()
    block = [f"{name}:", *(f"{INDENT}{key}: {_scalar(value)}" for key, value in keys.items())]
    lines = _into(lines, "deployments", block)
    for logical in serves:
        lines = _behind(lines, logical, name)
    after = ("\r\n" if "\r\n" in text else "\n").join([*lines, ""])
    _check(before, after, name, tuple(serves))
    return after


def _check(before: ModelsFile, text: str, name: str, serves: tuple[str, ...]) -> None:
    """Whether the text says what it said, and the one thing more."""
    after = read_models(text)
    models = {**before.models, **{logical: [*before.models.get(logical, ()), name] for logical in serves}}
    rest = {key: value.model_dump() for key, value in after.deployments.items() if key != name}
    same = rest == {key: value.model_dump() for key, value in before.deployments.items()}
    if name not in after.deployments or not same or after.models != models or after.cloud != before.cloud:
        raise _cannot(f"{name} could not be added to {PATH} without changing the rest of it.")


def _cannot(what: str) -> Invalid:
    return Invalid(
        what, kept="The file is as it was.", remedy="Write the maps in it over several lines, or add it by hand."
    )


def _into(lines: list[str], key: str, block: list[str]) -> list[str]:
    """The lines with the block as the last entry of the mapping `key`."""
    place = _place(lines).parts.get(key)
    if place is None:
        return [*lines, "", f"{key}:", *(INDENT + line for line in block)]
    if not place.parts:
        head = lines[place.line - 1]
        if "{" in head.partition("#")[0]:
            lines = [*lines[: place.line - 1], re.sub(r"\{\s*\}", "", head).rstrip(), *lines[place.line :]]
        return [*lines[: place.line], *(INDENT + line for line in block), *lines[place.line :]]
    first = lines[min(part.line for part in place.parts.values()) - 1]
    indent = first[: len(first) - len(first.lstrip())]
    if not indent:
        raise _cannot(f"The entries of {key} stand on one line.")
    last = max(part.last for part in place.parts.values())
    return [*lines[:last], *(indent + line for line in block), *lines[last:]]


def _behind(lines: list[str], logical: str, name: str) -> list[str]:
    """The lines with the deployment last in the logical model's list."""
    models = _place(lines).parts.get("models")
    listed = models.parts.get(logical) if models else None
    if listed is None:
        return _into(lines, "models", [f"{logical}: [{name}]"])
    at = listed.last - 1
    line, mark, comment = _parted(lines[at])
    if line.rstrip().endswith("]"):
        inside = line.rstrip()[:-1].rstrip()
        more = f"{inside}{'' if inside.endswith('[') else ', '}{name}]"
        return [*lines[:at], more + (f"   {mark}{comment}" if mark else ""), *lines[at + 1 :]]
    if not line.lstrip().startswith("- "):
        raise _cannot(f"The list of {logical} cannot be added to.")
    return [*lines[: at + 1], f"{line[: len(line) - len(line.lstrip())]}- {name}", *lines[at + 1 :]]


def _parted(line: str) -> tuple[str, str, str]:
    """A line of names, its comment parted off."""
    return line.partition("#")


def _place(lines: list[str]) -> Place:
    return parse("\n".join(lines), PATH)[1]


def _scalar(value: str | int | bool) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
