import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orin_agents
from orin_agents.skills.codemap import map_code
from orin_agents.skills.syntaxtree import Unreadable, read_module
from tests.skills.notes import HOSTILE, at_lines, labels, note, value, values

BOOKINGS = '''"""Bookings."""
import os.path
from . import rota
from datetime import date


@decorated
def book(day, *, size=len("x")):
    slots = rota.free(day)
    for slot in slots:
        slots[0].take(slot)

    def inner():
        print(slots)

    return inner


class Book:
    class Page:
        def turn(self):
            return self.turn().back()

    async def price(self):
        return [max(x) for x in self.all()]

    def _private(self):
        lambda: min(1, 2)
'''
TESTS = "from bookings import book\n\ndef test_it():\n    assert book(1)\n"
FRAGMENTS = [
    "def f():\n",
    "    g()\n",
    "class A:\n",
    "  x = 1\n",
    "\tpass\n",
    "(",
    "'''",
    "\\",
    "é = 1\n",
    "\x00",
    "async ",
    "@x\n",
]


def test_modules_classes_functions_calls_and_imports_are_mapped() -> None:
    finding = map_code((note(BOOKINGS, "code/bookings.py"),))
    assert (labels(finding, "module"), values(finding, "module")) == (["code/bookings.py"], [5])
    assert value(finding, "module.1.imports") == "., datetime, os.path"
    assert value(finding, "module.1.lines") == BOOKINGS.count("\n")
    assert labels(finding, "class") == ["code.bookings.Book", "code.bookings.Book.Page"]
    functions = finding.numbered("function")
    assert [
        (fact.label.removeprefix("code.bookings."), fact.value, str(fact.sources[0]).partition(":")[2])
        for fact in functions
    ] == [
        ("book", 10, "7–16"),
        ("book.inner", 2, "13–14"),
        ("Book.Page.turn", 2, "21–22"),
        ("Book.price", 2, "24–25"),
        ("Book._private", 2, "27–28"),
    ]
    assert [value(finding, f"function.{n}.calls") for n in range(1, 6)] == [
        "len, rota.free, ….take",
        "print",
        "….back, self.turn",
        "max, self.all",
        "min",
    ]
    assert [value(finding, f"codemap.{name}") for name in ("modules", "functions", "classes")] == [1, 5, 2]


def test_functions_that_no_test_names_are_told() -> None:
    finding = map_code((note(BOOKINGS, "code/bookings.py"), note(TESTS, "tests/test_bookings.py")))
    assert labels(finding, "untested") == ["code.bookings.Book.Page.turn", "code.bookings.Book.price"]
    assert value(finding, "codemap.untested") == 2


@pytest.mark.parametrize("path", ["test_a.py", "a_test.py", "tests/a.py", "code/test/a.py", "conftest.py"])
def test_what_is_a_test_need_not_be_tested(path: str) -> None:
    assert labels(map_code((note("def f(): pass\n", path),)), "untested") == []


def test_a_file_that_does_not_parse_is_named_with_its_line() -> None:
    finding = map_code((note("x = 1\ndef f(:\n", "code/a.py"), note("def g(): pass", "code/b.py")))
    (fact,) = finding.numbered("syntax_error")
    assert (fact.label, fact.value, str(fact.sources[0])) == ("code/a.py", "line 2: invalid syntax", "code/a.py@1:2")
    assert value(finding, "codemap.modules") == 1
    assert "line 2" in finding.remarks[0].text


def test_other_languages_are_counted() -> None:
    code = (note("fn main() {}\n", "a.rs"), note("x\ny\n", "b.rs"), note("", "c.zig"), note("#!/bin/sh\n", "run"))
    finding = map_code(code)
    assert list(zip(labels(finding, "language"), values(finding, "language"), strict=True)) == [
        ("Rust", 2),
        (".zig", 1),
        ("other", 1),
    ]
    assert value(finding, "language.1.lines") == 3
    assert value(finding, "codemap.modules") == 0


def test_a_script_without_a_suffix_is_python_when_it_says_so() -> None:
    finding = map_code((note("#!/usr/bin/env python3\ndef go(): pass\n", "bin/go"),))
    assert labels(finding, "function") == ["bin.go.go"]


def test_nothing_is_run() -> None:
    assert value(map_code((note("raise SystemExit\nopen('/nowhere')\n", "a.py"),)), "codemap.modules") == 1


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_any_text_is_read_or_refused_with_a_line_that_exists(text: str) -> None:
    finding = map_code((note(text, "a.py"),))
    assert len(finding.numbered("module")) + len(finding.numbered("syntax_error")) == 1
    for fact in finding.numbered("function"):
        assert at_lines(text, fact.sources[0])
        assert fact.value == (fact.sources[0].last_line or 0) - (fact.sources[0].first_line or 0) + 1


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "-" * 100_000 + "1",
        "a" + ".a" * 50_000,
        "x = " + "a+" * 20_000 + "a",
        "lambda:" * 20_000 + "1",
        "9" * 10_000,
        "\ud800",
        "\x00",
    ],
)
def test_what_the_parser_cannot_hold_is_refused(text: str) -> None:
    found = read_module(text)
    assert isinstance(found, Unreadable) and found.reason and found.reason.isprintable()


def test_hostile_files_and_this_very_program_are_mapped() -> None:
    map_code(tuple(note(text, f"{name}.py") for name, text in HOSTILE.items()))
    root = Path(orin_agents.__file__).parent / "skills"
    code = tuple(note(path.read_text(), path.name) for path in sorted(root.glob("*.py")))
    finding = map_code(code)
    defined = sum(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for item in code
        for node in ast.walk(ast.parse(item.text))
    )
    assert value(finding, "codemap.functions") == defined


def test_the_order_of_files_makes_no_difference() -> None:
    code = (note(BOOKINGS, "code/bookings.py"), note(TESTS, "tests/test_bookings.py"), note("(", "c.py"))
    assert map_code(code) == map_code(code[::-1])


def test_nothing_gives_zeros() -> None:
    finding = map_code(())
    assert {fact.value for fact in finding.facts} == {0} and not finding.remarks
