"""How long lists of calls and searches for recordings take, over a year of whole calls: pages of 50, new and deep in
the past, by number, agent, queue, time, length, outcome and mark, and the calls behind a figure's number. The records
themselves are read and checked, as for the API.

    python -m tests.load.bench_searches postgresql://test@127.0.0.1:5433/bench

The data base is one that bench_figures has filled, evaluations among it. There is no other side.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from acd.states import CallOutcome
from recording.figures.listing import CountedCalls
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.keeping.search import Search, Wanted
from recording.models import Call
from recording.record import CallRecord
from recording.store import CallFilter, Page, Store
from tests.load.bench import write
from tests.load.bench_figures import timed

PAGE = 50
PAST = datetime(2025, 12, 10, 6, tzinfo=UTC)
DAY = timedelta(days=1)
MAY = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


async def main(database: str) -> None:
    """Measures, prints, writes var/bench/searches-<data base>.json."""
    store = Store(database)
    search = Search(store)
    async with store.engine.connect() as connection:
        calls = await connection.scalar(select(func.count()).select_from(Call))
        deep = Page(size=PAGE, after=await connection.scalar(select(Call.id).where(Call.started_at < PAST).limit(1)))
        number = await connection.scalar(select(Call.caller).where(Call.started_at < PAST).limit(1)) or ""
    first = Page(size=PAGE)
    seldom = CallFilter(outcome=CallOutcome.VOICEMAIL)
    abandoned = CallFilter(outcome=CallOutcome.ABANDONED, agent="1003")
    agent = Scope(ScopeKind.AGENT, "1003")
    since, until = MAY
    behind = {
        "abandoned of a month, centre": CountedCalls(scope=CENTRE, counted="abandoned", since=since, until=until),
        "answered of a day, centre": CountedCalls(scope=CENTRE, counted="answered", since=PAST, until=PAST + DAY),
        "answered of a month, agent": CountedCalls(scope=agent, counted="answered", since=since, until=until),
    }
    lists: Mapping[str, tuple[CallFilter, Page]] = {
        "newest": (CallFilter(), first),
        "deep in the past": (CallFilter(), deep),
        "of a number": (CallFilter(caller=number), first),
        "of an agent, deep": (CallFilter(agent="1003"), deep),
        "of a queue, deep": (CallFilter(queue="q3"), deep),
        "of a queue, a day": (CallFilter(queue="q3", since=PAST, until=PAST + DAY), first),
        "an outcome that there is not": (seldom, first),
        "an outcome that an agent has not": (abandoned, first),
        **{name: (CallFilter(counted=one), first) for name, one in behind.items()},
    }
    searches: Mapping[str, tuple[Wanted, Page]] = {
        "recordings: newest": (Wanted(), first),
        "recordings: deep in the past": (Wanted(until=PAST), first),
        "recordings: number": (Wanted(numbers=[number, f"+86{number}"]), first),
        "recordings: agent": (Wanted(agent="1007"), first),
        "recordings: agent, longer than 6 minutes 58": (Wanted(agent="1007", length_from_ms=418_000), first),
        "recordings: queue, a day": (Wanted(queue="q3", since=PAST, until=PAST + DAY), first),
        "recordings: queue, agent, mark": (Wanted(queue="q3", agent="1007", mark_from=8), first),
        "recordings: longer than an hour: none": (Wanted(length_from_ms=3_600_000), first),
        "recordings: an outcome that there is not": (Wanted(outcome="voicemail"), first),
        "recordings: mark 1": (Wanted(mark_to=1), first),
        "recordings: score below 50": (Wanted(score_to=4_999), first),
        "recordings: score of 100: few": (Wanted(score_from=10_000), first),
        "recordings: score of 40 or more: all judged": (Wanted(score_from=4_000), first),
        "recordings: score below 40: none": (Wanted(score_to=3_999), first),
        "recordings: score below 50, agent": (Wanted(score_to=4_999, agent="1007"), first),
        "recordings: score below 50, queue, a day": (
            Wanted(score_to=4_999, queue="q3", since=PAST, until=PAST + DAY),
            first,
        ),
        "recordings: score below 50, deep in the past": (Wanted(score_to=4_999, until=PAST), first),
    }
    asked: dict[str, Callable[[], Awaitable[list[CallRecord]]]] = {
        **{name: partial(store.calls, *calls_of) for name, calls_of in lists.items()},
        **{name: partial(search.find, *recorded) for name, recorded in searches.items()},
    }
    told: dict[str, dict[str, float]] = {}
    for name, ask in asked.items():
        told[name] = {**await timed(ask, runs=3), "found": len(await ask())}
        print(f"{name:44} median {told[name]['median_ms']:9} ms, {told[name]['found']} found", flush=True)
    dialect = store.engine.dialect.name
    await store.close()
    print(write(f"searches-{dialect}", told, None, conditions={"database": dialect, "calls": calls, "page": PAGE}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
