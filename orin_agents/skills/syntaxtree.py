"""What a Python file defines, calls and imports, read with `ast`."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from orin_agents.domain.markdown import one_line
from orin_agents.domain.snapshot import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a file does not parse; `line` counts from 1, 0 when it is the whole file."""

    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class by its qualified name in the module, decorators included in its lines."""

    name: str
    first_line: int
    last_line: int

    @property
    def lines(self) -> int:
        return self.last_line - self.first_line + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or method by its qualified name (`Book.price`); `within` when another function holds it.

    `calls` are the names it calls, in the order of first use, without those that functions within it call.
    """

    name: str
    first_line: int
    last_line: int
    within: bool
    calls: tuple[str, ...]

    @property
    def lines(self) -> int:
        return self.last_line - self.first_line + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What stands in a module; `names` is every name, attribute and import it uses."""

    lines: int
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    imports: tuple[str, ...]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file and what stands in it."""

    document: Document
    contents: Contents


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def read_module(text: str) -> Contents | Unreadable:
    """What the file holds, or why it does not parse. Nothing of it is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.removeprefix("\ufeff"))
        return _contents(tree, len(text.splitlines()))
    except SyntaxError as error:
        return Unreadable(reason=one_line(error.msg or "not Python"), line=max(error.lineno or 0, 0))
    except (ValueError, RecursionError, MemoryError) as error:
        return Unreadable(reason=one_line(str(error)) or "nested too deep")


def _contents(tree: ast.Module, lines: int) -> Contents:
    """Walks the tree once; each node knows the function that holds it and the names around it."""
    functions: list[tuple[str, Definition, bool]] = []
    classes: list[Class] = []
    calls: dict[int, dict[str, None]] = {}
    imports: dict[str, None] = {}
    names: set[str] = set()
    waiting: list[tuple[ast.AST, str, int]] = [(tree, "", -1)]
    while waiting:
        node, scope, owner = waiting.pop()
        if isinstance(node, Definition):
            name = f"{scope}.{node.name}" if scope else node.name
            if isinstance(node, ast.ClassDef):
                classes.append(Class(name=name, first_line=_first_line(node), last_line=node.end_lineno or node.lineno))
            else:
                functions.append((name, node, owner >= 0))
                owner = len(functions) - 1
            scope = name
        elif isinstance(node, ast.Call) and owner >= 0 and (called := _dotted(node.func)):
            calls.setdefault(owner, {})[called] = None
        imports.update(dict.fromkeys(_imported(node)))
        names.update(_names(node))
        waiting.extend((child, scope, owner) for child in reversed(list(ast.iter_child_nodes(node))))
    return Contents(
        lines=lines,
        functions=tuple(
            Function(
                name=name,
                first_line=_first_line(node),
                last_line=node.end_lineno or node.lineno,
                within=within,
                calls=tuple(calls.get(number, ())),
            )
            for number, (name, node, within) in enumerate(functions)
        ),
        classes=tuple(classes),
        imports=tuple(sorted(imports)),
        names=frozenset(names),
    )


def _first_line(node: Definition) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _dotted(node: ast.expr) -> str:
    """`a.b.c` for a chain of names; the last attribute for what is called on an expression; else nothing."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)])
    return f"….{parts[0]}" if parts else ""


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield "." * node.level + (node.module or "")


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name():
            yield node.id
        case ast.Attribute():
            yield node.attr
        case ast.alias():
            yield node.name.rpartition(".")[2]
        case _:
            return
