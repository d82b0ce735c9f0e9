"""One call as one simulated telephone lives it: its moments, taken from the wire, and what its user can do."""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol
from urllib.parse import quote

from cti.simulation import rtp
from cti.simulation.audio import Audio
from cti.simulation.errors import CallOver
from cti.simulation.scenario import Command
from cti.simulation.sip import SipMessage
from cti.simulation.sip import read as read_sip
from cti.simulation.trace import Direction, TracedMessage

CHALLENGES = (401, 407)
REPEAT_S = 0.2
ASTERISK = "asterisk"
"""The host in the address of a transfer, which Asterisk does not look at."""


class Moment(StrEnum):
    """What a call comes to, in this order; a call that fails goes from any to the last."""

    INVITED = "invited"  # the INVITE
    RINGING = "ringing"  # 180
    ANSWERED = "answered"  # 200
    TALKING = "talking"  # ACK
    ENDED = "ended"  # BYE, CANCEL or the refusal


class Keying(StrEnum):
    """How a telephone tells which key was pressed."""

    EVENTS = "events"  # RFC 4733, among the audio
    INFO = "info"  # SIP INFO, application/dtmf-relay


class Send(Protocol):
    """Gives a command to the script."""

    def __call__(self, command: Command, call_id: str, headers: Mapping[str, str] = ..., /) -> None: ...


class Call:
    """A call in or out. Times in `at_us` are microseconds since the epoch, as SIPp saw each message."""

    def __init__(
        self, call_id: str, *, incoming: bool, send: Send, audio: Audio | None, keying: Keying | None = None
    ) -> None:
        """`keying` is how keys are told: as events where nothing is said and the call has audio, else by INFO."""
        self.call_id = call_id
        self.incoming = incoming
        self.audio = audio
        self.keying = keying or (Keying.EVENTS if audio else Keying.INFO)
        self.invite: TracedMessage | None = None
        self.at_us: dict[Moment, int] = {}
        self.status: int | None = None
        """The final answer to the INVITE."""
        self.ended_here: bool | None = None
        """Whether this telephone ended the call; None while it lasts."""
        self._send = send
        self._authorised = False
        self._from_tag = self._to_tag = ""
        self._acknowledged: set[str] = set()
        """The CSeq of each ACK of ours: one that is said again settles nothing."""
        self._waiting: list[tuple[Callable[[TracedMessage], bool], asyncio.Future[TracedMessage]]] = []

    @property
    def caller(self) -> str:
        """The number the call comes from."""
        return self.invite.sip.user("from") if self.invite else ""

    @property
    def dialog(self) -> str:
        """This dialog as the Replaces header names it to Asterisk: the tag that is Asterisk's own is its to-tag."""
        asterisks, ours = (self._from_tag, self._to_tag) if self.incoming else (self._to_tag, self._from_tag)
        return f"{self.call_id};to-tag={asterisks};from-tag={ours}"

    @property
    def over(self) -> bool:
        return Moment.ENDED in self.at_us

    async def reached(self, moment: Moment) -> int:
        """Wait for a moment; returns its time. Raises CallOver if the call ends without it."""
        while moment not in self.at_us:
            await self._next(lambda _: moment in self.at_us)
        return self.at_us[moment]

    async def answered(self) -> int:
        """Wait until both sides talk; returns the time of the answer."""
        await self.reached(Moment.TALKING)
        return self.at_us[Moment.ANSWERED]

    async def ended(self) -> int:
        return await self.reached(Moment.ENDED)

    async def answer(self) -> int:
        """Answer a call that rings here."""
        await self._insist(Command.ANSWER, Moment.TALKING)
        return self.at_us[Moment.ANSWERED]

    async def refuse(self, *, busy: bool = False) -> int:
        """Refuse a call that rings here: 603, or 486 where `busy`."""
        return await self._insist(Command.REFUSE_BUSY if busy else Command.REFUSE, Moment.ENDED)

    async def hang_up(self) -> int:
        """End the conversation, or give up waiting for an answer; nothing happens if it is over already."""
        return await self._insist(Command.HANG_UP, Moment.ENDED)

    async def hold(self) -> None:
        """Put the other side on hold (re-INVITE, sendonly)."""
        await self._renegotiate(Command.HOLD)

    async def retrieve(self) -> None:
        """Take the other side back from hold."""
        await self._renegotiate(Command.RETRIEVE)

    async def transfer(self, to: str, consult: "Call | None" = None) -> int:
        """Send the other side to the number `to`, or to whoever is in `consult`, another call of this telephone.

        Returns what came of it: 200 where it was done, and then both calls of this telephone are over.
        """
        await self.reached(Moment.TALKING)
        done = self._next(lambda message: _outcome_of_transfer(message.sip) >= 200)
        replaces = f"?Replaces={quote(consult.dialog, safe='')}" if consult else ""
        self._send(Command.TRANSFER, self.call_id, {"X-Refer-To": f"<sip:{to}@{ASTERISK}{replaces}>"})
        outcome = _outcome_of_transfer((await done).sip)
        if outcome == 200:
            await asyncio.gather(*(call.hang_up() for call in (self, consult) if call))
        return outcome

    async def press(self, digits: str, key_ms: int = rtp.KEY_MS, pause_ms: int = rtp.PAUSE_MS) -> None:
        """Press keys, one after the other. Events come at the pace of `Voice.press`; INFO requests as soon as the one
        before is answered."""
        if self.keying is Keying.EVENTS and self.audio and not self.over:
            await self.audio.press(digits, key_ms, pause_ms)
            return
        await self.reached(Moment.TALKING)  # before, the script drops the command
        for digit in digits:
            agreed = self._next(lambda message: message.sip.method == "INFO" and message.sip.status is not None)
            self._send(Command.PRESS, self.call_id, {"X-Digit": digit})
            await agreed

    def take(self, message: TracedMessage) -> None:
        """A message of this call went over the wire."""
        sip, sent = message.sip, message.direction is Direction.SENT
        self._authorised |= "authorization" in sip.headers
        if sip.method == "INVITE" and Moment.TALKING not in self.at_us:
            self._from_tag, self._to_tag = sip.tag("from"), sip.tag("to")
        match sip.method, sip.status:
            case "INVITE", None:
                self.invite = self.invite or message
                self._mark(Moment.INVITED, message)
            case "INVITE", 180:
                self._mark(Moment.RINGING, message)
            case "INVITE", 200:
                self.status = 200
                self._mark(Moment.ANSWERED, message)
            case "INVITE", int(status) if status >= 300 and (self._authorised or status not in CHALLENGES):
                self.status = self.status or status
                self._end(message, here=sent)
            case "ACK", _ if Moment.ANSWERED in self.at_us:
                self._mark(Moment.TALKING, message)
            case (("BYE" | "CANCEL"), None):
                self._end(message, here=sent)
            case _:
                pass
        if not sent and self.audio and sip.audio_address and not self.over:
            self.audio.speak_to(sip.audio_address)
        self._tell(message)
        if sent and sip.start_line.startswith("ACK "):
            self._acknowledged.add(sip.headers.get("cseq", ""))

    def lose(self) -> None:
        """The telephone is gone: whoever waits for this call waits in vain."""
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(CallOver("the telephone was switched off"))

    def _mark(self, moment: Moment, message: TracedMessage) -> None:
        self.at_us.setdefault(moment, message.at_us)

    def _end(self, message: TracedMessage, *, here: bool) -> None:
        if self.over:
            return
        self._mark(Moment.ENDED, message)
        self.ended_here = here
        if self.audio:
            self.audio.be_silent()

    async def _insist(self, command: Command, moment: Moment) -> int:
        """Give a command until it shows: between two states the script drops it. Twice does no harm."""
        while moment not in self.at_us and not self.over:
            self._send(command, self.call_id)
            try:
                await asyncio.wait_for(self.reached(moment), REPEAT_S)
            except TimeoutError:
                continue
        return await self.reached(moment)

    async def _renegotiate(self, command: Command) -> None:
        await self.reached(Moment.TALKING)
        agreed = self._next(self._acknowledges_more)
        self._send(command, self.call_id)
        await agreed

    def _acknowledges_more(self, message: TracedMessage) -> bool:
        sip = message.sip
        acknowledges = message.direction is Direction.SENT and sip.start_line.startswith("ACK ")
        return acknowledges and sip.headers.get("cseq", "") not in self._acknowledged

    def _next(self, wanted: Callable[[TracedMessage], bool]) -> asyncio.Future[TracedMessage]:
        """The next message that is wanted; CallOver where the call ends, or has ended, without it."""
        future: asyncio.Future[TracedMessage] = asyncio.get_running_loop().create_future()
        if self.over:
            future.set_exception(CallOver(f"the call ended with status {self.status}"))
        else:
            self._waiting.append((wanted, future))
        return future

    def _tell(self, message: TracedMessage) -> None:
        for wanted, future in self._waiting:
            if future.done():
                continue
            if wanted(message):
                future.set_result(message)
            elif self.over:
                future.set_exception(CallOver(f"the call ended with status {self.status}"))
        self._waiting = [(wanted, future) for wanted, future in self._waiting if not future.done()]


def _outcome_of_transfer(sip: SipMessage) -> int:
    """The status that a message gives to a transfer, 0 where it gives none: that of the notice which ends it (RFC 3515
    §2.4.5), or of a refusal to begin it."""
    if sip.method == "NOTIFY" and sip.headers.get("subscription-state", "").startswith("terminated"):
        return read_sip(sip.body.encode()).status or 0
    return (sip.status or 0) if sip.method == "REFER" and sip.status != 202 else 0
