"""What the service runs on and what its tests need besides: two lists, so that an image carries the first alone."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.unit

HOME = Path(__file__).parents[2]
OURS = ("acd", "cti", "ivr", "recording")
INSTALLS = {"setuptools"}
"""Nobody imports it: with it the service is installed from its folder."""


@cache
def needed() -> frozenset[str]:
    """The packages that the service depends on, and what these depend on, as they are installed here."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [(Requirement(line), "") for line in project["dependencies"]]
    found: set[tuple[str, str]] = set()
    while waiting:
        one, extra = waiting.pop()
        if one.marker and not one.marker.evaluate({"extra": extra}):
            continue
        for wanted in ("", *one.extras):
            if (one.name, wanted) not in found:
                found.add((one.name, wanted))
                waiting += [(Requirement(line), wanted) for line in requires(one.name) or ()]
    return frozenset(canonicalize_name(name) for name, _ in found)


def locked(name: str) -> dict[str, Requirement]:
    """The packages that a file names."""
    lines = (HOME / name).read_text("utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if not line.startswith("#")]
    return {canonicalize_name(one.name): one for one in wanted}


def imported(file: Path) -> Iterator[str]:
    """The top-level modules that a file of ours imports, wherever in it, those of Python and of ours left out."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                modules = [one.name for one in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case _:
                continue
        tops = {module.partition(".")[0] for module in modules}
        yield from tops - sys.stdlib_module_names - {*OURS}


def test_no_module_of_the_service_imports_what_only_its_tests_have() -> None:
    owners = packages_distributions()
    foreign = {
        (str(file.relative_to(HOME)), module)
        for room in OURS
        for file in (HOME / room).rglob("*.py")
        for module in imported(file)
        if not {canonicalize_name(owner) for owner in owners.get(module, ())} & needed()
    }
    assert foreign == set()


def test_the_service_runs_on_exactly_the_packages_that_are_locked_for_it() -> None:
    here = {name for name, one in locked("requirements.lock").items() if not one.marker or one.marker.evaluate()}
    assert here - INSTALLS == needed()


def test_each_package_is_locked_once_at_one_version_in_alphabetical_order() -> None:
    names: list[str] = []
    for file in ("requirements.lock", "requirements-test.lock"):
        lock = locked(file)
        assert [one.specifier.__str__()[:2] for one in lock.values()] == ["=="] * len(lock)
        names += lock
        assert [*lock] == sorted(lock), file
    assert len(names) == len({*names})
