"""One call-back's stay in a queue: from its entry, through the agents it is offered to, to the one who dials."""

import asyncio
from contextlib import AbstractContextManager, suppress
from typing import Protocol

import structlog

from acd.callback_book import CallbackBook
from acd.callbacks import Callback
from acd.distributor import Place
from acd.offers import Offer
from acd.requirements import ANY, parse
from acd.states import CallbackOutcome, CallbackState, DequeueReason, OfferOutcome
from acd.targets import Target, TargetKind
from cti.ami.errors import AmiError, AmiRefused
from cti.callbacks.dialling import Dialling
from cti.callbacks.listening import Listening
from cti.callbacks.means import Means, MessageAway, Sound
from cti.callbacks.ringing import Ringing
from ivr import variables
from ivr.agi.errors import AgiConnectionLost, AgiHungUp, AgiOver
from ivr.agi.session import AgiSession
from ivr.hearing import Act

log = structlog.get_logger()

CONTEXT = "callback"
"""Where in the dialplan an agent goes who picks up."""

LATE_S = 15.0
"""So much longer than the ring time Asterisk may take to tell what became of a phone."""

GONE_S = 5.0
"""How long an agent's channel may take to end; the next agent's bears the same name."""


NO_LINK_S = 1.0
"""How long nobody is rung again where no word could be sent to Asterisk."""


class Desk(Protocol):
    """What a stay tells of itself."""

    ringing: dict[str, Ringing]

    def tell(self) -> AbstractContextManager[tuple[CallbackBook, int]]:
        """The book and the time, to be told something inside; what it decides is carried out when the block ends."""


class Stay:
    """`run` it once; cancel it to take the call-back out of its queue."""

    def __init__(self, callback: Callback, desk: Desk, means: Means) -> None:
        self._callback = callback
        self._linkedid = callback.linkedid
        self._desk = desk
        self._means = means
        self._distributor = means.distributor
        self._sound: Sound | None = None

    async def run(self) -> None:
        """Stand in the queue until the customer was dialled, or the stay is taken back. Raises UnknownQueue."""
        # Handed over, the customer may go on with another agent, or in another queue, when this one is done with him.
        with self._distributor.place(self._linkedid, talk_ends=False, reason=DequeueReason.WITHDRAWN) as place:
            self._enter()
            while await self._goes_on(place):
                pass

    def _enter(self) -> None:
        one = self._callback
        with self._distributor.command() as (router, now_ms):
            router.enter(
                self._linkedid,
                one.queue,
                priority=one.priority,
                skills=one.skills,
                requires=parse(one.requires) if one.requires else ANY,
                data=one.data,
                entered_ms=one.entered_ms,
                on_line=False,
                now_ms=now_ms,
            )

    async def _goes_on(self, place: Place) -> bool:
        match await place.next():
            case Target(kind):
                if kind is not TargetKind.QUEUE:
                    with self._desk.tell() as (book, now_ms):
                        book.put_out(self._linkedid, now_ms=now_ms)
                return kind is TargetKind.QUEUE
            case (offer, *_):
                return not self._stands(offer) or await self._serve(offer)
            case _:
                return True

    async def _serve(self, offer: Offer) -> bool:
        """Ring the agent, and with him the customer; nobody is rung for a message that cannot be had now. False if the
        stay is over."""
        if self._callback.message is None:
            return await self._offer(offer)
        try:
            self._sound = await self._means.audio.fetch(self._callback.message)
        except MessageAway as error:
            log.error("message-away", error_id=error.id, detail=str(error), callback=self._callback.id)
            with self._desk.tell() as (book, now_ms):
                book.put_out(self._linkedid, now_ms=now_ms)
            return False
        try:
            return not self._stands(offer) or await self._offer(offer)
        finally:
            if self._sound is not None:
                self._sound.put_away()

    async def _offer(self, offer: Offer) -> bool:
        with self._desk.tell() as (book, now_ms):
            may_ring = book.offered(self._linkedid, offer.agent, now_ms=now_ms)
        if not may_ring:
            return False
        ringing = self._desk.ringing[self._linkedid] = Ringing(offer)
        try:
            rung = await self._ring(ringing)
            if isinstance(rung, OfferOutcome):
                outcome = rung
            elif (taken := await self._on_the_line(rung, offer)) is not None:
                outcome = taken
            else:
                return False
            ringing.over.set()
            await self._channel_gone(ringing)
        finally:
            ringing.over.set()
            del self._desk.ringing[self._linkedid]
        return self._not_taken(offer, outcome)

    async def _ring(self, ringing: Ringing) -> AgiSession | OfferOutcome:
        offer, callback, seats = ringing.offer, self._callback, self._distributor.seats
        agent = self._distributor.router.roster.agent(offer.agent)
        ring_s = seats.ring_s(offer.phone, offer.ring_ms)
        headers = {
            "Channel": seats.interface(agent, offer.phone),
            "ChannelId": self._linkedid,
            "Context": CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(ring_s * 1000),
            "CallerID": f'"Call-back" <{callback.number}>'
            if callback.message is None
            else f'"Message" <{callback.number or self._means.shown()}>',
            "Async": "true",
        }
        try:
            async with asyncio.timeout(ring_s + LATE_S):
                await self._means.client.action("Originate", headers, {variables.QUEUE: callback.queue})
                return await ringing.result()
        except AmiRefused as error:
            log.warning("callback-not-rung", error_id=error.id, detail=str(error), agent=offer.agent)
            return OfferOutcome.UNREACHABLE
        except AmiError:
            # No link: once the desk has heard so, it takes us out of the queue until Asterisk is back. Without a pause
            # the router would offer the same agent again and again before anybody could hear anything.
            await asyncio.sleep(NO_LINK_S)
            return OfferOutcome.WITHDRAWN
        except TimeoutError:
            log.warning("callback-not-rung", error_id="callback-ringing-untold", agent=offer.agent)
            if self._means.client.up:
                self._means.client.post("Hangup", {"Channel": self._linkedid, "Cause": "16"})
            return OfferOutcome.UNREACHABLE

    async def _on_the_line(self, session: AgiSession, offer: Offer) -> OfferOutcome | None:
        """The agent has picked up. What became of the offer, None if the customer was dialled, or the message heard."""
        dialling = Dialling(session, self._callback, offer, self._means)
        if self._callback.message is not None:
            return await self._hear(session, dialling, offer)
        try:
            if not await dialling.announce():
                await dialling.hang_up()
                return OfferOutcome.REFUSED
            if not self._stands(offer) or not self._dial():
                await dialling.say_not_needed()
                await dialling.hang_up()
                return OfferOutcome.WITHDRAWN
        except AgiHungUp:
            return OfferOutcome.REFUSED if self._stands(offer) else OfferOutcome.WITHDRAWN
        except AgiConnectionLost:
            return OfferOutcome.WITHDRAWN
        outcome = CallbackOutcome.UNREACHABLE
        try:
            outcome = await self._dialled(dialling, offer)
        finally:
            with self._desk.tell() as (book, now_ms):
                book.attempt_ended(self._linkedid, outcome, now_ms=now_ms)
        return None

    async def _hear(self, session: AgiSession, dialling: Dialling, offer: Offer) -> OfferOutcome | None:
        """He hears the message: that is his conversation, and wrap-up follows, whether he calls back or not."""
        with self._desk.tell() as (book, _):
            wanted = self._stands(offer) and book.picked_up(self._linkedid)
        if not wanted:
            with suppress(AgiOver):
                await dialling.say_not_needed()
            await dialling.hang_up()
            return OfferOutcome.WITHDRAWN
        with self._distributor.command() as (router, now_ms):
            router.answered(self._linkedid, phone=offer.phone, now_ms=now_ms)
        listening = Listening(session, self._callback, self._sound, self._means, dialling.language, self._may_dial)
        outcome = CallbackOutcome.PUT_BACK
        try:
            outcome = await self._heard(listening, dialling, offer)
        finally:
            with self._desk.tell() as (book, now_ms):
                book.attempt_ended(self._linkedid, outcome, now_ms=now_ms)
            with self._distributor.command() as (router, now_ms):
                router.released(self._linkedid, phone=offer.phone, now_ms=now_ms)
        return None

    async def _heard(self, listening: Listening, dialling: Dialling, offer: Offer) -> CallbackOutcome:
        act = await listening.run()
        with self._desk.tell() as (book, now_ms):
            book.heard(self._linkedid, listening.heard_ms, whole=listening.whole, now_ms=now_ms)
        if act is Act.CALL and self._dial():
            return await self._dialled(dialling, offer)
        await dialling.hang_up()
        return CallbackOutcome.HEARD if act is Act.HEARD else CallbackOutcome.PUT_BACK

    def _may_dial(self) -> bool:
        with self._desk.tell() as (book, now_ms):
            return book.may_dial(self._linkedid, now_ms=now_ms)

    def _dial(self) -> bool:
        with self._desk.tell() as (book, now_ms):
            return book.dial(self._linkedid, now_ms=now_ms)

    async def _dialled(self, dialling: Dialling, offer: Offer) -> CallbackOutcome:
        """Ring the customer, let them talk, and let the agent go."""
        try:
            outcome = await dialling.dial()
        except AgiOver as error:
            outcome = await self._cut_off(error)
        if outcome is CallbackOutcome.REACHED:
            with self._distributor.command() as (router, now_ms):
                # The event stream has told both already, unless the link was down.
                router.answered(self._linkedid, phone=offer.phone, now_ms=now_ms)
                router.released(self._linkedid, phone=offer.phone, now_ms=now_ms)
        else:
            with suppress(AgiOver):
                await dialling.say_failed(outcome)
        await dialling.hang_up()
        return outcome

    async def _cut_off(self, error: AgiOver) -> CallbackOutcome:
        """The agent hung up, or Asterisk is gone: whether they had talked, its events have told, or its ledger does."""
        talked = self._callback.state is CallbackState.TALKING
        if talked or (not self._means.client.up and await self._means.was_answered(self._linkedid)):
            return CallbackOutcome.REACHED
        return CallbackOutcome.GIVEN_UP if isinstance(error, AgiHungUp) else CallbackOutcome.UNREACHABLE

    def _not_taken(self, offer: Offer, outcome: OfferOutcome) -> bool:
        with self._distributor.command() as (router, now_ms):
            router.offer_ended(offer.id, outcome, now_ms=now_ms)
            waits = self._linkedid in router.calls
        with self._desk.tell() as (book, now_ms):
            if waits:
                book.offer_ended(self._linkedid, now_ms=now_ms)
            else:
                book.put_out(self._linkedid, now_ms=now_ms)
        return waits

    async def _channel_gone(self, ringing: Ringing) -> None:
        """Wait until the agent's channel has ended."""
        if self._linkedid in self._means.channels():
            with suppress(TimeoutError):
                async with asyncio.timeout(GONE_S):
                    await ringing.gone.wait()

    def _stands(self, offer: Offer) -> bool:
        """Whether the router still has the agent reserved for us."""
        return self._distributor.router.offer_at(self._linkedid, offer.phone) is offer
