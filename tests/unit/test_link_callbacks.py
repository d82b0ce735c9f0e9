"""Asterisk's events of a call-back: its first channel is the agent's, and it is the customer's answer that counts."""

import pytest

from acd.offers import Offer
from acd.states import AgentState, DequeueReason
from cti.ami.message import Message
from cti.link import Leg, Link
from tests.ami_events import device, event, new_channel
from tests.unit.running_floor import distributor
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

STAY = "node1-callback-1800000000000-1.1"
CHANNEL = "PJSIP/1001-01"


class Floor:
    """Agent 1001 is reserved for a call-back; his phone rings by the channel of its name."""

    def __init__(self) -> None:
        self.distributor = distributor("1001", "1002")
        self.strays: list[Leg] = []
        self.unknown: list[Leg] = []
        self.told: list[Message] = []
        self.link = Link(
            self.distributor,
            on_stray=self.strays.append,
            on_unknown=self.unknown.append,
            on_request=lambda: None,
            on_joined=lambda _: None,
            on_reload=lambda: None,
        )
        self.link.on_callback = self.told.append
        self.hears(device("1001", "NOT_INUSE"), device("1002", "NOT_INUSE"))
        with self.distributor.command() as (router, now_ms):
            router.enter(STAY, "sales", on_line=False, now_ms=now_ms)
        self.hears(new_channel(CHANNEL, STAY), dialled("DialBegin"))

    def hears(self, *events: Message) -> None:
        for one in events:
            self.link.on_event(one)

    def state(self, agent: str = "1001") -> AgentState:
        return self.distributor.router.roster.agent(agent).state

    def offer(self) -> Offer | None:
        return self.distributor.router.offer_at(STAY, "1001")


def dialled(name: str, **more: str) -> Message:
    """DialBegin or DialEnd of the agent's channel: Originate dials it, no other channel does."""
    return event(name, DestChannel=CHANNEL, DestUniqueid=STAY, DestLinkedid=STAY, **more)


def customer(name: str, **more: str) -> Message:
    """DialBegin or DialEnd of the customer's channel: the agent's dials it."""
    ours = {"Channel": CHANNEL, "Uniqueid": STAY, "Linkedid": STAY}
    return event(name, **ours, DestChannel="PJSIP/line-02", DestUniqueid="customer", DestLinkedid=STAY, **more)


@in_virtual_time
async def test_the_agent_talks_when_the_customer_has_answered_not_when_he_has_picked_up() -> None:
    floor = Floor()
    floor.hears(dialled("DialEnd", DialStatus="ANSWER"), new_channel("PJSIP/line-02", "customer", STAY))
    floor.hears(customer("DialBegin"))
    assert (floor.state(), floor.strays) == ("ringing", [])
    floor.hears(customer("DialEnd", DialStatus="ANSWER"))
    assert floor.state() == "talking"
    assert floor.distributor.router.queue("sales").left[DequeueReason.ANSWERED] == 1
    floor.hears(event("Hold", Uniqueid=STAY))
    assert floor.state() == "holding"
    floor.hears(event("Unhold", Uniqueid=STAY), event("Hangup", Uniqueid=STAY))
    assert floor.state() == "wrap_up"
    floor.distributor.close()


@in_virtual_time
async def test_who_hears_a_message_talks_from_then_on_and_the_desk_is_told_when_the_customer_has_answered() -> None:
    floor = Floor()
    floor.hears(dialled("DialEnd", DialStatus="ANSWER"))
    with floor.distributor.command() as (router, now_ms):
        router.answered(STAY, phone="1001", now_ms=now_ms)  # his session has begun
    floor.hears(new_channel("PJSIP/line-02", "customer", STAY), customer("DialBegin"))
    assert (floor.told, floor.strays, floor.state()) == ([], [], "talking")
    floor.hears(customer("DialEnd", DialStatus="ANSWER"))
    assert [(one.event, one.get("Uniqueid")) for one in floor.told] == [("DialEnd", STAY)]
    floor.hears(event("Hangup", Uniqueid=STAY))
    assert floor.state() == "wrap_up"
    floor.distributor.close()


@in_virtual_time
async def test_every_channel_that_ends_is_told() -> None:
    floor = Floor()
    gone: list[str] = []
    floor.link.on_gone.append(gone.append)
    floor.hears(event("Hangup", Uniqueid="node1-7.1"), event("Hangup", Uniqueid=STAY))
    assert gone == ["node1-7.1", STAY]
    floor.distributor.close()


@in_virtual_time
async def test_a_customer_who_is_busy_is_not_an_agent_who_refuses() -> None:
    floor = Floor()
    floor.hears(dialled("DialEnd", DialStatus="ANSWER"), customer("DialBegin"))
    floor.hears(customer("DialEnd", DialStatus="BUSY"), event("Hangup", Uniqueid="customer", Cause="17"))
    offer = floor.offer()
    floor.hears(event("Hangup", Uniqueid=STAY, Cause="17"))
    assert (floor.state(), floor.offer()) == ("ringing", offer)  # the stay itself tells what became of it
    floor.distributor.close()


@in_virtual_time
async def test_what_becomes_of_the_agents_channel_is_passed_on_and_of_no_other() -> None:
    floor = Floor()
    floor.hears(
        event("OriginateResponse", Uniqueid=STAY, Response="Failure", Reason="3"),
        event("Hangup", Uniqueid=STAY, Cause="19"),
        event("Hangup", Uniqueid="node1-1.1", Cause="16"),
        event("OriginateResponse", Uniqueid="<null>", Response="Failure", Reason="0"),
    )
    assert [message.event for message in floor.told] == ["OriginateResponse", "Hangup"]
    floor.distributor.close()


@in_virtual_time
async def test_a_phone_that_begins_to_ring_after_its_offer_was_taken_back_is_a_stray() -> None:
    floor = Floor()
    with floor.distributor.command() as (router, now_ms):
        router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
        router.set_not_ready("1002", "meal", cause="api", now_ms=now_ms)
    floor.hears(dialled("DialBegin"))
    assert [leg.uniqueid for leg in floor.strays] == [STAY]
    floor.distributor.close()


@in_virtual_time
async def test_a_phone_that_begins_to_ring_for_a_stay_that_is_over_is_a_stray() -> None:
    floor = Floor()
    with floor.distributor.command() as (router, now_ms):
        router.leave(STAY, reason=DequeueReason.WITHDRAWN, now_ms=now_ms)
    floor.hears(dialled("DialBegin"))
    assert [leg.uniqueid for leg in floor.strays] == [STAY]
    floor.distributor.close()


@in_virtual_time
async def test_a_customer_who_answers_an_agent_whom_a_daemon_before_us_rang_is_found_out() -> None:
    floor = Floor()
    with floor.distributor.command() as (router, now_ms):
        router.leave(STAY, reason=DequeueReason.WITHDRAWN, now_ms=now_ms)
    floor.hears(customer("DialEnd", DialStatus="ANSWER"))
    assert floor.unknown == [Leg(CHANNEL, STAY, STAY)]
    floor.distributor.close()
