"""The desk of call-backs: agents are rung, customers dialled, and what goes wrong on the way costs neither of them."""

import asyncio

import pytest

from acd.facts import (
    CallbackAttempted,
    CallDequeued,
    CallOffered,
    CallQueued,
    OfferEnded,
    WrapUpEnded,
)
from acd.states import AgentState, CallbackOutcome, CallbackState, DequeueReason, OfferOutcome
from cti.ami.errors import AmiRefused
from ivr.agi.errors import AgiConnectionLost, AgiHungUp
from tests.unit.calling_floor import NUMBER, AgentsLine, calling, event, rung, settle
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

READY = (AgentState.READY, "")
REFUSED = (AgentState.NOT_READY, "refused_call")


@in_virtual_time
async def test_an_agents_phone_is_rung_under_the_id_by_which_the_call_back_stands_in_its_queue() -> None:
    async with calling("1001") as floor:
        asked = await floor.ask()
        (queued,) = floor.stated(CallQueued)
        assert queued.linkedid == asked.linkedid
        assert floor.ami.named("Originate") == [
            {
                "Channel": "PJSIP/1001",
                "ChannelId": asked.linkedid,
                "Context": "callback",
                "Exten": "s",
                "Priority": "1",
                "Timeout": "20000",
                "CallerID": f'"Call-back" <{NUMBER}>',
                "Async": "true",
                "CALLCENTER_QUEUE": "sales",
            }
        ]
        assert asked.state is CallbackState.RINGING


@in_virtual_time
async def test_he_hears_who_it_is_then_the_customer_is_rung_and_once_he_answers_they_talk() -> None:
    async with calling("1001") as floor:
        asked, line = await rung(floor)
        assert line.said == [
            "Call-back for Sales.",
            "The number is",
            *("one three", "nine,", "zero zero", "zero zero,", "zero zero", "zero one"),
            "asked for a moment ago.",
            "Press star to refuse it, any other key to dial now.",
        ]
        assert line.dialled == [f"PJSIP/{NUMBER}@carrier,30,gf(4000)b(callback-customer^s^1)"]
        assert floor.state("1001")[0] is AgentState.RINGING
        await floor.customer_answers(asked.linkedid)
        assert (floor.state("1001")[0], asked.state) == (AgentState.TALKING, CallbackState.TALKING)
        await asyncio.sleep(60)
        line.ends("ANSWER")
        await settle()
        assert (line.hung_up, asked.outcome) == (True, CallbackOutcome.REACHED)
        assert floor.state("1001")[0] is AgentState.WRAP_UP
        (left,) = floor.stated(CallDequeued)
        assert left.reason is DequeueReason.ANSWERED


@in_virtual_time
async def test_a_key_dials_at_once() -> None:
    async with calling("1001") as floor:
        asked = await floor.ask()
        line = AgentsLine(asked.linkedid)
        line.keys = "5"
        await floor.picks_up(asked.linkedid, line)
        assert (len(line.said), len(line.dialled)) == (1, 1)


@in_virtual_time
async def test_he_refuses_by_star_or_by_hanging_up_and_the_next_is_rung_once_his_channel_is_gone() -> None:
    async with calling("1001", "1002", "1003") as floor:
        asked = await floor.ask()
        linkedid = asked.linkedid
        line = AgentsLine(linkedid)
        line.keys = "*"
        await floor.picks_up(linkedid, line)
        assert (line.hung_up, line.dialled, floor.state("1001")) == (True, [], REFUSED)
        line = AgentsLine(linkedid)
        line.breaks(AgiHungUp())
        await floor.picks_up(linkedid, line)
        assert floor.state("1002") == REFUSED
        assert [action["Channel"] for action in floor.ami.named("Originate")] == [
            "PJSIP/1001",
            "PJSIP/1002",
            "PJSIP/1003",
        ]
        assert (asked.linkedid, asked.attempts) == (linkedid, 0)


@in_virtual_time
async def test_the_next_phone_is_not_rung_before_the_channel_of_the_one_before_has_ended() -> None:
    async with calling("1001", "1002") as floor:
        asked = await floor.ask()
        await floor.rings(asked.linkedid)
        floor.desk.hear(event("OriginateResponse", Response="Failure", Reason="3", Uniqueid=asked.linkedid))
        await asyncio.sleep(1)
        assert len(floor.ami.named("Originate")) == 1
        floor.hangs_up(asked.linkedid, 19)
        await settle()
        assert len(floor.ami.named("Originate")) == 2
        assert floor.state("1001") == (AgentState.NOT_READY, "missed_call")


@pytest.mark.parametrize(
    ("cause", "reason", "outcome"),
    [
        (17, "0", OfferOutcome.REFUSED),
        (21, "0", OfferOutcome.REFUSED),
        (19, "3", OfferOutcome.MISSED),
        (20, "0", OfferOutcome.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("response_first", [True, False])
def test_why_he_does_not_pick_up_is_told_by_two_events_in_either_order(
    cause: int, reason: str, outcome: OfferOutcome, response_first: bool
) -> None:
    @in_virtual_time
    async def story() -> None:
        async with calling("1001") as floor:
            asked = await floor.ask()
            linkedid = asked.linkedid
            await floor.rings(linkedid)
            response = event("OriginateResponse", Response="Failure", Reason=reason, Uniqueid=linkedid)
            if response_first:
                floor.desk.hear(response)
                floor.hangs_up(linkedid, cause)
            else:
                floor.hangs_up(linkedid, cause)
                floor.desk.hear(response)
            await settle()
            assert [fact.outcome for fact in floor.stated(OfferEnded)] == [outcome]

    story()


@in_virtual_time
async def test_a_phone_that_has_no_channel_at_all_is_unreachable_and_its_agent_not_to_blame() -> None:
    async with calling("1001") as floor:
        asked = await floor.ask()
        floor.desk.hear(event("OriginateResponse", Response="Failure", Reason="0", Uniqueid=asked.linkedid))
        await settle()
        assert floor.state("1001")[0] is AgentState.UNREACHABLE


@in_virtual_time
async def test_an_originate_that_asterisk_refuses_is_an_unreachable_phone() -> None:
    async with calling("1001") as floor:
        floor.ami.refuses = AmiRefused("Originate", "Permission denied")
        await floor.ask()
        assert floor.state("1001")[0] is AgentState.UNREACHABLE


@in_virtual_time
async def test_a_link_that_was_lost_a_moment_ago_is_not_asked_again_before_others_had_their_turn() -> None:
    async with calling("1001") as floor:
        floor.ami.up = False
        asked = await floor.ask()
        await asyncio.sleep(10)
        assert 0 < floor.ami.unsent <= 11
        await floor.link(up=False)
        await asyncio.sleep(1)
        assert (asked.state, floor.state("1001")) == (CallbackState.REQUESTED, READY)
        await floor.link()
        await floor.rings(asked.linkedid)
        assert floor.state("1001")[0] is AgentState.RINGING


@in_virtual_time
async def test_a_phone_of_which_nothing_is_told_is_given_up_and_hung_up() -> None:
    async with calling("1001") as floor:
        asked = await floor.ask()
        await asyncio.sleep(34)
        assert floor.state("1001")[0] is AgentState.RINGING
        await asyncio.sleep(2)
        assert floor.ami.named("Hangup") == [{"Channel": asked.linkedid, "Cause": "16"}]
        assert floor.state("1001")[0] is AgentState.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "cause", "outcome", "said"),
    [
        ("BUSY", 17, CallbackOutcome.BUSY, "The line is busy."),
        ("NOANSWER", 0, CallbackOutcome.NO_ANSWER, "There is no answer."),
        ("CHANUNAVAIL", 21, CallbackOutcome.REFUSED, "The call was declined."),
        ("CHANUNAVAIL", 20, CallbackOutcome.UNREACHABLE, "The number cannot be reached."),
        ("CONGESTION", 34, CallbackOutcome.UNREACHABLE, "The number cannot be reached."),
    ],
)
def test_a_customer_who_is_not_reached_frees_the_agent_without_wrap_up(
    status: str, cause: int, outcome: CallbackOutcome, said: str
) -> None:
    @in_virtual_time
    async def story() -> None:
        async with calling("1001", "1002") as floor:
            await asyncio.sleep(5)
            _, line = await rung(floor)
            line.ends(status, cause)
            await settle()
            assert (line.said[-1], line.hung_up, floor.state("1001")) == (said, True, READY)
            (attempt,), (left,) = floor.stated(CallbackAttempted), floor.stated(CallDequeued)
            assert (attempt.outcome, left.reason) == (outcome, DequeueReason.WITHDRAWN)
            assert floor.stated(WrapUpEnded) == []
            await floor.ask("13900000002")
            assert [fact.agent for fact in floor.stated(CallOffered)] == ["1001", "1001"]  # his place is kept

    story()


@in_virtual_time
async def test_it_is_tried_again_at_its_time_at_the_place_it_had() -> None:
    async with calling("1001") as floor:
        asked, line = await rung(floor)
        line.ends("BUSY", 17)
        await settle()
        await asyncio.sleep(5 * 60 - 1)
        assert len(floor.ami.named("Originate")) == 1
        await asyncio.sleep(1)
        await settle()
        first, second = floor.stated(CallQueued)
        assert (first.entered_ms, first.linkedid != second.linkedid) == (second.entered_ms, True)
        assert asked.state is CallbackState.RINGING


@in_virtual_time
async def test_an_agent_who_hangs_up_while_the_customers_phone_rings_has_given_up() -> None:
    async with calling("1001") as floor:
        asked, line = await rung(floor)
        line.breaks(AgiHungUp())
        await settle()
        assert (asked.last, asked.attempts, floor.state("1001")) == (CallbackOutcome.GIVEN_UP, 1, READY)


@in_virtual_time
async def test_an_agent_who_hangs_up_in_the_conversation_has_reached_the_customer() -> None:
    async with calling("1001") as floor:
        asked, line = await rung(floor)
        await floor.customer_answers(asked.linkedid)
        line.breaks(AgiHungUp())
        await settle()
        assert asked.outcome is CallbackOutcome.REACHED
        assert floor.state("1001")[0] is AgentState.WRAP_UP


@pytest.mark.parametrize("answered", [True, False])
def test_without_a_link_the_ledger_says_whether_they_have_talked(answered: bool) -> None:
    @in_virtual_time
    async def story() -> None:
        async with calling("1001") as floor:
            asked, line = await rung(floor)
            await floor.link(up=False)
            if answered:
                floor.answered.add(asked.linkedid)
            line.breaks(AgiHungUp())
            await settle()
            assert asked.last is (CallbackOutcome.REACHED if answered else CallbackOutcome.GIVEN_UP)

    story()


@in_virtual_time
async def test_without_a_link_the_dial_itself_says_that_they_have_talked() -> None:
    async with calling("1001") as floor:
        asked, line = await rung(floor)
        await floor.link(up=False)
        line.ends("ANSWER")
        await settle()
        assert asked.outcome is CallbackOutcome.REACHED
        assert [fact.outcome for fact in floor.stated(OfferEnded)] == [OfferOutcome.ANSWERED]


@in_virtual_time
async def test_an_asterisk_that_dies_while_the_customers_phone_rings_leaves_him_unreached() -> None:
    async with calling("1001") as floor:
        asked, line = await rung(floor)
        line.breaks(AgiConnectionLost())
        await settle()
        assert (asked.last, asked.state) == (CallbackOutcome.UNREACHABLE, CallbackState.DUE)


@in_virtual_time
async def test_while_the_link_is_down_no_agent_is_kept_reserved_and_afterwards_all_stand_again() -> None:
    async with calling() as floor:
        asked = await floor.ask()
        await floor.link(up=False)
        assert (asked.state, len(floor.distributor.router.calls)) == (CallbackState.REQUESTED, 0)
        await floor.link()
        assert (asked.state, [*floor.distributor.router.calls]) == (CallbackState.WAITING, [asked.linkedid])


@in_virtual_time
async def test_one_that_is_cancelled_while_the_agent_hears_of_it_is_not_dialled() -> None:
    async with calling("1001") as floor:
        asked = await floor.ask()
        line = AgentsLine(asked.linkedid)
        line.listening.clear()
        await floor.picks_up(asked.linkedid, line)
        floor.desk.cancel(asked.id)
        await settle()
        assert (line.dialled, floor.state("1001"), floor.desk.ringing) == ([], READY, {})


@in_virtual_time
async def test_an_agent_whose_offer_is_taken_back_while_he_hears_of_it_dials_nobody() -> None:
    async with calling("1001") as floor:
        asked = await floor.ask()
        line = AgentsLine(asked.linkedid)
        line.listening.clear()
        await floor.picks_up(asked.linkedid, line)
        with floor.distributor.command() as (router, now_ms):
            router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
        line.listening.set()
        await settle()
        assert (line.dialled, line.said[-1]) == ([], "This call-back is no longer needed.")
        assert asked.state is CallbackState.WAITING


@in_virtual_time
async def test_who_picks_up_for_nothing_is_told_so() -> None:
    async with calling() as floor:
        line = await floor.picks_up("node1-callback-1-1.1")
        assert (line.said, line.hung_up) == (["This call-back is no longer needed."], True)
