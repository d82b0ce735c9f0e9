"""The book of call-backs: when each stands in its queue, when its customer is dialled again, and how it ends.

Pure, as the router is: time is an argument, what has been decided is taken with `take`. Who serves a call-back, and
when, is the router's choice; this book only says which of them stand in the queues, each at the place it had.
"""

from collections.abc import Collection, Mapping

from acd.callback_facts import attempted, dialled, heard
from acd.callback_shelf import CallbackShelf
from acd.callbacks import ENGAGED, IN_QUEUE, UNDER_WAY, Callback, CallbackEvent, VoiceMessage, Wish
from acd.errors import (
    CallbackAsked,
    CallbackNotReached,
    CallbackOver,
    CallbackUnderWay,
    NoCallbacks,
    NoMessage,
    NotToBeCalled,
)
from acd.states import CallbackOutcome, CallbackState

AGAIN_MS = 60_000
"""How long a call-back that was put out of its queue by something else stays out."""


class CallbackBook(CallbackShelf):
    """What people, Asterisk and agents do with call-backs. Verbs of a stay that is over do nothing."""

    # People

    def request(
        self,
        number: str,
        queue: str,
        *,
        now_ms: int,
        cause: str,
        origin: str = "",
        entered_ms: int | None = None,
        priority: int = 0,
        skills: Mapping[str, int] | None = None,
        requires: str = "",
        data: Mapping[str, str] | None = None,
        language: str = "",
    ) -> Callback:
        """Take a call-back, with the place `entered_ms` in the queue where he has waited.

        Raises NoCallbacks, NotToBeCalled, and CallbackAsked where one to that number is open in that queue.
        """
        rules = self._rules_of(queue)
        if rules is None:
            raise NoCallbacks(queue)
        if not rules.may_call(number):
            raise NotToBeCalled
        if known := self._customers.asked(self._person_of(number), queue):
            raise CallbackAsked(known.id)
        wish = Wish(priority=priority, skills=skills or {}, requires=requires, data=data or {}, language=language)
        return self._add(number, queue, rules, wish, origin=origin, entered_ms=entered_ms, cause=cause, now_ms=now_ms)

    def leave_message(
        self, message: VoiceMessage, number: str, queue: str, wish: Wish, *, origin: str, entered_ms: int, now_ms: int
    ) -> Callback:
        """A caller has left a message, which an agent of the queue is to hear, at the place `entered_ms`. His number
        may be empty, and need not be one that can be called. One that is known already stays as it is."""
        if known := next((one for one in self if one.message is not None and one.message.file == message.file), None):
            return known
        rules = self._message_rules_of(queue)
        return self._add(
            number,
            queue,
            rules,
            wish,
            origin=origin,
            entered_ms=entered_ms,
            cause="voicemail",
            now_ms=now_ms,
            message=message,
        )

    def cancel(self, name: str, *, cause: str, now_ms: int) -> None:
        """Nobody is to be called back any more. Raises UnknownCallback, CallbackOver, and CallbackUnderWay while the
        customer is rung or talks, or an agent hears his message."""
        callback = self.get(name)
        if not callback.open:
            raise CallbackOver(name)
        if callback.state in ENGAGED:
            raise CallbackUnderWay(name)
        self._end(callback, CallbackOutcome.CANCELLED, cause, now_ms)

    def tell_heard(self, name: str, *, cause: str, now_ms: int) -> None:
        """Somebody has heard the message elsewhere, and it needs nothing more. Raises UnknownCallback, NoMessage,
        CallbackOver, and CallbackUnderWay while an agent is at it."""
        callback = self.get(name)
        if callback.message is None:
            raise NoMessage(name)
        if not callback.open:
            raise CallbackOver(name)
        if callback.state in ENGAGED:
            raise CallbackUnderWay(name)
        self._end(callback, CallbackOutcome.HEARD, cause, now_ms)

    def hasten(self, name: str, *, now_ms: int) -> None:
        """Do not wait for its time: it stands in its queue again at once, if it may. Raises UnknownCallback,
        CallbackOver; where it does not wait for its time nothing happens."""
        callback = self.get(name)
        if not callback.open:
            raise CallbackOver(name)
        if callback.state is CallbackState.DUE:
            self._timers.cancel(("due", name))
            self._fall_due(callback, now_ms)

    def tell_voicemail(self, name: str, *, now_ms: int) -> None:
        """The agent says that a machine has answered: it is tried again as the rules say, even if it was over already.

        Raises UnknownCallback, and CallbackNotReached where nobody had answered or another one is open meanwhile.
        """
        callback = self.get(name)
        if callback.state is CallbackState.TALKING:
            callback.told = CallbackOutcome.VOICEMAIL
            return
        another = callback.message is None and self._customers.asked(callback.person, callback.queue)
        if callback.outcome is not CallbackOutcome.REACHED or another:
            raise CallbackNotReached(name)
        again_ms = callback.rules.again_ms(CallbackOutcome.VOICEMAIL, callback.attempts)
        if again_ms is not None and now_ms < callback.expires_ms:
            callback.apply(CallbackEvent.REOPENED)
            callback.outcome = callback.ended_ms = None
            self._keep(callback)
            self._postpone(callback, now_ms + again_ms)
        else:
            callback.outcome = CallbackOutcome.VOICEMAIL
        callback.last = CallbackOutcome.VOICEMAIL
        self._state(attempted(callback, callback.last, now_ms))

    def caller_came(self, linkedid: str, number: str, *, now_ms: int) -> None:
        """Somebody rings from that number: he is not called back meanwhile."""
        if person := self._person_of(number):
            self._customers.came(linkedid, person)
            self._settle(person, now_ms)

    def caller_left(self, linkedid: str, *, now_ms: int) -> None:
        """His own call is over."""
        if (person := self._customers.left(linkedid)) is not None:
            self._settle(person, now_ms)

    def caller_served(self, linkedid: str, queue: str, *, now_ms: int) -> None:
        """An agent of that queue answered his own call: he need not be called back for it."""
        callback = self._customers.asked(self._customers.caller(linkedid), queue)
        if callback is not None and callback.state not in UNDER_WAY:
            self._end(callback, CallbackOutcome.SUPERSEDED, "caller", now_ms)

    def revise(self) -> None:
        """The queues' rules have been edited: they hold for all that is still to come. A queue that takes no more
        call-backs finishes those it has by the rules it had."""
        for callback in self._by_id.values():
            if callback.message is not None:
                callback.rules = self._message_rules_of(callback.queue)
            else:
                callback.rules = self._rules_of(callback.queue) or callback.rules

    # Asterisk

    def asterisk_up(self, live: Collection[str], *, now_ms: int) -> None:
        """Calls can be made, and these (linkedids) are all there are."""
        self._asterisk = True
        self._customers.only(live)
        for person in self._customers.all():
            self._settle(person, now_ms)

    def asterisk_down(self, *, now_ms: int) -> None:
        """No agent can be rung: none that waits keeps one reserved for nothing."""
        self._asterisk = False
        for person in self._customers.all():
            self._settle(person, now_ms)

    # Stays

    def offered(self, linkedid: str, agent: str, *, now_ms: int) -> bool:
        """An agent is reserved; whether his phone may ring: not while another attempt to the number is live."""
        callback = self.of_stay(linkedid)
        if callback is None or callback.state is not CallbackState.WAITING:
            return False
        callback.apply(CallbackEvent.OFFERED)
        callback.agent = agent
        self._settle(callback.person, now_ms)
        return True

    def offer_ended(self, linkedid: str, *, now_ms: int) -> None:
        """The agent did not take it: it stands in the queue as before."""
        if (callback := self.of_stay(linkedid)) is not None and callback.state is CallbackState.RINGING:
            callback.apply(CallbackEvent.OFFER_ENDED)
            if not callback.rules.in_hours(now_ms):
                self._wait_for_hours(callback, now_ms)
            self._settle(callback.person, now_ms)

    def put_out(self, linkedid: str, *, now_ms: int) -> None:
        """Its queue has put it out: it comes again after a while."""
        if (callback := self.of_stay(linkedid)) is not None and callback.state in IN_QUEUE:
            callback.apply(CallbackEvent.POSTPONED)
            self._postpone(callback, now_ms + AGAIN_MS)
            self._settle(callback.person, now_ms)

    def picked_up(self, linkedid: str) -> bool:
        """The agent is there to hear the message; False if nobody waits for him any more."""
        callback = self.of_stay(linkedid)
        if callback is None or callback.state is not CallbackState.RINGING or callback.message is None:
            return False
        callback.apply(CallbackEvent.PICKED_UP)
        return True

    def heard(self, linkedid: str, heard_ms: int, *, whole: bool, now_ms: int) -> None:
        """The agent has listened to the message for so long; what it comes to is told next."""
        if (callback := self.of_stay(linkedid)) is not None and callback.state is CallbackState.LISTENING:
            self._state(heard(callback, heard_ms, whole=whole, now_ms=now_ms))

    def may_dial(self, linkedid: str, *, now_ms: int) -> bool:
        """Whether the customer of the message may be rung now."""
        callback = self.of_stay(linkedid)
        return (
            callback is not None
            and callback.rules.may_call(callback.number, now_ms)
            and self._customers.can_be_rung(callback)
        )

    def dial(self, linkedid: str, *, now_ms: int) -> bool:
        """The agent has heard who it is; whether the customer may be rung now."""
        callback = self.of_stay(linkedid)
        if callback is None or callback.state not in (CallbackState.RINGING, CallbackState.LISTENING):
            return False
        if callback.message is not None and not self.may_dial(linkedid, now_ms=now_ms):
            return False
        callback.apply(CallbackEvent.DIALLED)
        callback.attempts += 1
        callback.told = None
        self._state(dialled(callback, now_ms))
        self._settle(callback.person, now_ms)
        return True

    def connected(self, linkedid: str) -> None:
        """The customer has answered."""
        if (callback := self.of_stay(linkedid)) is not None and callback.state is CallbackState.DIALLING:
            callback.apply(CallbackEvent.CONNECTED)

    def attempt_ended(self, linkedid: str, outcome: CallbackOutcome, *, now_ms: int) -> None:
        """The customer could not be reached, or the conversation is over (then `outcome` is not asked); or the message
        is heard, or put back."""
        callback = self.of_stay(linkedid)
        if callback is None or callback.state not in ENGAGED:
            return
        if callback.state is CallbackState.TALKING:
            outcome = callback.told or CallbackOutcome.REACHED
        callback.last = outcome
        again_ms = callback.rules.again_ms(outcome, callback.attempts)
        if again_ms is not None and now_ms < callback.expires_ms:
            callback.apply(CallbackEvent.POSTPONED)
            self._postpone(callback, now_ms + again_ms)
            self._state(attempted(callback, outcome, now_ms))
            self._settle(callback.person, now_ms)
        else:
            self._state(attempted(callback, outcome, now_ms))
            over = outcome if again_ms is None else CallbackOutcome.EXPIRED
            self._end(callback, over, "attempt" if again_ms is None else "time", now_ms)
