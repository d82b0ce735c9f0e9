"""Each change of a record is told at least once: by numbers that count in the order of transactions, to whoever says up
to which he has seen all.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from recording.database import is_away
from recording.record import CallRecord, Recording
from recording.record_changes import Change
from recording.store import Store
from recording.telling import Telling
from tests.contract.fake_floor import BEARER, TOKEN, open_floor
from tests.ledgers import NAMES, real_call
from tests.made_tables import lend_tables

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


async def keep(store: Store, name: str) -> CallRecord:
    """The record of a real call, new or changed no more."""
    for batch in real_call(name).batches():
        await store.ingest(batch)
    record = await store.call(real_call(name).record().id)
    assert record is not None
    return record


async def test_changes_are_numbered_in_order_and_a_record_is_there_once_as_it_is_now(store: Store) -> None:
    first, second = await keep(store, "answered_agent_hangs_up"), await keep(store, "served_by_ivr")
    assert await keep(store, "served_by_ivr") == second  # nothing new
    found = await store.changes(0, 10)
    assert [one.document["id"] for one in found] == [first.id, second.id]
    assert [one.number for one in found] == sorted({one.number for one in found})
    assert found[-1].number == await store.newest_change()
    await store.add_recordings([(first.linkedid, real_recording(first))])
    (changed,) = await store.changes(found[-1].number, 10)
    assert (changed.document["id"], len(changed.document["recordings"])) == (first.id, 1)
    assert [one.document["id"] for one in await store.changes(0, 10)] == [second.id, first.id]
    assert len(await store.changes(0, 1)) == 1


def real_recording(record: CallRecord) -> Recording:
    return Recording(file="a.wav", started_at=record.started_at, duration_ms=1, bytes=1, sha256="")


async def test_writers_at_one_moment_leave_no_change_behind_one_that_is_seen(store: Store) -> None:
    """A reader who has seen a number never meets a smaller one later."""
    second = Store(store.engine.url.render_as_string(hide_password=False))
    seen: list[int] = []

    async def read(until: int) -> None:
        while len(seen) < until:
            seen.extend(one.number for one in await store.changes(seen[-1] if seen else 0, 100))
            await asyncio.sleep(0)

    try:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(read(len(NAMES)))
            for which, names in ((store, NAMES[::2]), (second, NAMES[1::2])):
                group.create_task(write(which, names))
    finally:
        await second.close()
    everything = [one.number for one in await store.changes(0, 1000)]
    assert set(everything) <= set(seen)


async def write(store: Store, names: list[str]) -> None:
    """A transaction that another was in the way of is done again, as everywhere."""
    left = [*names]
    while left:
        try:
            await keep(store, left[0])
            left.pop(0)
        except DBAPIError as error:
            if not is_away(error):
                raise


class Listener:
    """A recorder's telling, which may be killed before or after any word."""

    def __init__(self, store: Store) -> None:
        self.heard: list[Change] = []
        self.told: asyncio.Queue[Change] = asyncio.Queue()
        self.telling = Telling(store, self.told.put_nowait)

    @property
    def cursor(self) -> int:
        return self.heard[-1].number


async def test_whoever_goes_on_from_the_last_number_misses_nothing_though_the_recorder_died_in_between(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recording.telling.AGAIN_S", 0.0)
    first = Listener(store)
    begun = await first.telling.begin(None)
    one = await keep(store, "served_by_ivr")
    first.telling.look()
    await heard(first, 1)
    two = await keep(store, "answered_agent_hangs_up")  # stored, and the recorder dies before it tells
    changes = store.changes

    async def away(after: int, limit: int) -> list[Change]:
        monkeypatch.setattr(store, "changes", changes)
        raise OperationalError("", None, Exception("gone"))

    monkeypatch.setattr(store, "changes", away)
    second = Listener(store)
    assert await second.telling.begin(first.cursor) == first.cursor
    await heard(second, 1)
    assert [change.document["id"] for change in (*first.heard, *second.heard)] == [one.id, two.id]
    third = Listener(store)
    await third.telling.begin(begun)
    await heard(third, 2)


async def heard(listener: Listener, count: int) -> None:
    """It has been told so much."""
    task = asyncio.create_task(listener.telling.run())
    async with asyncio.timeout(60):
        listener.heard += [await listener.told.get() for _ in range(count)]
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_a_command_changes_beside_the_recorder_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recording.telling.ANYWAY_S", 0.01)
    lend_tables(tmp_path / "records.db")
    ours, command = (Store(f"sqlite:///{tmp_path / 'records.db'}") for _ in range(2))
    listener = Listener(ours)
    await listener.telling.begin(None)
    running = asyncio.create_task(listener.telling.run())
    record = await keep(command, "served_by_ivr")
    async with asyncio.timeout(60):
        change = await listener.told.get()
    assert change.document["id"] == record.id
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await ours.close()
    await command.close()


async def test_a_monitor_that_comes_again_is_told_what_it_missed_and_up_to_where_it_has_all(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        one = await web.remember("served_by_ivr")
        (change,) = await web.floor.store.changes(0, 10)
        socket = await web.client.ws_connect("/api/live?after=now", headers=BEARER)
        assert "snapshot" in await socket.receive_json()
        assert await socket.receive_json() == {"cursor": change.number}
        web.floor.live.on_record(change.message)
        assert await socket.receive_json() == {"record": one.model_dump(mode="json"), "cursor": change.number}
        await socket.close()
        two = await web.remember("answered_agent_hangs_up")
        again = await web.client.ws_connect(f"/api/live?after={change.number}")
        await again.send_str(TOKEN)
        assert "snapshot" in await again.receive_json()
        message = await again.receive_json()
        assert message["record"] == two.model_dump(mode="json")
        assert await again.receive_json() == {"cursor": message["cursor"]}
        await again.close()


async def test_while_the_records_cannot_be_reached_a_monitor_is_asked_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_floor(tmp_path) as web:

        async def away(after: int, limit: int) -> list[Change]:
            raise OperationalError("", None, Exception("gone"))

        monkeypatch.setattr(web.floor.store, "changes", away)
        socket = await web.client.ws_connect("/api/live?after=3", headers=BEARER)
        assert "snapshot" in await socket.receive_json()
        await socket.receive()
        assert socket.close_code == 4503
        refused = await web.client.get("/api/live?after=yesterday", headers=BEARER)
        assert refused.status == 422
