"""A book of call-backs with a hand on its clock, and what it has decided so far."""

from collections.abc import Mapping
from typing import TypeVar

from acd.callback_book import CallbackBook
from acd.callback_rules import CallbackRules, MessageRules
from acd.callbacks import Callback, VoiceMessage, Wish
from acd.facts import CallQueued, Fact
from acd.states import CallbackOutcome, CallbackState

Kind = TypeVar("Kind", bound=Fact)

NUMBER = "13900000001"
DAY_MS = 24 * 3_600_000
RULES: Mapping[str, CallbackRules] = {"sales": CallbackRules(), "support": CallbackRules(attempts=2)}


def _queued(one: Callback, now_ms: int) -> CallQueued:
    return CallQueued(
        at_ms=now_ms,
        linkedid=one.linkedid,
        queue=one.queue,
        priority=one.priority,
        skills=one.skills,
        entered_ms=one.entered_ms,
        waiting=1,
    )


class CallbackFloor:
    """Queues `sales` (the usual rules) and `support` (two attempts); Asterisk is there unless told otherwise."""

    def __init__(self, rules: Mapping[str, CallbackRules] = RULES, *, up: bool = True) -> None:
        self.rules = rules
        self.book = CallbackBook("node1", rules.get, message_rules_of=self.message_rules)
        self.now_ms = 1_800_000_000_000
        self.facts: list[Fact] = []
        self.standing: list[str] = []
        """The stays in queues, in the order of their entry there."""
        if up:
            self.book.asterisk_up((), now_ms=self.now_ms)

    def message_rules(self, queue: str) -> MessageRules:
        """Messages for a queue wait as long as its call-backs do."""
        calling = self.rules.get(queue)
        return MessageRules(calling=calling, expires_ms=calling.expires_ms if calling else DAY_MS)

    def settle(self) -> None:
        """Take what the book has decided; the router's word of who stands in its queue is among the facts."""
        out = self.book.take()
        self.facts += out.facts
        for linkedid in out.leave:
            self.standing.remove(linkedid)
        for one in out.enter:
            self.standing.append(one.linkedid)
            self.facts.append(_queued(one, self.now_ms))

    def wait(self, ms: int) -> None:
        """Let time pass; the book's alarm rings whenever it is due."""
        until_ms = self.now_ms + ms
        while (due_ms := self.book.next_due_ms) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.book.tick(now_ms=self.now_ms)
            self.settle()
        self.now_ms = until_ms

    def ask(self, number: str = NUMBER, queue: str = "sales", *, origin: str = "", waited_ms: int = 60_000) -> Callback:
        """A call-back for someone who has waited so long."""
        asked = self.book.request(
            number, queue, origin=origin, entered_ms=self.now_ms - waited_ms, cause="caller", now_ms=self.now_ms
        )
        self.settle()
        return asked

    def leave_message(self, number: str = NUMBER, queue: str = "sales", file: str = "voicemail/1.wav") -> Callback:
        """A caller has left a message."""
        left = self.book.leave_message(
            VoiceMessage(file, 5_000),
            number,
            queue,
            Wish(),
            origin="node1-7.1",
            entered_ms=self.now_ms,
            now_ms=self.now_ms,
        )
        self.settle()
        return left

    def pick_up(self, callback: Callback) -> bool:
        """The agent who was rung is there to hear the message."""
        return self.book.picked_up(callback.linkedid)

    def hear(self, callback: Callback, outcome: CallbackOutcome = CallbackOutcome.HEARD) -> None:
        """An agent hears all of the message, and has done with it, or puts it back."""
        self.offer(callback)
        self.pick_up(callback)
        self.book.heard(callback.linkedid, 5_000, whole=True, now_ms=self.now_ms)
        self.end(callback, outcome)

    def offer(self, callback: Callback, agent: str = "1001") -> bool:
        """The router has reserved an agent; whether his phone may ring."""
        may_ring = self.book.offered(callback.linkedid, agent, now_ms=self.now_ms)
        self.settle()
        return may_ring

    def miss(self, callback: Callback) -> None:
        """The agent does not take it."""
        self.book.offer_ended(callback.linkedid, now_ms=self.now_ms)
        self.settle()

    def dial(self, callback: Callback) -> bool:
        """The agent has heard who it is; the stay ends with the attempt."""
        rung = self.book.dial(callback.linkedid, now_ms=self.now_ms)
        self.settle()
        return rung

    def fail(self, callback: Callback, outcome: CallbackOutcome) -> None:
        """An agent takes it, and the customer is not reached."""
        self.offer(callback)
        self.dial(callback)
        self.end(callback, outcome)

    def end(self, callback: Callback, outcome: CallbackOutcome = CallbackOutcome.REACHED) -> None:
        """The attempt under way is over, and with it the stay."""
        linkedid = callback.linkedid
        self.book.attempt_ended(linkedid, outcome, now_ms=self.now_ms)
        self.standing.remove(linkedid)
        self.settle()

    def talk(self, callback: Callback) -> None:
        """An agent takes it and the customer answers."""
        self.offer(callback)
        self.dial(callback)
        self.book.connected(callback.linkedid)

    def comes(self, linkedid: str, number: str = NUMBER) -> None:
        """He rings himself."""
        self.book.caller_came(linkedid, number, now_ms=self.now_ms)
        self.settle()

    def leaves(self, linkedid: str) -> None:
        """His own call is over."""
        self.book.caller_left(linkedid, now_ms=self.now_ms)
        self.settle()

    def stated(self, kind: type[Kind]) -> list[Kind]:
        """All facts of one kind so far."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def states(self) -> list[CallbackState]:
        """Of all call-backs, in the order they were asked for."""
        return [callback.state for callback in self.book]
