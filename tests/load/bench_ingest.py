"""How many calls a second the recorder's real path takes in on one core: lines of ledger and journal on the disk,
through reading, folding and writing, to the record, its half-hour sums and the agents' times. Counted in processor time
of this process, so that a busy machine does not blur it; what the data base's own process does is not in it (SQLite has
none). The calls are those of a busy centre (tests.load.busy_hours); the data base must be empty. There is no other
side.

    python -m tests.load.bench_ingest sqlite:////tmp/ingest.sqlite 5000
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from cti.memory import settle_down
from recording.ingest import Ingest
from recording.models import AgentStateEntry, Call, CallCount, LedgerEvent
from recording.store import Store
from tests.load.bench import write
from tests.load.busy_hours import A_SECOND, STORIES, busy_hours


async def main(database: str, calls: int) -> None:
    """Writes the files, takes them in, prints, writes var/bench/ingest-<data base>.json."""
    store = Store(database)
    await store.migrate()
    told = 0

    async def tell(_: object) -> None:
        nonlocal told
        told += 1

    with tempfile.TemporaryDirectory() as folder:
        ledger, journal = busy_hours(calls, Path(folder))
        settle_down()  # as the recorder does
        began_s, began_cpu_s, began_main_s = time.perf_counter(), time.process_time(), time.thread_time()
        await Ingest(store, ledger, journal, tell).catch_up()
        took_s, took_cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
        main_s = time.thread_time() - began_main_s
    rows = {}
    async with store.engine.connect() as connection:
        for table in (Call, LedgerEvent, CallCount, AgentStateEntry):
            rows[table.__tablename__] = await connection.scalar(select(func.count()).select_from(table))
    dialect = store.engine.dialect.name
    await store.close()
    assert rows["call"] == calls
    ours = {
        "calls_per_processor_second": round(calls / took_cpu_s),
        "calls_per_second": round(calls / took_s),
        "processor_ms_of_a_call": round(1000 * took_cpu_s / calls, 3),
        "of_these_our_own_thread_ms": round(1000 * main_s / calls, 3),
        "records_told": told,
        "rows": rows,
        "most_memory_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }
    print(ours)
    conditions = {"database": dialect, "calls": calls, "of_twenty": STORIES, "arriving_a_second": A_SECOND}
    print(
        write(f"ingest-{dialect}", ours, None, libraries=("sqlalchemy", "aiosqlite", "asyncpg"), conditions=conditions)
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
