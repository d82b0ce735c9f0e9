"""Where the call-backs lie: which of them stand in their queues, what falls due when, and what becomes of them in the
end. What can happen to them is told in acd/callback_book.py.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from acd.callback_facts import ended, requested
from acd.callback_rules import HOUR_MS, CallbackRules, MessageRules
from acd.callbacks import ENGAGED, IN_QUEUE, MARK, Callback, CallbackEvent, VoiceMessage, Wish, callback_of
from acd.customers import Customers
from acd.errors import UnknownCallback
from acd.facts import Fact
from acd.states import CallbackOutcome, CallbackState
from acd.timers import Timers

KEEP_MS = 24 * HOUR_MS
"""How long a call-back that is over can still be shown, and reopened."""


@dataclass(slots=True)
class Decisions:
    """What has been decided since the last look: call-backs to put into their queues, stays (linkedids) to take out,
    facts to state."""

    enter: list[Callback] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


class CallbackShelf:
    """All call-backs that are open, and those that ended lately."""

    def __init__(
        self,
        node: str,
        rules_of: Callable[[str], CallbackRules | None],
        person_of: Callable[[str], str] = str,
        message_rules_of: Callable[[str], MessageRules] = lambda queue: MessageRules(),
    ) -> None:
        """`rules_of` gives the rules of a queue, None where it takes no call-backs; `person_of` the one form of a
        number that may be written in several, empty for none; `message_rules_of` the rules of a queue's messages."""
        self._node = node
        self._rules_of = rules_of
        self._message_rules_of = message_rules_of
        self._person_of = person_of
        self._out = Decisions()
        self._timers: Timers[tuple[str, str]] = Timers()
        self._sequence = 0
        self._asterisk = False
        self._by_id: dict[str, Callback] = {}
        self._customers = Customers()

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
                case "expires" if callback.open and callback.state not in ENGAGED:
                    self._end(callback, CallbackOutcome.EXPIRED, "time", now_ms)
                case "forget":
                    del self._by_id[name]
                case _:
                    pass

    def restore(self, callbacks: Iterable[Callback], *, now_ms: int) -> None:
        """Take over what a history says (acd/callback_history.py); nothing enters a queue before Asterisk is there."""
        for callback in callbacks:
            callback.person = self._person(callback)
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
                self._customers.came(callback.origin, callback.person)  # as far as we know he is still on the line

    # Inside

    def _add(
        self,
        number: str,
        queue: str,
        rules: CallbackRules,
        wish: Wish,
        *,
        origin: str,
        entered_ms: int | None,
        cause: str,
        now_ms: int,
        message: VoiceMessage | None = None,
    ) -> Callback:
        self._sequence += 1
        callback = Callback(
            id=f"{self._node}{MARK}{now_ms}-{self._sequence}",
            number=number,
            queue=queue,
            entered_ms=now_ms if entered_ms is None else entered_ms,
            priority=wish.priority,
            skills=dict(wish.skills),
            requires=wish.requires,
            data=dict(wish.data),
            language=wish.language,
            origin=origin,
            requested_ms=now_ms,
            expires_ms=now_ms + rules.expires_ms,
            rules=rules,
            message=message,
        )
        callback.person = self._person(callback)
        self._keep(callback)
        self._state(requested(callback, cause))
        self._settle(callback.person, now_ms)
        return callback

    def _person(self, callback: Callback) -> str:
        """Whom it is for. Who left a message without a number is nobody else."""
        person = self._person_of(callback.number)
        return callback.id if callback.message is not None and not person else person

    def _keep(self, callback: Callback) -> None:
        self._by_id[callback.id] = callback
        self._customers.add(callback)
        self._timers.cancel(("forget", callback.id))
        self._timers.set(("expires", callback.id), callback.expires_ms)

    def _settle(self, person: str, now_ms: int) -> None:
        """Put those to this person into their queues that may stand there now, and take out those that may not."""
        on_line = self._customers.on_line(person)
        for callback in self._customers.of(person):
            # A message can be heard whatever its caller does now.
            free = callback.message is not None or self._customers.can_be_rung(callback)
            match callback.state:
                case CallbackState.REQUESTED if self._asterisk and free:
                    self._enter(callback, now_ms)
                case CallbackState.WAITING if not (self._asterisk and free):
                    self._hold(callback)
                case CallbackState.RINGING if on_line and callback.message is None:
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
        self._customers.remove(callback)
        for kind in ("due", "hours", "expires"):
            self._timers.cancel((kind, callback.id))
        self._timers.set(("forget", callback.id), now_ms + KEEP_MS)
        self._state(ended(callback, outcome, cause, now_ms))
        self._settle(callback.person, now_ms)

    def _state(self, fact: Fact) -> None:
        self._out.facts.append(fact)
