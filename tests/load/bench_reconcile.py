"""How long `callcenter reconcile` takes for a day, and how much memory: `--calls` records in SQLite and in PostgreSQL
against Asterisk's own file of as many calls (tests.reconciled_calls). Each is measured in a process of its own, with
half as many once more: what grows with the day is told by the difference. Nothing must differ.
"""

import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from recording.models import Call
from recording.reconcile.day import reconcile
from recording.reconcile.rows import CALLS
from recording.record import CallRecord
from recording.store import Store
from tests.load.away import postgresql
from tests.load.bench import options, write
from tests.reconciled_calls import STORIES, call, line_of, story

DAY_CALLS = 100_000
AT_ONCE = 1_000
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def calls_of_the_day(count: int) -> Sequence[tuple[str, timedelta]]:
    """Which story each tells, and how much later than the real one."""
    dice = random.Random(1)
    names = [dice.choice(STORIES) for _ in range(count)]
    return [
        (name, DAY + number * timedelta(hours=23) / count - story(name)[0].started_at)
        for number, name in enumerate(names)
    ]


async def fill(store: Store, file: Path, count: int) -> None:
    """Records into the data base, rows into Asterisk's file."""
    await store.migrate()
    file.parent.mkdir(parents=True)
    chosen = calls_of_the_day(count)
    with file.open("w") as lines:
        for begin in range(0, count, AT_ONCE):
            made = [call(name, begin + at, later) for at, (name, later) in enumerate(chosen[begin : begin + AT_ONCE])]
            lines.writelines(line_of(row) for _, rows in made for row in rows)
            async with store.transaction() as connection:
                await connection.execute(insert(Call), [_columns(record) for record, _ in made])


async def measured(address: str, log: Path) -> None:
    """In a process of its own: what it took, on standard output."""
    store = Store(address)
    began_s, used_s = time.monotonic(), time.process_time()
    found = (await reconcile(store, log, DAY, DAY + timedelta(days=1))).reconciliation
    result = {
        "seconds": round(time.monotonic() - began_s, 1),
        "processor_s": round(time.process_time() - used_s, 1),
        "most_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "records": found.records,
        "rows": sum(found.rows.values()),
        "differences": len(found.differences),
    }
    await store.close()
    print(json.dumps(result))


async def of_one(address: str, folder: Path, count: int) -> dict[str, Any]:
    """Fills and measures."""
    store = Store(address)
    await fill(store, folder / CALLS, count)
    await store.close()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.load.bench_reconcile", "--child", address, str(folder)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await child.communicate()
    result: dict[str, Any] = json.loads(said)
    print(address.partition(":")[0], result, flush=True)
    assert (result["records"], result["differences"]) == (count, 0)
    return result


async def main() -> None:
    """Both data bases, half and whole, then the file."""
    count = options(__doc__, calls=DAY_CALLS).calls
    results: dict[str, list[dict[str, Any]]] = {"sqlite": [], "postgresql": []}
    for some in (count // 2, count):
        with tempfile.TemporaryDirectory(prefix="callcenter-day-") as name:
            address = f"sqlite:///{Path(name, 'calls.sqlite')}"
            results["sqlite"].append(await of_one(address, Path(name, "sqlite"), some))
            async with postgresql() as server:
                results["postgresql"].append(await of_one(server.address, Path(name, "postgresql"), some))
    print(write("reconcile", results, None, calls=count))


def _columns(record: CallRecord) -> dict[str, Any]:
    document = record.model_dump(mode="json")
    names = (column.name for column in Call.__table__.columns)
    columns = {name: getattr(record, name) for name in names if hasattr(record, name)}
    return {**columns, "matter": "", "document": document}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        asyncio.run(measured(sys.argv[2], Path(sys.argv[3])))
    else:
        asyncio.run(main())
