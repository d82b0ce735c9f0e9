"""Recordings that were kept open are sealed later: each is heard at any time, and nothing of it lies open in the end,
whenever the sealing dies.
"""

import asyncio
from pathlib import Path

import pytest

from cti.commands import main
from cti.recording_settings import RecordingSettings
from cti.settings import Settings
from recording.keeping.carrier import Carrier
from recording.keeping.folder import FolderShelf
from recording.keeping.master_keys import KeyMissing, add_key
from recording.keeping.sealer import Sealed, Sealer
from recording.store import Store
from tests.contract.test_moving_recordings import Killed, Other, Steps, add, heard, lent
from tests.keeping import CALL, Room, folder_shelf, sound
from tests.made_tables import lend_tables

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ID = CALL.record().id


async def kept_open(store: Store, folder: Path, *, key: bool = True) -> tuple[Room, Sealer]:
    """A room with one recording that lies open on its shelf."""
    room = Room(store, folder / "recordings", folder_shelf(folder))
    if key:
        add_key(room.keys_file, "first")
    await room.begin()
    await room.finish_and_move()
    return room, Sealer(room.kept, room.shelves, room.turn)


async def is_heard(room: Room) -> None:
    one = await room.kept.find(ID, 1)
    assert one
    assert b"".join(room.shelves.read(one, 0, one.bytes)) == sound()
    assert room.shelves.peaks(one).at_most(10)


def lies_sealed(room: Room) -> bool:
    """Whether nothing of it can be read by who has the shelf alone."""
    names = sorted(room.shelf.names())
    assert len(names) == 3
    sealed = [name for name in names if b"".join(room.shelf.read(name)).startswith(b"CCSEAL")]
    return [name.partition(".wav")[2] for name in sealed] == [".peaks", ".sealed"]


async def dies(room: Room, sealer: Sealer, step: int, patched: pytest.MonkeyPatch) -> bool:
    """Whether the sealing died at that step; False: there are no more."""
    steps = Steps(step)
    for name in ("sealed", "settled"):
        patched.setattr(room.kept, name, steps.awaited(getattr(room.kept, name)))
    for name in ("put", "delete"):
        patched.setattr(room.shelf, name, steps.mined(getattr(room.shelf, name)))
    try:
        await sealer.seal()
    except Killed:
        return True
    return False


@pytest.mark.parametrize("then", ["sealed", "moved", "erased"])
async def test_a_sealing_that_dies_at_any_step_is_gone_on_with_or_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    step, died = 0, True
    while died:
        folder = tmp_path / f"{step}"
        folder.mkdir()
        async with lent(folder / "callcenter.db") as store:
            room, sealer = await kept_open(store, folder)
            with monkeypatch.context() as patched:
                died = await dies(room, sealer, step, patched)
            await is_heard(room)
            if then == "erased":
                assert await room.erasures.ask([ID], rule="person", by="anna", why="so", at=room.now) == 1
                assert await room.eraser.erase() == 1
                assert list(room.shelf.names()) == [], step
                step += 1
                continue
            if then == "moved":
                other = Other(folder / "other", make=True)
                add(room, other)
                assert (await Carrier(room.kept, room.shelves, room.turn).carry("other")).left == 0
                await is_heard(room)
                assert list(room.shelf.names()) == [], step
                room.shelf = other
            assert (await sealer.seal()).left == 0
            await is_heard(room)
            assert await room.kept.half_sealed(1) == []
            assert await sealer.seal() == Sealed(0, 0)
            if then == "sealed":
                assert lies_sealed(room), step
        step += 1
    assert step > 12


async def test_what_lay_open_is_sealed_and_its_record_says_where_it_lies(store: Store, tmp_path: Path) -> None:
    room, sealer = await kept_open(store, tmp_path)
    (count, size), told = await room.kept.open_total(), list[int]()
    assert (count, size) == (1, len(sound()))
    assert await sealer.seal(told.append) == Sealed(1, 0)
    assert told == [1]
    assert lies_sealed(room)
    await is_heard(room)
    assert await room.kept.open_total() == (0, 0)
    one = await room.kept.find(ID, 1)
    assert one
    assert one.sha256 == one.manifest.sha256
    assert (await room.kept.sealed_under()) == {"first": 1}


async def test_without_a_key_nothing_is_begun_and_what_was_changed_stays_as_it_is(
    tmp_path: Path,
) -> None:
    async with lent(tmp_path / "callcenter.db") as store:
        room, sealer = await kept_open(store, tmp_path, key=False)
        with pytest.raises(KeyMissing):
            await sealer.seal()
        add_key(room.keys_file, "first")
        (name,) = (name for name in room.shelf.names() if name.endswith(".wav"))
        (tmp_path / "archive" / name).write_bytes(sound()[:-1] + b"!")
        assert await sealer.seal() == Sealed(0, 1)
        one = await room.kept.find(ID, 1)
        assert one
        assert one.wrapped is None


def test_the_command_says_what_lies_open_and_seals_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def within(*, encrypt: bool) -> Settings:
        settings = Settings(state=tmp_path / "state", recordings=RecordingSettings(encrypt=encrypt))
        for name, value in settings.environment().items():
            monkeypatch.setenv(name, value)
        return settings

    async def keep(settings: Settings) -> None:
        store = Store(settings.database_url)
        try:
            room = Room(store, settings.recordings_folder, FolderShelf(settings.recordings_folder))
            await room.begin()
            await room.finish_and_move()
        finally:
            await store.close()

    settings = within(encrypt=False)
    settings.state.mkdir()
    lend_tables(settings.database_file)
    asyncio.run(keep(settings))
    assert main(["recordings", "seal"]) != 0
    assert "recording-sealing-off" in capsys.readouterr().err
    settings = within(encrypt=True)
    assert main(["recordings", "seal"]) != 0
    assert "recording-key-missing" in capsys.readouterr().err
    assert main(["recordings", "keys", "add", "first"]) == 0
    assert main(["recordings", "seal", "--dry-run"]) == 0
    assert "1 recordings lie open, 0.0 MB; nothing was done." in capsys.readouterr().out
    assert main(["recordings", "seal"]) == 0
    assert "1 recordings are sealed now." in capsys.readouterr().out
    assert not list(settings.recordings_folder.rglob("*.wav"))
    assert asyncio.run(heard(settings)) == sound()
