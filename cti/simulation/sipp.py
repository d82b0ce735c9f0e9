"""One SIPp process that runs our script: started, commanded by datagram, followed in its message log, ended by pid."""

import asyncio
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import MappingProxyType

from asyncinotify import Inotify, Mask

from cti.simulation.errors import SippFailed, SippMissing
from cti.simulation.messages import ACCOUNTS
from cti.simulation.ports import free_port
from cti.simulation.scenario import Command, scenario
from cti.simulation.trace import TraceDecoder, TracedMessage

START_S = 30.0
END_S = 2.0
ATTEMPTS = 5
PORT_TAKEN = "Address already in use"
LIFETIME_S = 3600
"""SIPp ends itself after this, should we be killed before we can end it."""


class Sipp:
    """The process and its two links; `folder` is its own and holds what SIPp read and wrote."""

    def __init__(
        self, folder: Path, *, host: str, asterisk_port: int, on_message: Callable[[TracedMessage], None]
    ) -> None:
        self.host = host
        self.port = 0
        self._folder = folder
        self._asterisk = f"{host}:{asterisk_port}"
        self._on_message = on_message
        self._numbers = count(1)
        self._process: asyncio.subprocess.Process | None = None
        self._commands: asyncio.DatagramTransport | None = None
        self._follower: asyncio.Task[None] | None = None
        self._decoder = TraceDecoder()
        self._heard_first = asyncio.Event()
        self._log = folder / "messages.log"

    async def start(self, accounts: str, *, ring_ms: int | None, talk_ms: int | None) -> None:
        """Start SIPp; returns when it obeys. Raises SippMissing, SippFailed."""
        program = shutil.which("sipp")
        if program is None:
            raise SippMissing
        self._folder.mkdir(parents=True, exist_ok=True)
        _write_private(self._folder / ACCOUNTS, accounts)
        _write_private(self._folder / "phone.xml", scenario(ring_ms=ring_ms, talk_ms=talk_ms))
        _write_private(self._log, "")
        self._follower = asyncio.create_task(self._follow(), name="sipp message log")
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                await self._begin(program)
            except SippFailed as failed:
                if PORT_TAKEN not in failed.said or not attempts_left:
                    raise
            else:
                return

    async def _begin(self, program: str) -> None:
        """One attempt, on ports that were free a moment ago."""
        self.port = free_port(self.host)
        with (self._folder / "said.log").open("wb") as said:
            self._process = await asyncio.create_subprocess_exec(
                program,
                *self._arguments(),
                cwd=self._folder,
                env={**os.environ, "TZ": "UTC"},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        await self._wake()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """End the process at once, as if the telephone had lost its power."""
        if self._process and self.running:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """End the process, its calls with a BYE where it can; always ends."""
        try:
            if self._process and self.running:
                with suppress(ProcessLookupError):
                    self._process.terminate()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), END_S)
        finally:
            await self.kill()
            if self._follower:
                self._follower.cancel()
                with suppress(asyncio.CancelledError):
                    await self._follower
            if self._commands:
                self._commands.close()

    def _arguments(self) -> tuple[str, ...]:
        return (
            *("-sf", "phone.xml", "-inf", ACCOUNTS, "-infindex", ACCOUNTS, "0"),
            *("-i", self.host, "-p", str(self.port), "-bind_local", "-rsa", self._asterisk),
            *("-ci", self.host, "-cp", str(free_port(self.host)), "-nostdin"),
            *("-timer_resol", "1", "-default_behaviors", "all,-abortunexp", "-timeout", f"{LIFETIME_S}s"),
            *("-trace_msg", "-message_file", str(self._log), "-message_overwrite", "false"),
            *("-trace_err", "-error_file", str(self._folder / "errors.log")),
            self._asterisk,
        )

    async def _wake(self) -> None:
        """Until SIPp has its port, our datagrams are refused: say hello until it is seen in the log."""
        assert self._process is not None
        loop = asyncio.get_running_loop()
        if self._commands:
            self._commands.close()
        self._commands, refusals = await loop.create_datagram_endpoint(_Refusals, remote_addr=(self.host, self.port))
        ended = asyncio.create_task(self._process.wait())
        awake = asyncio.create_task(self._heard_first.wait())
        try:
            async with asyncio.timeout(START_S):
                while not awake.done():
                    refusals.refused.clear()
                    self.command(Command.HELLO, f"hello-{next(self._numbers)}")
                    refused = asyncio.create_task(refusals.refused.wait())
                    await asyncio.wait({ended, awake, refused}, return_when=asyncio.FIRST_COMPLETED)
                    refused.cancel()
                    if ended.done():
                        raise SippFailed(f"ended with {ended.result()} at its start", self._said())
                    await asyncio.sleep(0 if awake.done() else 0.01)
        except TimeoutError:
            raise SippFailed(f"did not listen within {START_S} s", self._said()) from None
        finally:
            ended.cancel()
            awake.cancel()

    def command(self, command: Command, call_id: str, headers: Mapping[str, str] = MappingProxyType({}), /) -> None:
        """Give a command to the call of this Call-ID, or begin one. `headers` go to the script as they are."""
        assert self._commands is not None
        number = next(self._numbers)
        extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        # SIPp drops what has no Via; it takes two messages alike for one sent twice.
        message = (
            f"{command} sip:phone SIP/2.0\r\nVia: SIP/2.0/UDP {self.host};branch=z9hG4bK-command-{number}\r\n"
            f"From: <sip:user>;tag=1\r\nTo: <sip:phone>\r\nCall-ID: {call_id}\r\nCSeq: {number} {command}\r\n"
            f"{extra}Content-Length: 0\r\n\r\n"
        )
        self._commands.sendto(message.encode())

    async def _follow(self) -> None:
        with Inotify() as inotify, self._log.open("rb") as log:
            inotify.add_watch(self._log, Mask.MODIFY)
            while True:
                for message in self._decoder.feed(log.read()):
                    self._heard_first.set()
                    self._on_message(message)
                await inotify.get()

    def _said(self) -> str:
        return (self._folder / "said.log").read_text("utf-8", "replace").strip()[-500:]


class _Refusals(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.refused = asyncio.Event()

    def error_received(self, exc: Exception) -> None:
        self.refused.set()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
