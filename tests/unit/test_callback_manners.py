"""The desk of call-backs beside other calls, faults and absences: nobody is dialled twice, and nothing is forgotten."""

import asyncio

import pytest

from acd.callback_rules import MINUTE_MS, CallbackRules
from acd.errors import UnknownQueue
from acd.facts import (
    CallbackDialled,
    CallbackEnded,
    CallOffered,
    CallQueued,
    OfferEnded,
)
from acd.states import AgentState, CallbackOutcome, CallbackState, DequeueReason, OfferOutcome
from tests.unit.calling_floor import NUMBER, calling, rung, settle
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

READY = (AgentState.READY, "")
REFUSED = (AgentState.NOT_READY, "refused_call")


@in_virtual_time
async def test_of_two_to_one_number_offered_in_one_moment_only_one_rings() -> None:
    async with calling("1001", "1002") as floor:
        with floor.distributor.command() as (router, now_ms):
            for agent in ("1001", "1002"):
                router.set_not_ready(agent, "meal", cause="api", now_ms=now_ms)
        first, second = await floor.ask(), await floor.ask(queue="support")
        with floor.distributor.command() as (router, now_ms):
            for agent in ("1001", "1002"):
                router.set_ready(agent, cause="api", now_ms=now_ms)
        await settle()
        assert len(floor.stated(CallOffered)) == 2
        assert len(floor.ami.named("Originate")) == 1
        assert [one.state for one in (first, second)] == [CallbackState.RINGING, CallbackState.REQUESTED]
        assert floor.state("1002") == READY


@in_virtual_time
async def test_who_rings_himself_is_not_dialled_meanwhile_and_once_served_not_at_all() -> None:
    async with calling() as floor:
        asked = await floor.ask()
        await floor.caller("call")
        assert asked.state is CallbackState.REQUESTED
        await floor.caller_left("call")
        assert floor.desk.find(asked.id).state is CallbackState.WAITING
        await floor.caller("again")
        floor.distributor.state(
            OfferEnded(
                at_ms=floor.now_ms,
                linkedid="again",
                offer="",
                queue="sales",
                agent="1001",
                outcome=OfferOutcome.ANSWERED,
                ring_ms=0,
            )
        )
        await settle()
        assert [fact.outcome for fact in floor.stated(CallbackEnded)] == [CallbackOutcome.SUPERSEDED]


@in_virtual_time
async def test_a_callers_request_is_dialled_when_he_has_hung_up() -> None:
    async with calling("1001") as floor:
        await floor.caller("call")
        taken = floor.desk.request(
            "call", NUMBER, "sales", entered_ms=floor.now_ms - 60_000, priority=2, skills={}, requires="any",
            data={"account": "4711"}, language="en",
        )  # fmt: skip
        await settle()
        assert (taken, floor.ami.named("Originate")) == (True, [])
        again = floor.desk.request(
            "call", NUMBER, "sales", entered_ms=floor.now_ms, priority=0, skills={}, requires="any", data={},
            language="en",
        )  # fmt: skip
        await floor.caller_left("call")
        (queued,) = floor.stated(CallQueued)
        assert (again, queued.priority, queued.data) == (True, 2, {"account": "4711"})
        assert queued.entered_ms == floor.now_ms - 60_000


@in_virtual_time
async def test_a_caller_who_cannot_be_called_back_is_told_so_and_waits_on() -> None:
    async with calling() as floor:
        asked = floor.desk.request(
            "call", "anonymous", "sales", entered_ms=0, priority=0, skills={}, requires="any", data={}, language="en"
        )
        assert (asked, floor.desk.all()) == (False, [])


@in_virtual_time
async def test_a_queue_that_is_not_there_is_named() -> None:
    async with calling() as floor:
        with pytest.raises(UnknownQueue):
            floor.desk.add(NUMBER, "nowhere")


@in_virtual_time
async def test_a_fault_in_one_call_back_is_its_own_and_it_comes_again() -> None:
    async with calling() as floor:
        await floor.link(up=False)
        broken, whole = await floor.ask(), await floor.ask("13900000002")
        broken.requires = "sales >"
        await floor.link()
        assert [one.state for one in floor.desk.all()] == [CallbackState.DUE, CallbackState.WAITING]
        broken.requires = ""
        await asyncio.sleep(60)
        await settle()
        assert [one.state for one in (broken, whole)] == [CallbackState.WAITING, CallbackState.WAITING]


@in_virtual_time
async def test_phones_that_ring_for_a_daemon_before_us_stop() -> None:
    async with calling() as floor:
        await floor.link(up=False)
        floor.channels["node1-callback-1-1.1"] = "node1-callback-1-1.1"
        floor.channels["node1-1.1"] = "node1-1.1"
        await floor.link()
        assert floor.ami.named("Hangup") == [{"Channel": "node1-callback-1-1.1", "Cause": "16"}]


@pytest.mark.parametrize(("answered", "outcome"), [(True, CallbackOutcome.REACHED), (False, CallbackOutcome.NO_ANSWER)])
@pytest.mark.parametrize("lives", [True, False])
def test_what_became_of_a_customer_rung_by_a_daemon_before_us_the_ledger_says(
    answered: bool, outcome: CallbackOutcome, lives: bool
) -> None:
    @in_virtual_time
    async def story() -> None:
        async with calling() as floor:
            asked = await floor.ask()
            await floor.link(up=False)
            asked.state, asked.attempts, asked.stay = CallbackState.DIALLING, 1, 2
            if answered:
                floor.answered.add(asked.linkedid)
            if lives:
                floor.channels[asked.linkedid] = asked.linkedid
            await floor.link()
            if lives:
                assert asked.state is CallbackState.DIALLING  # whoever rings, rings on
                assert floor.ami.named("Hangup") == []
                floor.hangs_up(asked.linkedid)
                await settle()
            assert asked.last is outcome

    story()


@in_virtual_time
async def test_an_agent_found_talking_after_an_absence_has_reached_the_customer() -> None:
    async with calling("1001") as floor:
        asked = await floor.ask("13900000002")
        linkedid = asked.linkedid
        floor.hangs_up(linkedid)
        asked.state, asked.attempts = CallbackState.DIALLING, 1
        with floor.distributor.command() as (router, now_ms):
            router.leave(linkedid, reason=DequeueReason.WITHDRAWN, now_ms=now_ms)
            router.adopt(linkedid, "sales", "1001", since_ms=now_ms, now_ms=now_ms)
        await settle()
        assert floor.desk.find(asked.id).state is CallbackState.TALKING


@in_virtual_time
async def test_the_queues_rules_say_when_it_is_tried_again() -> None:
    rules = CallbackRules(attempts=2, retry_ms={CallbackOutcome.BUSY: MINUTE_MS}, ring_ms=12_000)
    async with calling("1001", rules=rules) as floor:
        asked, line = await rung(floor)
        assert ",12," in line.dialled[0]
        line.ends("BUSY", 17)
        await asyncio.sleep(60)
        await settle()
        line = await floor.picks_up(asked.linkedid)
        line.ends("BUSY", 17)
        await settle()
        assert (asked.outcome, len(floor.stated(CallbackDialled))) == (CallbackOutcome.BUSY, 2)
