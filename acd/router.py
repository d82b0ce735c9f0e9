"""The router: it holds every waiting call and every agent, and decides who gets whom.

Pure: time is an argument, its decisions are taken with `take`. It opens no socket, reads no clock and rings no phone.
Nothing polls: each change that could make a match possible looks for it at once, and only for what has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acd.agents import Agent, AgentEvent
from acd.conversations import Conversation, Conversations
from acd.decisions import Decision, Trigger, decide, longest_idle, required_skills
from acd.errors import AlreadyQueued, UnknownQueue
from acd.facts import CallDequeued, CallOffered, CallQueued, Fact, OfferEnded
from acd.queues import Call, Order, Queue, QueueSettings
from acd.roster import Roster
from acd.states import Activity, DequeueReason, NotReadyReason, OfferOutcome, Status
from acd.timers import Timers

UNREACHABLE_FOR_MS = 15_000
"""How long a phone that could not be rung is left alone where Asterisk itself says nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reserved agent whose phone is to ring for a call, at most `ring_ms`."""

    id: str
    linkedid: str
    queue: str
    agent: str
    phone: str
    ring_ms: int
    at_ms: int
    decision: Decision


@dataclass(slots=True)
class Outcome:
    """What has been decided since the last look: phones to ring, offers taken back, calls put out, facts to state."""

    offers: list[Offer] = field(default_factory=list)
    withdrawn: list[Offer] = field(default_factory=list)
    timed_out: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


class Router:
    """The one owner of all routing state. Verbs are idempotent where two sources may tell the same thing."""

    def __init__(self) -> None:
        self._out = Outcome()
        self._timers: Timers[tuple[str, str]] = Timers()
        self._sequence = 0
        self._offers: dict[str, Offer] = {}
        self.roster = Roster(self._state)
        self.conversations = Conversations(self.roster, self._timers, self._state)
        self.queues: dict[str, Queue] = {}
        self.calls: dict[str, Call] = {}
        self.violations = 0
        """Offers to an agent who already had one: impossible by construction, counted all the same."""

    def take(self) -> Outcome:
        """What has been decided since the last call of this."""
        out, self._out = self._out, Outcome()
        return out

    def define_queue(self, settings: QueueSettings) -> None:
        """Add a queue, or change the settings of one; waiting calls keep their places."""
        if settings.name in self.queues:
            self.queues[settings.name].settings = settings
        else:
            self.queues[settings.name] = Queue(settings)

    def queue(self, name: str) -> Queue:
        """The queue of that name. Raises UnknownQueue."""
        try:
            return self.queues[name]
        except KeyError:
            raise UnknownQueue(name, sorted(self.queues)) from None

    # Agents

    def sign_in(self, number: str, phone: str, *, cause: str, now_ms: int, ready: bool = True) -> None:
        """Raises UnknownAgent, AlreadySignedIn, PhoneTaken."""
        self.roster.sign_in(number, phone, ready=ready, cause=cause, now_ms=now_ms)
        self._match_freed(Trigger.AGENT_READY, now_ms)

    def sign_out(self, number: str, *, cause: str, now_ms: int) -> None:
        """A ringing offer is taken back, a conversation goes on. Raises UnknownAgent, NotSignedIn."""
        agent = self.roster.signed_in(number)
        self.roster.sign_out(agent, cause=cause, now_ms=now_ms)
        self.conversations.end_wrap_up(agent, cause, now_ms)
        self._take_back(agent, now_ms)

    def set_ready(self, number: str, *, cause: str, now_ms: int) -> None:
        """Also ends wrap-up early. Raises UnknownAgent, NotSignedIn."""
        agent = self.roster.signed_in(number)
        self.roster.set_status(agent, Status.READY, "", cause=cause, now_ms=now_ms)
        self.conversations.end_wrap_up(agent, cause, now_ms)
        self._match_freed(Trigger.AGENT_READY, now_ms)

    def set_not_ready(self, number: str, reason: str, *, cause: str, now_ms: int) -> None:
        """A ringing offer is taken back; a conversation and its wrap-up go on. Raises UnknownAgent, NotSignedIn."""
        agent = self.roster.signed_in(number)
        self.roster.set_status(agent, Status.NOT_READY, reason, cause=cause, now_ms=now_ms)
        self._take_back(agent, now_ms)

    def phone_changed(self, phone: str, *, reachable: bool, engaged: bool, now_ms: int) -> None:
        """What Asterisk says of a phone: whether it can be rung, whether it is in a call that is not ours."""
        self.roster.phone_changed(phone, reachable=reachable, engaged=engaged, now_ms=now_ms)
        self._match_freed(Trigger.PHONE_FREE, now_ms)

    # Waiting calls

    def enter(
        self,
        linkedid: str,
        queue: str,
        *,
        now_ms: int,
        priority: int = 0,
        skills: Mapping[str, int] | None = None,
        data: Mapping[str, str] | None = None,
        entered_ms: int | None = None,
    ) -> None:
        """Put a call into a queue; `entered_ms` where it has waited before. Raises UnknownQueue, AlreadyQueued."""
        if linkedid in self.calls:
            raise AlreadyQueued(linkedid, self.calls[linkedid].queue)
        into = self.queue(queue)
        self.released(linkedid, now_ms=now_ms)  # and whom he leaves behind serves those who waited before him
        self._sequence += 1
        call = Call(
            linkedid=linkedid,
            queue=queue,
            priority=priority,
            skills=dict(skills or {}),
            data=dict(data or {}),
            order=Order(-priority, now_ms if entered_ms is None else entered_ms, self._sequence),
        )
        self.calls[linkedid] = call
        into.enter(call)
        self._state(
            CallQueued(
                at_ms=now_ms,
                linkedid=linkedid,
                queue=queue,
                priority=priority,
                skills=call.skills,
                entered_ms=call.entered_ms,
                waiting=len(into),
                data=call.data,
            )
        )
        if into.settings.max_wait_ms:
            self._timers.set(("wait", linkedid), call.entered_ms + into.settings.max_wait_ms)
        self._match_call(call, Trigger.CALL_ENTERED, now_ms)

    def leave(self, linkedid: str, *, now_ms: int, reason: DequeueReason = DequeueReason.ABANDONED) -> None:
        """The caller is gone, or is taken out of the queue. A conversation of his is over; unknown: nothing."""
        self.conversations.release(linkedid, now_ms)
        if (call := self.calls.get(linkedid)) is not None:
            self._put_out(call, reason, now_ms)
        self._match_freed(Trigger.AGENT_FREE, now_ms)

    def offer_of(self, call: Call) -> Offer | None:
        """The offer of a waiting call, while there is one."""
        return self._offers.get(call.offer)

    def answered(self, linkedid: str, *, now_ms: int, phone: str = "") -> None:
        """The offer was answered, at `phone` if that is known. A second time, without an offer, or at the phone of an
        offer that had been taken back by then: nothing."""
        call = self.calls.get(linkedid)
        if call is None or not call.offer or phone not in ("", self._offers[call.offer].phone):
            return
        agent = self._end_offer(self._offers[call.offer], OfferOutcome.ANSWERED, now_ms)
        self._dequeue(call, DequeueReason.ANSWERED, now_ms)
        self._begin(linkedid, call.queue, agent, now_ms)

    def offer_ended(self, offer_id: str, outcome: OfferOutcome, *, now_ms: int) -> None:
        """The phone did not bring an answer: the call is at the head again, the next agent is looked for at once.

        An offer that has ended already is passed over.
        """
        if (offer := self._offers.get(offer_id)) is not None:
            self._end_offer(offer, outcome, now_ms)
            self._match_call(self.calls[offer.linkedid], Trigger.OFFER_ENDED, now_ms)
            self._match_freed(Trigger.AGENT_FREE, now_ms)

    # Conversations

    def hold(self, linkedid: str, *, now_ms: int) -> None:
        """The agent holds the caller."""
        self.conversations.hold(linkedid, now_ms)

    def retrieve(self, linkedid: str, *, now_ms: int) -> None:
        """The agent takes the caller back from hold."""
        self.conversations.retrieve(linkedid, now_ms)

    def released(self, linkedid: str, *, now_ms: int, phone: str = "") -> None:
        """The conversation is over, whoever ended it. Not in conversation, or not the one at `phone`: nothing."""
        talk = self.conversations.by_call.get(linkedid)
        if talk is not None and phone in ("", self.roster.agent(talk.agent).phone):
            self.conversations.release(linkedid, now_ms)
            self._match_freed(Trigger.AGENT_FREE, now_ms)

    def adopt(self, linkedid: str, queue: str, number: str, *, since_ms: int, now_ms: int) -> None:
        """A conversation found under way when the daemon came up; an agent who is not idle, and a call that waits
        or talks already, are left alone.

        Raises UnknownQueue, UnknownAgent, NotSignedIn.
        """
        self.queue(queue)
        agent = self.roster.signed_in(number)
        known = linkedid in self.calls or linkedid in self.conversations.by_call
        if agent.activity is Activity.IDLE and not known:
            with self.roster.change(agent, "system", now_ms, linkedid=linkedid):
                agent.linkedid = linkedid
                agent.apply(AgentEvent.RESERVED)
                agent.apply(AgentEvent.ANSWERED)
            self._begin(linkedid, queue, agent, since_ms)

    # Time

    @property
    def next_due_ms(self) -> int | None:
        """When `tick` has something to do, None for never."""
        return self._timers.next_due_ms

    def tick(self, *, now_ms: int) -> None:
        """Do what has fallen due: wrap-ups, greatest waits, phones to be believed again."""
        for kind, key in self._timers.pop_due(now_ms):
            if kind == "wait":
                self._out.timed_out.append(key)
                self._put_out(self.calls[key], DequeueReason.TIMED_OUT, now_ms)
            elif kind == "wrap_up":
                self.conversations.end_wrap_up(self.roster.agent(key), "system", now_ms)
            else:
                self.roster.try_phone_again(self.roster.agent(key), now_ms=now_ms)
        self._match_freed(Trigger.AGENT_FREE, now_ms)

    # Matching

    def _match_call(self, call: Call, trigger: Trigger, now_ms: int) -> None:
        skills = required_skills(self.queues[call.queue].settings, call)
        able = (agent for agent in self.roster.free.values() if agent.has(skills))
        if (agent := min(able, key=longest_idle, default=None)) is not None:
            self._offer(call, agent, trigger, now_ms)

    def _match_freed(self, trigger: Trigger, now_ms: int) -> None:
        # Several at once are served in the order of idleness: nobody free before could take a call that waits.
        for agent in sorted(self.roster.take_freed(), key=longest_idle):
            if agent.free and (call := self._next_call(agent)) is not None:
                self._offer(call, agent, trigger, now_ms)

    def _next_call(self, agent: Agent) -> Call | None:
        heads = (
            next((call for call in queue if not call.offer and agent.has(call.skills)), None)
            for queue in self.queues.values()
            if agent.has(queue.settings.skills)
        )
        return min((call for call in heads if call is not None), key=lambda call: call.order, default=None)

    # Offers

    def _offer(self, call: Call, agent: Agent, trigger: Trigger, now_ms: int) -> None:
        if agent.linkedid or call.offer:
            self.violations += 1
            return
        settings = self.queues[call.queue].settings
        decision = decide(settings, call, agent, self.roster, trigger=trigger, now_ms=now_ms)
        self._sequence += 1
        offer = Offer(
            id=f"{now_ms}.{self._sequence}",
            linkedid=call.linkedid,
            queue=call.queue,
            agent=agent.number,
            phone=agent.phone,
            ring_ms=settings.ring_ms,
            at_ms=now_ms,
            decision=decision,
        )
        with self.roster.change(agent, "offer", now_ms, linkedid=call.linkedid):
            agent.apply(AgentEvent.RESERVED)
            agent.linkedid = call.linkedid
        call.offer = offer.id
        self._offers[offer.id] = offer
        self._out.offers.append(offer)
        self._state(
            CallOffered(
                at_ms=now_ms,
                linkedid=call.linkedid,
                offer=offer.id,
                queue=call.queue,
                agent=agent.number,
                wait_ms=now_ms - call.entered_ms,
                decision=decision.to_json(),
            )
        )

    def _take_back(self, agent: Agent, now_ms: int) -> None:
        if agent.activity is Activity.RINGING:
            offer = self._offers[self.calls[agent.linkedid].offer]
            self._out.withdrawn.append(offer)
            self.offer_ended(offer.id, OfferOutcome.WITHDRAWN, now_ms=now_ms)

    def _end_offer(self, offer: Offer, outcome: OfferOutcome, now_ms: int) -> Agent:
        del self._offers[offer.id]
        self.calls[offer.linkedid].offer = ""
        agent = self.roster.agent(offer.agent)
        did_nothing = outcome in (OfferOutcome.ABANDONED, OfferOutcome.WITHDRAWN)
        with self.roster.change(agent, "offer", now_ms, linkedid=offer.linkedid, keep_place=did_nothing):
            if outcome is OfferOutcome.ANSWERED:
                agent.apply(AgentEvent.ANSWERED)
            else:
                agent.apply(AgentEvent.OFFER_ENDED)
                agent.linkedid = ""
            self._blame(agent, outcome, now_ms)
        self._state(
            OfferEnded(
                at_ms=now_ms,
                linkedid=offer.linkedid,
                offer=offer.id,
                queue=offer.queue,
                agent=offer.agent,
                outcome=outcome,
                ring_ms=now_ms - offer.at_ms,
            )
        )
        return agent

    def _blame(self, agent: Agent, outcome: OfferOutcome, now_ms: int) -> None:
        """What an offer that came to nothing means for the agent: the next caller must not ring an empty chair."""
        if outcome in (OfferOutcome.MISSED, OfferOutcome.REFUSED) and agent.status is Status.READY:
            missed = outcome is OfferOutcome.MISSED
            agent.status = Status.NOT_READY
            agent.reason = NotReadyReason.MISSED_CALL if missed else NotReadyReason.REFUSED_CALL
        elif outcome is OfferOutcome.UNREACHABLE:
            agent.reachable = False
            self._timers.set(("phone", agent.number), now_ms + UNREACHABLE_FOR_MS)

    def _begin(self, linkedid: str, queue: str, agent: Agent, answered_ms: int) -> None:
        self.conversations.begin(
            Conversation(
                linkedid=linkedid,
                queue=queue,
                agent=agent.number,
                answered_ms=answered_ms,
                wrap_up_ms=self.queues[queue].settings.wrap_up_ms,
            )
        )

    def _put_out(self, call: Call, reason: DequeueReason, now_ms: int) -> None:
        if call.offer:
            abandoned = reason is DequeueReason.ABANDONED
            outcome = OfferOutcome.ABANDONED if abandoned else OfferOutcome.WITHDRAWN
            self._out.withdrawn.append(self._offers[call.offer])
            self._end_offer(self._offers[call.offer], outcome, now_ms)
        self._dequeue(call, reason, now_ms)

    def _dequeue(self, call: Call, reason: DequeueReason, now_ms: int) -> None:
        queue = self.queues[call.queue]
        queue.leave(call, reason)
        del self.calls[call.linkedid]
        self._timers.cancel(("wait", call.linkedid))
        self._state(
            CallDequeued(
                at_ms=now_ms,
                linkedid=call.linkedid,
                queue=call.queue,
                reason=reason,
                wait_ms=now_ms - call.entered_ms,
                waiting=len(queue),
            )
        )

    def _state(self, fact: Fact) -> None:
        self._out.facts.append(fact)
