"""Recordings on their way to a shelf: nothing is lost whatever dies or is away, and none lies open that is sealed."""

import json
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from recording.keeping.folder import FolderShelf
from recording.keeping.kept import State
from recording.keeping.local import local_file
from recording.keeping.master_keys import KeyMissing, add_key
from recording.keeping.sealing import HEADER, Tampered
from recording.keeping.shelf import NotOnShelf, ShelfAway
from recording.store import Store
from tests.keeping import CALL, Room, bucket, folder_shelf, sound
from tests.s3_server import S3Server, s3_server

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ID = CALL.record().id


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[S3Server, Path]]:
    with s3_server(tmp_path) as serving:
        yield serving


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'calls.sqlite'}")
    await store.migrate()
    yield store
    await store.close()


async def _room(store: Store, tmp_path: Path, shelf: object = None, *, sealing: bool = False) -> Room:
    room = Room(store, tmp_path / "recordings", shelf or folder_shelf(tmp_path), sealing)  # type: ignore[arg-type]
    if sealing:
        add_key(room.keys_file, "first")
    await room.begin()
    return room


async def test_a_finished_recording_comes_to_its_shelf_with_its_peaks_and_its_manifest(
    store: Store, tmp_path: Path
) -> None:
    room = await _room(store, tmp_path)
    said = await room.finish()
    waiting = await room.kept.find(ID, 1)
    assert waiting
    assert local_file(room.folder, waiting) == room.folder / said.file
    assert await room.mover.move() == ""
    assert sorted(room.shelf.names()) == sorted([said.file, f"{said.file}.peaks", said.file.replace(".wav", ".json")])
    assert b"".join(room.shelf.read(said.file)) == sound()
    assert json.loads(b"".join(room.shelf.read(said.file.replace(".wav", ".json"))))["sha256"] == said.sha256
    assert not (room.folder / said.file).exists()
    record = await store.call(ID)
    assert record
    assert record.recordings[0].place == "folder", "the shelf's, which is another folder than that of recordings"
    kept = await room.kept.find(ID, 1)
    assert kept
    assert (kept.state, kept.shelf, kept.stored_sha256) == (State.KEPT, "folder", said.sha256)
    assert b"".join(room.shelves.read(kept, 100, 5_000)) == sound()[100:5_000]
    assert await room.kept.counts() == {}


async def test_a_sealed_recording_lies_nowhere_open_and_is_read_by_ranges(
    sqlite: Store, server: tuple[S3Server, Path], tmp_path: Path
) -> None:
    room = await _room(sqlite, tmp_path, bucket(server), sealing=True)
    said = await room.finish_and_move()
    sealed = b"".join(room.shelf.read(f"{said.file}.sealed"))
    assert sealed.startswith(HEADER)
    assert sound()[1_000:1_100] not in sealed
    assert not [file for file in room.folder.rglob("*") if file.is_file()]
    kept = await room.kept.find(ID, 1)
    assert kept
    assert kept.stored_sha256 == sha256(sealed).hexdigest()
    assert b"".join(room.shelves.read(kept, 0, kept.bytes)) == sound()
    assert b"".join(room.shelves.read(kept, 20_000, 30_001)) == sound()[20_000:30_001]
    (recording,) = room.told[-1].recordings
    assert recording.place == "s3"
    peaks = room.shelves.peaks(kept)
    assert peaks.tracks[0].highest[0] == 80
    assert peaks.tracks[1].highest[0] == 40
    assert {peaks.tracks[0].highest[50], peaks.tracks[1].lowest[50]} == {0}


async def test_plain_recordings_stay_where_they_are_when_their_folder_is_the_shelf(
    sqlite: Store, tmp_path: Path
) -> None:
    room = await _room(sqlite, tmp_path, FolderShelf(tmp_path / "recordings"))
    said = await room.finish_and_move()
    assert (room.folder / said.file).read_bytes() == sound()
    kept = await room.kept.find(ID, 1)
    assert kept
    assert local_file(room.folder, kept) == room.folder / said.file
    record = await sqlite.call(ID)
    assert record
    assert record.recordings[0].place == ""


async def test_while_the_store_is_away_files_wait_and_are_moved_when_it_is_back(
    sqlite: Store, server: tuple[S3Server, Path], tmp_path: Path
) -> None:
    room = await _room(sqlite, tmp_path, bucket(server), sealing=True)
    server[0].stop()
    said = [await room.finish(number) for number in (1, 2, 3)]
    assert await room.mover.move() == ShelfAway.id
    assert await room.kept.counts() == {State.WAITING: 3}
    for one in said:
        kept = await room.kept.find(ID, one.number)
        assert kept
        assert b"".join(room.shelves.read(kept, 0, kept.bytes)) == sound()
    server[0].start()
    assert await room.mover.move() == ""
    assert await room.kept.counts() == {}
    assert not list(room.folder.rglob("*.wav"))


async def test_a_file_is_not_deleted_when_the_store_holds_something_else(
    sqlite: Store, server: tuple[S3Server, Path], tmp_path: Path
) -> None:
    room = await _room(sqlite, tmp_path, bucket(server))
    said = await room.finish()
    server[0].damage = True
    assert await room.mover.move() != ""
    assert (room.folder / said.file).read_bytes() == sound()
    assert await room.mover.move() == ""
    assert b"".join(room.shelf.read(said.file)) == sound()


async def test_a_file_that_changed_while_it_waited_is_not_kept(sqlite: Store, tmp_path: Path) -> None:
    for sealing in (False, True):
        room = await _room(sqlite, tmp_path, sealing=sealing)
        said = await room.finish(1 + sealing)
        (room.folder / said.file).write_bytes(sound(990))
        assert await room.mover.move() == "recording-not-confirmed"
        assert await room.kept.counts() == {State.WAITING: 1 + sealing}


async def test_one_that_is_not_there_is_told_and_does_not_hold_up_the_others(sqlite: Store, tmp_path: Path) -> None:
    room = await _room(sqlite, tmp_path)
    first, second = await room.finish(1), await room.finish(2)
    (room.folder / first.file).unlink()
    assert await room.mover.move() == ""
    assert await room.kept.counts() == {State.MISSING: 1}
    assert room.shelf.size(second.file) is not None


async def test_killed_before_it_was_noted_a_recording_is_kept_once(
    sqlite: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await _room(sqlite, tmp_path, sealing=True)
    said = await room.finish()

    async def killed(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(room.kept, "put", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await room.mover.move()
    assert (room.folder / said.file).exists()
    assert await room.mover.move() == ""
    kept = await room.kept.find(ID, 1)
    assert kept
    assert b"".join(room.shelves.read(kept, 0, kept.bytes)) == sound()
    assert await room.kept.take(said) == "folder"
    assert await room.kept.counts() == {}


async def test_without_a_key_recordings_wait_for_one(sqlite: Store, tmp_path: Path) -> None:
    room = Room(sqlite, tmp_path / "recordings", folder_shelf(tmp_path), sealing=True)
    await room.begin()
    said = await room.finish()
    assert await room.mover.move() == KeyMissing.id
    assert (room.folder / said.file).exists()
    add_key(room.keys_file, "first")
    assert await room.mover.move() == ""


async def test_what_was_changed_on_the_shelf_is_not_given_out(sqlite: Store, tmp_path: Path) -> None:
    room = await _room(sqlite, tmp_path, sealing=True)
    said = await room.finish_and_move()
    file = tmp_path / "archive" / f"{said.file}.sealed"
    changed = bytearray(file.read_bytes())
    changed[10_000] ^= 1
    file.write_bytes(changed)
    kept = await room.kept.find(ID, 1)
    assert kept
    with pytest.raises(Tampered):
        b"".join(room.shelves.read(kept, 0, 100))
    room.keys_file.unlink()
    with pytest.raises(KeyMissing, match="has no key first"):
        b"".join(room.shelves.read(kept, 0, 100))


async def test_peaks_are_not_there_before_the_recording_is_kept(sqlite: Store, tmp_path: Path) -> None:
    room = await _room(sqlite, tmp_path)
    await room.finish()
    kept = await room.kept.find(ID, 1)
    assert kept
    with pytest.raises(NotOnShelf, match="not kept yet"):
        room.shelves.peaks(kept)


async def test_a_manifest_that_says_more_is_put_beside_the_audio(sqlite: Store, tmp_path: Path) -> None:
    room = await _room(sqlite, tmp_path)
    said = await room.finish_and_move()
    await room.kept.describe(said.model_copy(update={"channel": "node1-9.9"}))
    assert await room.mover.move() == ""
    lies = json.loads(b"".join(room.shelf.read(said.file.replace(".wav", ".json"))))
    assert lies["channel"] == "node1-9.9"
    assert await room.kept.undescribed(10) == []
