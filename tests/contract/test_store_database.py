"""The data base's address, and several daemons at one data base."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError, ProgrammingError

from recording.database import DatabaseError, is_away, lacks_tables, open_engine
from recording.models import AccessToken, CallerEntry, CallInProgress, RejectedLedgerLine
from recording.store import Store
from recording.transactions import insert_new, upsert

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("calls.sqlite", "expected sqlite:///<path>, postgresql://"),
        ("mysql://root@127.0.0.1/calls", "'mysql': expected sqlite, postgresql or mariadb"),
    ],
)
def test_an_address_that_is_none_says_what_was_expected(url: str, why: str) -> None:
    with pytest.raises(DatabaseError, match=why) as caught:
        open_engine(url)
    assert caught.value.id == "database-address-invalid"


def test_an_error_does_not_repeat_the_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        open_engine("mysql://root:hunter2@127.0.0.1/calls")
    assert "hunter2" not in str(caught.value)


async def test_two_daemons_that_start_at_once_make_the_tables_once(database: str) -> None:
    stores = [Store(database), Store(database)]
    try:
        await asyncio.gather(*(store.migrate() for store in stores))
        assert [await store.calls() for store in stores] == [[], []]
    finally:
        for store in stores:
            await store.close()


def test_what_passes_is_told_from_what_does_not() -> None:
    lost = ProgrammingError("", None, Exception(), connection_invalidated=True)
    assert is_away(lost)
    assert is_away(OperationalError("", None, Exception()))
    assert is_away(ConnectionRefusedError())
    assert not is_away(ProgrammingError("", None, Exception()))
    assert not is_away(ValueError())
    assert is_away(InternalError("", None, _from_mariadb("Packet sequence number wrong - got 3 expected 1")))
    assert not is_away(InternalError("", None, Exception("cached plan must not change result type")))


async def test_tables_that_are_not_there_are_no_data_base_that_is_away(store: Store) -> None:
    assert await store.has_tables()
    for statement in (
        "SELECT no_column FROM ledger_position",
        "SELECT 1 FROM no_table",
        "INSERT INTO no_table VALUES (1)",
    ):
        with pytest.raises(DBAPIError) as caught:
            async with store.engine.begin() as connection:
                await connection.exec_driver_sql(statement)
        assert lacks_tables(caught.value), statement
        assert not is_away(caught.value), statement
    with pytest.raises(DBAPIError) as caught:
        async with store.engine.begin() as connection:
            await connection.exec_driver_sql("SELEKT 1")
    assert not lacks_tables(caught.value)
    assert not is_away(caught.value)


async def test_a_data_base_without_tables_answers_and_says_so(database: str) -> None:
    store = Store(database)
    try:
        assert not await store.has_tables()
        assert await store.healthy()
    finally:
        await store.close()


async def test_of_a_sqlite_file_that_cannot_be_opened_no_thread_is_left(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    store = Store(f"sqlite:///{tmp_path}")
    assert not await store.healthy()
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not [name for name in left if "_connection_worker_thread" in name]
    await store.close()


async def test_a_sqlite_file_that_another_holds_or_that_nobody_may_write_is_away(tmp_path: Path) -> None:
    holder, other = (Store(f"sqlite:///{tmp_path / 'records.db'}") for _ in range(2))
    async with other.engine.connect() as patient:
        await patient.exec_driver_sql("PRAGMA busy_timeout=1")
        async with holder.engine.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE held (id INTEGER)")
            with pytest.raises(OperationalError) as caught:
                await patient.exec_driver_sql("CREATE TABLE other (id INTEGER)")
    assert is_away(caught.value)
    missing = Store(f"sqlite:///{tmp_path / 'not-mounted' / 'records.db'}")
    assert not await missing.healthy()
    for store in (holder, other, missing):
        await store.close()


@pytest.mark.parametrize("number", [1021, 1040, 1114, 1205, 1213, 1290, 2003, 2006, 2013])
def test_what_passes_on_mariadb_is_known_by_its_number(number: int) -> None:
    assert is_away(OperationalError("", None, _from_mariadb(number, "…")))


@pytest.mark.parametrize("number", [1153, 1364, 1366, 4025])
def test_what_mariadb_refuses_for_ever_is_not_tried_for_ever(number: int) -> None:
    """Its driver calls these, too, errors of operation."""
    assert not is_away(OperationalError("", None, _from_mariadb(number, "…")))


def _from_mariadb(*said: object) -> Exception:
    class Error(Exception): ...

    Error.__module__ = "pymysql.err"
    return Error(*said)


async def test_texts_are_kept_whole_and_compared_exactly(store: Store) -> None:
    names = ["a", "A", "á", "a ", "张伟 🙂", "%", "\\"]
    async with store.transaction() as connection:
        await insert_new(connection, CallInProgress, "linkedid", [{"linkedid": name} for name in names])
        long = "张" * 70_000
        await connection.execute(insert(RejectedLedgerLine), [{"source": "ledger", "body": long, "why": ""}])
    async with store.engine.connect() as connection:
        for name in names:
            query = select(CallInProgress.linkedid).where(CallInProgress.linkedid == name)
            assert (await connection.scalars(query)).all() == [name]
        assert (await connection.scalars(select(RejectedLedgerLine.body))).all() == [long]


async def test_instants_are_kept_to_the_microsecond(store: Store) -> None:
    moment = datetime(2026, 11, 1, 0, 30, 59, 999_999, tzinfo=UTC)
    row = {"name": "a", "role": "reader", "sha256": "0", "created_at": moment}
    async with store.transaction() as connection:
        await insert_new(connection, AccessToken, "name", [row])
        assert await connection.scalar(select(AccessToken.created_at)) == moment
        assert await connection.scalar(select(AccessToken.name).where(AccessToken.created_at == moment)) == "a"


async def test_a_row_that_is_there_is_overwritten_or_left_as_was_asked(store: Store) -> None:
    row = {"number": "1", "name": "Zhang", "priority": 0, "agent": "", "note": ""}
    async with store.transaction() as connection:
        for name in ("Zhang", "Li", "Li"):
            await upsert(connection, CallerEntry, "number", [{**row, "name": name}])
        await insert_new(connection, CallerEntry, "number", [{**row, "name": "Wang"}, {**row, "number": "2"}])
        found = (await connection.execute(select(CallerEntry.number, CallerEntry.name).order_by("number"))).all()
    assert [tuple(one) for one in found] == [("1", "Li"), ("2", "Zhang")]


async def test_nothing_is_cut_to_fit_nor_left_out_in_silence(store: Store) -> None:
    row = {"number": "1", "name": "", "priority": 0, "agent": "", "note": ""}
    wrong: list[dict[str, object]] = [{**row, "name": None}]
    if store.engine.dialect.name != "sqlite":  # it knows no lengths
        wrong.append({**row, "number": "1" * 33})
    for one in wrong:
        with pytest.raises(DBAPIError) as caught:
            async with store.transaction() as connection:
                await insert_new(connection, CallerEntry, "number", [one])
        assert not is_away(caught.value)
    async with store.transaction() as connection:
        assert not (await connection.scalars(select(CallerEntry.number))).all()


async def test_who_waits_no_longer_leaves_no_answer_to_the_next(store: Store) -> None:
    """A connection whose query was given up must not give its late answer to another's."""
    slow = {"postgresql": "SELECT pg_sleep(60)", "mariadb": "SELECT SLEEP(60)"}.get(store.engine.dialect.name)
    if slow is None:
        return  # SQLite answers in its own thread

    asked = asyncio.Event()

    async def ask() -> None:
        async with store.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            asked.set()
            await connection.execute(text(slow))

    task = asyncio.create_task(ask())
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for number in range(3):
        async with store.engine.connect() as connection:
            assert await connection.scalar(text(f"SELECT {number}")) == number
