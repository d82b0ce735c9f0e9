"""Whether callers notice that the data base is away, and whether anything is lost: one caller after the other with
agents free, the data base there and away by turns, on the same centre. PostgreSQL is killed with -9, hangs (takes
connections, answers nothing), and is slow (each answer takes half a second more); SQLite is locked by another writer.

Two times are taken from the SIP side: from a caller's INVITE to its answer, and from that to the INVITE at an agent.
After each time away it is waited until every call is in the data base; at the end each must have one record, none made
of the ledger alone. `--agents` of them are signed in throughout.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

from sqlalchemy import func, select

from cti.simulation.telephones import Telephones
from recording.models import Call
from recording.store import Store
from tests.integration.centre_fixture import RunningCentre
from tests.load.away import Database, Sqlite, postgresql
from tests.load.bench import figures, options, run, write
from tests.load.bench_idle_gap import one_call_ms
from tests.load.centre import OURS, agents_of, asterisk_version, bench_centre, silence
from tests.load.records import all_records

AGENTS = 10
AWAY_S = 60.0
ROUNDS = 2
THERE = "there"
BACK_S = 300.0


async def called(phones: Telephones, numbers: Iterator[int], seconds: float) -> list[tuple[float, float]]:
    """One caller after the other, for so long."""
    ends_s = time.monotonic() + seconds
    times = []
    while time.monotonic() < ends_s:
        times.append(await one_call_ms(phones, OURS, str(next(numbers))))
    return times


async def all_written_s(centre: RunningCentre, calls: int) -> float:
    """Waits until each of so many calls has its record; how long that took."""
    began_s = time.monotonic()
    store = Store(centre.settings.database_url)
    try:
        async with asyncio.timeout(BACK_S), store.engine.connect() as connection:
            while await connection.scalar(select(func.count()).select_from(Call)) != calls:
                await connection.rollback()
                await asyncio.sleep(0.1)
    finally:
        await store.close()
    return round(time.monotonic() - began_s, 2)


async def sides(centre: RunningCentre, taken: Database, seconds: float, rounds: int) -> dict[str, dict[str, Any]]:
    """By turns; of each way both times, and how long it took until all was written."""
    raw: dict[str, list[tuple[float, float]]] = {way: [] for way in (THERE, *taken.ways)}
    back_s: dict[str, list[float]] = {way: [] for way in taken.ways}
    numbers = itertools.count(9_000_000)
    async with centre.phones(audio=True) as phones:
        await phones.register()
        async with agents_of(centre, OURS, 0):
            for _ in range(rounds):
                for way in taken.ways:
                    raw[THERE] += await called(phones, numbers, seconds / len(taken.ways))
                    await taken.take(way)
                    try:
                        raw[way] += await called(phones, numbers, seconds)
                    finally:
                        await taken.give_back()
                    calls = sum(map(len, raw.values()))
                    back_s[way].append(await all_written_s(centre, calls))
                    print(
                        f"{way}: {len(raw[way])} calls; all written {back_s[way][-1]} s after it was back", flush=True
                    )
        await silence(centre)
    await settled(centre, sum(map(len, raw.values())))
    return {
        way: {
            "until_answered": figures([answered for answered, _ in times]),
            "answer_to_invite": figures([invite for _, invite in times]),
            "all_written_after_s": back_s.get(way),
        }
        for way, times in raw.items()
    }


async def settled(centre: RunningCentre, calls: int) -> None:
    """Each call has its record, and the router has told of each."""
    store = Store(centre.settings.database_url)
    try:
        records = [record async for record in all_records(store)]
    finally:
        await store.close()
    rebuilt = sum(record.reconstructed for record in records)
    if len(records) != calls or rebuilt:
        raise AssertionError(f"{calls} calls, {len(records)} records, {rebuilt} of them made of the ledger alone")


def told(name: str, measured: dict[str, dict[str, Any]]) -> None:
    """The table."""
    there = measured[THERE]
    for way, each in measured.items():
        for what in ("until_answered", "answer_to_invite"):
            one, ratio = each[what], each[what]["median_ms"] / there[what]["median_ms"]
            print(
                f"{name:<11}{way:<9}{what:<17}median {one['median_ms']:>7} ms, 99th {one['p99_ms']:>7} ms, "
                f"{ratio:>5.2f} times there (n {one['n']})"
            )


async def main() -> None:
    """Both data bases, one after the other, then the file."""
    given = options(__doc__, agents=AGENTS, seconds=AWAY_S, rounds=ROUNDS)
    results: dict[str, dict[str, dict[str, Any]]] = {}
    for kind in ("postgresql", "sqlite"):
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(postgresql()) if kind == "postgresql" else None
            address = server.address if server else ""
            centre = await stack.enter_async_context(bench_centre(given.agents, 2 * given.agents, address))
            version = await asterisk_version(centre)
            taken = server or Sqlite(centre.settings.database_file)
            results[kind] = await sides(centre, taken, given.seconds, given.rounds)
        told(kind, results[kind])
    there = {kind: each.pop(THERE) for kind, each in results.items()}
    print(write("store_away", results, there, asterisk=version, conditions=vars(given)))


if __name__ == "__main__":
    run(main())
