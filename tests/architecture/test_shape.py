"""How large things may get, what they may be called, and that each file says what it is."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source import PACKAGES, Source, sources

LONGEST_FILE = 250
LONGEST_FUNCTION = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc", "models", "exceptions"}

Check = Callable[[Source], Iterator[str]]


def file_is_short(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > LONGEST_FILE:
        yield f"{source.path} has {lines} lines"


def functions_are_short(source: Source) -> Iterator[str]:
    for function in source.functions():
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{source.path}:{function.lineno} {function.name} has {lines} lines"


def name_says_something(source: Source) -> Iterator[str]:
    for part in source.path.removesuffix(".py").split("/"):
        if part.strip("_") in FORBIDDEN_NAMES:
            yield f"{source.path} is called {part}"


def init_is_empty(source: Source) -> Iterator[str]:
    if source.name == "__init__" and source.text.strip():
        yield f"{source.path} is not empty"


def says_what_it_is(source: Source) -> Iterator[str]:
    if source.name != "__init__" and not ast.get_docstring(source.tree):
        yield f"{source.path} has no docstring"


def swallows_nothing(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and [type(each) for each in node.body] == [ast.Pass]:
            yield f"{source.path}:{node.lineno} passes over an exception"


def leaves_nothing_undone(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if any(word in line for word in ("TO" + "DO", "FIX" + "ME", "X" * 3)):
            yield f"{source.path}:{number} is not done"


LONG_FUNCTION = "def f():\n" + "    f()\n" * LONGEST_FUNCTION
CHECKS: dict[Check, tuple[str, str]] = {
    file_is_short: ("domain/a.py", "x = 1\n" * (LONGEST_FILE + 1)),
    functions_are_short: ("domain/a.py", LONG_FUNCTION),
    name_says_something: ("domain/shared/utils.py", ""),
    init_is_empty: ("domain/__init__.py", "from domain import shared\n"),
    says_what_it_is: ("domain/a.py", "x = 1\n"),
    swallows_nothing: ("api/a.py", "try:\n    f()\nexcept ValueError:\n    pass\n"),
    leaves_nothing_undone: ("api/a.py", "# TO" + "DO: the rest\n"),
}
"""Each check with a breach that it has to catch."""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_product_keeps_to_it(check: Check) -> None:
    assert [breach for source in sources(*PACKAGES) for breach in check(source)] == []


@pytest.mark.parametrize("check", [file_is_short, says_what_it_is, swallows_nothing], ids=lambda check: check.__name__)
def test_the_tests_and_measurements_keep_to_it_too(check: Check) -> None:
    assert [breach for source in sources("tests", "benchmarks") for breach in check(source)] == []


@pytest.mark.parametrize(("check", "planted"), CHECKS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_breach_is_caught(check: Check, planted: tuple[str, str]) -> None:
    assert list(check(Source(*planted))) != []
