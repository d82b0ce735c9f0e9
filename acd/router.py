"""The router: it holds every waiting call and every agent, and decides who gets whom.

Pure: time is an argument, its decisions are taken with `take`. It opens no socket, reads no clock and rings no phone.
Nothing polls: each change that could make a match possible looks for it at once, and only for what has changed.
"""

from collections.abc import Mapping

from acd import absences, parking
from acd.absences import Absences
from acd.agents import Agent, AgentEvent
from acd.consults import Consults
from acd.conversations import Conversation, Conversations
from acd.decisions import Trigger
from acd.errors import AlreadyQueued, NotParked, NotRinging
from acd.facts import AgentDefined, Fact
from acd.matching import Matching
from acd.offers import Offer, Offers, Outcome
from acd.outcomes import Outcomes
from acd.parking import Parking
from acd.queues import NO_WRAP_UP, PREFERRED, Call, Order, Queue, QueueSettings
from acd.requirements import ANY, Requirement, both, from_levels
from acd.roster import Roster
from acd.states import Activity, DequeueReason, OfferOutcome, OverflowCause, Status
from acd.targets import Target
from acd.timers import Timers
from acd.waiting import Waiting, order_of, outcome_of_leaving


class Router:
    """The one owner of all routing state. Verbs are idempotent where two sources may tell the same thing."""

    def __init__(self) -> None:
        self._out = Outcome()
        self._timers: Timers[tuple[str, str]] = Timers()
        self._sequence = 0
        self.roster = Roster(self._state, Absences(self._timers, self._state))
        self.outcomes = Outcomes(self.roster, self._state)
        self.conversations = Conversations(self.roster, self._timers, self._state, self.outcomes)
        self._offers = Offers(self.roster, self._timers, self._state)
        self._waiting = Waiting(self.roster, self._timers, self._state, self._withdraw, self._left)
        self._matching = Matching(self._waiting, self.roster, self._offers, self._offered)
        self.consults = Consults(self.roster, self._offers, self._waiting.calls)
        self.parking = Parking(self._timers, self._state, self._left)

    @property
    def queues(self) -> Mapping[str, Queue]:
        """All queues by name."""
        return self._waiting.queues

    @property
    def calls(self) -> Mapping[str, Call]:
        """All waiting calls by linkedid, those being offered included."""
        return self._waiting.calls

    @property
    def violations(self) -> int:
        """Offers to an agent who already had a call: must stay 0."""
        return self._offers.violations

    def take(self) -> Outcome:
        """What has been decided since the last call of this."""
        out, self._out = self._out, Outcome()
        return out

    # Queues

    def define_queue(self, settings: QueueSettings, *, now_ms: int) -> None:
        """Add a queue, or change the settings of one: that holds for the calls already waiting, too."""
        self._waiting.define(settings, now_ms)
        self._matching.settle(Trigger.QUEUE_CHANGED, now_ms)

    def queue(self, name: str) -> Queue:
        """The queue of that name. Raises UnknownQueue."""
        return self._waiting.queue(name)

    def declare_surge(self, queue: str, *, on: bool, cause: str, why: str = "", now_ms: int) -> None:
        """Call the blended agents into the queue whatever its length, or no more. Raises UnknownQueue."""
        self._waiting.declare_surge(queue, on=on, cause=cause, why=why, now_ms=now_ms)
        self._matching.settle(Trigger.QUEUE_CHANGED, now_ms)

    def set_open(self, queue: str, is_open: bool, *, now_ms: int) -> None:
        """The queue's hours of service begin or end. Raises UnknownQueue."""
        self._waiting.set_open(queue, is_open, now_ms)
        self._matching.settle(Trigger.QUEUE_CHANGED, now_ms)

    # Agents

    def define_agent(
        self,
        number: str,
        name: str,
        skills: Mapping[str, int],
        attributes: Mapping[str, str] | None = None,
        *,
        now_ms: int,
    ) -> None:
        """Add an agent, or change one: that holds for the calls already waiting, not for those offered to him."""
        if self.roster.define(number, name, skills, attributes):
            attributes = dict(attributes or {})
            self._state(AgentDefined(at_ms=now_ms, agent=number, name=name, skills=skills, attributes=attributes))
        self._matching.settle(Trigger.AGENT_CHANGED, now_ms)

    def sign_in(self, number: str, phone: str, *, cause: str, now_ms: int, ready: bool = True) -> None:
        """Raises UnknownAgent, AlreadySignedIn, PhoneTaken."""
        self.roster.sign_in(number, phone, ready=ready, cause=cause, now_ms=now_ms)
        self._matching.settle(Trigger.AGENT_READY, now_ms)

    def sign_out(self, number: str, *, cause: str, now_ms: int) -> None:
        """A ringing offer is taken back, a conversation goes on. Raises UnknownAgent, NotSignedIn."""
        agent = self.roster.signed_in(number)
        self.roster.sign_out(agent, cause=cause, now_ms=now_ms)
        self.conversations.end_wrap_up(agent, cause, now_ms)
        self._take_back(agent, now_ms)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def set_ready(self, number: str, *, cause: str, now_ms: int) -> None:
        """Also ends wrap-up early. Raises UnknownAgent, NotSignedIn."""
        agent = self.roster.signed_in(number)
        self.roster.set_status(agent, Status.READY, "", cause=cause, now_ms=now_ms)
        self.conversations.end_wrap_up(agent, cause, now_ms)
        self._matching.settle(Trigger.AGENT_READY, now_ms)

    def set_not_ready(self, number: str, reason: str, *, cause: str, now_ms: int) -> None:
        """A ringing offer is taken back; a conversation and its wrap-up go on. Raises UnknownAgent, NotSignedIn."""
        agent = self.roster.signed_in(number)
        self.roster.set_status(agent, Status.NOT_READY, reason, cause=cause, now_ms=now_ms)
        self._take_back(agent, now_ms)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def end_wrap_up(self, number: str, *, cause: str, now_ms: int) -> None:
        """He is done early, and is then what he chose last. Raises UnknownAgent, NotInWrapUp."""
        self.conversations.end_wrap_up(self.conversations.wrapping_up(number), cause, now_ms)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def extend_wrap_up(self, number: str, by_ms: int | None = None, *, cause: str, now_ms: int) -> None:
        """He needs longer, by as much as his queue gives at a time where nothing is said, and no longer in all than it
        allows. Raises UnknownAgent, NotInWrapUp, WrapUpAtMost."""
        self.conversations.extend_wrap_up(self.conversations.wrapping_up(number), by_ms, cause, now_ms)

    def resume_absence(self, number: str, since_ms: int, *, told: bool) -> None:
        """He has been not ready since then, from before a restart of ours; `told`: longer than allowed, as was told.
        Raises UnknownAgent."""
        self.roster.absences.resume(self.roster.agent(number), since_ms, told=told)

    def define_reasons(self, allowed_ms: Mapping[str, int]) -> None:
        """How long agents may be not ready for each reason; one that is left out has no limit."""
        self.roster.absences.define(allowed_ms, self.roster)

    def phone_changed(self, phone: str, *, reachable: bool, engaged: bool, now_ms: int) -> None:
        """What Asterisk says of a phone: whether it can be rung, whether it is in a call that is not ours."""
        self.roster.phone_changed(phone, reachable=reachable, engaged=engaged, now_ms=now_ms)
        self._matching.settle(Trigger.PHONE_FREE, now_ms)

    # Waiting calls

    def enter(
        self,
        linkedid: str,
        queue: str,
        *,
        now_ms: int,
        priority: int = 0,
        skills: Mapping[str, int] | None = None,
        requires: Requirement = ANY,
        data: Mapping[str, str] | None = None,
        entered_ms: int | None = None,
        queued_ms: int | None = None,
        preferred: str = "",
        named: bool = False,
        on_line: bool = True,
    ) -> None:
        """Put a call into a queue. `entered_ms` where it has waited before, `queued_ms` where it did so in this queue
        (as a rule since `entered_ms`); `preferred` is the agent to be waited for first, `named` if he need not meet
        what is asked; `on_line` is False for a call-back, which has no caller who holds the line.

        Raises UnknownQueue, AlreadyQueued.
        """
        if linkedid in self.calls:
            raise AlreadyQueued(linkedid, self.calls[linkedid].queue)
        settings = self.queue(queue).settings
        self.released(linkedid, now_ms=now_ms)  # and whom he leaves behind serves those who waited before him
        self._sequence += 1
        entered_ms = now_ms if entered_ms is None else entered_ms
        call = Call(
            linkedid=linkedid,
            queue=queue,
            priority=priority,
            skills=dict(skills or {}),
            requires=both(from_levels(skills or {}), requires),
            data=dict(data or {}),
            entered_ms=entered_ms,
            queued_ms=entered_ms if queued_ms is None else queued_ms,
            sequence=self._sequence,
            order=Order(0, 0, 0),
            preferred=preferred,
            named=named,
            step=PREFERRED if preferred else 0,
            on_line=on_line,
        )
        call.order = order_of(call, priority, settings)
        self._waiting.enter(call, now_ms)
        self._matching.settle(Trigger.CALL_ENTERED, now_ms)

    def leave(
        self,
        linkedid: str,
        *,
        now_ms: int,
        reason: DequeueReason = DequeueReason.ABANDONED,
        talk_ends: bool = True,
    ) -> None:
        """The caller is gone, or is taken out of the queue. A conversation of his is over as well; without `talk_ends`
        its end is told otherwise. Unknown: nothing."""
        if talk_ends:
            self.conversations.release(linkedid, now_ms)
        if (call := self.calls.get(linkedid)) is not None:
            self._waiting.put_out(call, reason, now_ms)
        elif (call := self.consults.calls.pop(linkedid, None)) is not None:
            self._withdraw(call, outcome_of_leaving(reason), now_ms)
        self.parking.left(linkedid, reason, now_ms)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def overflow(self, linkedid: str, target: Target, *, cause: OverflowCause, now_ms: int) -> None:
        """The waiting call goes elsewhere without an agent; unknown: nothing."""
        if (call := self.calls.get(linkedid)) is not None:
            self._waiting.overflow(call, target, cause, now_ms)
            self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def pick_up(self, linkedid: str, number: str, *, line: str = "", now_ms: int) -> Offer | None:
        """Ring this agent for a waiting call, whatever he has chosen, in the place of those whose phones ring for it.
        On a `line` that he has opened himself he is connected at once, also with one for whom no phone rings yet.
        Raises NotRinging, UnknownAgent, NotSignedIn, AgentBusy."""
        call = self.calls.get(linkedid)
        if call is None or not (call.offers or line) or not call.on_line:
            raise NotRinging(linkedid)
        agent = self.consults.idle(number, line)
        self._withdraw(call, OfferOutcome.WITHDRAWN, now_ms)
        if (offer := self.consults.pick_up(call, agent, self.queue(call.queue).settings, now_ms, line)) is not None:
            self._offered(offer)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)
        return offer

    def fetch(self, linkedid: str, number: str, *, ring_ms: int, line: str = "", now_ms: int) -> Offer:
        """Ring this agent, whatever he has chosen, for a caller who is parked; on a `line` that he has opened himself
        he is connected at once. Raises NotParked, UnknownAgent, NotSignedIn, AgentBusy."""
        parked = self.parking.by_call.get(linkedid)
        if parked is None or linkedid in self.consults.calls:
            raise NotParked(linkedid)
        offer = self.consults.ask(
            linkedid, number, trigger=Trigger.FETCHED, queue=parked.queue, ring_ms=ring_ms, line=line, now_ms=now_ms
        )
        self._offered(offer)
        return offer

    def offers_of(self, call: Call) -> list[Offer]:
        """The offers of a waiting call: none, one, or several where several phones ring."""
        return self._offers.of(call)

    def is_offered(self, linkedid: str) -> bool:
        """Whether phones ring, or may ring, for the call: it waits in a queue, or for the one agent it is for."""
        return linkedid in self.calls or linkedid in self.consults.calls

    def offer_at(self, linkedid: str, phone: str) -> Offer | None:
        """The offer of that call at that phone, while there is one."""
        call = self._call(linkedid)
        offers = self._offers.of(call) if call is not None else []
        return next((offer for offer in offers if offer.phone == phone), None)

    def answered(self, linkedid: str, *, now_ms: int, phone: str = "") -> None:
        """The offer was answered, at `phone` if that is known. A second time, without an offer, or at the phone of an
        offer that had been taken back by then: nothing."""
        call = self._call(linkedid)
        offers = self._offers.of(call) if call is not None else []
        offer = next((offer for offer in offers if phone in ("", offer.phone)), None)
        if call is None or offer is None:
            return
        agent = self._offers.end(offer, call, OfferOutcome.ANSWERED, now_ms)
        for other in self._offers.of(call):
            self._offers.end(other, call, OfferOutcome.ANSWERED_ELSEWHERE, now_ms)
        if self.consults.calls.pop(linkedid, None) is None:
            self._waiting.dequeue(call, DequeueReason.ANSWERED, now_ms)
        self.parking.fetched(linkedid, agent.number, now_ms)
        self._begin(linkedid, call.queue, agent, now_ms)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def offer_ended(self, offer_id: str, outcome: OfferOutcome, *, now_ms: int) -> None:
        """The phone did not bring an answer: the call is at the head again, the next agent is looked for at once.

        An offer that has ended already is passed over.
        """
        if (offer := self._offers.by_id.get(offer_id)) is not None:
            self._end_offer(offer, outcome, now_ms)
            self._matching.settle(Trigger.AGENT_FREE, now_ms)

    # Conversations

    def released(self, linkedid: str, *, now_ms: int, phone: str = "") -> None:
        """The conversation is over, whoever ended it. Not in conversation, or not the one at `phone`: nothing."""
        talk = self.conversations.by_call.get(linkedid)
        if talk is not None and phone in ("", self.roster.agent(talk.agent).phone):
            self.conversations.release(linkedid, now_ms)
            self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def transferred(self, linkedid: str, consult: str, *, phone: str, now_ms: int) -> bool:
        """The agent at `phone` has joined the caller of `linkedid` with whom he spoke in the call `consult`: that agent
        goes on with the caller, under the wrap-up of the queue that he answered for, or of the caller's.

        False, and nothing done, where no such consult is known: what Asterisk tells of both calls is to be trusted.
        """
        asked, before = self.conversations.by_call.get(consult), self.conversations.by_call.get(linkedid)
        if asked is None:
            return False
        at_phone = self.roster.at_phone(phone)
        sender = before.agent if before else at_phone.number if at_phone else ""
        talk = self._conversation(linkedid, asked.queue or (before.queue if before else ""), asked.agent, now_ms)
        talk.held_since_ms = None if asked.held_since_ms is None else now_ms
        self.conversations.hand_over(asked, talk, sender, now_ms)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)
        return True

    def adopt(
        self, linkedid: str, queue: str, number: str, *, since_ms: int, now_ms: int, consult: bool = False
    ) -> None:
        """A conversation found under way when the daemon came up; an agent who is not idle, and a call that waits
        or talks already, are left alone. For a `consult`, in which a colleague asks him, no queue need be known.

        Raises UnknownQueue, UnknownAgent, NotSignedIn.
        """
        if queue or not consult:
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
        """Do what has fallen due: steps, greatest waits, wrap-ups, absences, phones to be believed again."""
        while keys := self._timers.pop_due(now_ms):
            for kind, key in keys:
                if kind == "wrap_up":
                    self.conversations.end_wrap_up(self.roster.agent(key), "system", now_ms)
                elif kind == absences.TIMER:
                    self.roster.absences.due(self.roster.agent(key), now_ms)
                elif kind == "phone":
                    self.roster.try_phone_again(self.roster.agent(key), now_ms=now_ms)
                elif kind == parking.TIMER and key not in self.consults.calls:
                    self.parking.look(key, now_ms)
                elif key in self.calls:  # what fell due before it may have sent the call elsewhere
                    self._waiting.due(kind, key, now_ms)
        self._matching.settle(Trigger.AGENT_FREE, now_ms)

    def _take_back(self, agent: Agent, now_ms: int) -> None:
        if agent.activity is Activity.RINGING:
            call = self.consults.calls.get(agent.linkedid) or self.calls[agent.linkedid]
            offer = self._offers.by_id[call.offers[agent.number]]
            self._out.withdrawn.append(offer)
            self._end_offer(offer, OfferOutcome.WITHDRAWN, now_ms)

    def _end_offer(self, offer: Offer, outcome: OfferOutcome, now_ms: int) -> None:
        asked = self.consults.calls.pop(offer.linkedid, None)
        self._offers.end(offer, call := asked or self.calls[offer.linkedid], outcome, now_ms)
        if asked is None and not call.offers:
            self._waiting.place(call, Trigger.OFFER_ENDED, now_ms)
        self.parking.look(offer.linkedid, now_ms)

    def _withdraw(self, call: Call, outcome: OfferOutcome, now_ms: int) -> None:
        for offer in self._offers.of(call):
            self._out.withdrawn.append(offer)
            self._offers.end(offer, call, outcome, now_ms)

    def _call(self, linkedid: str) -> Call | None:
        return self.calls.get(linkedid) or self.consults.calls.get(linkedid)

    def _begin(self, linkedid: str, queue: str, agent: Agent, answered_ms: int) -> None:
        self.conversations.begin(self._conversation(linkedid, queue, agent.number, answered_ms))

    def _conversation(self, linkedid: str, queue: str, agent: str, answered_ms: int) -> Conversation:
        after = self.queues[queue].settings.after_call if queue in self.queues else NO_WRAP_UP  # none for a colleague
        return Conversation(linkedid=linkedid, queue=queue, agent=agent, answered_ms=answered_ms, after=after)

    def _offered(self, offer: Offer) -> None:
        self._out.offers.append(offer)

    def _left(self, linkedid: str, target: Target) -> None:
        self._out.left.append((linkedid, target))

    def _state(self, fact: Fact) -> None:
        self._out.facts.append(fact)
