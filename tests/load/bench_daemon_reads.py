"""How long the daemon's own loop stands still for what it answers itself from the data base: the longest single step
and the sum of all, in processor time of the loop's thread, of the largest answer that each endpoint gives. Callers wait
for the longest step; what the data base's threads do, they do not wait for.

    python -m tests.load.bench_daemon_reads sqlite:////tmp/figures.sqlite

The data base is one that bench_figures has filled. There is no other side.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from cti.http.calls import CallQuery, list_calls
from cti.http.quality_results import CountedQuery, ScoresQuery, list_counted, show_scores
from cti.http.recorded import DAYS_AT_MOST, ShareQuery, show_shares
from cti.http.recordings_search import SearchQuery, search_recordings
from cti.memory import settle_down
from recording.quality.scores import By
from recording.recorded_share import RecordedShares
from recording.store import Store
from tests.load.bench import write

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 20, tzinfo=UTC)
RUNS = 3


@contextmanager
def steps_ms() -> Iterator[list[float]]:
    """What each step of the loop takes of this thread."""
    took: list[float] = []
    run = asyncio.events.Handle._run

    def timed(self: asyncio.events.Handle) -> None:
        began = time.thread_time()
        run(self)
        took.append((time.thread_time() - began) * 1000)

    asyncio.events.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield took
    finally:
        asyncio.events.Handle._run = run  # type: ignore[method-assign]


async def main(database: str) -> None:
    """Measures, prints, writes var/bench/daemon-reads-<data base>.json."""
    store = Store(database)
    centre = SimpleNamespace(time_zone=ZONE, sampling=None, country_code="86", numbers={}, queues={})
    floor = SimpleNamespace(store=store, centre=centre)
    holder = SimpleNamespace(may=lambda permission: True)

    def asked(query: Any) -> Any:
        return SimpleNamespace(floor=floor, query=query, holder=holder, mask=None)

    since = NOW.date() - timedelta(days=DAYS_AT_MOST - 1)
    counted = CountedQuery.model_validate({"since": "2025-11-01T00:00", "until": "2026-11-01T00:00", "limit": 5000})
    runs: Mapping[str, Callable[[], Awaitable[object]]] = {
        "calls, 500": lambda: list_calls(asked(CallQuery(limit=500))),
        "recordings, 500": lambda: search_recordings(asked(SearchQuery(limit=500))),
        "scores, agents, 24 months": lambda: show_scores(asked(ScoresQuery(by=By.AGENT, at="2026-09", trend=24))),
        "counted scores, 5000": lambda: list_counted(asked(counted)),
        "share, 100 days": lambda: show_shares(asked(ShareQuery(since=since, until=NOW.date()))),
        "share of a day, as in /metrics": lambda: RecordedShares(store).of_day(NOW),
    }
    told: dict[str, dict[str, float]] = {}
    for name, run in runs.items():
        await run()
        settle_down()  # as the daemon does
        with steps_ms() as took:
            for _ in range(RUNS):
                task = asyncio.create_task(_answered(run))
                await task
        told[name] = {"longest_step_ms": round(max(took), 1), "all_steps_ms": round(sum(took) / RUNS, 1)}
        print(f"{name:34} {told[name]}", flush=True)
    dialect = store.engine.dialect.name
    await store.close()
    print(write(f"daemon-reads-{dialect}", told, None, conditions={"database": dialect, "runs": RUNS}))


async def _answered(run: Callable[[], Awaitable[object]]) -> None:
    """With its text, as the API sends it."""
    if isinstance(made := await run(), BaseModel):
        made.model_dump_json()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
