"""Has recordings encoded by a process of its own (recording/encoding/worker.py): starts it when there is work, lets it
go when there is none for a while, and starts another if it dies.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from structlog import get_logger

from recording.audio import Encoded
from recording.record import AudioFormat

log = get_logger()

WORKER = "recording.encoding.worker"
IDLE_S = 60.0
GRACE_S = 5.0


class EncodingFailed(Exception):
    """The encoder cannot make this of that audio, or died of it; the disk is not to blame."""

    id = "recording-not-encoded"


class Encoder:
    """`encode` one after another. `close` at the end; the process also ends when ours does."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    @property
    def process(self) -> int | None:
        """The number of the process, None while there is none."""
        return self._process.pid if self._process is not None else None

    async def encode(self, raw: Path, target: Path, kind: AudioFormat) -> Encoded:
        """Write `target` from the raw file, whole or not at all; what was at `target` is replaced.

        Raises OSError (no room, raw file gone), EncodingFailed.
        """
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            try:
                order = {"raw": str(raw), "target": str(target), "format": kind.value}
                # It may have been killed while it had nothing to do: that is not this recording's fault.
                answer = await self._ask(order) or await self._ask(order)
                return _encoded(raw, answer)
            finally:
                self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._let_go)

    async def close(self) -> None:
        """End the process."""
        if self._idle is not None:
            self._idle.cancel()
        if (process := self._process) is not None:
            self._let_go()
            try:
                async with asyncio.timeout(GRACE_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _ask(self, order: dict[str, str]) -> dict[str, int | str]:
        """Its answer; empty: it has died."""
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        line = b""
        try:
            with suppress(ConnectionError):
                process.stdin.write(json.dumps(order).encode() + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
        except asyncio.CancelledError:  # its answer would be taken for that to the next order
            self._process = None
            with suppress(ProcessLookupError):
                process.kill()
            raise
        if not line.endswith(b"\n"):
            self._process = None
            with suppress(ProcessLookupError):
                process.kill()
            log.error("encoder died", id="encoder-died", status=await process.wait())
            return {}
        answer: dict[str, int | str] = json.loads(line)
        return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", WORKER),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        return self._process

    def _let_go(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


def _encoded(raw: Path, answer: dict[str, int | str]) -> Encoded:
    if not answer:
        raise EncodingFailed("its process died of it, twice")
    if "error" not in answer:
        return Encoded(bytes=int(answer["bytes"]), sha256=str(answer["sha256"]), pcm_sha256=str(answer["pcm_sha256"]))
    number, why = int(answer["error"]), str(answer["why"])
    if number:
        raise OSError(number, os.strerror(number), raw.name)
    raise EncodingFailed(why)
