"""A caller whom his agent has sent on, on a fake channel: he is the same caller, elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from acd.facts import CallArrived, CallDequeued, CallEnded, CallQueued, CallTransferred, NodeEntered, TransferEnded
from acd.queues import QueueSettings
from acd.states import AgentState, EndedBy, TransferKind
from ivr.desk import Desk
from ivr.destinations import Destination
from ivr.flow.model import Flow
from ivr.journeys import Journeys
from ivr.reception import Reception
from tests.contract.fake_agi import FakeAsterisk, calling, serving
from tests.contract.reception_floor import AGENT, CALL, Floor, dial, position_at, published, words

pytestmark = pytest.mark.contract

FOUND = {
    "7002": Destination(queue="support"),
    "agent/1001": Destination(agent="1001"),
    "4000": Destination(number="4000"),
}
FLOW = Flow.model_validate(
    {
        "flow": "hotline",
        "languages": ("en",),
        "start": "greeting",
        "nodes": {
            "greeting": {"kind": "say", "text": {"en": "Hello."}, "next": "sales"},
            "sales": {
                "kind": "queue", "queue": "sales", "skills": {"sales": 5}, "priority": 4, "data": {"topic": "bill"},
                "then": "goodbye",
            },
            "colleague": {"kind": "transfer", "extension": 1001, "next": "goodbye", "otherwise": "greeting"},
            "goodbye": {"kind": "hangup", "reason": "served", "text": {"en": "Goodbye."}},
        },
    }
)  # fmt: skip
ENTERED = "1700000000000"


class Story:
    """Queues `sales` and `support`, 1001 ready for both; what sessions of the one call share."""

    def __init__(self) -> None:
        self.floor = Floor(QueueSettings(name="sales"), QueueSettings(name="support"))
        with self.floor.distributor.command() as (router, now_ms):
            router.define_agent(AGENT, AGENT, {"sales": 9}, now_ms=now_ms)
        self.journeys = Journeys(self.floor.distributor)
        self.desk = Desk(distributor=self.floor.distributor, sound_of=words, find=FOUND.get, journeys=self.journeys)

    @asynccontextmanager
    async def called(
        self,
        *,
        dialled: str = "4000",
        node: str = "sales",
        queue: str = "sales",
        transfer: str = "",
        sender: str = "",
        consult: str = "",
    ) -> AsyncIterator[FakeAsterisk]:
        """Asterisk hands him over."""
        arguments = (
            CALL,
            dialled,
            "{" if node else "",
            ENTERED if node else "",
            "en",
            queue,
            transfer,
            sender,
            consult,
        )
        async with (
            asyncio.timeout(60),
            serving(Reception(self.desk, published(FLOW))) as server,
            calling(server.port, "call", arguments) as asterisk,
        ):
            if node:
                asterisk.variables["CALLCENTER_POSITION"] = position_at(FLOW, node, "en")
            yield asterisk

    async def sent_to(self, transfer: str, **given: str) -> FakeAsterisk:
        """He is sent there by 1001, and served to the end of his call."""
        async with self.called(transfer=transfer, sender="PJSIP/1001-0000002a", **given) as asterisk:
            await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
        return asterisk


@pytest_asyncio.fixture
async def story() -> AsyncIterator[Story]:
    story = Story()
    yield story
    story.floor.distributor.close()


async def test_a_caller_sent_to_a_queue_keeps_his_priority_data_and_wait_and_goes_on_in_his_flow(story: Story) -> None:
    asterisk = await story.sent_to("7002", consult="node1-1.2")
    (told,) = story.floor.named(CallTransferred)
    assert (told.linkedid, told.kind, told.agent) == (CALL, TransferKind.BLIND, AGENT)
    assert (told.queue, told.to, told.consult) == ("support", "", "node1-1.2")
    (queued,) = story.floor.named(CallQueued)
    assert (queued.queue, queued.priority, queued.data) == ("support", 4, {"topic": "bill"})
    assert queued.entered_ms == int(ENTERED)  # nobody here has seen how long he talked
    assert (queued.skills, queued.requires) == ({}, "any")  # what the flow asks for its own queue it asks there alone
    assert [fact.node for fact in story.floor.named(NodeEntered)] == ["goodbye"]
    assert story.floor.named(CallEnded)[-1].reason == "served"
    (cleared,) = (words for words in asterisk.commands if words[:2] == ["EXEC", "MSet"] and "TRANSFER" in words[2])
    assert (
        cleared[2]
        == "CALLCENTER_TRANSFER=,CALLCENTER_SENDER=,CALLCENTER_CONSULT=,CALLCENTER_EXTENSION=,CALLCENTER_PARKED="
    )


async def test_a_caller_sent_to_an_agent_waits_for_him_in_the_queue_he_came_from(story: Story) -> None:
    await story.sent_to("agent/1001", queue="support")
    (queued,) = story.floor.named(CallQueued)
    assert (queued.queue, queued.preferred) == ("support", "1001")
    assert story.floor.named(CallTransferred)[0].to == "1001"


async def test_a_caller_sent_where_nobody_is_any_more_goes_back_to_the_queue_he_came_from(story: Story) -> None:
    await story.sent_to("1009")
    (queued,) = story.floor.named(CallQueued)
    assert (queued.queue, queued.preferred) == ("sales", "")


async def test_a_caller_sent_to_a_number_begins_its_flow(story: Story) -> None:
    await story.sent_to("4000", node="", queue="")
    assert [fact.node for fact in story.floor.named(NodeEntered)] == ["greeting", "sales", "goodbye"]
    assert story.floor.named(CallTransferred)[0].queue == ""
    assert story.floor.named(CallQueued)[0].skills == {"sales": 5}


@pytest.mark.parametrize(("to", "queue"), [("7002", "support"), ("agent/1001", "sales")])
async def test_a_caller_whom_his_flow_has_connected_is_sent_on_as_any_other(story: Story, to: str, queue: str) -> None:
    await story.sent_to(to, node="colleague", queue="")
    (queued,) = story.floor.named(CallQueued)  # he came out of none: the one that serves his number
    assert queued.queue == queue
    assert not story.floor.named(TransferEnded)  # the flow's own transfer was over before
    assert [fact.node for fact in story.floor.named(NodeEntered)] == ["goodbye"]
    assert story.floor.named(CallEnded)[-1].reason == "served"


async def test_who_came_to_his_agent_by_his_flow_and_then_stood_in_a_queue_stands_there_again(story: Story) -> None:
    async with story.called(node="colleague", queue="support") as asterisk:
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
    (queued,) = story.floor.named(CallQueued)
    assert (queued.queue, queued.entered_ms) == ("support", int(ENTERED))


async def test_a_caller_who_came_to_his_agent_without_us_is_served_and_that_is_all(story: Story) -> None:
    await story.sent_to("7002", node="", queue="sales")
    assert story.floor.named(CallQueued)[0].queue == "support"
    assert not story.floor.named(NodeEntered)
    ended = story.floor.named(CallEnded)[-1]
    assert (ended.by, ended.reason) == (EndedBy.AGENT, "served")


async def test_a_caller_who_has_dialled_none_of_our_numbers_is_served_when_he_is_sent_on(story: Story) -> None:
    async with story.called(dialled="s", node="", queue="", transfer="7002", sender="PJSIP/1001-0000002a") as asterisk:
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
    assert story.floor.named(CallQueued)[0].queue == "support"
    assert story.floor.named(CallEnded)[-1].reason == "served"


def moved(asterisk: FakeAsterisk, **variables: str) -> Callable[[list[str]], str]:
    """During the talk his agent sends him on: Asterisk tells it as a hang-up."""

    def answer(_: list[str]) -> str:
        asterisk.variables |= {"DIALSTATUS": "ANSWER", "HANGUPCAUSE": "16"}
        asterisk.variables |= {f"CHANNEL({name})": value for name, value in variables.items()}
        asterisk.hang_up()
        return "200 result=0"

    return answer


@pytest.mark.parametrize("where", [{"context": "transferred"}, {"context": "transfers"}, {"uniqueid": "node1-1.2"}])
async def test_a_session_that_ends_because_he_is_elsewhere_does_not_end_his_call(
    story: Story, where: dict[str, str]
) -> None:
    async with story.called(node="", queue="") as asterisk:
        await asterisk.serve({"EXEC Dial": moved(asterisk, **where)})
    assert not story.floor.named(CallEnded)
    assert story.floor.state is AgentState.READY  # the agent is released all the same
    (left,) = story.floor.named(CallDequeued)
    await story.sent_to("7002")
    assert len(story.floor.named(CallArrived)) == 1
    queued = story.floor.named(CallQueued)[-1]
    assert queued.at_ms - queued.entered_ms >= left.wait_ms
    assert queued.entered_ms >= left.at_ms - left.wait_ms  # and his talk was no waiting
    assert story.floor.named(CallEnded)[-1].reason == "served"
