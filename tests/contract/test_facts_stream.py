"""Facts into a real Redis, and into one that is away."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from acd.facts import DaemonStarted, to_json
from cti import facts_stream
from cti.facts_stream import KEY, FactsStream
from cti.simulation.ports import free_port

pytestmark = pytest.mark.contract

WAIT_S = 20.0


class RedisServer:
    """A Redis of the test's own on loopback, started and ended at will."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port("127.0.0.1")
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed; install it with: apt-get install -y redis-server"
        self._process = await asyncio.create_subprocess_exec(
            program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout
        async for line in self._process.stdout:
            if b"Ready to accept connections" in line:
                return
        raise AssertionError("redis-server ended before it was ready")

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.communicate()

    async def entries(self, number: int) -> list[object]:
        """The facts in the stream, once there are so many."""
        facts: list[object] = []
        after: Any = "0"
        async with Redis.from_url(self.url) as redis, asyncio.timeout(WAIT_S):
            while len(facts) < number:
                answer: Any = await redis.xread({KEY: after}, block=1000)
                for _, entries in answer:
                    facts += [json.loads(fields[b"fact"]) for _, fields in entries]
                    after = entries[-1][0]
        return facts


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    redis = RedisServer(tmp_path)
    yield redis
    await redis.stop()


def started(at_ms: int) -> DaemonStarted:
    return DaemonStarted(at_ms=at_ms, node="node1", version="1")


async def test_facts_stand_in_the_stream_in_their_order(server: RedisServer) -> None:
    await server.start()
    stream = FactsStream(server.url)
    running = asyncio.create_task(stream.run())
    for at_ms in range(300):
        stream.put(started(at_ms))
    assert await server.entries(300) == [to_json(started(at_ms)) for at_ms in range(300)]
    assert stream.healthy
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_facts_wait_for_a_redis_that_is_away_and_beyond_the_limit_are_counted(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_stream, "BEHIND_AT_MOST", 5)
    monkeypatch.setattr(facts_stream, "RETRY_S", 0.05)
    stream = FactsStream(server.url)
    for at_ms in range(8):
        stream.put(started(at_ms))
    assert stream.dropped == 3
    running = asyncio.create_task(stream.run())
    await server.start()
    assert await server.entries(5) == [to_json(started(at_ms)) for at_ms in range(5)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
