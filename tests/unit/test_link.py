"""Asterisk's events as the router hears of them: who answered, hung up, holds, and which phones are there."""

import re

import pytest

from acd.distributor import Distributor
from acd.offers import Offer
from acd.seats import outside_seat
from acd.states import AgentState
from cti.ami.message import Message
from cti.link import Leg, Link
from cti.settings import HOME
from tests.ami_events import device, dial_begin, dial_end, event, new_channel, of_leg
from tests.unit.running_floor import distributor, enter
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

LEG = Leg("PJSIP/1001-01", "1001-leg", "call")


class Floor:
    """Agents 1001 and 1002, and the link that hears of them."""

    def __init__(self) -> None:
        self.distributor: Distributor = distributor("1001", "1002")
        self.strays: list[Leg] = []
        self.unknown: list[Leg] = []
        self.requests: list[None] = []
        self.joined: list[str] = []
        self.reloads: list[None] = []
        self.link = Link(
            self.distributor,
            on_stray=self.strays.append,
            on_unknown=self.unknown.append,
            on_request=lambda: self.requests.append(None),
            on_joined=self.joined.append,
            on_reload=lambda: self.reloads.append(None),
        )
        for phone in ("1001", "1002"):
            self.hears(device(phone, "NOT_INUSE"))

    def hears(self, *events: Message) -> None:
        for one in events:
            self.link.on_event(one)

    def state(self, agent: str = "1001") -> AgentState:
        return self.distributor.router.roster.agent(agent).state

    def offered(self) -> Offer:
        """`call` waits and is offered to 1001, whose phone rings."""
        enter(self.distributor)
        self.hears(dial_begin("1001", "call"))
        router = self.distributor.router
        return router.offers_of(router.calls["call"])[0]

    def close(self) -> None:
        self.distributor.close()


@in_virtual_time
async def test_a_call_is_answered_held_retrieved_and_released() -> None:
    floor = Floor()
    floor.offered()
    seen = [floor.state()]
    for one in (dial_end("1001", "call"), of_leg("Hold", "1001"), of_leg("Unhold", "1001"), of_leg("Hangup", "1001")):
        floor.hears(one)
        seen.append(floor.state())
    assert seen == ["ringing", "talking", "holding", "talking", "wrap_up"]
    assert (floor.strays, floor.unknown) == ([], [])
    floor.close()


@in_virtual_time
async def test_the_agents_leg_is_known_while_it_lasts() -> None:
    floor = Floor()
    offer = floor.offered()
    assert floor.link.leg_of_offer(offer) == LEG
    floor.hears(of_leg("Hangup", "1001"))
    assert floor.link.leg_of_offer(offer) is None
    floor.close()


@pytest.mark.parametrize("status", ["NOANSWER", "BUSY", "CANCEL", "CHANUNAVAIL", ""])
@in_virtual_time
async def test_only_an_answer_answers(status: str) -> None:
    floor = Floor()
    floor.offered()
    floor.hears(dial_end("1001", "call", status))
    assert floor.state() == "ringing"  # its end is told by the one who rang
    floor.close()


@in_virtual_time
async def test_a_leg_that_rings_for_an_offer_taken_back_is_a_stray() -> None:
    floor = Floor()
    enter(floor.distributor)
    with floor.distributor.command() as (router, now_ms):
        router.sign_out("1001", cause="api", now_ms=now_ms)  # before Asterisk had come to ring him: 1002 is next
    floor.hears(dial_begin("1001", "call"))
    assert floor.strays == [LEG]
    floor.close()


@in_virtual_time
async def test_a_leg_of_a_call_we_do_not_have_is_left_alone_until_it_is_answered() -> None:
    floor = Floor()
    floor.hears(dial_begin("1001", "call"))
    assert (floor.strays, floor.unknown) == ([], [])
    floor.hears(dial_end("1001", "call"))
    assert floor.unknown == [LEG]
    floor.close()


@in_virtual_time
async def test_a_leg_rung_for_an_agent_who_asked_is_in_the_call_of_the_caller_who_took_his_place() -> None:
    floor = Floor()
    floor.hears(dial_end("1001", "consult", of="call"))
    assert floor.unknown == [LEG]
    assert floor.link.channel_at("call", "1001") == LEG.channel
    floor.close()


@in_virtual_time
async def test_nobodys_phone_that_answers_is_not_unknown() -> None:
    floor = Floor()
    floor.hears(dial_end("1009", "call"))
    assert floor.unknown == []
    floor.close()


@in_virtual_time
async def test_a_private_call_keeps_offers_away_until_it_is_over() -> None:
    floor = Floor()
    floor.hears(new_channel("PJSIP/1001-09", "private"))
    enter(floor.distributor)
    assert (floor.state("1001"), floor.state("1002")) == ("ready", "ringing")
    enter(floor.distributor, "second")
    assert floor.state("1001") == "ready"
    floor.hears(event("Hangup", Uniqueid="private"))
    assert floor.state("1001") == "ringing"
    floor.close()


@in_virtual_time
async def test_our_own_offer_is_no_private_call() -> None:
    floor = Floor()
    enter(floor.distributor)
    floor.hears(new_channel("PJSIP/1001-01", "1001-leg", "call"), of_leg("Hangup", "1001"))
    assert not floor.distributor.router.roster.agent("1001").engaged
    floor.close()


@in_virtual_time
async def test_a_phone_that_goes_away_makes_its_agent_unreachable() -> None:
    floor = Floor()
    floor.hears(device("1001", "UNAVAILABLE"))
    assert floor.state() == "unreachable"
    floor.hears(device("1001", "NOT_INUSE"))
    assert floor.state() == "ready"
    floor.close()


SIDE = "Local/138*1001*en@outside-01"
CARRIED = Leg("PJSIP/mobilenet-01", "carried", "call")


def outside() -> Floor:
    """1001 sits at an outside number, `call` is offered to him, his mobile has been answered by somebody."""
    floor = Floor()
    with floor.distributor.command() as (router, now_ms):
        router.sign_out("1001", cause="api", now_ms=now_ms)
        router.sign_out("1002", cause="api", now_ms=now_ms)
        router.sign_in("1001", outside_seat("138"), cause="api", now_ms=now_ms)
    enter(floor.distributor)
    dialled = {"DestChannel": f"{SIDE};1", "DestUniqueid": "seat", "DestLinkedid": "call"}
    carried = {"DestChannel": CARRIED.channel, "DestUniqueid": CARRIED.uniqueid, "DestLinkedid": "call"}
    floor.hears(
        new_channel(f"{SIDE};1", "seat", "call"),
        new_channel(f"{SIDE};2", "plan", "call"),
        event("DialBegin", Channel="PJSIP/line-01", **dialled),
        new_channel(CARRIED.channel, CARRIED.uniqueid, "call"),
        event("DialBegin", Channel=f"{SIDE};2", **carried),
    )
    return floor


@in_virtual_time
async def test_an_agent_outside_has_answered_when_his_seat_does_and_not_when_his_mobile_does() -> None:
    floor = outside()
    mobile = {"DestChannel": CARRIED.channel, "DestUniqueid": CARRIED.uniqueid, "DestLinkedid": "call"}
    seat = {"DestChannel": f"{SIDE};1", "DestUniqueid": "seat", "DestLinkedid": "call"}
    assert (floor.strays, floor.state()) == ([], "ringing")
    floor.hears(event("DialEnd", Channel=f"{SIDE};2", DialStatus="ANSWER", **mobile))
    assert (floor.unknown, floor.state()) == ([], "ringing")
    floor.hears(event("DialEnd", Channel="PJSIP/line-01", DialStatus="ANSWER", **seat))
    assert floor.state() == "talking"
    floor.hears(event("Hold", Uniqueid="carried"))
    assert floor.state() == "holding"
    floor.hears(event("Unhold", Uniqueid="carried"), event("Hangup", Channel=CARRIED.channel, Uniqueid="carried"))
    assert floor.state() == "talking"
    floor.hears(event("Hangup", Channel=f"{SIDE};1", Uniqueid="seat"))
    assert (floor.strays, floor.state()) == ([], "wrap_up")
    floor.close()


@in_virtual_time
async def test_an_agent_outside_who_has_not_confirmed_has_missed_the_call_though_others_ring_for_it() -> None:
    floor = outside()
    floor.hears(event("Hangup", Channel=f"{SIDE};1", Uniqueid="seat", Cause="19"))
    agent = floor.distributor.router.roster.agent("1001")
    assert (agent.state, agent.reason) == ("not_ready", "missed_call")
    floor.close()


@in_virtual_time
async def test_a_mobile_whose_offer_is_over_while_its_owner_is_asked_is_hung_up() -> None:
    floor = outside()
    floor.hears(event("Hangup", Channel=f"{SIDE};1", Uniqueid="seat"))
    assert floor.strays == [CARRIED]
    floor.close()


@in_virtual_time
async def test_channels_are_known_from_their_beginning_to_their_end() -> None:
    floor = Floor()
    floor.hears(new_channel("PJSIP/line-01", "call"), new_channel("PJSIP/1001-01", "1001-leg", "call"))
    assert floor.link.channels == {"call": "call", "1001-leg": "call"}
    floor.hears(of_leg("Hangup", "1001"))
    assert floor.link.channels == {"call": "call"}
    floor.close()


@in_virtual_time
async def test_events_nobody_asked_for_and_ends_of_what_was_never_there_do_nothing() -> None:
    floor = Floor()
    floor.hears(
        event("FullyBooted"),
        of_leg("Hangup", "1001"),
        of_leg("Hold", "1001"),
        of_leg("Unhold", "1001"),
        device("1009", "NOT_INUSE"),
        event("DeviceStateChange", Device="Queue:sales", State="INUSE"),
        event("Hangup"),
    )
    assert floor.state() == "ready"
    floor.close()


@in_virtual_time
async def test_asterisk_is_told_to_send_what_is_listened_to_and_nothing_else() -> None:
    configuration = (HOME / "asterisk/manager.conf").read_text("utf-8")
    let_through = re.findall(r"^eventfilter\(action\(include\),name\((\w+)\)", configuration, re.MULTILINE)
    assert set(let_through) == Floor().link.events | {"FullyBooted"}


@in_virtual_time
async def test_a_monitor_s_request_is_passed_on_and_our_own_events_are_not() -> None:
    floor = Floor()
    floor.hears(event("UserEvent", UserEvent="CallcenterCallQueued"), event("UserEvent", UserEvent="Other"))
    assert not floor.requests
    floor.hears(event("UserEvent", UserEvent="CallcenterSnapshotRequested"))
    assert len(floor.requests) == 1
    floor.close()
