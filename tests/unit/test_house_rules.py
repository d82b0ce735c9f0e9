"""Rules of the house that no linter knows: short files, modules that say what they are, tests that say their kind."""

import ast
import re
from statistics import median

import pytest

from tests.house import HOUSE, ROOMS, Module, modules

pytestmark = pytest.mark.unit

KINDS = {"unit", "contract", "integration", "browser", "load"}
WRITTEN = [module for module in modules(*ROOMS) if module.source.strip()]


def test_half_of_all_files_have_at_most_120_lines() -> None:
    assert median(module.lines for module in WRITTEN) <= 120


def test_a_file_above_400_lines_says_why_it_is_long() -> None:
    assert [str(m.path) for m in WRITTEN if m.lines > 400 and not re.search(r"\blong\b", m.docstring)] == []


def test_every_module_says_what_it_is() -> None:
    assert [str(module.path) for module in WRITTEN if not module.docstring] == []


@pytest.mark.parametrize("folder", ["asterisk", "docker", "dialplans"])
def test_no_python_lies_where_there_is_no_room_for_it(folder: str) -> None:
    """A package named `asterisk` would shadow the one of the client libraries we test with."""
    assert list((HOUSE / folder).rglob("*.py")) == []


def test_every_test_module_says_its_kind_and_only_one() -> None:
    assert [str(m.path) for m in WRITTEN if m.is_test and len(kinds(m)) != 1] == []


def test_no_test_is_skipped() -> None:
    assert [str(m.path) for m in WRITTEN if m.is_test and skips(m)] == []


def test_no_test_sleeps_in_real_time() -> None:
    """A sleep on a loop of virtual time is none."""
    assert [str(m.path) for m in WRITTEN if m.is_test and sleeps(m) and "in_virtual_time" not in m.source] == []


def kinds(module: Module) -> list[str]:
    """The kinds a test module declares for all of its tests (`pytestmark = pytest.mark.<kind>`)."""
    return [
        mark.attr
        for statement in module.tree.body
        if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == ["pytestmark"]
        for mark in ast.walk(statement.value)
        if isinstance(mark, ast.Attribute) and mark.attr in KINDS
    ]


def skips(module: Module) -> bool:
    names = {ast.unparse(node) for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}
    return bool(names & {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.importorskip"})


def sleeps(module: Module) -> bool:
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("asyncio.sleep", "time.sleep", "sleep")
        and [ast.unparse(argument) for argument in node.args] != ["0"]
        for node in ast.walk(module.tree)
    )
