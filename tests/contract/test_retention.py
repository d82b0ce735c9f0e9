"""Recordings are deleted in time and with proof, and not while they are held."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.keeping.holds import RecordingHeld
from recording.keeping.kept import State
from recording.keeping.master_keys import add_key
from recording.keeping.retention import Days, next_run
from recording.record import ERASED
from recording.store import Store
from tests.keeping import CALL, NOW, Room, bucket, folder_shelf
from tests.s3_server import S3Server, s3_server

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ID = CALL.record().id
QUEUE = CALL.record().queue
HALF_A_YEAR = Days({})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[S3Server, Path]]:
    with s3_server(tmp_path) as serving:
        yield serving


@pytest.fixture
async def room(store: Store, tmp_path: Path) -> Room:
    room = Room(store, tmp_path / "recordings", folder_shelf(tmp_path), sealing=True)
    add_key(room.keys_file, "first")
    await room.begin()
    return room


async def test_what_is_due_is_deleted_and_a_proof_stays(room: Room) -> None:
    said = await room.finish_and_move()
    room.later(days=179)
    assert (await room.retention.run(HALF_A_YEAR)).erased == 0
    room.later(days=1)
    run = await room.retention.run(HALF_A_YEAR)
    assert (run.erased, run.held, run.left) == (1, 0, 0)
    assert list(room.shelf.names()) == []
    (proof,) = await room.erasures.proofs(call=ID)
    assert (proof.file, proof.sha256, proof.bytes) == (said.file, said.sha256, said.bytes)
    assert (proof.rule, proof.by, proof.gone_at) == ("retention", "retention", NOW + timedelta(days=180))
    assert "180 days" in proof.why
    assert await room.kept.find(ID, 1) is None
    record = await room.store.call(ID)
    assert record
    assert record.recordings[0].place == ERASED
    assert record.recordings[0].sha256 == said.sha256
    assert room.told[-1] == record
    assert await room.retention.last() == room.now


async def test_each_queue_has_its_own_time(room: Room) -> None:
    await room.finish_and_move()
    room.later(days=31)
    assert (await room.retention.run(Days({"another": 30}))).erased == 0
    assert QUEUE is None or (await room.retention.run(Days({QUEUE: 40}))).erased == 0
    assert (await room.retention.run(Days({}, {"inbound": 30}, otherwise=30))).erased == 1


async def test_what_is_held_stays_until_the_hold_is_released(room: Room) -> None:
    await room.finish_and_move()
    await room.holds.hold(ID, by="anna", why="dispute 12", at=room.now)
    room.later(days=400)
    run = await room.retention.run(HALF_A_YEAR)
    assert (run.erased, run.held) == (0, 1)
    with pytest.raises(RecordingHeld, match="are held"):
        await room.erasures.ask([ID], rule="person", by="anna", why="asked to", at=room.now)
    assert await room.holds.release(ID, by="berta", at=room.now) == 1
    assert await room.holds.release(ID, by="berta", at=room.now) == 0
    assert (await room.retention.run(HALF_A_YEAR)).erased == 1
    (hold,) = await room.holds.of(ID)
    assert (hold.by, hold.why, hold.released_by) == ("anna", "dispute 12", "berta")


async def test_a_hold_with_an_end_ends_by_itself(room: Room) -> None:
    await room.finish_and_move()
    await room.holds.hold(ID, by="anna", why="dispute", at=room.now, until=room.now + timedelta(days=200))
    room.later(days=199)
    assert (await room.retention.run(HALF_A_YEAR)).held == 1
    assert len(await room.holds.all(room.now)) == 1
    room.later(days=1)
    assert (await room.retention.run(HALF_A_YEAR)).erased == 1
    assert await room.holds.all(room.now) == []


async def test_a_person_deletes_what_waits_and_what_is_kept(room: Room) -> None:
    await room.finish_and_move(1)
    await room.finish(2)
    assert await room.erasures.ask([ID], rule="person", by="anna", why="the caller asked", at=room.now) == 2
    assert await room.mover.move() == ""
    assert await room.eraser.erase() == 2
    assert list(room.shelf.names()) == []
    assert not [file for file in room.folder.rglob("*") if file.is_file()]
    assert {(proof.number, proof.by, proof.why) for proof in await room.erasures.proofs()} == {
        (1, "anna", "the caller asked"),
        (2, "anna", "the caller asked"),
    }


async def test_while_the_store_is_away_nothing_is_said_to_be_gone(
    tmp_path: Path, server: tuple[S3Server, Path]
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'calls.sqlite'}")
    await store.migrate()
    try:
        room = Room(store, tmp_path / "recordings", bucket(server))
        await room.begin()
        await room.finish_and_move()
        room.later(days=200)
        server[0].stop()
        run = await room.retention.run(HALF_A_YEAR)
        assert (run.erased, run.left) == (0, 1)
        assert await room.erasures.proofs() == []
        assert await room.kept.counts() == {State.ERASING: 1}
        server[0].start()
        assert await room.eraser.erase() == 1
        assert len(await room.erasures.proofs()) == 1
    finally:
        await store.close()


async def test_killed_between_deleting_and_noting_it_is_gone_on_with(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.finish_and_move()
    room.later(days=200)

    async def killed(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(room.erasures, "gone", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await room.retention.run(HALF_A_YEAR)
    assert await room.erasures.proofs() == []
    assert await room.retention.last() is None
    assert (await room.retention.run(HALF_A_YEAR)).erased == 1
    assert len(await room.erasures.proofs()) == 1


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]))
def test_retention_runs_once_a_day_at_three_and_at_once_when_that_was_missed(moment: datetime, name: str) -> None:
    now, zone = moment.replace(tzinfo=UTC), ZoneInfo(name)
    assert next_run(now, None, zone) == now
    assert next_run(now, now - timedelta(hours=26), zone) == now
    following = next_run(now, now, zone)
    assert now < following <= now + timedelta(hours=25)
    assert following.astimezone(zone).hour == 3
    assert next_run(following, now, zone) == following


def test_calls_of_no_queue_are_kept_by_their_direction_and_those_of_a_queue_that_is_gone_as_any() -> None:
    days = Days({"sales": 365}, {"inbound": 30, "internal": 7, "outbound": 90})
    assert [days.of(None, direction) for direction in ("inbound", "internal", "outbound")] == [30, 7, 90]
    assert (days.of("sales", "internal"), days.of("closed down", "internal"), days.of("", "inbound")) == (365, 180, 30)
    assert days.of(None, None) == 180  # its record is gone
    assert days.fewest == 7


async def test_a_call_of_no_queue_is_deleted_by_the_days_of_its_direction(room: Room) -> None:
    assert QUEUE is None
    await room.finish_and_move()
    room.later(days=8)
    assert (await room.retention.run(Days({}, {"inbound": 9, "internal": 7}))).erased == 0
    assert (await room.retention.run(Days({}, {"inbound": 8}))).erased == 1
    (proof,) = await room.erasures.proofs(call=ID)
    assert proof.why == "8 days, as inbound calls of no queue are kept"
