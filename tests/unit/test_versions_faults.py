"""A process that publishes is killed with -9 before each of its system calls: what is left is the old version or the
new one, and the next publication finds nothing in its way.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from cti.versions.store import Versions
from tests.unit.versions_under_fire import files, publish

pytestmark = pytest.mark.unit

HOUSE = Path(__file__).parents[2]


def under_fire(folder: Path) -> list[tuple[int, int, str]]:
    """For each publication: the call before which it died, the version found then, and what that says."""
    command = (sys.executable, "-m", "tests.unit.versions_under_fire", str(folder))
    said = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True, timeout=120).stdout
    lines = [line.split(" ", 2) for line in said.splitlines()]
    return [(int(call), int(number), text) for call, number, text in lines]


@pytest.mark.parametrize("published", [False, True], ids=["the first version", "a later version"])
def test_whenever_it_dies_the_old_version_holds_or_the_new_one(tmp_path: Path, published: bool) -> None:
    versions = Versions(tmp_path / "versions")
    if published:
        publish(versions, "before")
    seen = (int(published), "before" if published else "nothing")
    rows = under_fire(versions.root)
    assert len(rows) > 40
    for call, number, text in rows:
        new = (seen[0] + 1, f"call {call}")
        assert (number, text) in (seen, new)
        seen = (number, text)
    assert seen == (rows[-1][1], f"call {rows[-1][0]}")  # the one that lived
    assert {path.name for path in versions.root.iterdir() if path.is_dir()} == {
        f"{number:04}" for number in range(1, seen[0] + 1)
    }
    for manifest in versions.history():
        assert versions.files(manifest.number) == files(manifest.why)
