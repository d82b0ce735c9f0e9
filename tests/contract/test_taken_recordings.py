"""What the recorder's keeper finishes is taken, comes to its shelf and is found by a search."""

import asyncio
import os
from pathlib import Path

import pytest

from recording.keeper import Keeper
from recording.keeping.kept import State
from recording.keeping.search import Search, Wanted
from recording.record import CallRecord
from recording.store import Page, Store
from tests.keeping import CALL, Room, folder_shelf

pytestmark = pytest.mark.contract

LINKEDID = CALL.record().linkedid


async def test_a_raw_file_becomes_a_recording_on_its_shelf(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'calls.sqlite'}")
    await store.migrate()
    try:
        room = Room(store, tmp_path / "recordings", folder_shelf(tmp_path))
        await room.begin()
        told: asyncio.Queue[CallRecord] = asyncio.Queue()
        keeper = Keeper(store, room.folder, told.put, shelf=room.kept)
        (room.folder / f"{LINKEDID}.raw").write_bytes(bytes(32_000))
        closed_ns = (room.folder / f"{LINKEDID}.raw").stat().st_mtime_ns

        async def nobody() -> dict[str, str]:
            return {}

        await keeper.sweep(nobody)
        record = told.get_nowait()
        assert len(record.recordings) == 1
        assert await room.kept.counts() == {State.WAITING: 1}
        assert await room.mover.move() == ""
        one = await room.kept.find(record.id, 1)
        assert one
        assert (one.state, one.sha256) == (State.KEPT, record.recordings[0].sha256)
        found = await Search(store).find(Wanted(length_from_ms=1_000), Page())
        assert [call.id for call in found] == [record.id]
        await keeper.told(found[0])  # a manifest that says the same again
        assert await room.mover.move() == ""
        (room.folder / f"{LINKEDID}.raw").write_bytes(bytes(32_000))  # killed before it was gone
        os.utime(room.folder / f"{LINKEDID}.raw", ns=(closed_ns, closed_ns))
        await keeper.sweep(nobody)
        assert not list(room.folder.rglob("*.wav")), "made again, it does not stay beside what its shelf has"
        again = await store.call(record.id)
        assert again
        assert [one.place for one in again.recordings] == ["folder"]
    finally:
        await store.close()
