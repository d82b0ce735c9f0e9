"""Recordings are moved from one store to another: none is lost, doubled or left behind, whenever the move dies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cti.commands import main
from cti.keeping_parts import shelves_of
from cti.recording_settings import RecordingSettings, S3Part
from cti.settings import Settings
from recording.keeping.carrier import Carried, Carrier
from recording.keeping.folder import FolderShelf
from recording.keeping.master_keys import add_key
from recording.keeping.shelf import ShelfAway
from recording.keeping.turn import Turn
from recording.store import Store
from tests.keeping import CALL, Room, folder_shelf, sound
from tests.made_tables import lend_tables
from tests.s3_server import BUCKET, s3_client, s3_server

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ID = CALL.record().id


class Killed(BaseException):
    """As by kill -9: nothing of ours handles it."""


class Other(FolderShelf):
    """Another store."""

    name = "other"


def add(room: Room, other: Other) -> None:
    """The settings have this store, too."""
    assert isinstance(room.shelves.make, dict)
    room.shelves.make["other"] = lambda: other


class Two:
    """A recording on one shelf, sealed or not, that is to come to the other."""

    def __init__(self, room: Room, other: Other) -> None:
        self.room = room
        self.other = other
        self.shelves = room.shelves
        add(room, other)
        self.carrier = Carrier(room.kept, self.shelves, room.turn)

    async def is_heard(self) -> None:
        """It sounds as it did, by what the row says."""
        one = await self.room.kept.find(ID, 1)
        assert one
        assert b"".join(self.shelves.read(one, 0, one.bytes)) == sound()
        assert self.shelves.peaks(one)

    def names(self) -> tuple[set[str], set[str]]:
        """What lies on the first shelf and on the other."""
        return set(self.room.shelf.names()), set(self.other.names())


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    """A store of its own."""
    async with lent(tmp_path / "callcenter.db") as store:
        yield store


@asynccontextmanager
async def lent(file: Path) -> AsyncIterator[Store]:
    """A store in this file, its tables made."""
    lend_tables(file)
    store = Store(f"sqlite:///{file}")
    try:
        yield store
    finally:
        await store.close()


async def two(store: Store, folder: Path, *, sealing: bool) -> Two:
    room = Room(store, folder / "recordings", folder_shelf(folder), sealing=sealing)
    add_key(room.keys_file, "first")
    await room.begin()
    await room.finish_and_move()
    return Two(room, Other(folder / "other", make=True))


class Steps:
    """Counts what changes something, and dies before or after the step of this number."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1

    def mined(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            self.step()
            done = function(*arguments)
            self.step()
            return done

        return called

    def awaited(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def called(*arguments: Any) -> Any:
            self.step()
            done = await function(*arguments)
            self.step()
            return done

        return called


async def dies(both: Two, step: int, patched: pytest.MonkeyPatch) -> bool:
    """Whether the move died at that step; False: there are no more."""
    steps = Steps(step)
    for name in ("leaves", "arrived", "settled"):
        patched.setattr(both.room.kept, name, steps.awaited(getattr(both.room.kept, name)))
    for shelf in (both.room.shelf, both.other):
        for name in ("put", "delete"):
            patched.setattr(shelf, name, steps.mined(getattr(shelf, name)))
    try:
        await both.carrier.carry("other")
    except Killed:
        return True
    return False


@pytest.mark.parametrize("erased", [False, True])
async def test_a_move_that_dies_at_any_step_is_gone_on_with_or_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, erased: bool
) -> None:
    step, died = 0, True
    while died:
        folder = tmp_path / f"{step}"
        folder.mkdir()
        async with lent(folder / "callcenter.db") as store:
            both = await two(store, folder, sealing=True)
            with monkeypatch.context() as patched:
                died = await dies(both, step, patched)
            await both.is_heard()
            if erased:
                assert await both.room.erasures.ask([ID], rule="person", by="anna", why="so", at=both.room.now) == 1
                assert await both.room.eraser.erase() == 1
                assert both.names() == (set(), set()), step
            else:
                assert (await both.carrier.carry("other")).left == 0
                await both.is_heard()
                here, there = both.names()
                assert (here, len(there)) == (set(), 3), step
                assert await both.room.kept.between_shelves(1) == []
        step += 1
    assert step > 20


@pytest.mark.parametrize("sealing", [True, False])
async def test_a_moved_recording_is_heard_from_its_new_store_and_its_record_says_so(
    store: Store, tmp_path: Path, sealing: bool
) -> None:
    both = await two(store, tmp_path, sealing=sealing)
    assert await both.carrier.carry("other") == Carried(1, 0)
    await both.is_heard()
    assert both.names()[0] == set()
    record = await store.call(ID)
    assert record
    assert record.recordings[0].place == "other"
    assert await both.carrier.carry("other") == Carried(0, 0)
    assert await both.carrier.carry("folder") == Carried(1, 0)  # and back
    await both.is_heard()
    assert both.names()[1] == set()


async def test_what_was_changed_where_it_lies_is_not_moved(sqlite: Store, tmp_path: Path) -> None:
    both = await two(sqlite, tmp_path, sealing=True)
    (name,) = (name for name in both.names()[0] if name.endswith(".wav.sealed"))
    file = tmp_path / "archive" / name
    file.write_bytes(file.read_bytes()[:-1] + b"\0\0")
    assert await both.carrier.carry("other") == Carried(0, 1)
    assert file.exists()


async def test_a_store_that_is_away_stops_the_move_and_nothing_is_lost(sqlite: Store, tmp_path: Path) -> None:
    both = await two(sqlite, tmp_path, sealing=True)
    away = Other(tmp_path / "not-mounted")
    add(both.room, away)
    with pytest.raises(ShelfAway):
        await both.carrier.carry("other")
    await both.is_heard()


async def test_nobody_touches_a_file_while_another_process_has_its_turn(tmp_path: Path) -> None:
    first, second = Turn(tmp_path), Turn(tmp_path)
    order: list[str] = []

    async def waits() -> None:
        async with second:
            order.append("second")

    async with first:
        waiting = asyncio.create_task(waits())
        given_up = asyncio.create_task(waits())
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        order.append("first")
    await waiting
    assert order == ["first", "second"]
    async with first:  # who gave up waiting has not kept it
        order.append("again")


def test_the_command_moves_them_to_the_store_that_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with s3_server(tmp_path) as (server, credentials):
        bucket = S3Part(bucket=BUCKET, endpoint=server.endpoint, credentials=credentials, tries=1)
        said = RecordingSettings(store="s3", s3=bucket, encrypt=True)
        settings = Settings(state=tmp_path / "state", recordings=said)
        for name, value in settings.environment().items():
            monkeypatch.setenv(name, value)
        settings.state.mkdir()
        lend_tables(settings.database_file)
        assert main(["recordings", "keys", "add", "first"]) == 0
        asyncio.run(_keep_in_folder(settings))
        server.stop()
        assert main(["recordings", "move"]) == 1
        assert "recording-shelf-away" in capsys.readouterr().err
        server.start()
        assert main(["recordings", "move"]) == 0
        assert "1 recordings lie on s3 now." in capsys.readouterr().out
        assert len(s3_client(server).list_objects_v2(Bucket=BUCKET)["Contents"]) == 3
        assert not list(settings.recordings_folder.rglob("*.wav*"))
        assert asyncio.run(heard(settings)) == sound()


async def _keep_in_folder(settings: Settings) -> None:
    store = Store(settings.database_url)
    try:
        room = Room(store, settings.recordings_folder, FolderShelf(settings.recordings_folder), sealing=True)
        room.keys_file = settings.recording_keys
        await room.begin()
        await room.finish_and_move()
    finally:
        await store.close()


async def heard(settings: Settings) -> bytes:
    store = Store(settings.database_url)
    try:
        one = await Room(store, settings.recordings_folder, FolderShelf(settings.recordings_folder)).kept.find(ID, 1)
        assert one
        return b"".join(shelves_of(settings).read(one, 0, one.bytes))
    finally:
        await store.close()
