"""Plays a day's people to the real router: who enters, answers, hangs up, goes to lunch, and when. The router decides
who gets whom exactly as it does in the daemon; nothing here chooses.
"""

from collections.abc import Callable
from functools import partial

from acd.facts import AgentDefined, CallDequeued, CallReleased, Fact, OfferEnded, SurgeDeclared
from acd.offers import Offer
from acd.router import Router
from acd.simulation.clockwork import Clockwork
from acd.simulation.day import Absence, Choice, Day, Onward, Visit, Wish
from acd.simulation.policy import Policy
from acd.states import Activity, DequeueReason, NotReadyReason, OfferOutcome, OverflowCause, Status
from acd.targets import Target

CAUSE = "simulation"
AFTERWARDS_MS = 24 * 3_600_000
"""How long after the end of the day the floor goes on, so that who waits is served or gives up."""


def play(day: Day, policy: Policy, tell: Callable[[Fact], None]) -> Router:
    """The day under this policy; `tell` is given every fact the router states, in order. The same day and policy give
    the same facts. Returns the router as it stands at the end.

    Raises UnknownQueue for an arrival in a queue there is not.
    """
    return _Floor(day, policy, tell).play()


class _Floor:
    """One performance."""

    def __init__(self, day: Day, policy: Policy, tell: Callable[[Fact], None]) -> None:
        self._day = day
        self._tell = tell
        self._router = Router()
        self._clockwork = Clockwork(self._router)
        self._visits: dict[str, Visit] = {}
        """What those who wait or talk are here for, by linkedid."""
        self._ringing: dict[str, Offer] = {}
        self._rung: dict[str, int] = {}
        """How many agents who are there have been rung, by linkedid."""
        self._absences: dict[str, list[Absence]] = {}
        self._policy = policy
        for queue in policy.queues:
            self._router.define_queue(queue, now_ms=day.from_ms)
        for absence in day.absences:
            self._absences.setdefault(absence.agent, []).append(absence)
        for seat in day.seats:
            self._router.define_agent(seat.number, seat.number, seat.skills, seat.attributes, now_ms=day.from_ms)
            self._router.phone_changed(seat.number, reachable=True, engaged=False, now_ms=day.from_ms)

    def play(self) -> Router:
        end_ms = self._day.until_ms + AFTERWARDS_MS
        for at_ms, queue, is_open in self._policy.openings(self._day.from_ms, end_ms):
            self._clockwork.at(at_ms, partial(self._open, queue, is_open))
        for surge in self._day.surges:
            self._clockwork.at(surge.at_ms, partial(self._surge, surge))
        for agent in self._day.redefined:
            self._clockwork.at(agent.at_ms, partial(self._redefine, agent))
        for choice in self._day.choices:
            self._clockwork.at(choice.at_ms, partial(self._choose, choice))
        for arrival in self._day.arrivals:
            self._clockwork.at(arrival.at_ms, partial(self._enter, arrival.linkedid, arrival.visit))
        self._clockwork.run(self._settle, until_ms=end_ms)
        return self._router

    # Callers

    def _enter(self, linkedid: str, visit: Visit, now_ms: int) -> None:
        self._visits[linkedid] = visit
        self._rung[linkedid] = 0
        entered_ms = now_ms - visit.waited_ms
        if visit.patience_ms is not None:
            self._clockwork.at(entered_ms + visit.patience_ms, partial(self._give_up, linkedid, visit))
        self._router.enter(
            linkedid,
            visit.queue,
            priority=visit.priority,
            skills=visit.skills,
            requires=visit.requires,
            preferred=visit.preferred,
            data=visit.data,
            entered_ms=entered_ms,
            now_ms=now_ms,
        )

    def _give_up(self, linkedid: str, visit: Visit, now_ms: int) -> None:
        if linkedid not in self._router.calls or self._visits.get(linkedid) is not visit:
            return
        if visit.leaves_for is None:
            self._router.leave(linkedid, now_ms=now_ms)
        else:
            self._router.overflow(linkedid, Target(visit.leaves_for), cause=OverflowCause.CALLER, now_ms=now_ms)

    def _release(self, linkedid: str, visit: Visit, now_ms: int) -> None:
        if self._visits.get(linkedid) is visit:
            self._router.released(linkedid, now_ms=now_ms)

    def _go_on(self, linkedid: str, reason: DequeueReason, now_ms: int) -> None:
        match self._visits.pop(linkedid).onward:
            case Onward(after=after, after_ms=after_ms, visit=following) if after is reason:
                self._clockwork.at(now_ms + after_ms, partial(self._enter, linkedid, following))

    # Agents

    def _choose(self, choice: Choice, now_ms: int) -> None:
        number, router = choice.agent, self._router
        there = router.roster.agent(number).status is not Status.SIGNED_OUT
        match choice.wish:
            case Wish.SIGN_IN if not there:
                router.sign_in(number, number, ready=not choice.reason, cause=CAUSE, now_ms=now_ms)
                if choice.reason not in ("", NotReadyReason.SIGNED_IN):
                    router.set_not_ready(number, choice.reason, cause=CAUSE, now_ms=now_ms)
            case Wish.READY if there:
                router.set_ready(number, cause=CAUSE, now_ms=now_ms)
            case Wish.NOT_READY if there:
                router.set_not_ready(number, choice.reason, cause=CAUSE, now_ms=now_ms)
            case Wish.SIGN_OUT if there:
                router.sign_out(number, cause=CAUSE, now_ms=now_ms)
            case Wish.PHONE_AWAY | Wish.PHONE_BACK:
                back = choice.wish is Wish.PHONE_BACK
                router.phone_changed(number, reachable=back, engaged=False, now_ms=now_ms)

    def _redefine(self, agent: AgentDefined, now_ms: int) -> None:
        self._router.define_agent(agent.agent, agent.agent, agent.skills, agent.attributes, now_ms=now_ms)

    def _ring(self, offer: Offer) -> None:
        self._ringing[offer.id] = offer
        absence = next(
            (one for one in self._absences.get(offer.agent, ()) if one.from_ms <= offer.at_ms < one.until_ms), None
        )
        if absence is None:
            answers_ms = self._visits[offer.linkedid].answers_ms
            outcome, after_ms = OfferOutcome.ANSWERED, answers_ms[self._rung[offer.linkedid] % len(answers_ms)]
            self._rung[offer.linkedid] += 1
        else:
            outcome, after_ms = absence.outcome, absence.after_ms
        if outcome is OfferOutcome.MISSED or after_ms >= offer.ring_ms:
            outcome, after_ms = OfferOutcome.MISSED, offer.ring_ms
        self._clockwork.at(offer.at_ms + after_ms, partial(self._end_ringing, offer, outcome, present=absence is None))

    def _end_ringing(self, offer: Offer, outcome: OfferOutcome, now_ms: int, *, present: bool) -> None:
        if offer.id not in self._ringing:
            return
        if outcome is OfferOutcome.ANSWERED:
            self._router.answered(offer.linkedid, phone=offer.phone, now_ms=now_ms)
            return
        self._router.offer_ended(offer.id, outcome, now_ms=now_ms)
        if present:
            self._clockwork.at(now_ms + self._day.back_after_ms, partial(self._come_back, offer.agent))

    def _come_back(self, number: str, now_ms: int) -> None:
        agent = self._router.roster.agent(number)
        if agent.status is Status.NOT_READY and agent.reason == NotReadyReason.MISSED_CALL:
            self._router.set_ready(number, cause=CAUSE, now_ms=now_ms)

    def _end_wrap_up(self, number: str, linkedid: str, now_ms: int) -> None:
        agent = self._router.roster.agent(number)
        if agent.activity is Activity.WRAP_UP and agent.linkedid == linkedid and agent.status is Status.READY:
            self._router.set_ready(number, cause=CAUSE, now_ms=now_ms)

    # Queues

    def _open(self, queue: str, is_open: bool, now_ms: int) -> None:
        self._router.set_open(queue, is_open, now_ms=now_ms)

    def _surge(self, surge: SurgeDeclared, now_ms: int) -> None:
        if surge.queue in self._router.queues:
            self._router.declare_surge(surge.queue, on=surge.on, cause=CAUSE, now_ms=now_ms)

    # What the router has decided

    def _settle(self, now_ms: int) -> None:
        out = self._router.take()
        for offer in out.offers:
            self._ring(offer)
        for fact in out.facts:
            self._follow(fact)
            self._tell(fact)

    def _follow(self, fact: Fact) -> None:
        match fact:
            case OfferEnded():
                self._ringing.pop(fact.offer, None)
            case CallDequeued(reason=DequeueReason.ANSWERED):
                visit = self._visits[fact.linkedid]
                self._clockwork.at(fact.at_ms + visit.handling_ms, partial(self._release, fact.linkedid, visit))
            case CallDequeued() if fact.linkedid not in self._router.calls:
                self._go_on(fact.linkedid, fact.reason, fact.at_ms)
            case CallReleased():
                wrap_up_ms = self._visits[fact.linkedid].wrap_up_ms
                if wrap_up_ms is not None:
                    ended = partial(self._end_wrap_up, fact.agent, fact.linkedid)
                    self._clockwork.at(fact.at_ms + wrap_up_ms, ended)
                self._go_on(fact.linkedid, DequeueReason.ANSWERED, fact.at_ms)
