"""Versions on the disk: immutable, numbered, whole; who comes late is told, and what was changed is noticed."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cti.versions.errors import PublicationUnderWay, Superseded, UnknownVersion, VersionsDamaged
from cti.versions.manifest import Manifest, Order
from cti.versions.store import Versions

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FILES = {"centre.yaml": b"centre: C\n", "flows/hotline.yaml": b"flow: hotline\n", "sounds/en/bell.wav": b"RIFF"}


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "versions")


def publish(versions: Versions, files: dict[str, bytes], why: str = "a reason") -> Manifest:
    with versions.publishing() as press:
        press.stage(files, AT, Order(base=0, by="Wang", why=why))
        return press.commit()


def test_a_version_is_kept_as_it_was_published_with_who_when_and_why(versions: Versions) -> None:
    assert versions.current == 0
    assert versions.history() == []
    publish(versions, FILES, "first start")
    second = publish(versions, {**FILES, "centre.yaml": b"centre: D\n"}, "another name")
    assert versions.current == second.number == 2
    assert [(one.number, one.by, one.at, one.why, one.parent) for one in versions.history()] == [
        (1, "Wang", AT, "first start", None),
        (2, "Wang", AT, "another name", 1),
    ]
    assert versions.files(1) == FILES
    assert versions.file(2, "centre.yaml") == b"centre: D\n"
    assert second.files["centre.yaml"].bytes == 10
    assert versions.manifest(1).digest != second.digest


def test_nobody_writes_into_a_version_and_a_sound_is_kept_once(versions: Versions) -> None:
    publish(versions, FILES)
    publish(versions, {**FILES, "centre.yaml": b"centre: D\n"})
    files = [versions.folder(number) / name for number in (1, 2) for name in (*FILES, "manifest.json")]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o444}
    bell, again = (versions.folder(number) / "sounds/en/bell.wav" for number in (1, 2))
    assert bell.samefile(again)
    assert not (versions.folder(1) / "flows/hotline.yaml").samefile(versions.folder(2) / "flows/hotline.yaml")


def test_a_version_that_is_not_committed_never_was(versions: Versions) -> None:
    publish(versions, FILES)
    with versions.publishing() as press:
        staged = press.stage({"centre.yaml": b"x"}, AT, Order(base=0, by="Li", why="not to be"))
        assert (versions.folder(staged.number) / "centre.yaml").read_bytes() == b"x"
        with pytest.raises(UnknownVersion, match="expected a number from 1 to 1"):
            versions.manifest(staged.number)
    assert versions.current == 1
    assert not versions.folder(2).exists()


def test_a_failure_while_publishing_leaves_the_version_before(versions: Versions) -> None:
    publish(versions, FILES)
    order = Order(base=0, by="Li", why="not to be")
    with pytest.raises(TypeError), versions.publishing() as press:
        press.stage({"centre.yaml": b"x", "queues.yaml": None}, AT, order)  # type: ignore[dict-item]
    assert versions.files(versions.current) == FILES
    assert publish(versions, {"centre.yaml": b"y"}).number == 2


def test_an_edit_of_an_older_version_is_told_what_came_meanwhile(versions: Versions) -> None:
    for why in ("first", "second", "third"):
        publish(versions, {"centre.yaml": why.encode()}, why)
    versions.require_base(3)
    with pytest.raises(Superseded) as told:
        versions.require_base(1)
    assert [one.why for one in told.value.meanwhile] == ["second", "third"]
    assert str(told.value).splitlines() == [
        "this edit began from version 1, and version 3 is current; meanwhile:",
        "  version 2 by Wang, 2026-11-22 09:30 UTC: second",
        "  version 3 by Wang, 2026-11-22 09:30 UTC: third",
    ]
    with pytest.raises(UnknownVersion, match="there is no version 4"):
        versions.require_base(4)


def test_only_one_publishes_at_a_time(versions: Versions) -> None:
    with ExitStack() as held:
        held.enter_context(versions.publishing())
        with pytest.raises(PublicationUnderWay), Versions(versions.root).publishing():
            pass
    publish(Versions(versions.root), FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_changed_after_publication_is_noticed(versions: Versions, name: str) -> None:
    publish(versions, FILES)
    path = versions.folder(1) / name
    path.chmod(0o600)
    path.write_bytes(b"another")
    with pytest.raises(VersionsDamaged, match=f"{name}: it was changed after publication"):
        versions.files(1)
    path.unlink()
    with pytest.raises(VersionsDamaged, match="it was there at publication"):
        versions.files(1)


@pytest.mark.parametrize(
    "change", [(b"Wang", b"Wa\\u0000ng"), (b'"number": 1', b'"number": 2'), (b'"bytes"', b'"size"')]
)
def test_a_manifest_that_was_changed_is_noticed(versions: Versions, change: tuple[bytes, bytes]) -> None:
    publish(versions, FILES)
    path = versions.folder(1) / "manifest.json"
    text = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(text.replace(*change))
    assert path.read_bytes() != text
    with pytest.raises(VersionsDamaged, match="changed after publication"):
        versions.manifest(1)
    path.unlink()
    with pytest.raises(VersionsDamaged, match="cannot be read"):
        versions.manifest(1)


def test_a_lost_mark_of_the_current_version_costs_no_version(versions: Versions) -> None:
    publish(versions, FILES)
    (versions.root / "current").unlink()
    with pytest.raises(VersionsDamaged, match="expected the number of the version that holds, such as 1"):
        versions.current  # noqa: B018
    with pytest.raises(VersionsDamaged):
        publish(versions, FILES)
    (versions.root / "current").write_text("two\n")
    with pytest.raises(VersionsDamaged):
        versions.current  # noqa: B018
    (versions.root / "current").write_text("1\n")
    assert versions.files(versions.current) == FILES
