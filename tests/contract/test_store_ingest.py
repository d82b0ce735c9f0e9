"""The way from growing files to records, on real files and inotify: rotation, restarts, a data base that is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from structlog.testing import capture_logs

from recording.database import lacks_tables
from recording.entries import Batch, Position, Source
from recording.ingest import Ingest
from recording.models import LedgerEvent, RejectedLedgerLine
from recording.record import CallRecord
from recording.series import Series
from recording.store import Store
from tests.ledgers import EVERY, NAMES, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

A, B = real_call("answered_agent_hangs_up"), real_call("missed_then_answered")


class Centre:
    """The two files of a centre and what was told of them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.ledger = folder / "cel-custom" / "ledger.csv"
        self.journal = folder / "journal" / "facts.jsonl"
        self.store = store
        self.told: asyncio.Queue[CallRecord] = asyncio.Queue()
        self.ingest = self.make_ingest()
        self.ledger.parent.mkdir()
        self.journal.parent.mkdir()

    def make_ingest(self) -> Ingest:
        return Ingest(self.store, self.ledger, self.journal, self.told.put)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The ingest at work; its failure is the test's."""
        task = asyncio.create_task(self.ingest.run())
        try:
            yield
            if task.done():
                await task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def linkedids(self) -> set[str]:
        return {record.linkedid for record in await self.store.calls(page=EVERY)}

    async def kept(self) -> int:
        async with self.store.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(LedgerEvent)) or 0


@pytest.fixture
def centre(store: Store, tmp_path: Path) -> Centre:
    return Centre(store, tmp_path)


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@asynccontextmanager
async def _elsewhere(store: Store, table: str) -> AsyncIterator[None]:
    """The table is not there meanwhile; the tests of MariaDB share one data base, so it comes back whatever happens."""
    async with store.engine.begin() as connection:
        await connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        yield
    finally:
        async with store.engine.begin() as connection:
            await connection.exec_driver_sql(f"ALTER TABLE elsewhere RENAME TO {table}")


async def test_what_lay_there_at_the_start_and_what_comes_is_told(centre: Centre) -> None:
    _append(centre.journal, A.journal)
    _append(centre.ledger, A.ledger)
    async with centre.running():
        assert await centre.told.get() == A.record()
        _append(centre.journal, B.journal)
        _append(centre.ledger, B.ledger)
        assert await centre.told.get() == B.record()


async def test_a_fact_that_comes_after_the_end_changes_the_record(centre: Centre) -> None:
    *before, last = A.journal.splitlines(keepends=True)
    _append(centre.journal, b"".join(before))
    _append(centre.ledger, A.ledger)
    async with centre.running():
        assert (await centre.told.get()).wrap_up_ms == 0
        _append(centre.journal, last)
        assert (await centre.told.get()).wrap_up_ms == 5000


async def test_a_row_that_comes_in_pieces_is_read_when_it_is_whole(centre: Centre) -> None:
    _append(centre.journal, A.journal)
    for piece in (A.ledger[:700], A.ledger[700:-30], A.ledger[-30:]):
        _append(centre.ledger, piece)
        await centre.ingest.catch_up()
    assert centre.told.get_nowait() == A.record()
    assert centre.told.empty()


async def test_a_restart_goes_on_where_reading_stopped(centre: Centre) -> None:
    _append(centre.journal, A.journal)
    _append(centre.ledger, A.ledger[:900])
    await centre.ingest.catch_up()
    _append(centre.ledger, A.ledger[900:])
    position = await centre.store.position(Source.LEDGER)
    assert 0 < position.offset <= 900
    await centre.make_ingest().catch_up()
    assert centre.told.get_nowait() == A.record()
    await centre.make_ingest().catch_up()
    assert centre.told.empty()


async def test_killed_between_storing_and_remembering_doubles_nothing(centre: Centre) -> None:
    """The stored position is all a new process knows; here even that is lost."""
    _append(centre.ledger, A.ledger + B.ledger)
    _append(centre.journal, A.journal + B.journal)
    await centre.ingest.catch_up()
    kept = await centre.kept()
    for source in Source:
        await centre.store.ingest(Batch(source=source, entries=(), rejected=(), position=Position()))
    await centre.make_ingest().catch_up()
    assert await centre.kept() == kept
    assert centre.told.qsize() == 2


@pytest.mark.parametrize("while_running", [True, False])
async def test_a_ledger_moved_aside_is_read_to_its_end(centre: Centre, while_running: bool) -> None:
    _append(centre.journal, A.journal + B.journal)
    _append(centre.ledger, A.ledger[:900])
    await centre.ingest.catch_up()
    _append(centre.ledger, A.ledger[900:])
    centre.ledger.rename(centre.ledger.with_suffix(".csv.1"))
    _append(centre.ledger, B.ledger)
    await (centre.ingest if while_running else centre.make_ingest()).catch_up()
    assert [centre.told.get_nowait(), centre.told.get_nowait()] == [A.record(), B.record()]
    assert centre.told.empty()


async def test_the_torn_end_of_a_ledger_moved_aside_is_kept_aside(centre: Centre) -> None:
    _append(centre.ledger, A.ledger[:900])
    await centre.ingest.catch_up()
    centre.ledger.rename(centre.ledger.with_suffix(".csv.1"))
    await centre.ingest.catch_up()
    _append(centre.ledger, B.ledger)
    await centre.ingest.catch_up()
    assert await centre.linkedids() == {B.record().linkedid}
    async with centre.store.engine.connect() as connection:
        (why,) = await connection.scalars(select(RejectedLedgerLine.why))
    assert "were expected" in why or "unexpected end" in why


async def test_a_truncated_ledger_is_read_from_its_beginning(centre: Centre) -> None:
    _append(centre.ledger, A.ledger)
    await centre.ingest.catch_up()
    centre.ledger.write_bytes(B.ledger)
    await centre.ingest.catch_up()
    centre.ledger.write_bytes(b"")
    await centre.ingest.catch_up()
    centre.ledger.write_bytes(real_call("served_by_ivr").ledger)
    await centre.ingest.catch_up()
    assert len(await centre.linkedids()) == 3


async def test_a_file_larger_than_one_reading_is_read_whole(centre: Centre) -> None:
    garbage = b"x" * 300_000 + b"\n"
    _append(centre.ledger, garbage + b"".join(real_call(name).ledger for name in NAMES) * 8)
    await centre.ingest.catch_up()
    assert len(await centre.linkedids()) == len(NAMES)


async def test_a_data_base_that_is_away_delays_and_loses_nothing(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    health: list[bool] = []
    ingest = centre.store.ingest

    async def away(_: Batch) -> list[CallRecord]:
        health.append(centre.ingest.healthy)
        if len(health) == 3:
            monkeypatch.setattr(centre.store, "ingest", ingest)
        raise OperationalError("", None, Exception("gone"))

    monkeypatch.setattr("recording.ingest.FIRST_RETRY_S", 0.0)
    monkeypatch.setattr(centre.store, "ingest", away)
    _append(centre.ledger, A.ledger)
    await centre.ingest.catch_up()
    assert health == [True, False, False]
    assert centre.ingest.healthy
    assert await centre.linkedids() == {A.record().linkedid}


async def test_a_line_the_data_base_refuses_is_kept_aside_and_the_others_are_stored(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = centre.store.ingest
    poison = A.ledger.splitlines()[4].decode()

    async def picky(batch: Batch) -> list[CallRecord]:
        if any(entry.body == poison for entry in batch.entries):
            raise DataError("", None, ValueError("no such text"))
        return await ingest(batch)

    monkeypatch.setattr(centre.store, "ingest", picky)
    _append(centre.ledger, A.ledger + B.ledger)
    await centre.ingest.catch_up()
    assert await centre.linkedids() == {A.record().linkedid, B.record().linkedid}
    async with centre.store.engine.connect() as connection:
        bodies = list(await connection.scalars(select(RejectedLedgerLine.body)))
    assert bodies == [poison]
    assert (await centre.store.position(Source.LEDGER)).offset == len(A.ledger + B.ledger)


async def test_where_tables_lack_no_line_is_put_aside_and_it_is_not_tried_for_ever(centre: Centre) -> None:
    _append(centre.ledger, A.ledger)
    async with _elsewhere(centre.store, "ledger_event"):
        with pytest.raises(DBAPIError) as caught, capture_logs() as logs:
            await centre.ingest.catch_up()
        assert lacks_tables(caught.value)
        assert [line["id"] for line in logs] == ["database-tables-missing"]
        assert await centre.store.position(Source.LEDGER) == Position()
    await centre.ingest.catch_up()
    assert await centre.linkedids() == {A.record().linkedid}


async def test_a_listener_that_raises_stops_nothing(centre: Centre) -> None:
    async def raising(_: CallRecord) -> None:
        raise ZeroDivisionError

    ingest = Ingest(centre.store, centre.ledger, centre.journal, raising)
    _append(centre.ledger, A.ledger + B.ledger)
    await ingest.catch_up()
    assert len(await centre.linkedids()) == 2


async def test_lost_calls_are_closed_after_everything_written_was_read(centre: Centre) -> None:
    """The end of A is written but not read yet; of B there is none."""
    _append(centre.ledger, A.ledger + B.ledger[:900])

    async def nothing_is_there() -> dict[str, str]:
        return {}

    await centre.ingest.close_vanished(nothing_is_there)
    told = {record.linkedid: record for record in (centre.told.get_nowait(), centre.told.get_nowait())}
    assert told[A.record().linkedid].reason == "hung_up"
    assert told[B.record().linkedid].reason == "asterisk_lost"


async def test_a_call_that_ends_while_lost_ones_are_looked_for_is_not_lost(centre: Centre) -> None:
    """Asterisk still had it when first asked; its end is written before the second question."""
    _append(centre.ledger, A.ledger[:900])
    answers = iter([{"channel": A.record().linkedid}, {}])

    async def ends_after_the_first_question() -> dict[str, str]:
        answer = next(answers)
        if answer:
            _append(centre.ledger, A.ledger[900:])
        return answer

    await centre.ingest.close_vanished(ends_after_the_first_question)
    assert centre.told.get_nowait().reason == "hung_up"
    assert centre.told.empty()


async def test_a_short_call_that_comes_while_lost_ones_are_looked_for_is_not_lost(centre: Centre) -> None:
    """It begins after the first question and is over before the second; its end is written after that."""
    asked = 0

    async def short_call() -> dict[str, str]:
        nonlocal asked
        asked += 1
        _append(centre.ledger, A.ledger[:900] if asked == 1 else A.ledger[900:])
        return {}

    await centre.ingest.close_vanished(short_call)
    assert asked == 2
    assert centre.told.empty()
    await centre.ingest.catch_up()
    assert centre.told.get_nowait().reason == "hung_up"


async def test_the_lines_that_wait_are_counted_whichever_file_they_stand_in(centre: Centre) -> None:
    _append(centre.ledger, A.ledger)
    _append(centre.journal, A.journal)
    assert await centre.ingest.waiting() == 0  # nobody has asked the data base yet
    await centre.ingest.catch_up()
    assert await centre.ingest.waiting() == 0
    Series(centre.ledger).move_aside()
    _append(centre.ledger, B.ledger)
    Series(centre.ledger).move_aside()
    _append(centre.journal, B.journal + b"half a line")
    assert await centre.ingest.waiting() == len(B.rows) + len(B.facts)
    await centre.ingest.catch_up()
    assert await centre.ingest.waiting() == 0


async def test_files_of_several_days_are_read_one_after_the_other(centre: Centre) -> None:
    """The data base was away meanwhile: nothing has been read of any of them."""
    for name in NAMES:
        _append(centre.ledger, real_call(name).ledger)
        Series(centre.ledger).move_aside()
    for name in NAMES:
        _append(centre.journal, real_call(name).journal)
    await centre.ingest.catch_up()
    assert len(await centre.linkedids()) == len(NAMES)


async def test_half_a_line_at_the_end_of_a_file_waits_until_there_is_another(centre: Centre) -> None:
    _append(centre.journal, A.journal)
    _append(centre.ledger, A.ledger[:-30])
    await centre.ingest.catch_up()
    moved = Series(centre.ledger).move_aside()
    assert moved is not None
    await centre.ingest.catch_up()
    _append(moved, A.ledger[-30:])  # Asterisk had it open when it was moved
    _append(centre.ledger, B.ledger)
    await centre.ingest.catch_up()
    assert await centre.linkedids() == {A.record().linkedid, B.record().linkedid}
    async with centre.store.engine.connect() as connection:
        assert (await connection.scalar(select(func.count()).select_from(RejectedLedgerLine))) == 0
