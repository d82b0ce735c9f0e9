"""Who may import whom: acd nothing of ours, ivr and recording only acd, cti all but the tests."""

from pathlib import Path

import pytest

from tests.house import ROOMS, Module, modules

pytestmark = pytest.mark.unit

MAY_IMPORT = {
    "acd": set[str](),
    "ivr": {"acd"},
    "recording": {"acd"},
    "cti": {"acd", "ivr", "recording"},
}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_from_the_rooms_it_may(room: str) -> None:
    trespasses = [
        f"{module.path}:{line} imports from {other}"
        for module in modules(room)
        for line, other in module.imported_rooms()
        if other not in MAY_IMPORT[room]
    ]
    assert trespasses == []


def test_every_room_has_a_rule_and_modules_to_keep_it() -> None:
    assert {*MAY_IMPORT, "tests"} == set(ROOMS)
    assert all(modules(room) for room in ROOMS)


@pytest.mark.parametrize(
    "line",
    [
        "import cti",
        "import cti.ami.client as client",
        "from cti.ami import client",
        "if TYPE_CHECKING:\n    from cti.link import Link",
        "def late() -> None:\n    import json, cti.link",
        "from ...cti import link",
    ],
)
def test_an_import_is_found_in_every_form_and_place(line: str) -> None:
    module = Module(Path("ivr/agi/session.py"), line)
    assert [room for _, room in module.imported_rooms()] == ["cti"]


@pytest.mark.parametrize("line", ["import json", "from ivr.flow import model", "from . import codec", "import ctiless"])
def test_an_import_from_elsewhere_or_from_the_own_room_is_free(line: str) -> None:
    assert list(Module(Path("ivr/agi/session.py"), line).imported_rooms()) == []
