"""A router and its time, for tests that read as what happens on a floor: phones, agents, callers.

It adds no behaviour: each verb calls the router's own with the time of the moment and keeps what was decided.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from acd.facts import Fact
from acd.offers import Offer
from acd.queues import QueueSettings
from acd.router import Router
from acd.states import AgentState, DequeueReason, OfferOutcome
from acd.targets import Target

Kind = TypeVar("Kind", bound=Fact)

SALES = QueueSettings(name="sales", skills={"sales": 1}, ring_ms=20_000, wrap_up_ms=30_000)
SUPPORT = QueueSettings(name="support", skills={"support": 1}, ring_ms=15_000)
ANYBODY = QueueSettings(name="anybody", max_wait_ms=60_000)


class Floor:
    """Queues `sales`, `support` (no wrap-up), `anybody` (no skills, 60 s greatest wait); agents as they are seated."""

    def __init__(self) -> None:
        self.router = Router()
        self.now_ms = 1_000_000
        self.facts: list[Fact] = []
        self.offers: list[Offer] = []
        self.withdrawn: list[Offer] = []
        self.left: list[tuple[str, Target]] = []
        for settings in (SALES, SUPPORT, ANYBODY):
            self.router.define_queue(settings, now_ms=0)

    def settle(self) -> None:
        """Take what the router has decided."""
        out = self.router.take()
        self.facts += out.facts
        self.offers += out.offers
        self.withdrawn += out.withdrawn
        self.left += out.left

    def wait(self, ms: int) -> None:
        """Let time pass; the router's alarm rings whenever it is due."""
        until_ms = self.now_ms + ms
        self.settle()
        while (due_ms := self.router.next_due_ms) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.router.tick(now_ms=self.now_ms)
            self.settle()
        self.now_ms = until_ms

    def late_alarm(self, ms: int) -> None:
        """Let time pass; the router's alarm rings at its end, for all that fell due meanwhile."""
        self.now_ms += ms
        self.router.tick(now_ms=self.now_ms)
        self.settle()

    def seat(self, number: str, *, ready: bool = True, **skills: int) -> None:
        """An agent of these skills signs in at the phone of his number, which is there."""
        self.define(number, None, **skills)
        self.phone(number)
        self.sign_in(number, ready=ready)

    def define(self, number: str, attributes: Mapping[str, str] | None, **skills: int) -> None:
        self.router.define_agent(number, f"agent {number}", skills, attributes, now_ms=self.now_ms)
        self.settle()

    def queue(self, name: str, **settings: Any) -> None:
        """A queue of these settings, from now on."""
        self.router.define_queue(QueueSettings(name=name, **settings), now_ms=self.now_ms)
        self.settle()

    def sign_in(self, number: str, phone: str = "", *, ready: bool = True) -> None:
        self.router.sign_in(number, phone or number, ready=ready, cause="api", now_ms=self.now_ms)
        self.settle()

    def sign_out(self, number: str) -> None:
        self.router.sign_out(number, cause="api", now_ms=self.now_ms)
        self.settle()

    def ready(self, number: str) -> None:
        self.router.set_ready(number, cause="api", now_ms=self.now_ms)
        self.settle()

    def not_ready(self, number: str, reason: str = "break") -> None:
        self.router.set_not_ready(number, reason, cause="api", now_ms=self.now_ms)
        self.settle()

    def phone(self, phone: str, *, reachable: bool = True, engaged: bool = False) -> None:
        self.router.phone_changed(phone, reachable=reachable, engaged=engaged, now_ms=self.now_ms)
        self.settle()

    def enter(
        self,
        linkedid: str,
        queue: str = "sales",
        *,
        priority: int = 0,
        skills: Mapping[str, int] | None = None,
        entered_ms: int | None = None,
        preferred: str = "",
        on_line: bool = True,
    ) -> None:
        self.router.enter(
            linkedid,
            queue,
            priority=priority,
            skills=skills,
            entered_ms=entered_ms,
            preferred=preferred,
            now_ms=self.now_ms,
            on_line=on_line,
        )
        self.settle()

    def leave(self, linkedid: str, reason: DequeueReason = DequeueReason.ABANDONED) -> None:
        self.router.leave(linkedid, reason=reason, now_ms=self.now_ms)
        self.settle()

    def answer(self, linkedid: str) -> None:
        self.router.answered(linkedid, now_ms=self.now_ms)
        self.settle()

    def fail(self, linkedid: str, outcome: OfferOutcome = OfferOutcome.MISSED) -> None:
        """The offer of this call comes to nothing."""
        self.router.offer_ended(self.router.calls[linkedid].offer, outcome, now_ms=self.now_ms)
        self.settle()

    def hold(self, linkedid: str) -> None:
        self.router.conversations.hold(linkedid, now_ms=self.now_ms)
        self.settle()

    def retrieve(self, linkedid: str) -> None:
        self.router.conversations.retrieve(linkedid, now_ms=self.now_ms)
        self.settle()

    def release(self, linkedid: str) -> None:
        self.router.released(linkedid, now_ms=self.now_ms)
        self.settle()

    def adopt(self, linkedid: str, queue: str, number: str, *, since_ms: int) -> None:
        self.router.adopt(linkedid, queue, number, since_ms=since_ms, now_ms=self.now_ms)
        self.settle()

    def state(self, number: str) -> AgentState:
        return self.router.roster.agent(number).state

    def offered(self) -> list[tuple[str, str]]:
        """All offers so far, as (call, agent)."""
        return [(offer.linkedid, offer.agent) for offer in self.offers]

    def stated(self, kind: type[Kind]) -> list[Kind]:
        """All facts of one kind so far."""
        return [fact for fact in self.facts if isinstance(fact, kind)]
