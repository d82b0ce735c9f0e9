"""How fast calls are written down when the data base is back: ledger and journal of a backlog into each data base, on
one core, as the recorder's process does it.
"""

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from recording.ingest import Ingest
from recording.record import CallRecord
from recording.store import Store
from tests.backlog import backlog
from tests.contract import databases
from tests.load.bench import write

CALLS = int(os.environ.get("CALLS", "10000"))


async def _rate(address: str, ledger: Path, journal: Path) -> dict[str, float]:
    """Calls a second: on the clock, and of our own processor time, which a busy machine does not change."""
    told = 0

    async def tell(record: CallRecord) -> None:
        nonlocal told
        told += 1

    store = Store(address)
    try:
        await store.migrate()
        began_s, spent_s = time.perf_counter(), time.process_time()
        await Ingest(store, ledger, journal, tell).catch_up()
        took_s, used_s = time.perf_counter() - began_s, time.process_time() - spent_s
    finally:
        await store.close()
    assert told == CALLS
    return {"calls_per_s": round(CALLS / took_s), "calls_per_cpu_s": round(CALLS / used_s)}


@contextlib.contextmanager
def _server(kind: str) -> Iterator[str]:
    fixture = getattr(databases, f"{kind}_server")
    with contextlib.contextmanager(fixture.__wrapped__)() as address:
        yield address


def main() -> None:
    """Measure, print, write var/bench/catch_up.json."""
    rates: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        ledger, journal = Path(name, "ledger.csv"), Path(name, "facts.jsonl")
        with ledger.open("wb") as rows, journal.open("wb") as facts:
            for call in backlog(CALLS):
                rows.write(call.ledger)
                facts.write(call.journal)
        rates["sqlite"] = asyncio.run(_rate(f"sqlite:///{Path(name, 'calls.sqlite')}", ledger, journal))
        for kind in ("postgresql", "mariadb"):
            with _server(kind) as server:
                address = asyncio.run(databases.empty_database(server))
                rates[kind] = asyncio.run(_rate(address, ledger, journal))
    for kind, rate in rates.items():
        print(f"{kind}: {rate['calls_per_s']} calls a second, {rate['calls_per_cpu_s']} a second of processor time")
    write("catch_up", rates, None, libraries=("sqlalchemy", "aiosqlite", "asyncpg", "aiomysql"), calls=CALLS)


if __name__ == "__main__":
    main()
