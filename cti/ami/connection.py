"""One connection to Asterisk: it sends actions, dispatches what comes and notices that the peer is gone.

It decides nothing about coming back: a connection that is lost stays lost.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

import structlog

from cti.ami.answers import Answer, Answers, Taken
from cti.ami.codec import AmiDecoder, Headers, encode_action
from cti.ami.errors import AmiError, AmiLinkLost, AmiProtocolError, AmiTimeout
from cti.ami.heartbeat import Heartbeat, Pulse
from cti.ami.message import Message

log = structlog.get_logger()


class Connection(asyncio.Protocol):
    """The asyncio protocol of one AMI connection.

    Nothing is awaited between reading and dispatching, because Asterisk closes the session of a client that reads
    slowly (`writetimeout`). An answer is in the hands of the coroutine that directly awaits it before anything behind
    it in the stream is dispatched, so a snapshot never overwrites what a younger event said.
    """

    def __init__(self, on_event: Callable[[Message], None], *, heartbeat_s: float, answer_s: float) -> None:
        self.greeted = asyncio.Event()  # the peer is Asterisk
        self.booted = asyncio.Event()  # Asterisk has started
        self.lost = asyncio.Event()  # sets the other two as well, to wake whoever waits for them
        self.reason: AmiError | None = None  # why it is lost
        self._on_event = on_event
        self._answer_s = answer_s
        self._loop = asyncio.get_running_loop()
        self._heartbeat = Heartbeat(heartbeat_s, heard_at=self._loop.time())
        self._transport: asyncio.Transport | None = None
        self._unsent: list[bytes] = []
        self._decoder = AmiDecoder()
        self._answers = Answers()
        self._backlog: deque[Message] = deque()
        self._giving_way = False  # to a coroutine that has its answer but has not run yet

    async def ask(
        self, name: str, headers: Headers | None = None, variables: Mapping[str, str] | None = None, *, is_list: bool
    ) -> list[Message]:
        """Send an action and return the response, or the events of the list it answers with."""
        answer: Answer = self._loop.create_future()
        action_id = self._send(name, headers, variables, answer, is_list=is_list)
        try:
            async with asyncio.timeout(self._answer_s):
                return await answer
        except TimeoutError:
            raise AmiTimeout(f"no answer to action {name} within {self._answer_s} s") from None
        finally:
            self._answers.forget(action_id)

    def post(self, name: str, headers: Headers | None = None) -> None:
        """Send an action whose answer nobody waits for; a refusal is logged."""
        self._send(name, headers, None, None, is_list=False)

    def close(self, reason: AmiError) -> None:
        """End the connection at once, whatever is still to be written: a peer that reads nothing must not hold us."""
        self.reason = self.reason or reason
        if self._transport is not None:
            self._timer.cancel()
            self._transport.abort()

    async def end(self) -> None:
        """Close, and wait until the socket is gone."""
        self.close(AmiLinkLost("the link was closed by this side"))
        if self._transport is not None:
            await self.lost.wait()

    def _send(
        self, name: str, headers: Headers | None, variables: Mapping[str, str] | None, answer: Answer | None, *,
        is_list: bool,
    ) -> str:  # fmt: skip
        if self._transport is None or self.reason is not None:
            raise AmiLinkLost(f"action {name} was not sent: {self.reason or 'not connected yet'}")
        action_id = self._answers.new_id()
        data = encode_action(name, headers, variables, action_id)
        self._answers.expect(action_id, name, answer, is_list=is_list)
        if not self._unsent:
            self._loop.call_soon(self._write)
        self._unsent.append(data)
        return action_id

    def _write(self) -> None:
        # All actions of one turn of the loop together: facts come in handfuls, and a system call costs more than one.
        data, self._unsent = b"".join(self._unsent), []
        if self._transport is not None and self.reason is None:
            self._transport.write(data)

    # What the transport reports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._heartbeat.heard(self._loop.time())
        self._feel_pulse()

    def data_received(self, data: bytes) -> None:
        self._heartbeat.heard(self._loop.time())
        try:
            self._backlog.extend(self._decoder.feed(data))
        except AmiProtocolError as error:
            self._backlog.extend(error.messages)
            self.close(error)
        if self._decoder.version is not None:
            self.greeted.set()
        if not self._giving_way:
            self._dispatch()

    def eof_received(self) -> None:
        try:
            self._decoder.feed_eof()
        except AmiProtocolError as error:
            self.close(error)
        else:
            self.close(AmiLinkLost("Asterisk closed the connection"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self.reason = self.reason or AmiLinkLost(f"the connection broke: {exc}")
        while self._backlog:
            self._handle(self._backlog.popleft())
        self._answers.fail(self.reason)
        for event in (self.lost, self.greeted, self.booted):
            event.set()

    # What the stream says

    def _dispatch(self) -> None:
        self._giving_way = False
        while self._backlog:
            if self._handle(self._backlog.popleft()) is Taken.DELIVERED:
                self._giving_way = True
                self._loop.call_soon(self._dispatch)  # comes behind the coroutine just woken
                return

    def _handle(self, message: Message) -> Taken:
        taken = self._answers.take(message)
        if taken is Taken.NOT_OURS and message.event:
            if message.event == "FullyBooted":
                self.booted.set()
            try:
                self._on_event(message)
            except Exception:
                log.exception("ami event handler failed", error_id="ami-callback-failed", event_name=message.event)
        return taken

    # Whether the peer is there

    def _feel_pulse(self) -> None:
        now = self._loop.time()
        pulse, wait_s = self._heartbeat.look(now)
        if pulse is Pulse.GONE:
            silence_s = now - self._heartbeat.heard_at
            self.close(AmiLinkLost(f"Asterisk has been silent for {silence_s:.1f} s and does not answer a Ping"))
            return
        if pulse is Pulse.ASK:
            self.post("Ping")
        self._timer = self._loop.call_later(wait_s, self._feel_pulse)
