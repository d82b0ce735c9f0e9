"""Reports for the daemon, without what they are made with: a few processes of their own (cti/reporting_main.py),
started when somebody asks, make reports, exports and mails, and end when nobody has asked for a while.

Each makes one thing at a time. One that takes too long, or whose asker has gone, is killed; who asks while all are busy
waits his turn (cti/turns.py), and is refused where too many do.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from cti.settings import Settings
from cti.turns import TooMany, Turns

log = structlog.get_logger()

PROCESSES_AT_MOST = 2
BUSY = "reports-busy"
WAITING_AT_MOST = 16
LIMIT_S = 120.0
"""So long the making of one thing may take, its sending not counted."""
IDLE_S = 120.0
LONGEST_HEADER = 1024 * 1024


class ReportFailed(Exception):
    """No report came; `id` and `status` are as for the API, `field` is what of the order is to blame."""

    def __init__(self, error_id: str, message: str, status: int, field: str | None = None) -> None:
        super().__init__(message)
        self.id = error_id
        self.status = status
        self.field = field


def _busy() -> ReportFailed:
    return ReportFailed(BUSY, "too many reports are being made; expected to be asked again later", 503)


def _too_slow(limit_s: float) -> ReportFailed:
    return ReportFailed(
        "report-too-slow", f"not made within {limit_s:g} s; expected a shorter time or fewer calls", 503
    )


def _died() -> ReportFailed:
    return ReportFailed("report-failed", "the process that made it has ended; the service's log says more", 500)


@dataclass(slots=True)
class _Worker:
    """A process, and the timer that ends it while it is idle."""

    process: asyncio.subprocess.Process
    ending: asyncio.TimerHandle | None = None

    @property
    def alive(self) -> bool:
        return self.process.returncode is None


@dataclass(slots=True)
class Made:
    """What was made: what it says of itself, and its bytes."""

    about: Mapping[str, Any]
    _reader: asyncio.StreamReader
    _done: bool = field(default=False)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Its bytes, once. Raises ReportFailed where the rest does not come."""
        try:
            while length := int.from_bytes(await self._reader.readexactly(4), "big"):
                yield await self._reader.readexactly(length)
        except asyncio.IncompleteReadError:
            raise _died() from None
        self._done = True

    @property
    def done(self) -> bool:
        """Whether all of it was read."""
        return self._done


class Reports:
    """The processes, `at_most` of them. `program` is what each runs; the daemon's own says nothing."""

    def __init__(
        self,
        settings: Settings,
        program: Sequence[str] = (sys.executable, "-m", "cti.reporting_main"),
        *,
        at_most: int = PROCESSES_AT_MOST,
        limit_s: float = LIMIT_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self._settings = settings
        self._program = program
        self._limit_s = limit_s
        self._idle_s = idle_s
        self._idle: list[_Worker] = []
        self._all: list[_Worker] = []
        self._turns = Turns(at_most, WAITING_AT_MOST)
        self._reaping: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def make(self, order: Mapping[str, Any], asker: str = "") -> AsyncIterator[Made]:
        """Have something made; askers take turns. Who leaves the context before all of it was read has it killed.
        Raises ReportFailed."""
        try:
            await self._turns.take(asker)
        except TooMany:
            raise _busy() from None
        worker = None
        made = None
        try:
            try:
                async with asyncio.timeout(self._limit_s):
                    worker = await self._worker()
                    made = await _ask(worker.process, order)
            except TimeoutError:
                log.warning("report-too-slow", error_id="report-too-slow", kind=next(iter(order)))
                raise _too_slow(self._limit_s) from None
            yield made
        except ReportFailed as error:
            if error.status == 500:
                log.error("report-failed", error_id=error.id)
            if error.id != "report-failed" and made is None and worker is not None and error.id != "report-too-slow":
                self._rest(worker)  # it has refused, and waits for the next
                worker = None
            raise
        finally:
            if worker is not None:
                if made is not None and made.done:
                    self._rest(worker)
                else:
                    self._kill(worker)
            self._turns.pass_on()

    async def close(self) -> None:
        """End all processes."""
        for worker in list(self._all):
            self._kill(worker)
        await asyncio.gather(*self._reaping)

    @property
    def processes(self) -> Sequence[int]:
        """Those there are now."""
        return [worker.process.pid for worker in self._all]

    async def _worker(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.ending is not None:
                worker.ending.cancel()
            if worker.alive:
                return worker
            self._kill(worker)
        process = await asyncio.create_subprocess_exec(
            *self._program,
            env={**os.environ, **self._settings.environment()},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_HEADER,
        )
        worker = _Worker(process)
        self._all.append(worker)
        return worker

    def _rest(self, worker: _Worker) -> None:
        worker.ending = asyncio.get_running_loop().call_later(self._idle_s, self._end, worker)
        self._idle.append(worker)

    def _end(self, worker: _Worker) -> None:
        self._idle.remove(worker)
        self._kill(worker)

    def _kill(self, worker: _Worker) -> None:
        """It writes nothing but rows of transactions, and those are whole or not at all."""
        if worker.ending is not None:
            worker.ending.cancel()
        if worker in self._idle:
            self._idle.remove(worker)
        with suppress(ProcessLookupError):
            worker.process.kill()
        self._all.remove(worker)
        task = asyncio.get_running_loop().create_task(_reap(worker.process))
        self._reaping.add(task)
        task.add_done_callback(self._reaping.discard)


async def _reap(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def _ask(process: asyncio.subprocess.Process, order: Mapping[str, Any]) -> Made:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
    except (ConnectionError, BrokenPipeError):
        raise _died() from None
    if not line:
        raise _died()
    about = json.loads(line)
    if (error := about.get("error")) is not None:
        raise ReportFailed(error["id"], error["message"], error["status"], error.get("field"))
    return Made(about, process.stdout)
