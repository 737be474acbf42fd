"""A map of the code: what Python modules define, call and import, read with `ast` and never run."""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source
from orin_agents.domain.snapshot import Document
from orin_agents.skills import prose
from orin_agents.skills.syntaxtree import Function, Module, Unreadable, read_module

LANGUAGES = {
    ".c": "C",
    ".cc": "C++",
    ".cpp": "C++",
    ".go": "Go",
    ".h": "C",
    ".java": "Java",
    ".js": "JavaScript",
    ".rs": "Rust",
    ".sh": "shell",
    ".ts": "TypeScript",
}
MOST_FUNCTIONS = 2000
CALLS = 20
"""Names called that a function lists."""


def map_code(code: tuple[Document, ...]) -> Finding:
    """`module.N`, `class.N`, `function.N` of Python files by path and line, `syntax_error.N`, `untested.N`; files in
    other languages are counted in `language.N`. Nothing is run.

    Untested are functions and methods outside of tests whose name stands in no test; what is private, special or
    within another function is not asked for.
    """
    code = tuple(prose.ordered(code))
    modules: list[Module] = []
    broken: list[tuple[Document, Unreadable]] = []
    for document in filter(_is_python, code):
        found = read_module(document.text)
        if isinstance(found, Unreadable):
            broken.append((document, found))
        else:
            modules.append(Module(document, found))
    functions = [(module, function) for module in modules for function in module.contents.functions]
    untested = list(_untested(modules))
    facts = [*_modules(modules), *_classes(modules), *_functions(functions), *_broken(broken)]
    for number, (module, function) in enumerate(untested[:MOST_FUNCTIONS], start=1):
        label, source = _qualified(module, function.name), _lines(module, function.first_line, function.last_line)
        facts.append(Fact(id=f"untested.{number}", label=label, value=True, sources=(source,)))
    facts += _languages(code)
    lines = sum(module.contents.lines for module in modules)
    for name, label, value, unit in (
        ("modules", "Python modules that parse", len(modules), "modules"),
        ("functions", "Functions and methods", len(functions), "functions"),
        ("classes", "Classes", sum(len(module.contents.classes) for module in modules), "classes"),
        ("lines", "Lines of Python", lines, "lines"),
        ("untested", "Functions that no test names", len(untested), "functions"),
    ):
        facts.append(Fact(id=f"codemap.{name}", label=label, value=value, unit=unit))
    return Finding(skill="codemap", facts=tuple(facts), remarks=tuple(_remarks(broken, untested, functions)))


def _is_python(document: Document) -> bool:
    if document.path.lower().endswith((".py", ".pyi")):
        return True
    first = document.text[:100].split("\n", 1)[0]
    return "." not in PurePosixPath(document.path).name and first.startswith("#!") and "python" in first


def _is_test(path: str) -> bool:
    parts = PurePosixPath(path.lower())
    return (
        parts.name.startswith("test_")
        or parts.stem.endswith("_test")
        or parts.name == "conftest.py"
        or bool({"test", "tests"}.intersection(parts.parts[:-1]))
    )


def _qualified(module: Module, name: str) -> str:
    path = PurePosixPath(module.document.path)
    parts = [*path.parts[:-1], path.stem if path.suffix else path.name]
    return ".".join([*(part for part in parts if part != "__init__"), name])


def _lines(module: Module, first: int, last: int) -> Source:
    document = module.document
    return Source(path=document.path, version=document.version, first_line=first, last_line=last)


def _modules(modules: list[Module]) -> Iterator[Fact]:
    for number, module in enumerate(modules, start=1):
        name, path, contents = f"module.{number}", module.document.path, module.contents
        sources = (prose.whole(module.document),)
        yield Fact(id=name, label=path, value=len(contents.functions), unit="functions", sources=sources)
        yield Fact(id=f"{name}.lines", label=path, value=contents.lines, unit="lines", sources=sources)
        yield Fact(id=f"{name}.imports", label=path, value=", ".join(contents.imports), sources=sources)


def _classes(modules: list[Module]) -> Iterator[Fact]:
    found = [(module, item) for module in modules for item in module.contents.classes]
    for number, (module, item) in enumerate(found[:MOST_FUNCTIONS], start=1):
        source = _lines(module, item.first_line, item.last_line)
        label = _qualified(module, item.name)
        yield Fact(id=f"class.{number}", label=label, value=item.lines, unit="lines", sources=(source,))


def _functions(functions: list[tuple[Module, Function]]) -> Iterator[Fact]:
    for number, (module, function) in enumerate(functions[:MOST_FUNCTIONS], start=1):
        name, label = f"function.{number}", _qualified(module, function.name)
        sources = (_lines(module, function.first_line, function.last_line),)
        yield Fact(id=name, label=label, value=function.lines, unit="lines", sources=sources)
        more = f", … {len(function.calls) - CALLS} more" if len(function.calls) > CALLS else ""
        yield Fact(id=f"{name}.calls", label=label, value=", ".join(function.calls[:CALLS]) + more, sources=sources)


def _broken(broken: list[tuple[Document, Unreadable]]) -> Iterator[Fact]:
    for number, (document, error) in enumerate(broken, start=1):
        line = error.line or None
        source = Source(path=document.path, version=document.version, first_line=line, last_line=line)
        told = f"line {error.line}: {error.reason}" if error.line else error.reason
        yield Fact(id=f"syntax_error.{number}", label=document.path, value=told, sources=(source,))


def _untested(modules: list[Module]) -> Iterator[tuple[Module, Function]]:
    named = {name for module in modules if _is_test(module.document.path) for name in module.contents.names}
    for module in modules:
        if not _is_test(module.document.path):
            for function in module.contents.functions:
                last = function.name.rpartition(".")[2]
                if not last.startswith("_") and not function.within and last not in named:
                    yield module, function


def _languages(code: tuple[Document, ...]) -> Iterator[Fact]:
    """Files that are not Python, by language; those with an unknown suffix by their suffix."""
    files: dict[str, list[Document]] = {}
    for document in code:
        if not _is_python(document):
            suffix = PurePosixPath(document.path).suffix.lower()
            files.setdefault(LANGUAGES.get(suffix, suffix or "other"), []).append(document)
    counts = Counter({language: len(found) for language, found in files.items()})
    for number, language in enumerate(sorted(counts, key=lambda name: (-counts[name], name)), start=1):
        lines = sum(_count_lines(document.text) for document in files[language])
        yield Fact(id=f"language.{number}", label=language, value=counts[language], unit="files")
        yield Fact(id=f"language.{number}.lines", label=language, value=lines, unit="lines")


def _count_lines(text: str) -> int:
    return len(text.splitlines())


def _remarks(
    broken: list[tuple[Document, Unreadable]],
    untested: list[tuple[Module, Function]],
    functions: list[tuple[Module, Function]],
) -> Iterator[Remark]:
    for number, (document, error) in enumerate(broken, start=1):
        at = f" at line {error.line}" if error.line else ""
        yield Remark(
            text=f"{document.path} does not parse{at}: {error.reason}.",
            severity=Severity.WARNING,
            facts=(f"syntax_error.{number}",),
        )
    if untested:
        text = f"{len(untested)} of {len(functions)} functions are named in no test."
        yield Remark(text=text, facts=("codemap.untested",))
