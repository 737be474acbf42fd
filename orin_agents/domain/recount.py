"""okr.json with key results as counted from tasks: only the figures change, every other character stays."""

import json
from collections.abc import Iterator, Mapping

import yaml


def recounted(text: str, counts: Mapping[str, float]) -> str:
    """The file's text with `current` set to the count of the key result of that title; empty when nothing differs.

    Titles that stand twice are left alone, for the count cannot be told apart. Text that is not JSON gives an empty
    string: it is reported where it is read.
    """
    try:
        json.loads(text)
        root = yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
    except (ValueError, yaml.YAMLError):
        return ""
    results = [(title, node) for node in _key_results(root) if (title := _text(node, "title"))]
    titles = [title for title, _ in results]
    changes: list[tuple[int, int, str]] = []
    for title, node in results:
        if title in counts and titles.count(title) == 1:
            changes.extend(_change(node, counts[title]))
    if not changes:
        return ""
    for start, end, written in sorted(changes, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _change(node: yaml.MappingNode, count: float) -> Iterator[tuple[int, int, str]]:
    written = json.dumps(int(count) if float(count).is_integer() else round(count, 4))
    current = _value(node, "current")
    if current is None:
        if count:
            yield node.start_mark.index + 1, node.start_mark.index + 1, f'"current": {written}, '
    elif isinstance(current, yaml.ScalarNode) and _differs(current.value, count):
        yield current.start_mark.index, current.end_mark.index, written


def _differs(text: str, count: float) -> bool:
    try:
        return abs(float(text) - count) > 1e-6
    except ValueError:
        return False


def _key_results(root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    for objective in _items(_value(root, "objectives")):
        yield from _items(_value(objective, "key_results"))


def _items(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.SequenceNode):
        yield from (item for item in node.value if isinstance(item, yaml.MappingNode))


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key and isinstance(value, yaml.Node):
                return value
    return None


def _text(node: yaml.Node, key: str) -> str:
    found = _value(node, key)
    return found.value.strip() if isinstance(found, yaml.ScalarNode) else ""
