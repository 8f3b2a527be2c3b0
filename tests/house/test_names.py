"""The manners of this code: sizes, names, what stands at the head of a module, and what no test may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "storage", "jobs", "locales")
LONGEST_FILE = 350  # lines
LONGEST_FUNCTION = 40  # lines

# What may be longer, how long at most, and why.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS = {
    "handlers/__init__.py handlers": 75,  # the routing table: one line a handler
}
# Where the wall clock is read: the two clocks, and what stands outside of the bot's own time.
CLOCKS = {
    "bot/clock.py": "the clock itself",
    "bot/demo.py": "the clock of the demo, which follows the playground's",
    "bot/playground/clock.py": "the playground's own clock",
    "bot/cli.py": "last words at the end of the process, in real seconds",
}
TIMES = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "time_ns", "monotonic_ns"}
DRAWERS = {"utils", "util", "helpers", "helper", "manager", "managers", "const", "constants", "common", "misc"}
EMPTY_VERBS = ("process_", "handle_", "perform_")


def _modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


OURS = {_named(path): path for path in _modules(*PACKAGES)}
TESTS = {_named(path): path for path in _modules("tests")}
every_module = pytest.mark.parametrize("name", OURS)
every_test_module = pytest.mark.parametrize("name", TESTS)


@cache
def _tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text("utf-8"))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


@every_module
def test_a_file_is_short_enough_to_be_read(name: str) -> None:
    assert len(OURS[name].read_text("utf-8").splitlines()) <= LONG_FILES.get(name, LONGEST_FILE)


@every_module
def test_a_function_is_short_enough_to_be_seen_at_once(name: str) -> None:
    long = {node.name: _length(node) for node in _functions(_tree(name))}
    assert not {
        function
        for function, lines in long.items()
        if lines > LONG_FUNCTIONS.get(f"{name} {function}", LONGEST_FUNCTION)
    }


def test_most_functions_are_short() -> None:
    lengths = sorted(_length(node) for name in OURS for node in _functions(_tree(name)))
    assert lengths[len(lengths) // 2] < 12
    assert lengths[len(lengths) * 9 // 10] <= 20


@pytest.mark.parametrize("name", [*OURS, *(name for name, path in TESTS.items() if path.stat().st_size)])
def test_a_module_says_in_one_sentence_what_it_is_for(name: str) -> None:
    said = ast.get_docstring(_tree(name))
    assert said
    assert said.split("\n\n")[0].rstrip().endswith((".", "!", "?"))


@every_module
def test_nothing_is_put_into_a_drawer(name: str) -> None:
    assert DRAWERS.isdisjoint(Path(name).with_suffix("").parts)
    assert not [node.name for node in _functions(_tree(name)) if node.name.startswith(EMPTY_VERBS)]


@every_module
def test_nothing_is_left_for_later(name: str) -> None:
    text = OURS[name].read_text("utf-8")
    assert not [mark for mark in ("TODO", "FIXME", "XXX", "pragma: no cover", "NotImplementedError") if mark in text]


def _calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What is called, as (what stands before the dot, name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = node.func.value
            yield holder.id if isinstance(holder, ast.Name) else "", node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield "", node.func.id


@every_module
def test_the_wall_clock_is_read_by_clocks_alone(name: str) -> None:
    read = {f"{holder}.{call}" for holder, call in _calls(_tree(name)) if holder in {"datetime", "date", "time"}}
    if name not in CLOCKS:
        assert not {call for call in read if call.split(".")[1] in TIMES}


def test_who_may_read_the_wall_clock_exists() -> None:
    assert CLOCKS.keys() <= OURS.keys()


def _imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@every_test_module
def test_no_test_replaces_our_own_code_or_waits_for_time_to_pass(name: str) -> None:
    tree = _tree(name)
    assert not {module for module in _imported(tree) if "mock" in module or module.endswith(".sleep")}
    calls = set(_calls(tree))
    assert not {call for _, call in calls if call in {"sleep", "patch", "Mock", "MagicMock", "AsyncMock"}}
    assert ("monkeypatch", "setattr") not in calls


@every_test_module
def test_the_name_of_a_test_is_a_sentence(name: str) -> None:
    tests = [node.name for node in _functions(_tree(name)) if node.name.startswith("test_")]
    assert not [test for test in tests if len(test.split("_")) < 4]
