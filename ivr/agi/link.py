"""One FastAGI connection: one command at a time, and the end of the call noticed at any moment.

It decides what belongs together on the wire, and nothing about what is said to the caller (`ivr.agi.session`).
"""

import asyncio
import contextlib
import itertools
import secrets
import socket
from collections.abc import Awaitable, Iterator
from typing import Self, TypeVar

from ivr.agi.codec import AgiDecoder, AgiEvent, AgiLimits
from ivr.agi.commands import encode_command
from ivr.agi.environment import AgiEnvironment
from ivr.agi.errors import AgiBusy, AgiConnectionLost, AgiEnvironmentLate, AgiHungUp, AgiOver, AgiProtocolError
from ivr.agi.replies import Hangup, Reply

ENVIRONMENT_TIMEOUT_S = 5.0
_CHUNK_BYTES = 65_536
_DEAD_CHANNEL = 511
FIRST_REPEAT_S = 0.05
"""How long the first marker may stay unanswered (`_settle`); each further one twice as long."""

T = TypeVar("T")


class AgiLink:
    """Made by `accept`; ended by `close`, which ends its reading task too."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: AgiLimits | None = None
    ) -> None:
        loop = asyncio.get_running_loop()
        self._reader = reader
        self._writer = writer
        self._decoder = AgiDecoder(limits)
        self._environment: asyncio.Future[AgiEnvironment] = loop.create_future()
        self._over: asyncio.Future[Exception] = loop.create_future()
        self._reply: asyncio.Future[Reply] | None = None
        self._busy = False
        self._unsettled = False
        self._marker: str | None = None
        self._markers = (f"{secrets.token_hex(8)}-{number}" for number in itertools.count())
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def accept(
        cls,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        environment_timeout_s: float = ENVIRONMENT_TIMEOUT_S,
        limits: AgiLimits | None = None,
    ) -> Self:
        """The session of a new connection, its environment read. Raises AgiProtocolError, AgiConnectionLost."""
        link = cls(reader, writer, limits)
        try:
            async with asyncio.timeout(environment_timeout_s):
                await link._environment
        except BaseException as error:
            await link.close()
            if isinstance(error, TimeoutError):
                raise AgiEnvironmentLate(environment_timeout_s) from None
            raise
        return link

    @property
    def environment(self) -> AgiEnvironment:
        return self._environment.result()

    @property
    def over(self) -> Exception | None:
        """What the next command would raise: AgiHungUp, AgiConnectionLost, AgiProtocolError; None while all is well."""
        return self._over.result() if self._over.done() else None

    async def hung_up(self) -> Exception:
        """Waits for the end of the session and returns what it was, as `over`."""
        return await asyncio.shield(self._over)

    async def while_up(self, awaitable: Awaitable[T]) -> T:
        """The result of `awaitable`, which is cancelled (a bare future as well) when the session ends before it.

        A result that is there at the end is still returned, so nothing given to the caller is lost unseen.
        Raises what `over` says.
        """
        task = asyncio.ensure_future(awaitable)
        try:
            await asyncio.wait((task, self._over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))
        if task.cancelled() and self.over:
            raise self.over
        return task.result()

    async def command(self, verb: str, *arguments: str | int) -> Reply:
        """Sends one command and returns the answer, whatever it says, except for the end of the session.

        Cancelling this call ends STREAM FILE, WAIT FOR DIGIT, SAY … and GET DATA with the next command; an application
        under EXEC runs to its end first.

        Raises what `over` says; AgiArgumentRefused; AgiBusy.
        """
        line = encode_command(verb, *arguments)
        with self._turn(verb):
            if self._unsettled:
                await self._settle()
            reply = await self._exchange(line)
        if reply.code == _DEAD_CHANNEL:
            self._end(AgiHungUp())
            self._require_up()
        return reply

    async def confirm_up(self) -> None:
        """Raises what `over` says if the call has ended, as of now and for certain.

        Asterisk reports a hang-up before it takes its next command: an answer to one proves that there was none.
        """
        with self._turn("confirm_up"):
            await self._settle()
        self._require_up()

    async def close(self) -> None:
        """Ends the session; Asterisk goes on in the dialplan at the next priority."""
        self._end(AgiOver("this session was closed on our side"))
        self._reading.cancel()
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
        await asyncio.wait((self._reading,))

    @contextlib.contextmanager
    def _turn(self, verb: str) -> Iterator[None]:
        if self._busy:
            raise AgiBusy(verb)
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    async def _exchange(self, line: bytes) -> Reply:
        self._require_up()
        self._reply = asyncio.get_running_loop().create_future()
        self._writer.write(line)
        try:
            return await self._reply
        except asyncio.CancelledError:
            self._unsettled = True
            raise
        finally:
            self._reply = None

    async def _settle(self) -> None:
        """Brings both sides to the same place: sends a marker and passes over all replies before it.

        New data interrupts whatever Asterisk does for an abandoned command, which then may or may not be answered. When
        Asterisk reads the marker together with the command before it (it reads by buffered stdio, but waits on the
        socket), it sees it only after more data: hence the repetition. Seen in Asterisk 22.10.1.
        """
        self._unsettled = True
        repeat_s = FIRST_REPEAT_S
        while self._unsettled:
            self._marker = next(self._markers)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(repeat_s):
                    await self._exchange(encode_command("GET FULL VARIABLE", self._marker))
                    self._unsettled = False
            repeat_s *= 2
        self._marker = None

    def _require_up(self) -> None:
        if self.over:
            raise self.over

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(_CHUNK_BYTES):
                self._acknowledge()
                for event in self._decoder.feed(data):
                    self._take(event)
            self._decoder.feed_eof()
            self._end(AgiConnectionLost())
        except OSError:
            self._end(AgiConnectionLost())
        except Exception as error:  # a fault of the peer, or of ours: whoever uses the session hears of it
            self._end(error)
        finally:
            self._forsake()

    def _acknowledge(self) -> None:
        # Asterisk leaves Nagle's algorithm on, so a HANGUP that follows a reply waits until we acknowledge that reply:
        # 45 ms on Linux, unless told otherwise after each read.
        if hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self._writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _take(self, event: AgiEvent) -> None:
        match event:
            case AgiEnvironment():
                if not self._environment.done():
                    self._environment.set_result(event)
            case Hangup():
                self._end(AgiHungUp())
            case Reply():
                self._answer(event)

    def _answer(self, reply: Reply) -> None:
        if self._unsettled and (self._reply is None or reply.value != self._marker):
            return
        if self._reply is None or self._reply.done():
            raise AgiProtocolError("a reply came without a command; expected silence or HANGUP")
        self._reply.set_result(reply)

    def _end(self, error: Exception) -> None:
        """The first end counts. A command under way still gets its reply after a hang-up."""
        if not self._over.done():
            self._over.set_result(error)

    def _forsake(self) -> None:
        """Nothing more will be read: whoever waits for something waits no longer."""
        for waiting in (self._environment, self._reply):
            if waiting and not waiting.done():
                waiting.set_exception(self._over.result() if self._over.done() else AgiConnectionLost())
