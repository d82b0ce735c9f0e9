"""Random histories of a floor, restarts included: whatever happens, nobody is lost, rung twice or passed over."""

from functools import partial
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_histories

from acd.errors import AgentBusy, NotParked, NotSignedIn, RoutingError
from acd.router import Router
from acd.states import AgentState, DequeueReason, OfferOutcome, Status
from tests.unit.floor_histories import AGENTS, FATES, SPACES, Histories, agents, seldom, somebody
from tests.unit.witness import Standing

pytestmark = pytest.mark.unit

LINES = ("", "PJSIP/1001-00000007")
IDLE = (AgentState.READY, AgentState.NOT_READY)


class WithParking(Histories):
    """The same floor, on which callers are parked, fetched by telephone or desktop, go back, or hang up there."""

    @precondition(somebody(Standing.TALKING))
    @rule(data=st.data(), wish=st.sampled_from(["", *SPACES, "999"]))
    def an_agent_parks_his_caller(self, data: st.DataObject, wish: str) -> None:
        self.parks_from_talk(self.one(data, Standing.TALKING), wish)

    def parks_from_talk(self, linkedid: str, wish: str) -> None:
        talk = self.witness.calls[linkedid]
        self.happens(partial(Router.released, linkedid=linkedid, now_ms=self.now_ms))
        self.parks(linkedid, talk.agent, talk.queue or "anybody", wish)
        assert wish not in SPACES or wish in self.witness.spaces.values()

    def the_floor_works(self, luck: Random) -> None:
        """And parking is part of a day."""
        self.who_is_out_of_his_space_goes_back()
        for linkedid in self.witness.standing(Standing.FETCHED):
            fate = luck.choice(FATES)
            if fate is OfferOutcome.ANSWERED:
                self.happens(partial(Router.answered, linkedid=linkedid, now_ms=self.now_ms))
            elif fate is not None:
                (offer,) = self.router.offers_of(self.router.consults.calls[linkedid])
                self.happens(partial(Router.offer_ended, offer_id=offer.id, outcome=fate, now_ms=self.now_ms))
        for linkedid in self.witness.standing(Standing.PARKED):
            self.fetches(linkedid, luck.choice(sorted(AGENTS)), luck.choice(LINES))
        for linkedid in self.witness.standing(Standing.TALKING)[:2]:
            self.parks_from_talk(linkedid, "")
        super().the_floor_works(luck)

    @precondition(somebody(Standing.PARKED, Standing.FETCHED))
    @rule(data=st.data(), number=agents, line=st.sampled_from(LINES))
    def an_agent_fetches(self, data: st.DataObject, number: str, line: str) -> None:
        self.fetches(self.one(data, Standing.PARKED, Standing.FETCHED), number, line)

    def fetches(self, linkedid: str, number: str, line: str) -> None:
        call, agent = self.witness.calls[linkedid], self.witness.agents[number]
        refused: type[RoutingError] | None = None
        if call.standing is Standing.FETCHED:
            refused = NotParked
        elif agent.status is Status.SIGNED_OUT:
            refused = NotSignedIn
        elif agent.state not in IDLE or (not line and self.phones[agent.phone][1]):
            if line and agent.state is AgentState.UNREACHABLE:
                return  # no telephone dials that is not there
            refused = AgentBusy
        call.on_line = bool(line)
        fetch = partial(Router.fetch, linkedid=linkedid, number=number, ring_ms=30_000, line=line, now_ms=self.now_ms)
        self.happens(fetch, refused)
        assert refused or self.router.consults.calls[linkedid].offers.keys() == {number}

    @precondition(somebody(Standing.PARKED, Standing.FETCHED))
    @rule(data=st.data(), luck=seldom)
    def he_hangs_up_at_his_space(self, data: st.DataObject, luck: bool) -> None:
        linkedid = self.one(data, Standing.PARKED, Standing.FETCHED)
        reason = DequeueReason.WITHDRAWN if luck else DequeueReason.ABANDONED
        self.happens(partial(Router.leave, linkedid=linkedid, reason=reason, now_ms=self.now_ms))
        assert self.router.parking.by_call.get(linkedid) is None


def test_whatever_happens_on_a_floor_no_caller_is_lost_and_no_agent_is_rung_twice() -> None:
    run_histories(WithParking, settings=settings(max_examples=120, stateful_step_count=60, deadline=None))
