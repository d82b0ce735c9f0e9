"""The bytes of one FastAGI connection: which reply belongs to which command, and when the session is over.

It keeps both sides in step whatever happens; who may command when, and what replies mean, is decided above it.
"""

import asyncio
import contextlib
import itertools
import secrets
import socket

from ivr.agi.codec import AgiDecoder, AgiEvent, AgiLimits
from ivr.agi.commands import encode_command
from ivr.agi.environment import AgiEnvironment
from ivr.agi.errors import AgiConnectionLost, AgiHungUp, AgiInterrupted, AgiOver, AgiProtocolError
from ivr.agi.replies import Hangup, Reply

FIRST_REPEAT_S = 0.01
"""How long the first marker may stay unanswered (`settle`); each further one twice as long."""

_CHUNK_BYTES = 65_536


class AgiWire:
    """Reads from its making to its `close`. `over` gets its result, an error, when nothing reaches the caller any more.

    Neither future may be awaited bare by a task that can be cancelled: that would cancel the future.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: AgiLimits | None) -> None:
        loop = asyncio.get_running_loop()
        self.environment: asyncio.Future[AgiEnvironment] = loop.create_future()
        self.over: asyncio.Future[Exception] = loop.create_future()
        self.settled = True
        self.interrupted = False
        self._reader = reader
        self._writer = writer
        self._decoder = AgiDecoder(limits)
        self._reply: asyncio.Future[Reply] | None = None
        self._marker: str | None = None
        self._markers = (f"{secrets.token_hex(8)}-{number}" for number in itertools.count())
        self._reading = asyncio.create_task(self._read())

    def require_up(self) -> None:
        """Raises the end of the session, if it has come."""
        if self.over.done():
            raise self.over.result()

    def end(self, error: Exception) -> None:
        """The first end counts. A command under way still gets its reply after a hang-up."""
        if not self.over.done():
            self.over.set_result(error)

    async def exchange(self, line: bytes, *, after_end: bool = False) -> Reply:
        """The reply to `line`, which must be the only one under way. Not `settled` any more if this is cancelled or
        interrupted. Raises the end of the session, unless it is wanted `after_end`.
        """
        if not after_end:
            self.require_up()
        if self.interrupted:
            raise AgiInterrupted
        self._reply = asyncio.get_running_loop().create_future()
        self._writer.write(line)
        try:
            return await self._reply
        except asyncio.CancelledError:
            self.settled = False
            raise
        finally:
            self._reply = None

    def interrupt(self) -> None:
        """Whoever waits for a reply waits no longer (AgiInterrupted), nor does anybody until `interrupted` is False."""
        self.interrupted = True
        if self._reply is not None and not self._reply.done():
            self.settled = False
            self._reply.set_exception(AgiInterrupted())

    async def settle(self) -> None:
        """Brings both sides to the same place: sends a marker and passes over all replies before it.

        New data interrupts whatever Asterisk does for an abandoned command, which then may or may not be answered. When
        Asterisk reads the marker together with the command before it (it reads by buffered stdio, but waits on the
        socket), it sees it only after more data: hence the repetition. Seen in Asterisk 22.10.1.
        """
        self.settled = False
        repeat_s = FIRST_REPEAT_S
        while not self.settled:
            self._marker = next(self._markers)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(repeat_s):
                    await self.exchange(encode_command("GET FULL VARIABLE", self._marker))
                    self.settled = True
            repeat_s *= 2

    async def close(self) -> None:
        """Closes the connection; Asterisk goes on in the dialplan at the next priority."""
        self.end(AgiOver("this session was closed on our side"))
        self._reading.cancel()
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
        await asyncio.wait((self._reading,))

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(_CHUNK_BYTES):
                self._acknowledge()
                for event in self._decoder.feed(data):
                    self._take(event)
            self._decoder.feed_eof()
            self.end(AgiConnectionLost())
        except OSError:
            self.end(AgiConnectionLost())
        except Exception as error:  # a fault of the peer, or of ours: whoever uses the session hears of it
            self.end(error)
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
                if not self.environment.done():
                    self.environment.set_result(event)
            case Hangup():
                self.end(AgiHungUp())
            case Reply():
                self._answer(event)

    def _answer(self, reply: Reply) -> None:
        if self._reply is not None and (self._reply.cancelled() or self.interrupted):
            self.settled = False  # the command was abandoned in this very turn of the loop
            return
        if not self.settled and (self._reply is None or reply.value != self._marker):
            return
        if self._reply is None or self._reply.done():
            raise AgiProtocolError("a reply came without a command; expected silence or HANGUP")
        self._reply.set_result(reply)

    def _forsake(self) -> None:
        """Nothing more will be read: whoever waits for something waits no longer."""
        error = self.over.result() if self.over.done() else AgiConnectionLost()
        for waiting in (self.environment, self._reply):
            if waiting and not waiting.done():
                waiting.set_exception(error)
