"""The book of call-backs: when each stands in its queue, when its customer is dialled again, and how it ends.

Pure, as the router is: time is an argument, what has been decided is taken with `take`. Who serves a call-back, and
when, is the router's choice; this book only says which of them stand in the queues, each at the place it had.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from acd.callback_facts import attempted, dialled, ended, requested
from acd.callback_rules import HOUR_MS, CallbackRules
from acd.callbacks import IN_QUEUE, LIVE, MARK, UNDER_WAY, Callback, CallbackEvent, callback_of
from acd.errors import (
    CallbackAsked,
    CallbackNotReached,
    CallbackOver,
    CallbackUnderWay,
    NoCallbacks,
    NotToBeCalled,
    UnknownCallback,
)
from acd.facts import Fact
from acd.states import CallbackOutcome, CallbackState
from acd.timers import Timers

KEEP_MS = 24 * HOUR_MS
"""How long a call-back that is over can still be shown, and reopened."""

AGAIN_MS = 60_000
"""How long a call-back that was put out of its queue by something else stays out."""


@dataclass(slots=True)
class Decisions:
    """What has been decided since the last look: call-backs to put into their queues, stays (linkedids) to take out,
    facts to state."""

    enter: list[Callback] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


class CallbackBook:
    """All call-backs that are open, and those that ended lately. Verbs of a stay that is over do nothing."""

    def __init__(
        self,
        node: str,
        rules_of: Callable[[str], CallbackRules | None],
        person_of: Callable[[str], str] = str,
    ) -> None:
        """`rules_of` gives the rules of a queue, None where it takes no call-backs; `person_of` the one form of a
        number that may be written in several, empty for none."""
        self._node = node
        self._rules_of = rules_of
        self._person_of = person_of
        self._out = Decisions()
        self._timers: Timers[tuple[str, str]] = Timers()
        self._sequence = 0
        self._asterisk = False
        self._by_id: dict[str, Callback] = {}
        self._open: dict[str, list[Callback]] = {}
        self._callers: dict[str, str] = {}
        """Those who are on the line themselves, by the linkedids of their calls."""

    def __iter__(self) -> Iterator[Callback]:
        return iter(self._by_id.values())

    def take(self) -> Decisions:
        """What has been decided since the last call of this."""
        out, self._out = self._out, Decisions()
        return out

    def get(self, name: str) -> Callback:
        """The call-back of this id. Raises UnknownCallback."""
        try:
            return self._by_id[name]
        except KeyError:
            raise UnknownCallback(name) from None

    def of_stay(self, linkedid: str) -> Callback | None:
        """The call-back whose present stay this is."""
        found = self._by_id.get(callback_of(linkedid))
        return found if found is not None and found.linkedid == linkedid else None

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
        person = self._person_of(number)
        if known := next((one for one in self._open.get(person, ()) if one.queue == queue), None):
            raise CallbackAsked(known.id)
        self._sequence += 1
        callback = Callback(
            id=f"{self._node}{MARK}{now_ms}-{self._sequence}",
            number=number,
            person=person,
            queue=queue,
            entered_ms=now_ms if entered_ms is None else entered_ms,
            priority=priority,
            skills=dict(skills or {}),
            requires=requires,
            data=dict(data or {}),
            language=language,
            origin=origin,
            requested_ms=now_ms,
            expires_ms=now_ms + rules.expires_ms,
            rules=rules,
        )
        self._keep(callback)
        self._state(requested(callback, cause))
        self._settle(person, now_ms)
        return callback

    def cancel(self, name: str, *, cause: str, now_ms: int) -> None:
        """Nobody is to be called back any more. Raises UnknownCallback, CallbackOver, and CallbackUnderWay while the
        customer is rung or talks."""
        callback = self.get(name)
        if not callback.open:
            raise CallbackOver(name)
        if callback.state in UNDER_WAY:
            raise CallbackUnderWay(name)
        self._end(callback, CallbackOutcome.CANCELLED, cause, now_ms)

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
        others = self._open.get(callback.person, ())
        if callback.outcome is not CallbackOutcome.REACHED or any(one.queue == callback.queue for one in others):
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
            self._callers[linkedid] = person
            self._settle(person, now_ms)

    def caller_left(self, linkedid: str, *, now_ms: int) -> None:
        """His own call is over."""
        if (person := self._callers.pop(linkedid, None)) is not None:
            self._settle(person, now_ms)

    def caller_served(self, linkedid: str, queue: str, *, now_ms: int) -> None:
        """An agent of that queue answered his own call: he need not be called back for it."""
        for callback in [*self._open.get(self._callers.get(linkedid, ""), ())]:
            if callback.queue == queue and callback.state not in UNDER_WAY:
                self._end(callback, CallbackOutcome.SUPERSEDED, "caller", now_ms)

    def revise(self) -> None:
        """The queues' rules have been edited: they hold for all that is still to come. A queue that takes no more
        call-backs finishes those it has by the rules it had."""
        for callback in self._by_id.values():
            callback.rules = self._rules_of(callback.queue) or callback.rules

    # Asterisk

    def asterisk_up(self, live: Collection[str], *, now_ms: int) -> None:
        """Calls can be made, and these (linkedids) are all there are."""
        self._asterisk = True
        for linkedid in [linkedid for linkedid in self._callers if linkedid not in live]:
            del self._callers[linkedid]
        for person in [*self._open]:
            self._settle(person, now_ms)

    def asterisk_down(self, *, now_ms: int) -> None:
        """No agent can be rung: none that waits keeps one reserved for nothing."""
        self._asterisk = False
        for person in [*self._open]:
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

    def dial(self, linkedid: str, *, now_ms: int) -> bool:
        """The agent has heard who it is; whether the customer may be rung now."""
        callback = self.of_stay(linkedid)
        if callback is None or callback.state is not CallbackState.RINGING:
            return False
        callback.apply(CallbackEvent.DIALLED)
        callback.attempts += 1
        callback.told = None
        self._state(dialled(callback, now_ms))
        return True

    def connected(self, linkedid: str) -> None:
        """The customer has answered."""
        if (callback := self.of_stay(linkedid)) is not None and callback.state is CallbackState.DIALLING:
            callback.apply(CallbackEvent.CONNECTED)

    def attempt_ended(self, linkedid: str, outcome: CallbackOutcome, *, now_ms: int) -> None:
        """The customer could not be reached, or the conversation is over (then `outcome` is not asked)."""
        callback = self.of_stay(linkedid)
        if callback is None or callback.state not in UNDER_WAY:
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

    # Time

    @property
    def next_due_ms(self) -> int | None:
        """When `tick` has something to do, None for never."""
        return self._timers.next_due_ms

    def tick(self, *, now_ms: int) -> None:
        """Do what has fallen due: retries, ends of calling hours, expiries."""
        for kind, name in self._timers.pop_due(now_ms):
            callback = self._by_id[name]
            match kind:
                case "due" if callback.state is CallbackState.DUE:  # it may have expired in the same moment
                    self._fall_due(callback, now_ms)
                case "hours" if callback.state is CallbackState.WAITING:
                    self._wait_for_hours(callback, now_ms)
                case "expires" if callback.open and callback.state not in UNDER_WAY:
                    self._end(callback, CallbackOutcome.EXPIRED, "time", now_ms)
                case "forget":
                    del self._by_id[name]
                case _:
                    pass

    def restore(self, callbacks: Iterable[Callback], *, now_ms: int) -> None:
        """Take over what a history says (acd/callback_history.py); nothing enters a queue before Asterisk is there."""
        for callback in callbacks:
            callback.person = self._person_of(callback.number)
            if not callback.open:
                if (ended_ms := callback.ended_ms or 0) + KEEP_MS > now_ms:
                    self._by_id[callback.id] = callback
                    self._timers.set(("forget", callback.id), ended_ms + KEEP_MS)
                continue
            self._keep(callback)
            if callback.state is CallbackState.DUE and callback.due_ms is not None:
                self._timers.set(("due", callback.id), callback.due_ms)
            elif callback.state is CallbackState.REQUESTED and callback.last is not None and not callback.due_ms:
                self._end(callback, callback.last, "attempt", now_ms)
            elif callback.state is CallbackState.REQUESTED and callback.origin and not callback.stay:
                self._callers[callback.origin] = callback.person  # as far as we know he is still on the line

    # Inside

    def _keep(self, callback: Callback) -> None:
        self._by_id[callback.id] = callback
        self._open.setdefault(callback.person, []).append(callback)
        self._timers.cancel(("forget", callback.id))
        self._timers.set(("expires", callback.id), callback.expires_ms)

    def _settle(self, person: str, now_ms: int) -> None:
        """Put those to this person into their queues that may stand there now, and take out those that may not."""
        if person not in self._open:
            return
        on_line = person in self._callers.values()
        for callback in self._open[person]:
            live = any(other.state in LIVE for other in self._open[person] if other is not callback)
            may_stand = self._asterisk and not live and not on_line
            match callback.state:
                case CallbackState.REQUESTED if may_stand:
                    self._enter(callback, now_ms)
                case CallbackState.WAITING if not may_stand:
                    self._hold(callback)
                case CallbackState.RINGING if on_line:
                    self._hold(callback)
                case _:
                    pass

    def _enter(self, callback: Callback, now_ms: int) -> None:
        if not callback.rules.in_hours(now_ms):
            self._wait_for_hours(callback, now_ms)
            return
        callback.apply(CallbackEvent.ENTERED)
        callback.stay += 1
        self._out.enter.append(callback)
        if (change_ms := callback.rules.hours_change_ms(now_ms)) is not None:
            self._timers.set(("hours", callback.id), change_ms)

    def _hold(self, callback: Callback) -> None:
        callback.apply(CallbackEvent.HELD)
        self._out.leave.append(callback.linkedid)

    def _wait_for_hours(self, callback: Callback, now_ms: int) -> None:
        if callback.state in IN_QUEUE:
            self._out.leave.append(callback.linkedid)
        callback.apply(CallbackEvent.POSTPONED)
        change_ms = callback.rules.hours_change_ms(now_ms)
        self._postpone(callback, callback.expires_ms if change_ms is None else change_ms)

    def _fall_due(self, callback: Callback, now_ms: int) -> None:
        callback.apply(CallbackEvent.FELL_DUE)
        callback.due_ms = None
        self._settle(callback.person, now_ms)

    def _postpone(self, callback: Callback, due_ms: int) -> None:
        callback.due_ms = due_ms
        self._timers.set(("due", callback.id), due_ms)

    def _end(self, callback: Callback, outcome: CallbackOutcome, cause: str, now_ms: int) -> None:
        if callback.state in IN_QUEUE:
            self._out.leave.append(callback.linkedid)
        callback.apply(CallbackEvent.ENDED)
        callback.outcome, callback.ended_ms, callback.due_ms = outcome, now_ms, None
        self._open[callback.person].remove(callback)
        for kind in ("due", "hours", "expires"):
            self._timers.cancel((kind, callback.id))
        self._timers.set(("forget", callback.id), now_ms + KEEP_MS)
        self._state(ended(callback, outcome, cause, now_ms))
        if self._open[callback.person]:
            self._settle(callback.person, now_ms)
        else:
            del self._open[callback.person]

    def _state(self, fact: Fact) -> None:
        self._out.facts.append(fact)
