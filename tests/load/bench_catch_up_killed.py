"""Whoever writes down a backlog may be killed at any moment: the recorder's path in a process of its own, killed with
-9 again and again while it catches up, then left to come to its end. What stands in the data base then must be what
stands there where nobody was killed: the same records, none twice, none less. `--lines` of a busy centre's ledger and
journal (tests.load.busy_hours), `--kills` at random moments, on SQLite and PostgreSQL.
"""

import asyncio
import hashlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from recording.ingest import Ingest
from recording.models import AgentStateEntry, Call, CallCount, LedgerEvent
from recording.record import CallRecord
from recording.store import Store
from tests.load.away import postgresql
from tests.load.bench import options, write
from tests.load.busy_hours import busy_hours

LINES = 200_000
LINES_OF_A_CALL = 31
KILLS = 20
TABLES = (Call, LedgerEvent, CallCount, AgentStateEntry)


async def catch_up(address: str, ledger: Path, journal: Path) -> None:
    """What the process does that is killed."""
    store = Store(address)
    try:
        await Ingest(store, ledger, journal, _nobody).catch_up()
    finally:
        await store.close()


async def _nobody(record: CallRecord) -> None:
    """Nobody listens."""


async def found(address: str) -> dict[str, Any]:
    """Rows of each table, and the sum of all records and of all half-hour sums, whatever their order."""
    store = Store(address)
    digest = hashlib.sha256()
    try:
        async with store.engine.connect() as connection:
            rows = {one.__tablename__: await connection.scalar(select(func.count()).select_from(one)) for one in TABLES}
            documents = await connection.stream_scalars(select(Call.document).order_by(Call.linkedid))
            async for document in documents:
                digest.update(CallRecord.model_validate(document).model_dump_json().encode())
    finally:
        await store.close()
    return {"rows": rows, "records": digest.hexdigest()}


async def life(address: str, ledger: Path, journal: Path, lasts_s: float | None) -> float | None:
    """One process: for so long, or to its end. How long it lived; None if it was killed."""
    began_s = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.load.bench_catch_up_killed", "--child", address, str(ledger), str(journal))
    )
    try:
        async with asyncio.timeout(lasts_s):
            status = await process.wait()
    except TimeoutError:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        return None
    if status != 0:
        raise AssertionError(f"it ended with {status}")
    return time.monotonic() - began_s


async def killed_often(kind: str, addresses: tuple[str, str], files: tuple[Path, Path], kills: int) -> dict[str, Any]:
    """Once whole, once in pieces; both must be the same."""
    dice = random.Random(kind)
    for address in addresses:
        store = Store(address)
        await store.migrate()
        await store.close()
    whole_s = await life(addresses[0], *files, None)
    assert whole_s is not None
    done = 0
    while done < kills:
        if await life(addresses[1], *files, dice.uniform(0.2, 2 * whole_s / kills)) is not None:
            break  # it had caught up before it could be killed
        done += 1
    await life(addresses[1], *files, None)
    whole, pieces = [await found(address) for address in addresses]
    print(f"{kind}: {done} kills, {whole['rows']}", flush=True)
    if whole != pieces:
        raise AssertionError(f"{kind}: {whole} where nobody was killed, {pieces} where somebody was")
    return {"kills": done, "whole_s": round(whole_s, 1), **whole}


async def main() -> None:
    """Both data bases, then the file."""
    given = options(__doc__, lines=LINES, kills=KILLS)
    results = {}
    with tempfile.TemporaryDirectory(prefix="callcenter-backlog-") as name:
        folder = Path(name)
        files = busy_hours(given.lines // LINES_OF_A_CALL, folder)
        sqlite = f"sqlite:///{folder / 'whole.sqlite'}", f"sqlite:///{folder / 'pieces.sqlite'}"
        results["sqlite"] = await killed_often("sqlite", sqlite, files, given.kills)
        async with postgresql() as whole, postgresql() as pieces:
            both = whole.address, pieces.address
            results["postgresql"] = await killed_often("postgresql", both, files, given.kills)
    print(write("catch_up_killed", results, None, conditions=vars(given)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        asyncio.run(catch_up(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))
    else:
        asyncio.run(main())
