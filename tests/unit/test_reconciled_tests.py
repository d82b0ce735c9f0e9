"""No test of calls on real parts escapes the comparison of its records with Asterisk's own, and no benchmark does."""

import ast
from collections.abc import Iterator

import pytest

from tests.house import Module, modules

pytestmark = pytest.mark.unit

WITHOUT = {
    "test_asterisk_ami.py": "Asterisk alone: the daemon's place is the test's, nobody writes records",
    "test_asterisk_boots.py": "Asterisk alone, and no calls",
    "test_asterisk_dialplan.py": "Asterisk alone: the daemon's place is the test's, nobody writes records",
    "test_faults_input.py::test_a_broken_flow_file_ends_the_start_with_its_line": "no calls",
    "test_faults_input.py::test_without_asterisk_the_start_says_what_makes_one": "no calls",
    "test_flow_walls.py": "Asterisk alone: the daemon's place is the test's, nobody writes records",
    "test_simulation.py": "the telephones themselves, on Asterisk alone; nobody writes records",
    "test_supervisor.py": "no calls",
    "test_wide_sounds.py": "Asterisk alone: the daemon's place is the test's, nobody writes records",
}
"""Integration tests, or all those of a file, that do not end with the comparison, and why."""

COMPARE = {"compared", "note_agreement", "reconciled"}
TESTS = [module for module in modules("tests") if module.path.parts[1] in ("integration", "load")]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: Module) -> dict[str, Function]:
    return {node.name: node for node in ast.walk(module.tree) if isinstance(node, Function)}


def called(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The names of what is called in there, and where."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            yield ast.unparse(one.func).rpartition(".")[2], one.lineno


def lends(function: Function) -> bool:
    """Whether it makes a centre for others to use."""
    return any(name == "RunningCentre" for name, _ in called(function))


def compares(function: Function) -> bool:
    """Whether the comparison stands behind its `yield`."""
    given = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Yield)]
    return bool(given) and any(name in COMPARE and line > max(given) for name, line in called(function))


def lenders() -> set[str]:
    """Fixtures and context managers that give a centre and compare at the end, and those that pass one of them on."""
    known = {name for module in TESTS for name, one in functions(module).items() if lends(one) and compares(one)}
    while more := {
        name
        for module in TESTS
        for name, one in functions(module).items()
        if name not in known and any(isinstance(node, ast.Yield) for node in ast.walk(one)) and needs(one) & known
    }:
        known |= more
    return known


def needs(function: Function) -> set[str]:
    """Its fixtures, and what it calls."""
    return {argument.arg for argument in function.args.args} | {name for name, _ in called(function)}


def test_whoever_makes_a_centre_compares_its_records_at_the_end() -> None:
    makers = [(m, name, one) for m in TESTS for name, one in functions(m).items() if lends(one)]
    assert len(makers) >= 4
    assert [f"{module.path}: {name}" for module, name, one in makers if not compares(one)] == []


def test_every_integration_test_uses_such_a_centre_or_its_file_says_here_why_not() -> None:
    known = lenders()
    assert {"centre", "floor", "callers", "message_floor", "linked", "bench_centre"} <= known
    files = {module.path.name: module for module in TESTS if module.is_test and module.path.parts[1] == "integration"}
    escaped = [
        (file, name)
        for file, module in files.items()
        for name, one in functions(module).items()
        if name.startswith("test_") and not needs(one) & known
    ]
    assert {file if file in WITHOUT else f"{file}::{name}" for file, name in escaped} == WITHOUT.keys()


def test_every_benchmark_that_makes_calls_is_run_by_what_fails_where_records_differ() -> None:
    """And keeps the numbers: `write` puts them into its file."""
    calling = [
        module
        for module in TESTS
        if module.path.name.startswith("bench_")
        and {"bench_centre", "running_asterisk"} & {name for name, _ in called(module.tree)}
    ]
    assert len(calling) >= 8
    assert [str(m.path) for m in calling if not {"run", "write"} <= {name for name, _ in called(m.tree)}] == []
    assert [str(module.path) for module in calling if "asyncio.run(" in module.source] == []
