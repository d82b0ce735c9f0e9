"""Facts into a Redis stream, for programs on other machines that would rather read there than follow a WebSocket.

An extra, never a truth: the journal is that. While Redis is away facts are dropped and counted, and no call waits.
"""

import asyncio
import json

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from acd.facts import Fact, to_json

log = structlog.get_logger()

KEY = "callcenter:facts"
KEPT = 100_000
"""Facts the stream keeps, about: an hour of a busy centre."""

BEHIND_AT_MOST = 10_000
BATCH = 200
RETRY_S = 2.0


class FactsStream:
    """`put` facts, `run` for ever. Each entry has one field, `fact`: the JSON object of `acd.facts.to_json`.

    In order, and at least once: an answer of Redis that is lost on the way makes a batch come twice.
    """

    def __init__(self, url: str) -> None:
        """`url` as redis://host:port/number. Raises ValueError for one that is none."""
        self._redis = Redis.from_url(url)
        self._waiting: asyncio.Queue[Fact] = asyncio.Queue(BEHIND_AT_MOST)
        self.dropped = 0
        self.healthy = True

    def put(self, fact: Fact) -> None:
        """For the distributor: never waits, never raises."""
        try:
            self._waiting.put_nowait(fact)
        except asyncio.QueueFull:
            self.dropped += 1

    async def run(self) -> None:
        """Write facts in their order until cancelled."""
        try:
            while True:
                batch = [await self._waiting.get()]
                while not self._waiting.empty() and len(batch) < BATCH:
                    batch.append(self._waiting.get_nowait())
                await self._write(batch)
        finally:
            await self._redis.aclose()

    async def _write(self, batch: list[Fact]) -> None:
        """Try until Redis takes them: the queue behind them is bounded, so waiting here costs no memory."""
        while True:
            try:
                async with self._redis.pipeline(transaction=True) as pipeline:
                    for fact in batch:
                        pipeline.xadd(KEY, {"fact": json.dumps(to_json(fact))}, maxlen=KEPT, approximate=True)
                    await pipeline.execute()
            except (RedisError, OSError) as error:
                if self.healthy:
                    log.warning("redis-away", error_id="redis-away", why=type(error).__name__)
                self.healthy = False
                await asyncio.sleep(RETRY_S)
                continue
            if not self.healthy:
                log.info("redis-back", dropped=self.dropped)
            self.healthy = True
            return
