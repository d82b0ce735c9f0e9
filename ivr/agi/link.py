"""One call over one FastAGI connection: one command at a time, and the end of the call noticed at any moment.

It decides who may command when, and nothing about what is said to the caller (`ivr.agi.session`).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Iterator
from typing import Any, Self, TypeVar

from ivr.agi.codec import AgiLimits
from ivr.agi.commands import encode_command
from ivr.agi.environment import AgiEnvironment
from ivr.agi.errors import AgiBusy, AgiEnvironmentLate, AgiError, AgiHungUp, AgiInterrupted
from ivr.agi.replies import Reply
from ivr.agi.wire import AgiWire

ENVIRONMENT_TIMEOUT_S = 5.0
_DEAD_CHANNEL = 511

LAST_WORD_S = 1.0
"""How long Asterisk may take for its last word; as a rule less than a millisecond."""

T = TypeVar("T")


class AgiLink:
    """Made by `accept`, ended by `close`."""

    def __init__(self, wire: AgiWire) -> None:
        self._wire = wire
        self._busy = False
        self._news: asyncio.Future[Any] | None = None

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
        wire = AgiWire(reader, writer, limits)
        try:
            async with asyncio.timeout(environment_timeout_s):
                await wire.environment
        except BaseException as error:
            await wire.close()
            if isinstance(error, TimeoutError):
                raise AgiEnvironmentLate(environment_timeout_s) from None
            raise
        return cls(wire)

    @property
    def environment(self) -> AgiEnvironment:
        return self._wire.environment.result()

    @property
    def over(self) -> Exception | None:
        """What the next command would raise: AgiHungUp, AgiConnectionLost, AgiProtocolError; None while all is well."""
        return self._wire.over.result() if self._wire.over.done() else None

    async def hung_up(self) -> Exception:
        """Waits for the end of the session and returns what it was, as `over`."""
        return await asyncio.shield(self._wire.over)

    async def while_up(self, awaitable: Awaitable[T]) -> T:
        """The result of `awaitable`, which is cancelled (a bare future as well) when the session ends before it.

        A result that is there at the end is still returned, so nothing given to the caller is lost unseen.
        Raises what `over` says.
        """
        waited = asyncio.ensure_future(awaitable)

        def give_up(_: asyncio.Future[Exception]) -> None:
            waited.cancel()

        # Awaited as it is, without asyncio.wait around it: what a future brings is here in the next turn of the loop.
        self._wire.over.add_done_callback(give_up)
        try:
            return await waited
        except asyncio.CancelledError:
            if not (task := asyncio.current_task()) or not task.cancelling():
                self._wire.require_up()
            raise
        finally:
            self._wire.over.remove_done_callback(give_up)

    async def command(self, verb: str, *arguments: str | int) -> Reply:
        """Sends one command and returns the answer, whatever it says, except for the end of the session.

        Cancelling this call ends STREAM FILE, WAIT FOR DIGIT and GET DATA as soon as the next command is given
        (wait for the cancelled task before); an application under EXEC runs to its end first.

        Raises what `over` says; AgiInterrupted (`interrupted_by`); AgiArgumentRefused; AgiBusy.
        """
        line = encode_command(verb, *arguments)
        with self._turn(verb), self._giving_way():
            if not self._wire.settled:
                await self._wire.settle()
            reply = await self._wire.exchange(line)
        if reply.code == _DEAD_CHANNEL:
            self._wire.end(AgiHungUp())
            self._wire.require_up()
        return reply

    @contextlib.contextmanager
    def interrupted_by(self, news: asyncio.Future[Any]) -> Iterator[None]:
        """Inside, a command is broken off as soon as `news` is there, and none is begun after: AgiInterrupted.

        It is as if the command were cancelled, but sooner: what hears of the news goes on in its own task, and nothing
        has to be waited for before the next command.
        """
        self._news = news
        try:
            yield
        finally:
            self._news = None

    async def confirm_up(self) -> None:
        """Raises what `over` says if the call has ended, as of now and for certain.

        Asterisk reports a hang-up before it takes its next command: an answer to one proves that there was none.
        """
        self._wire.require_up()  # what is known need not be asked, and leaves the last word to be had
        with self._turn("confirm_up"):
            await self._wire.settle()
        self._wire.require_up()

    async def last_word(self, expression: str) -> str:
        """What Asterisk makes of `expression` after it has told a hang-up; empty if it says no more.

        It tells a redirect and a transfer as a hang-up, too, and goes on in the dialplan only when this session is
        closed: until then it says where the channel is going. (Asterisk 22.10.1, `run_agi` in res_agi.c.)
        """
        if not isinstance(self.over, AgiHungUp) or not self._wire.settled:
            return ""
        try:
            async with asyncio.timeout(LAST_WORD_S):
                with self._turn("last_word"):
                    reply = await self._wire.exchange(encode_command("GET FULL VARIABLE", expression), after_end=True)
        except (TimeoutError, AgiError):
            return ""
        return reply.value or ""

    async def close(self) -> None:
        """Ends the session; Asterisk goes on in the dialplan at the next priority."""
        await self._wire.close()

    @contextlib.contextmanager
    def _giving_way(self) -> Iterator[None]:
        if (news := self._news) is None:
            yield
            return
        if news.done():
            raise AgiInterrupted

        under_way = True

        def interrupt(_: asyncio.Future[Any]) -> None:
            if under_way:  # it is called a moment after the news, which can have come in one moment with the reply
                self._wire.interrupt()

        news.add_done_callback(interrupt)
        try:
            yield
        finally:
            under_way = False
            news.remove_done_callback(interrupt)
            self._wire.interrupted = False

    @contextlib.contextmanager
    def _turn(self, verb: str) -> Iterator[None]:
        if self._busy:
            raise AgiBusy(verb)
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
