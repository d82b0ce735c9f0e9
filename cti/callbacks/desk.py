"""The desk of call-backs: takes them from callers and programs, lets them stand in their queues, and follows what the
facts say of the people concerned. What is to happen when is decided by the book (acd/callback_book.py).
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog

from acd.callback_book import CallbackBook
from acd.callback_shelf import Decisions
from acd.callbacks import UNDER_WAY, Callback, VoiceMessage, callback_of, is_callback
from acd.errors import CallbackAsked, RoutingError
from acd.facts import AgentStateChanged, CallArrived, CallEnded, Fact, LinkChanged, OfferEnded
from acd.offers import Offer
from acd.states import AgentState, CallbackOutcome, CallbackState, OfferOutcome
from acd.waking import Waking
from cti.ami.message import Message
from cti.callbacks.means import Means
from cti.callbacks.ringing import Ringing
from cti.callbacks.stay import Stay
from ivr import callback_words
from ivr.agi.errors import AgiOver
from ivr.agi.session import AgiSession

log = structlog.get_logger()


class CallbackDesk:
    """Runs a book. It listens to the distributor from the beginning, and stands in no queue before a LinkChanged fact
    has said that Asterisk is there."""

    def __init__(self, book: CallbackBook, means: Means) -> None:
        self.ringing: dict[str, Ringing] = {}
        """Agents' phones that ring, by the linkedid of the stay."""
        self._book = book
        self._means = means
        self._distributor = means.distributor
        self._stays: dict[str, asyncio.Task[None]] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._waking = Waking(means.distributor.clock, self._tick)
        self._distributor.on_fact.append(self._on_fact)
        self._distributor.on_withdrawn.append(self._withdrawn)

    # Ways in

    def request(
        self,
        linkedid: str,
        number: str,
        queue: str,
        *,
        entered_ms: int,
        priority: int,
        skills: Mapping[str, int],
        requires: str,
        data: Mapping[str, str],
        language: str,
    ) -> bool:
        """For the reception (ivr.desk.Callbacks): the waiting caller of this call wants to be called back. If that can
        be, he is to leave the queue; the call-back keeps his place, and is not dialled before he has hung up.
        """
        try:
            with self.tell() as (book, now_ms):
                book.request(
                    number,
                    queue,
                    origin=linkedid,
                    entered_ms=entered_ms,
                    priority=priority,
                    skills=skills,
                    requires=requires,
                    data=data,
                    language=language,
                    cause="caller",
                    now_ms=now_ms,
                )
        except CallbackAsked:
            pass  # and the one he has keeps the earlier place
        except RoutingError as error:
            log.info("callback-refused", error_id=error.id, linkedid=linkedid, queue=queue)
            return False
        return True

    def add(
        self,
        number: str,
        queue: str,
        *,
        priority: int = 0,
        skills: Mapping[str, int] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Callback:
        """For programs. Raises UnknownQueue, NoCallbacks, NotToBeCalled, CallbackAsked."""
        self._distributor.router.queue(queue)
        with self.tell() as (book, now_ms):
            return book.request(number, queue, priority=priority, skills=skills, data=data, cause="api", now_ms=now_ms)

    def cancel(self, name: str) -> Callback:
        """Raises UnknownCallback, CallbackOver, CallbackUnderWay."""
        with self.tell() as (book, now_ms):
            book.cancel(name, cause="api", now_ms=now_ms)
            return book.get(name)

    def hasten(self, name: str) -> Callback:
        """Do not wait for its time. Raises UnknownCallback, CallbackOver."""
        with self.tell() as (book, now_ms):
            book.hasten(name, now_ms=now_ms)
            return book.get(name)

    def tell_voicemail(self, name: str) -> Callback:
        """A machine has answered. Raises UnknownCallback, CallbackNotReached."""
        with self.tell() as (book, now_ms):
            book.tell_voicemail(name, now_ms=now_ms)
            return book.get(name)

    def tell_heard(self, name: str) -> Callback:
        """Somebody has heard the message, and it needs nothing more. Raises UnknownCallback, NoMessage, CallbackOver,
        CallbackUnderWay."""
        with self.tell() as (book, now_ms):
            book.tell_heard(name, cause="api", now_ms=now_ms)
            return book.get(name)

    def has(self, message: VoiceMessage) -> bool:
        """Whether this message is known already."""
        return any(one.message is not None and one.message.file == message.file for one in self._book)

    def revise(self) -> None:
        """The queues' rules have been edited."""
        self._book.revise()

    def all(self) -> list[Callback]:
        """All that are open, and those that ended within a day, in the order they were asked for."""
        return [*self._book]

    def find(self, name: str) -> Callback:
        """Raises UnknownCallback."""
        return self._book.get(name)

    async def __call__(self, session: AgiSession) -> None:
        """An agent has picked up: `AGI(…/callback,linkedid)`. His session lasts until the stay is done with it."""
        linkedid = (*session.environment.arguments, "")[0]
        ringing = self.ringing.get(linkedid)
        if ringing is not None and ringing.picked_up(session):
            await ringing.over.wait()
        else:
            await self._send_away(session, linkedid)

    def tidy(self) -> None:
        """What a daemon before us had to leave is put away."""
        self._means.audio.tidy()

    def close(self) -> None:
        """No call-back is offered any more. What goes on, a ringing phone or a talk, goes on without us."""
        for task in (*self._stays.values(), *self._asking):
            task.cancel()
        self._waking.set(None)

    # For the stays

    @contextmanager
    def tell(self) -> Iterator[tuple[CallbackBook, int]]:
        """The book and the time; what it decides, before an error too, is carried out when the block ends."""
        try:
            yield self._book, self._distributor.clock.now_ms()
        finally:
            self._carry_out(self._book.take())

    # What is heard

    def hear(self, message: Message) -> None:
        """For the switch: OriginateResponse and Hangup of the agents' channels, and the answer of the customer."""
        linkedid = message.get("Uniqueid")
        if message.event == "DialEnd":
            self._book.connected(linkedid)
        elif (ringing := self.ringing.get(linkedid)) is not None:
            ringing.hear(message, there=linkedid in self._means.channels())
        elif message.event == "Hangup" and linkedid not in self._stays:
            self._ask_ledger(self._book.of_stay(linkedid))

    def _withdrawn(self, offer: Offer) -> None:
        ringing = self.ringing.get(offer.linkedid)
        if ringing is not None and ringing.offer is offer:
            ringing.withdraw()

    def _on_fact(self, fact: Fact) -> None:
        match fact:
            case CallArrived() | CallEnded() | LinkChanged():
                # Told in the next turn of the loop: what follows from a fact comes after it with every listener.
                asyncio.get_running_loop().call_soon(self._tell_fact, fact)
            case OfferEnded(outcome=OfferOutcome.ANSWERED):
                asyncio.get_running_loop().call_soon(self._tell_fact, fact)
            case AgentStateChanged(after=AgentState.TALKING, linkedid=linkedid) if is_callback(linkedid):
                self._talks(linkedid)  # found so after an absence of ours
            case _:
                pass

    def _tell_fact(self, fact: Fact) -> None:
        with self.tell() as (book, now_ms):
            match fact:
                case CallArrived():
                    book.caller_came(fact.linkedid, fact.caller, now_ms=now_ms)
                case CallEnded():
                    book.caller_left(fact.linkedid, now_ms=now_ms)
                case OfferEnded():
                    if is_callback(fact.linkedid):
                        self._talks(fact.linkedid)
                    else:
                        book.caller_served(fact.linkedid, fact.queue, now_ms=now_ms)
                case LinkChanged(up=True):
                    book.asterisk_up(frozenset(self._means.channels().values()), now_ms=now_ms)
                    self._clear_up()
                case LinkChanged():
                    book.asterisk_down(now_ms=now_ms)

    def _talks(self, linkedid: str) -> None:
        """The agent does; with the customer, unless he hears a message: then Asterisk tells when the customer comes."""
        callback = self._book.of_stay(linkedid)
        if callback is not None and (callback.message is None or linkedid not in self._stays):
            self._book.connected(linkedid)

    def _clear_up(self) -> None:
        """After an absence of ours: phones that still ring for it stop; what ended unheard is asked of the ledger."""
        channels = self._means.channels()
        for callback in self._book:
            if callback.state in UNDER_WAY and callback.linkedid not in (*channels, *self._stays):
                self._ask_ledger(callback)
        for linkedid in channels:
            left = self._book.of_stay(linkedid)
            talks = left is not None and left.state in UNDER_WAY
            if is_callback(linkedid) and linkedid not in self._stays and not talks:
                self._means.client.post("Hangup", {"Channel": linkedid, "Cause": "16"})

    def _ask_ledger(self, callback: Callback | None) -> None:
        """The customer of a daemon before us was rung, and the call is over: whether he answered is in the ledger."""
        if callback is not None and callback.state in UNDER_WAY:
            task = asyncio.create_task(self._settle(callback.linkedid, callback.state))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _settle(self, linkedid: str, state: CallbackState) -> None:
        talked = state is CallbackState.TALKING or await self._means.was_answered(linkedid)
        outcome = CallbackOutcome.REACHED if talked else CallbackOutcome.NO_ANSWER
        with self.tell() as (book, now_ms):
            book.attempt_ended(linkedid, outcome, now_ms=now_ms)

    # What is done

    def _carry_out(self, decided: Decisions) -> None:
        for fact in decided.facts:
            self._distributor.state(fact)
        for linkedid in decided.leave:
            if (task := self._stays.get(linkedid)) is not None:
                task.cancel()
        for callback in decided.enter:
            self._stay(callback)
        self._waking.set(self._book.next_due_ms)

    def _stay(self, callback: Callback) -> None:
        linkedid = callback.linkedid
        task = asyncio.create_task(Stay(callback, self, self._means).run(), name=linkedid)
        self._stays[linkedid] = task
        task.add_done_callback(lambda task: self._left(linkedid, task))

    def _left(self, linkedid: str, task: asyncio.Task[None]) -> None:
        del self._stays[linkedid]
        if task.cancelled() or (error := task.exception()) is None:
            return
        # A fault in one call-back touches no other: it is tried again after a while, until it expires.
        error_id = getattr(error, "id", "callback-failed")
        log.error("callback-failed", error_id=error_id, callback=callback_of(linkedid), exc_info=error)
        with self.tell() as (book, now_ms):
            book.put_out(linkedid, now_ms=now_ms)

    def _tick(self) -> None:
        with self.tell() as (book, now_ms):
            book.tick(now_ms=now_ms)

    async def _send_away(self, session: AgiSession, linkedid: str) -> None:
        log.info("callback-not-needed", linkedid=linkedid)
        language = self._distributor.seats.languages[0]
        try:
            await session.stream_file(self._means.sound_of(callback_words.not_needed(language)))
            await session.hangup()
        except AgiOver:
            return
