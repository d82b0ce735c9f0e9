"""The reception against a channel that hangs up, fails or is cut at the worst moments; the router is the real one."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress

import pytest

from acd.facts import CallArrived, CallDequeued, CallEnded, CallOffered, CallQueued, NodeEntered, OfferEnded
from acd.queues import QueueSettings
from acd.states import AgentState, DequeueReason, EndedBy, OfferOutcome
from ivr.desk import Desk
from ivr.flow.model import Flow
from ivr.flow.position import Position
from tests.contract import reception_floor
from tests.contract.fake_agi import Answer, FakeAsterisk
from tests.contract.reception_floor import AGENT, CALL, Floor, dial, hangs_up

pytestmark = pytest.mark.contract

ARGUMENTS = (CALL, "4000", "", "", "")

FLOW = Flow.model_validate(
    {
        "flow": "hotline",
        "languages": ("en",),
        "start": "greeting",
        "operator": "sales",
        "nodes": {
            "greeting": {"kind": "say", "text": {"en": "Hello."}, "next": "topic"},
            "topic": {"kind": "menu", "text": {"en": "Choose."}, "choices": {"1": "sales"}, "otherwise": "goodbye"},
            "sales": {"kind": "queue", "queue": "sales", "then": "goodbye"},
            "goodbye": {"kind": "hangup", "reason": "served", "text": {"en": "Goodbye."}},
        },
    }
)

ONE = "200 result=49 endpos=800"


@pytest.fixture
def floor() -> Floor:
    return Floor(QueueSettings(name="sales", title="Sales", wrap_up_ms=0))


def called(floor: Floor, *arguments: str, **environment: str) -> AbstractAsyncContextManager[FakeAsterisk]:
    """A caller whom the reception serves."""
    return reception_floor.called(
        Desk(distributor=floor.distributor, sound_of=reception_floor.words), FLOW, *arguments, **environment
    )


TO_AN_AGENT: dict[str, Answer] = {"WAIT FOR DIGIT": "200 result=49"}


@pytest.mark.parametrize(
    ("during", "reply", "offers"),
    [
        ("EXEC Answer", "200 result=-1", 0),
        ("STREAM FILE Hello.", "200 result=-1 endpos=80", 0),
        ("STREAM FILE Choose.", "200 result=-1 endpos=80", 0),
        ("WAIT FOR DIGIT", "200 result=-1", 0),
        ("EXEC MSet", "200 result=-1", 0),
        ("EXEC Dial", "200 result=-1", 1),
        ("STREAM FILE Goodbye.", "200 result=-1 endpos=80", 1),
        ("SET VARIABLE CALLCENTER_DONE", "200 result=1", 1),
    ],
)
async def test_a_caller_may_hang_up_anywhere_and_leaves_nothing_behind(
    floor: Floor, during: str, reply: str, offers: int
) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:
        asterisk.variables |= {"DIALSTATUS": "ANSWER", "HANGUPCAUSE": "16"}
        await asterisk.serve({**TO_AN_AGENT, during: hangs_up(asterisk, reply)})
    (ended,) = floor.named(CallEnded)
    assert (ended.by, ended.reason) == (EndedBy.CALLER, "hung_up")
    assert len(floor.named(CallOffered)) <= offers
    assert floor.is_empty()
    assert floor.state is AgentState.READY


async def test_a_caller_who_hangs_up_while_he_waits_is_abandoned_at_once(floor: Floor) -> None:
    floor.sign_out()
    async with called(floor, *ARGUMENTS) as asterisk:
        serving_him = asyncio.create_task(asterisk.serve(TO_AN_AGENT))
        await floor.stated(CallQueued)
        asterisk.hang_up()
        await serving_him
    (left,) = floor.named(CallDequeued)
    assert left.reason is DequeueReason.ABANDONED
    assert floor.named(CallEnded)[0].by is EndedBy.CALLER


async def test_a_whole_call_ends_by_the_flow_with_the_last_act_written_on_the_channel(floor: Floor) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16")), **TO_AN_AGENT})
        assert asterisk.commands[-2:] == [["SET", "VARIABLE", "CALLCENTER_DONE", "1"], ["HANGUP"]]
    (ended,) = floor.named(CallEnded)
    assert (ended.by, ended.reason) == (EndedBy.AGENT, "served")
    assert [fact.outcome for fact in floor.named(OfferEnded)] == [OfferOutcome.ANSWERED]
    assert [fact.reason for fact in floor.named(CallDequeued)] == [DequeueReason.ANSWERED]


@pytest.mark.parametrize(
    ("status", "cause", "outcome", "state"),
    [
        ("NOANSWER", "0", OfferOutcome.MISSED, AgentState.NOT_READY),
        ("BUSY", "17", OfferOutcome.REFUSED, AgentState.NOT_READY),
        ("CHANUNAVAIL", "21", OfferOutcome.REFUSED, AgentState.NOT_READY),
        ("CHANUNAVAIL", "20", OfferOutcome.UNREACHABLE, AgentState.UNREACHABLE),
        ("CONGESTION", "34", OfferOutcome.UNREACHABLE, AgentState.UNREACHABLE),
        ("", "", OfferOutcome.UNREACHABLE, AgentState.UNREACHABLE),
    ],
)
async def test_what_asterisk_says_of_a_ringing_is_what_the_agent_did(
    floor: Floor, status: str, cause: str, outcome: OfferOutcome, state: AgentState
) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:
        serving_him = asyncio.create_task(asterisk.serve({"EXEC Dial": dial(asterisk, (status, cause)), **TO_AN_AGENT}))
        ended = await floor.stated(OfferEnded)
        assert ended.outcome is outcome
        assert floor.state is state
        assert CALL in floor.distributor.router.calls  # he waits on
        asterisk.hang_up()
        await serving_him


async def test_an_offer_taken_back_before_the_phone_rings_rings_no_phone(floor: Floor) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:
        floor.sign_out()

        def taken_back(_: list[str]) -> str:
            if not floor.named(CallOffered):
                floor.sign_in(AGENT)
                floor.sign_out()
            return "200 result=0"

        serving_him = asyncio.create_task(asterisk.serve({"SET MUSIC": taken_back, **TO_AN_AGENT}))
        ended = await floor.stated(OfferEnded)
        assert ended.outcome is OfferOutcome.WITHDRAWN
        assert CALL in floor.distributor.router.calls
        asterisk.hang_up()
        await serving_him
        assert not [words for words in asterisk.commands if words[:2] == ["EXEC", "Dial"]]


async def test_an_offer_taken_back_while_dial_begins_goes_to_the_next_agent(floor: Floor) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:
        ring = dial(asterisk, ("NOANSWER", "16"), ("ANSWER", "16"))

        def taken_back(words: list[str]) -> str:
            if not floor.named(OfferEnded):
                floor.sign_out()
                floor.sign_in("1002")
            return ring(words)

        await asterisk.serve({"EXEC Dial": taken_back, **TO_AN_AGENT})
        rung = [words[2].partition(",")[0] for words in asterisk.commands if words[:2] == ["EXEC", "Dial"]]
    assert rung == ["PJSIP/1001", "PJSIP/1002"]
    assert [fact.outcome for fact in floor.named(OfferEnded)] == [OfferOutcome.WITHDRAWN, OfferOutcome.ANSWERED]


@pytest.mark.parametrize("during", ["STREAM FILE Hello.", "WAIT FOR DIGIT", "EXEC Dial"])
async def test_a_lost_connection_is_no_end_of_the_call_which_asterisk_alone_knows(floor: Floor, during: str) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:

        def cut(_: list[str]) -> None:
            asterisk.cut()

        with suppress(ConnectionResetError):
            await asterisk.serve({**TO_AN_AGENT, during: cut})
    assert not floor.named(CallEnded)
    assert [fact.reason for fact in floor.named(CallDequeued)] == [DequeueReason.WITHDRAWN] * (during == "EXEC Dial")
    assert floor.is_empty()
    assert floor.state is AgentState.READY


async def test_a_prompt_that_is_missing_leaves_the_caller_to_the_dialplan(floor: Floor) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:
        await asterisk.serve({"STREAM FILE": "200 result=-1 endpos=0"})
        assert asterisk.commands[-1][:3] == ["GET", "FULL", "VARIABLE"]  # he is still there, and nobody hung up on him
    assert not floor.named(CallEnded)


async def test_a_number_that_leads_nowhere_is_left_to_the_dialplan(floor: Floor) -> None:
    async with called(floor, CALL, "5555", "", "", "") as asterisk:
        await asterisk.closed()
    assert not floor.facts_of(CALL)


@pytest.mark.parametrize(
    ("position", "resumed"),
    [
        (reception_floor.position_at(FLOW, "sales", "en"), True),
        (reception_floor.position_at(FLOW, "no longer there", "en"), False),
        ("{what is this", False),
    ],
)
async def test_a_caller_who_comes_back_goes_on_where_he_stood_with_his_first_entry(
    floor: Floor, position: str, resumed: bool
) -> None:
    arguments = (CALL, "4000", "{", "1700000000000", "en", "sales")
    async with called(floor, *arguments, position=position) as asterisk:
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16")), **TO_AN_AGENT})
    assert floor.named(CallArrived)[0].resumed is resumed
    assert (floor.named(CallQueued)[0].entered_ms == 1_700_000_000_000) is resumed
    assert floor.named(NodeEntered)[0].node == ("sales" if resumed else "greeting")


async def test_wherever_a_caller_comes_his_position_is_on_his_channel(floor: Floor) -> None:
    async with called(floor, *ARGUMENTS) as asterisk:
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16")), **TO_AN_AGENT})
        kept = [words[3] for words in asterisk.commands if words[:3] == ["SET", "VARIABLE", "CALLCENTER_POSITION"]]
    assert [Position.from_json(one).standings[-1].node for one in kept] == ["greeting", "topic", "sales", "goodbye"]
    assert {Position.from_json(one).version for one in kept} == {1}


async def test_a_name_that_sip_carried_with_escapes_is_the_callers_own_again(floor: Floor) -> None:
    async with called(floor, *ARGUMENTS, calleridname='Bob \\"the\\" \\\\builder') as asterisk:
        asterisk.hang_up()
        await asterisk.serve()
    assert floor.named(CallArrived)[0].caller_name == 'Bob "the" \\builder'
