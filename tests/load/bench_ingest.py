"""How many calls a second the recorder's real path takes in on one core: lines of ledger and journal on the disk,
through reading, folding and writing, to the record and its half-hour sums. Counted in processor time of this process,
so that a busy machine does not blur it; what the data base's own process does is not in it (SQLite has none).

    python -m tests.load.bench_ingest sqlite:////tmp/ingest.sqlite 500
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from recording.ingest import Ingest
from recording.store import Store
from tests.ledgers import real_call
from tests.load.bench import write

CALL = "missed_then_answered"


async def main(database: str, calls: int) -> None:
    """Writes the files, takes them in, prints, writes var/bench/ingest-<data base>.json."""
    real = real_call(CALL)
    (linkedid,) = {row.linkedid for row in real.rows}
    stem, _, number = linkedid.rpartition(".")
    store = Store(database)
    await store.migrate()
    with tempfile.TemporaryDirectory() as folder:
        ledger, journal = Path(folder) / "cel-custom" / "ledger.csv", Path(folder) / "journal" / "facts.jsonl"
        for file, data in ((ledger, real.ledger), (journal, real.journal)):
            file.parent.mkdir()
            made = (data.replace(f"{stem}.".encode(), f"{stem}{at:06}.".encode()) for at in range(calls))
            file.write_bytes(b"".join(made))
        lines = len(real.rows) + len(real.facts)
        told = 0

        async def tell(_: object) -> None:
            nonlocal told
            told += 1

        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        await Ingest(store, ledger, journal, tell).catch_up()
        took_s, took_cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    dialect = store.engine.dialect.name
    await store.close()
    ours = {
        "calls": told,
        "lines_of_a_call": lines,
        "calls_per_processor_second": round(told / took_cpu_s),
        "calls_per_second": round(told / took_s),
    }
    print(ours, f"number {number}")
    print(write(f"ingest-{dialect}", ours, None, conditions={"database": dialect, "call": CALL}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
