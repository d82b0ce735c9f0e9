"""Recordings on their way: closed by Asterisk or left behind by a crash, each becomes one WAV and one row."""

import asyncio
import json
import os
import wave
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from acd.facts import RecordingPaused, RecordingResumed, to_json
from recording.entries import Source, entry
from recording.keeper import Keeper
from recording.models import RecordingPauseEntry
from recording.record import CallRecord, Recording
from recording.recorded_share import RecordedShares, ShareKeeper
from recording.store import Store
from tests.ledgers import batch, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

CALL = real_call("served_by_ivr")
LINKEDID = CALL.record().linkedid
SECOND = bytes(range(250)) * 128


class Room:
    """A folder of recordings and its keeper."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.live: set[str] = set()
        self.told: asyncio.Queue[CallRecord] = asyncio.Queue()
        self.keeper = Keeper(store, folder, self.told.put)
        self.raw = folder / f"{LINKEDID}.raw"

    async def kept(self) -> list[Recording]:
        """What the store knows of the call's recordings."""
        return (await self.store.recordings([LINKEDID])).get(LINKEDID, [])

    async def channels(self) -> dict[str, str]:
        """What Asterisk would answer."""
        return dict.fromkeys(self.live, "")


@pytest.fixture
async def room(store: Store, tmp_path: Path) -> Room:
    for one in CALL.batches():
        await store.ingest(one)
    folder = tmp_path / "recordings"
    folder.mkdir()
    return Room(store, folder)


async def test_a_file_asterisk_closes_becomes_the_calls_wav(room: Room) -> None:
    room.live.add("node1-1.1")
    (room.folder / "node1-1.1.raw").write_bytes(SECOND)
    task = asyncio.create_task(room.keeper.run())
    try:
        await room.keeper.watching.wait()
        room.raw.write_bytes(SECOND * 2)
        record = await room.told.get()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    (recording,) = record.recordings
    wav = room.folder / recording.file
    assert recording.file.endswith(f"/{record.id}-1.wav")
    assert recording.duration_ms == 2000
    assert recording.sha256 == sha256(wav.read_bytes()).hexdigest()
    with wave.open(str(wav)) as read:
        assert read.getnframes() == 16_000
    assert (room.folder / "node1-1.1.raw").exists()  # of a channel that still lives


async def test_a_sweep_takes_what_a_crash_left_and_not_what_is_live(room: Room) -> None:
    room.raw.write_bytes(SECOND)
    room.live.add(LINKEDID)
    await room.keeper.sweep(room.channels)
    assert room.raw.exists()
    room.live.clear()
    await room.keeper.sweep(room.channels)
    assert room.told.get_nowait().recordings
    assert not room.raw.exists()


async def test_killed_before_the_raw_file_was_gone_the_recording_is_kept_once(room: Room) -> None:
    room.raw.write_bytes(SECOND)
    closed = room.raw.stat()
    await room.keeper.sweep(room.channels)
    room.raw.write_bytes(SECOND)
    os.utime(room.raw, ns=(closed.st_atime_ns, closed.st_mtime_ns))
    await room.keeper.sweep(room.channels)
    assert len(await room.kept()) == 1
    assert room.told.qsize() == 1


async def test_a_second_recording_of_a_call_does_not_replace_the_first(room: Room) -> None:
    for second in (1_700_000_000, 1_700_000_100):
        room.raw.write_bytes(SECOND)
        os.utime(room.raw, (second, second))
        await room.keeper.sweep(room.channels)
    files = [recording.file for recording in await room.kept()]
    assert [file[-6:] for file in files] == ["-1.wav", "-2.wav"]
    assert all((room.folder / file).exists() for file in files)


async def test_pauses_are_in_the_record_and_in_their_table(room: Room) -> None:
    began_ms, ended_ms = (round(at.timestamp() * 1000) for at in (CALL.record().started_at, CALL.record().ended_at))
    middle_ms = (began_ms + ended_ms) // 2
    facts = (
        RecordingPaused(at_ms=middle_ms, linkedid=LINKEDID, node="", why="card", by="agent:1001"),
        RecordingResumed(at_ms=middle_ms + 100, linkedid=LINKEDID, node="", why="done", by="agent:1001"),
    )
    lines = [entry(Source.JOURNAL, json.dumps(to_json(fact))) for fact in facts]
    await room.store.ingest(batch(Source.JOURNAL, lines))
    room.raw.write_bytes(SECOND * 60)
    os.utime(room.raw, ns=(0, ended_ms * 1_000_000))
    await room.keeper.sweep(room.channels)
    (pause,) = room.told.get_nowait().recordings[0].pauses
    assert (pause.who, pause.why, pause.end_ms - pause.start_ms) == ("agent:1001", "card", 100)
    assert pause.start_ms == 60_000 - (ended_ms - middle_ms)
    async with room.store.engine.connect() as connection:
        (row,) = (await connection.execute(select(RecordingPauseEntry.__table__))).all()
    assert tuple(row)[1:] == (1, (await room.kept())[0].file, pause.start_ms, pause.end_ms, "agent:1001", "card")


async def test_a_recording_without_sound_leaves_nothing(room: Room) -> None:
    room.raw.write_bytes(b"")
    await room.keeper.sweep(room.channels)
    assert not list(room.folder.iterdir())
    assert await room.kept() == []


async def test_audio_that_is_gone_before_it_was_kept_is_told_of_all_the_same(room: Room) -> None:
    async def deleted_meanwhile() -> Mapping[str, str]:
        room.raw.unlink()
        return await room.channels()

    room.raw.write_bytes(SECOND)
    await room.keeper.sweep(deleted_meanwhile)
    assert room.told.get_nowait().recordings == (), "what it lacks can be held against its talk"
    assert room.keeper.waiting == 0


async def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(room: Room) -> None:
    unreadable = room.folder / "node1-0.1.raw"
    unreadable.mkdir()
    room.raw.write_bytes(SECOND)
    await room.keeper.sweep(room.channels)
    assert len(await room.kept()) == 1
    assert unreadable.exists()
    assert not room.raw.exists()


async def test_while_the_data_base_is_away_the_raw_file_stays(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise OperationalError("", None, Exception("gone"))

    room.raw.write_bytes(SECOND)
    with monkeypatch.context() as patched:
        patched.setattr(room.store, "add_recordings", away)
        await room.keeper.sweep(room.channels)
    assert room.raw.exists()
    await room.keeper.sweep(room.channels)
    assert not room.raw.exists()
    recordings: list[Recording] = await room.kept()
    assert len(recordings) == 1


async def test_talk_that_no_recording_has_is_told_once_all_audio_was_looked_at(room: Room) -> None:
    talk = real_call("answered_agent_hangs_up")
    for one in talk.batches():
        await room.store.ingest(one)
    record = talk.record()
    told: list[CallRecord] = []

    async def tell(changed: CallRecord) -> None:
        told.append(changed)

    raw = room.folder / f"{record.linkedid}.raw"
    raw.write_bytes(SECOND)
    shares = ShareKeeper(room.store, tell, waits=room.keeper.waits, cause=lambda start, end: "disk_full")
    sums = RecordedShares(room.store)
    whole_day = record.started_at, record.ended_at
    shares.told(record)
    await shares.look()
    assert (await sums.between(*whole_day)).share is None  # its audio waits
    raw.unlink()
    shares.told(record)
    await shares.look()
    (lacking,) = told
    talk_ms = record.talk_ms + record.hold_ms
    assert [(one.started_at, one.cause) for one in lacking.missing] == [(record.connected_at, "disk_full")]
    assert await room.store.call(record.id) == lacking
    assert abs((await sums.between(*whole_day)).missing_ms - talk_ms) <= 1
    assert await sums.lacking(*whole_day) == [record.id]

    duration_ms = talk_ms + 60_000  # it is found after all
    raw.write_bytes(SECOND * (duration_ms // 1000))
    os.utime(raw, ns=(0, round(record.ended_at.timestamp() * 1000) * 1_000_000))
    await room.keeper.sweep(room.channels)
    shares.told(record)
    await shares.look()
    found = await room.store.call(record.id)
    assert found is not None
    assert found.missing == ()
    assert (await sums.between(*whole_day)).share == 1
    assert await sums.lacking(*whole_day) == []
