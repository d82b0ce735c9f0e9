"""Random histories of a floor, restarts included, as a state machine; tests/unit/test_router_histories.py runs it."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from enum import Enum
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from acd.errors import AgentBusy, AlreadyQueued, AlreadySignedIn, NotSignedIn, PhoneTaken, RoutingError
from acd.facts import CallQueued, Fact, from_json, to_json
from acd.offers import Offer
from acd.router import Router
from acd.states import AgentState, DequeueReason, OfferOutcome, Status
from tests.unit.floor import ANYBODY, SALES, SUPPORT
from tests.unit.router_verbs import ask, hold, park, retrieve
from tests.unit.witness import SeenAgent, Standing, Witness

QUEUES = {queue.name: queue for queue in (SALES, SUPPORT, ANYBODY)}
AGENTS = {
    "1001": {"sales": 3},
    "1002": {"sales": 5, "support": 2},
    "1003": {"support": 5},
    "1004": {"sales": 1, "support": 1},
}

PHONES = [*AGENTS, "2001"]
SPACES = ("701", "702")
BACK_MS = 20_000
FATES = [*[OfferOutcome.ANSWERED] * 5, OfferOutcome.MISSED, OfferOutcome.REFUSED, OfferOutcome.UNREACHABLE, None]


class Wish(Enum):
    """What an agent may want."""

    WORK = "work"
    BREAK = "break"
    HOME = "home"
    ANOTHER_PHONE = "another phone"


agents = st.sampled_from(sorted(AGENTS))
wishes = st.sampled_from([Wish.WORK, Wish.WORK, *Wish])
phones = st.sampled_from(PHONES)
mostly = st.sampled_from([True, True, True, False])
seldom = st.sampled_from([False, False, False, True])
queues = st.sampled_from(sorted(QUEUES))
needs = st.sampled_from([{}, {"sales": 2}, {"support": 3}, {"sales": 4, "support": 1}])
failures = st.sampled_from([OfferOutcome.MISSED, OfferOutcome.REFUSED, OfferOutcome.UNREACHABLE])
luck = st.randoms(use_true_random=True)
leavings = st.sampled_from([DequeueReason.ABANDONED, DequeueReason.OVERFLOWED, DequeueReason.WITHDRAWN])
spans = st.sampled_from([1, 700, 15_000, 30_000, 61_000])

Verb = Callable[[Router], object]


def somebody(*where: Standing) -> Callable[["Histories"], bool]:
    """Whether there is a caller to whom the rule can happen."""
    return lambda floor: bool(floor.witness.standing(*where))


class Histories(RuleBasedStateMachine):
    """Agents at their phones, callers, time and restarts. Every verb of the router goes through `happens`."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 1_000_000
        self.phones: dict[str, tuple[bool, bool]] = {}
        self.came: dict[str, CallQueued] = {}
        self.asked = 0
        self.begin()

    def begin(self) -> None:
        """A router that knows the centre's queues and agents, and nothing of what was before."""
        self.router, self.witness = Router(), Witness({name: queue.skills for name, queue in QUEUES.items()}, SPACES)
        self.history: list[Verb] = []
        self.facts: list[Fact] = []
        self.offers: list[Offer] = []
        self.happens(lambda router: router.parking.define(SPACES))
        for queue in QUEUES.values():
            self.happens(partial(Router.define_queue, settings=queue, now_ms=self.now_ms))
        for number, skills in AGENTS.items():
            self.witness.agents[number] = SeenAgent(skills)
            self.happens(lambda router, n=number, s=skills: router.roster.define(n, f"agent {n}", s))  # type: ignore[misc]

    def happens(self, verb: Verb, refused: type[RoutingError] | None = None) -> None:
        self.history.append(verb)
        self.objected = True
        with pytest.raises(refused) if refused else nullcontext():
            verb(self.router)
        out = self.router.take()
        assert not (refused and out.facts)
        for fact in out.facts:
            self.witness.see(fact)
            if isinstance(fact, CallQueued):
                self.came[fact.linkedid] = fact
        self.facts += out.facts
        self.offers += out.offers
        self.objected = False

    def told_again(self) -> tuple[list[Fact], list[Offer]]:
        """The same history on another router."""
        router, facts, offers = Router(), list[Fact](), list[Offer]()
        for verb in self.history:
            with suppress(RoutingError):
                verb(router)
            out = router.take()
            facts += out.facts
            offers += out.offers
        return facts, offers

    # Agents and phones

    @initialize(at_work=st.sets(agents, min_size=1))
    def the_day_begins(self, at_work: set[str]) -> None:
        for phone in PHONES:
            self.phone_is(phone, reachable=True, engaged=False)
        for number in sorted(at_work):
            self.signs_in(number, number, ready=True)

    @rule(phone=phones, reachable=mostly, engaged=seldom)
    def phone_is(self, phone: str, reachable: bool, engaged: bool) -> None:
        self.phones[phone] = reachable, engaged
        self.witness.phone_changed(phone, engaged=engaged, now_ms=self.now_ms)
        self.happens(
            partial(Router.phone_changed, phone=phone, reachable=reachable, engaged=engaged, now_ms=self.now_ms)
        )

    @rule(number=agents, phone=phones, wish=wishes)
    def an_agent_wants(self, number: str, phone: str, wish: Wish) -> None:
        there = self.witness.agents[number].status is not Status.SIGNED_OUT
        match wish:
            case Wish.WORK if not there:
                self.signs_in(number, number, ready=True)
            case Wish.WORK:
                self.chooses(number, Router.set_ready)
            case Wish.BREAK:
                self.chooses(number, partial(Router.set_not_ready, reason="break"))
            case Wish.HOME:
                self.chooses(number, Router.sign_out)
            case Wish.ANOTHER_PHONE:
                self.signs_in(number, phone, ready=False)

    def chooses(self, number: str, command: Callable[..., None]) -> None:
        there = self.witness.agents[number].status is not Status.SIGNED_OUT
        self.happens(partial(command, number=number, cause="api", now_ms=self.now_ms), None if there else NotSignedIn)

    def signs_in(self, number: str, phone: str, ready: bool) -> None:
        refused: type[RoutingError] | None = None
        if self.witness.agents[number].status is not Status.SIGNED_OUT:
            refused = AlreadySignedIn
        elif any(other.phone == phone for n, other in self.witness.agents.items() if n != number):
            refused = PhoneTaken
        self.happens(
            partial(Router.sign_in, number=number, phone=phone, ready=ready, cause="api", now_ms=self.now_ms), refused
        )

    # Callers

    @rule(
        several=st.integers(1, 4),
        queue=queues,
        priority=st.integers(0, 2),
        skills=needs,
        before_ms=st.sampled_from([0, 0, 5_000]),
    )
    def callers_come(self, several: int, queue: str, priority: int, skills: dict[str, int], before_ms: int) -> None:
        for _ in range(several):
            self.enters(f"call-{len(self.came)}", queue, priority, skills, self.now_ms - before_ms)

    @precondition(somebody(Standing.TALKING))
    @rule(data=st.data(), queue=queues, priority=st.integers(0, 2))
    def a_caller_goes_on_to_another_queue(self, data: st.DataObject, queue: str, priority: int) -> None:
        self.enters(self.one(data, Standing.TALKING), queue, priority, {}, self.now_ms)

    @precondition(somebody(*Standing))
    @rule(data=st.data(), reason=leavings)
    def a_caller_leaves(self, data: st.DataObject, reason: DequeueReason) -> None:
        self.happens(partial(Router.leave, linkedid=self.one(data, *Standing), reason=reason, now_ms=self.now_ms))

    @precondition(lambda self: self.offers)
    @rule(data=st.data(), failure=failures)
    def what_was_told_is_told_again_and_what_cannot_be_is_told(
        self, data: st.DataObject, failure: OfferOutcome
    ) -> None:
        """The event stream and the caller's session tell the same thing twice, and late."""
        old = [offer.id for offer in self.offers if offer.id not in {call.offer for call in self.router.calls.values()}]
        for offer in old[-3:]:
            self.happens(partial(Router.offer_ended, offer_id=offer, outcome=failure, now_ms=self.now_ms))
        for linkedid in self.witness.standing(Standing.WAITING, Standing.GONE)[:3]:
            for verb in (Router.answered, hold, retrieve, Router.released):
                self.happens(partial(verb, linkedid=linkedid, now_ms=self.now_ms))
        for linkedid in self.witness.standing(Standing.WAITING, Standing.OFFERED)[:3]:
            self.happens(partial(Router.enter, linkedid=linkedid, queue="sales", now_ms=self.now_ms), AlreadyQueued)

    def enters(self, linkedid: str, queue: str, priority: int, skills: dict[str, int], entered_ms: int) -> None:
        self.happens(
            partial(
                Router.enter,
                linkedid=linkedid,
                queue=queue,
                priority=priority,
                skills=skills,
                entered_ms=entered_ms,
                now_ms=self.now_ms,
            )
        )
        came = self.came[linkedid]
        assert (came.queue, came.priority, came.skills, came.entered_ms) == (queue, priority, skills, entered_ms)

    def parks(self, linkedid: str, agent: str, queue: str, wish: str, since_ms: int | None = None) -> None:
        """His session does; also for a daemon before us, since `since_ms`."""
        given: dict[str, Any] = {"agent": agent, "queue": queue, "wish": wish, "since_ms": since_ms}
        given["until_ms"] = (self.now_ms if since_ms is None else since_ms) + BACK_MS
        self.happens(partial(park, linkedid=linkedid, now_ms=self.now_ms, **given))

    def one(self, data: st.DataObject, *where: Standing) -> str:
        return data.draw(st.sampled_from(self.witness.standing(*where)))

    # Colleagues

    @rule(number=agents)
    def an_agent_is_asked_by_a_colleague(self, number: str) -> None:
        agent = self.witness.agents[number]
        refused: type[RoutingError] | None = None
        if agent.status is Status.SIGNED_OUT:
            refused = NotSignedIn
        elif agent.state not in (AgentState.READY, AgentState.NOT_READY) or self.phones[agent.phone][1]:
            refused = AgentBusy
        self.asked += 1
        linkedid = f"asked-{self.asked}"
        if refused is None:
            self.witness.asks(linkedid)
        self.happens(partial(ask, linkedid=linkedid, number=number, now_ms=self.now_ms), refused)

    @precondition(lambda self: len(self.witness.standing(Standing.TALKING)) > 1)
    @rule(data=st.data())
    def an_agent_joins_his_caller_with_whom_he_asked(self, data: st.DataObject) -> None:
        call, consult = data.draw(st.permutations(self.witness.standing(Standing.TALKING)))[:2]
        phone = self.witness.agents[self.witness.calls[call].agent].phone
        self.happens(partial(Router.transferred, linkedid=call, consult=consult, phone=phone, now_ms=self.now_ms))
        for ended in (call, consult):  # the ends of his two legs are told after it
            self.happens(partial(Router.released, linkedid=ended, phone=phone, now_ms=self.now_ms))
        assert self.witness.calls[call].standing is Standing.TALKING

    # Time and restarts

    @rule(luck=luck, ms=spans)
    def time_passes_and_the_alarm_rings_in_time(self, luck: Random, ms: int) -> None:
        self.the_floor_works(luck)
        self.wait(ms)

    @rule(luck=luck, ms=spans)
    def time_passes_and_the_alarm_rings_late_or_for_nothing(self, luck: Random, ms: int) -> None:
        self.the_floor_works(luck)
        self.now_ms += ms
        self.happens(partial(Router.tick, now_ms=self.now_ms))
        self.who_is_out_of_his_space_goes_back()

    def the_floor_works(self, luck: Random) -> None:
        """What most of a day is made of; the other rules disturb it."""
        for phone in luck.sample(PHONES, 2):
            self.phone_is(phone, reachable=True, engaged=False)
        for number in luck.sample(sorted(AGENTS), 2):
            self.an_agent_wants(number, number, Wish.WORK)
        for linkedid in self.witness.standing(Standing.OFFERED):
            fate, offer = luck.choice(FATES), self.router.calls[linkedid].offer
            if fate is OfferOutcome.ANSWERED:
                self.happens(partial(Router.answered, linkedid=linkedid, now_ms=self.now_ms))
            elif fate is not None:
                self.happens(partial(Router.offer_ended, offer_id=offer, outcome=fate, now_ms=self.now_ms))
        for linkedid in self.witness.standing(Standing.ASKED):
            if luck.choice([True, True, False]):
                self.happens(partial(Router.answered, linkedid=linkedid, now_ms=self.now_ms))
        for linkedid in self.witness.standing(Standing.TALKING):
            verbs: list[Callable[..., None]] = [Router.released, Router.released, hold, retrieve]
            verb = luck.choice(verbs)
            self.happens(partial(verb, linkedid=linkedid, now_ms=self.now_ms))

    def who_is_out_of_his_space_goes_back(self) -> None:
        """The session of a caller for whom nobody came in time puts him into the queue he came from."""
        while self.witness.returned:
            one = self.witness.returned.pop()
            if self.witness.calls[one.linkedid].standing is Standing.GONE:
                self.enters(one.linkedid, one.queue, 0, {}, self.now_ms)

    def wait(self, ms: int) -> None:
        until_ms = self.now_ms + ms
        while (due_ms := self.router.next_due_ms) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.happens(partial(Router.tick, now_ms=self.now_ms))
            self.who_is_out_of_his_space_goes_back()
        self.now_ms = until_ms
        fetched = self.witness.standing(Standing.FETCHED)
        assert all(one.until_ms > self.now_ms for one in self.witness.parked if one.linkedid not in fetched)

    @precondition(somebody(Standing.TALKING, Standing.PARKED))
    @rule(data=st.data())
    def we_are_killed_and_come_back(self, data: st.DataObject) -> None:
        """What is still known then: the phones, who was signed in and how, who talks, is parked, waits, since when."""
        self.who_is_out_of_his_space_goes_back()
        before = self.witness
        waiting = [self.came[linkedid] for linkedid in before.standing(Standing.WAITING, Standing.OFFERED)]
        self.begin()
        for phone, (reachable, engaged) in self.phones.items():
            self.phone_is(phone, reachable=reachable, engaged=engaged)
        for number, agent in before.agents.items():
            if agent.status is not Status.SIGNED_OUT:
                self.signs_in(number, agent.phone, ready=agent.status is Status.READY)
                if agent.status is Status.NOT_READY:
                    self.chooses(number, partial(Router.set_not_ready, reason=agent.reason))
        for linkedid in before.standing(Standing.TALKING):
            talk = before.calls[linkedid]
            if before.agents[talk.agent].status is not Status.SIGNED_OUT:
                self.witness.adopted(linkedid, talk.queue, talk.agent, talk.since_ms)
                known = {"linkedid": linkedid, "queue": talk.queue, "number": talk.agent, "since_ms": talk.since_ms}
                consult = not talk.queue
                self.happens(partial(Router.adopt, **known, consult=consult, now_ms=self.now_ms))  # type: ignore[arg-type]
        for parked in data.draw(st.permutations(before.parked)):
            self.parks(parked.linkedid, parked.agent, parked.queue, parked.space, since_ms=parked.until_ms - BACK_MS)
            assert self.witness.calls[parked.linkedid].space == parked.space
        for call in data.draw(st.permutations(waiting)):
            self.enters(call.linkedid, call.queue, call.priority, dict(call.skills), call.entered_ms)
        assert self.witness.standing(Standing.WAITING, Standing.OFFERED) == [call.linkedid for call in waiting]

    # What always holds

    @invariant()
    def the_router_is_what_its_facts_tell(self) -> None:
        seen = self.witness
        assert sorted(self.router.calls) == seen.standing(Standing.WAITING, Standing.OFFERED)
        assert sorted(id for id, call in self.router.calls.items() if call.offer) == seen.standing(Standing.OFFERED)
        assert sorted(self.router.conversations.by_call) == seen.standing(Standing.TALKING)
        assert {one.linkedid: one.space for one in self.router.parking.by_call.values()} == seen.spaces
        assert set(self.router.roster.pools.free) == seen.free
        for agent in self.router.roster:
            told = seen.agents[agent.number]
            assert (agent.state, agent.status, agent.phone, agent.reason) == (
                told.state,
                told.status,
                told.phone,
                told.reason,
            )

    @invariant()
    def nobody_is_rung_for_two_callers_and_nobody_rings_for_none(self) -> None:
        calls = self.witness.calls.values()
        rung = (Standing.OFFERED, Standing.ASKED, Standing.FETCHED)
        offers = Counter(call.agent for call in calls if call.standing in rung)
        ringing = Counter(n for n, agent in self.witness.agents.items() if agent.state is AgentState.RINGING)
        assert offers == ringing
        offered = (call.agent for call in calls if call.standing is Standing.OFFERED)
        assert all(self.witness.agents[number].status is Status.READY for number in offered)
        assert self.router.violations == 0

    @invariant()
    def nobody_waits_who_could_be_served(self) -> None:
        self.witness.look_around()

    @invariant()
    def every_queue_balances(self) -> None:
        assert all(queue.balanced for queue in self.router.queues.values())

    def teardown(self) -> None:
        """The same history gives the same facts, each survives the journal, and at the end nobody is stuck."""
        if self.objected:
            return
        assert self.told_again() == (self.facts, self.offers)
        for fact in self.facts:
            line = json.dumps(to_json(fact))
            assert json.dumps(to_json(from_json(json.loads(line)))) == line
        self.witness.returned.clear()  # they leave, as everybody does
        for linkedid in self.witness.standing(*Standing):
            self.happens(partial(Router.leave, linkedid=linkedid, now_ms=self.now_ms))
        self.wait(61_000)
        assert self.witness.standing(*Standing) == self.witness.standing(Standing.GONE)
        assert not self.router.parking.by_call
        for agent in self.witness.agents.values():
            there = self.phones.get(agent.phone, (False, False))[0]
            assert agent.state in (AgentState(agent.status) if there else AgentState.UNREACHABLE, AgentState.SIGNED_OUT)
