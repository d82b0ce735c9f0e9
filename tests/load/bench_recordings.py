"""How long a search for recordings takes among 500,000 recorded calls in SQLite.

Only the tables a search looks at are filled; each search is for a page of 50 and is timed three times, the best counts.
"""

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from recording.keeping.search import Wanted, query_of
from recording.store import Store
from tests.load.bench import options, write

CALLS = 500_000
START = datetime(2026, 1, 1, tzinfo=UTC)
EVERY_S = 30

SEARCHES: Mapping[str, Wanted] = {
    "newest": Wanted(),
    "number": Wanted(numbers=["138000012345", "+86138000012345"]),
    "agent": Wanted(agent="1007"),
    "agent, longer than 9 minutes 50": Wanted(agent="1007", length_from_ms=590_000),
    "queue, a day": Wanted(queue="q3", since=START + timedelta(days=90), until=START + timedelta(days=91)),
    "longer than an hour: none": Wanted(length_from_ms=3_600_000),
    "outcome that there is seldom": Wanted(outcome="voicemail"),
    "mark 1": Wanted(mark_to=1),
    "score below 50: none judged": Wanted(score_to=5_000),
    "queue, agent, mark, length": Wanted(queue="q3", agent="1007", mark_from=8, length_to_ms=60_000),
}


def _calls(dice: random.Random, count: int) -> Iterator[tuple[str, str, int, str, int | None, str, str, str]]:
    for n in range(count):
        at = (START + timedelta(seconds=n * EVERY_S)).strftime("%Y-%m-%d %H:%M:%S.%f")
        outcome = "voicemail" if dice.random() < 0.0001 else "answered"
        mark = dice.randint(1, 9) if dice.random() < 0.1 else None
        agent, queue, number = (
            f"{dice.randint(1001, 1200)}",
            f"q{dice.randint(1, 12)}",
            f"138{dice.randint(0, 99_999):09}",
        )
        yield f"{dice.getrandbits(128):032x}", at, dice.randint(1_000, 600_000), outcome, mark, agent, queue, number


def _fill(file: Path, count: int) -> None:
    calls = list(_calls(random.Random(5), count))
    with sqlite3.connect(file) as data:
        data.executemany("INSERT INTO recorded_call VALUES (?, ?, ?, ?, ?)", (one[:5] for one in calls))
        for kind, at in (("agent", 5), ("queue", 6), ("number", 7)):
            rows = sorted((kind, one[at], one[1], one[0]) for one in calls)
            data.executemany("INSERT INTO recorded_party VALUES (?, ?, ?, ?)", rows)
    data.close()


async def _measure(store: Store) -> dict[str, dict[str, float]]:
    took: dict[str, dict[str, float]] = {}
    async with store.engine.connect() as connection:
        for name, wanted in SEARCHES.items():
            best = float("inf")
            for _ in range(3):
                began = perf_counter()
                found = len((await connection.execute(query_of(wanted).limit(51))).all())
                best = min(best, perf_counter() - began)
            took[name] = {"best_ms": round(best * 1000, 1), "found": found}
            print(f"{name:34} {best * 1000:8.1f} ms  {found} found")
    return took


async def main() -> None:
    """Fill and measure."""
    count = options(__doc__, calls=CALLS).calls
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calls.db"
        store = Store(f"sqlite:///{file}")
        try:
            await store.migrate()
            _fill(file, count)
            print(f"{count} recorded calls, {file.stat().st_size / 1e6:.0f} MB")
            took = await _measure(store)
        finally:
            await store.close()
    print(write("recordings", took, None, calls=count))


if __name__ == "__main__":
    asyncio.run(main())
