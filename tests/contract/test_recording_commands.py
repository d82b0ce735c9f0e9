"""`callcenter recordings keys`: keys are made, turned over and forgotten, and no recording becomes unreadable by it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from cti.commands import main
from cti.keeping_parts import shelves_of
from cti.settings import Settings
from recording.store import Store
from tests.keeping import CALL, Room, folder_shelf, sound

pytestmark = pytest.mark.contract

ID = CALL.record().id


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path / "state"))
    return Settings(state=tmp_path / "state")


async def _seal(settings: Settings, tmp_path: Path, number: int) -> None:
    store = Store(settings.database_url)
    try:
        room = Room(store, settings.recordings_folder, folder_shelf(tmp_path), sealing=True)
        room.keys_file = settings.recording_keys
        await room.begin()
        await room.finish_and_move(number)
    finally:
        await store.close()


async def _heard(settings: Settings, tmp_path: Path, number: int) -> bytes:
    store = Store(settings.database_url)
    try:
        room = Room(store, settings.recordings_folder, folder_shelf(tmp_path))
        one = await room.kept.find(ID, number)
        assert one
        shelves = replace(shelves_of(settings), make={"folder": lambda: room.shelf})
        return b"".join(shelves.read(one, 0, one.bytes))
    finally:
        await store.close()


def test_keys_are_made_turned_over_and_forgotten(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recordings", "keys", "add", "first"]) == 0
    assert settings.recording_keys.stat().st_mode & 0o777 == 0o600
    assert main(["recordings", "keys"]) == 0
    asyncio.run(_seal(settings, tmp_path, 1))
    assert main(["recordings", "keys", "add", "second"]) == 0
    asyncio.run(_seal(settings, tmp_path, 2))
    assert main(["recordings", "keys", "remove", "first"]) == 1
    assert "recording-key-in-use" in capsys.readouterr().err
    assert main(["recordings", "keys", "rotate"]) == 0
    assert "1 recordings are now under key second" in capsys.readouterr().out
    assert main(["recordings", "keys", "remove", "first"]) == 0
    assert main(["recordings", "keys", "list"]) == 0
    shown = capsys.readouterr().out
    assert "second  yes      2" in shown
    assert "first" not in shown.splitlines()[-1]
    for number in (1, 2):
        assert asyncio.run(_heard(settings, tmp_path, number)) == sound()
