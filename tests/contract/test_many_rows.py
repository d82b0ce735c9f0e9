"""What insert_many writes is what SQLAlchemy's own execution writes, on every data base."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from recording.conflicts import inserting, inserting_new, upserting
from recording.many import insert_many
from recording.models import AgentStateEntry, Base, CallCount, CallInProgress, LedgerEvent
from recording.store import Store

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

AT = datetime(2026, 11, 22, 8, 30, 0, 123456, UTC)
ROWS: dict[type[Base], list[dict[str, Any]]] = {
    CallInProgress: [{"linkedid": "node1-1.1"}, {"linkedid": "node1-1.2 黄 'x' %s $1 ?"}],
    LedgerEvent: [
        {"digest": "a", "source": "ledger", "linkedid": "node1-1.1", "body": '"CHAN_START","1.0"'},
        {"digest": "b", "source": "journal", "linkedid": "node1-1.1", "body": '{"x": "é\\u0000"}'},
    ],
    CallCount: [
        {
            **{"call": "0" * 32, "number": number, "kind": "agent", "name": "1001", "queue": "sales"},
            **{"half_hour": AT, "counted": 3, "sums": {"answered": number, "wait_ms": 10**12}},
        }
        for number in (1, 2)
    ],
    AgentStateEntry: [
        {
            **{"digest": f"{at:032}", "at": AT, "agent": "1001", "phone": "1001", "status": "ready"},
            **{"before": "ready", "after": "talking", "reason": reason, "cause": "", "linkedid": linkedid},
        }
        for at, (reason, linkedid) in enumerate([("lunch", ""), ("", "node1-1.1")])
    ],
}


@pytest.mark.parametrize("table", ROWS, ids=lambda table: table.__tablename__)
async def test_rows_are_written_as_sqlalchemy_writes_them(store: Store, table: type[Base]) -> None:
    written = []
    for by_us in (False, True):
        async with store.transaction() as connection:
            await connection.execute(delete(table))
            if by_us:
                await insert_many(connection, inserting(table), ROWS[table])
            else:
                await connection.execute(insert(table), ROWS[table])
            columns = [table.__table__.c[name] for name in ROWS[table][0]]
            written.append(
                [*map(tuple, await connection.execute(select(*columns).order_by(*table.__table__.primary_key)))]
            )
    assert written[0] == written[1]
    assert [dict(zip(ROWS[table][0], row, strict=True)) for row in written[1]] == ROWS[table]


async def test_statements_for_rows_that_are_there_keep_their_meaning(store: Store) -> None:
    first, second = ROWS[LedgerEvent]
    async with store.transaction() as connection:
        name = connection.dialect.name
        await insert_many(connection, inserting(LedgerEvent), [first])
        await insert_many(
            connection, inserting_new(LedgerEvent, "linkedid digest", name), [{**first, "body": ""}, second]
        )
        kept = select(LedgerEvent.digest, LedgerEvent.body).order_by(LedgerEvent.digest)
        assert [*map(tuple, await connection.execute(kept))] == [("a", first["body"]), ("b", second["body"])]
        over = upserting(LedgerEvent, "linkedid digest", tuple(first), name)
        await insert_many(connection, over, [{**first, "body": "new"}, {**second, "body": "newer"}])
        assert [*map(tuple, await connection.execute(kept))] == [("a", "new"), ("b", "newer")]


async def test_what_the_data_base_refuses_is_raised_as_by_any_other_statement(store: Store) -> None:
    with pytest.raises(IntegrityError):
        async with store.transaction() as connection:
            await insert_many(connection, inserting(CallInProgress), [*ROWS[CallInProgress], *ROWS[CallInProgress]])
    assert await store.in_progress([row["linkedid"] for row in ROWS[CallInProgress]]) == set()
