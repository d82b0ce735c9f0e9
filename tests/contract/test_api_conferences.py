"""A desktop puts the colleague whom its agent asks beside him and his caller: over HTTP, and from there over AMI."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from acd.distributor import Distributor
from acd.errors import InConference, NobodyAsked, NotInConversation, RoutingError
from acd.facts import CallJoined, Fact
from cti.conference import Conference
from recording.identity import call_id
from tests.contract.ami_owner import linked
from tests.contract.fake_ami import Peer
from tests.contract.fake_floor import open_floor
from tests.unit.running_floor import distributor, enter

pytestmark = pytest.mark.contract

CALL, CONSULT = "node1-1.0", "node1-1.2"

CALLER = ("PJSIP/line-0", CALL, CALL, "first")
OWN = ("PJSIP/1001-1", "node1-1.1", CALL, "first")
PLACED = ("PJSIP/1001-2", CONSULT, CONSULT, "second")
ASKED = ("PJSIP/1002-3", "node1-1.3", CONSULT, "second")
OTHER = ("PJSIP/1003-4", "node1-1.4", CALL, "first")
Channel = tuple[str, str, str, str]


@asynccontextmanager
async def asking() -> AsyncIterator[tuple[Conference, Distributor, Peer]]:
    """1001 talks with the caller of CALL and, on his other line, with 1002; Asterisk's side of the link."""
    floor = distributor("1001", "1002")
    enter(floor, CALL)
    with floor.command() as (router, now_ms):
        router.answered(CALL, now_ms=now_ms)
        router.consults.ask(CONSULT, "1002", ring_ms=1000, now_ms=now_ms)
        router.answered(CONSULT, now_ms=now_ms)
    async with linked() as (client, peer):
        try:
            yield Conference(client, floor), floor, peer
        finally:
            floor.close()


async def lists(peer: Peer, channels: Sequence[Channel]) -> None:
    """Asterisk says which channels there are."""
    action = await peer.received("CoreShowChannels")
    peer.answer(action, "EventList: start")
    for name, uniqueid, linkedid, bridge in channels:
        headers = (f"Channel: {name}", f"Uniqueid: {uniqueid}", f"Linkedid: {linkedid}", f"BridgeId: {bridge}")
        peer.send("Event: CoreShowChannel", f"ActionID: {action.id}", *headers)
    peer.send("Event: CoreShowChannelsComplete", f"ActionID: {action.id}", "EventList: Complete")


async def test_the_colleague_is_sent_to_the_agents_channel_and_goes_when_the_caller_does() -> None:
    async with asking() as (conference, floor, peer):
        facts: list[Fact] = []
        floor.on_fact.append(facts.append)
        joining = asyncio.create_task(conference(CALL))
        await lists(peer, (CALLER, OWN, PLACED, ASKED))
        told = []
        for name in ("Setvar", "Setvar", "Setvar", "Redirect", "Setvar"):
            action = await peer.received(name)
            peer.answer(action)
            told.append((action.get("Channel"), action.get("Variable") or action.get("Context"), action.get("Value")))
        assert told == [
            (CALL, "CALLCENTER_JOINED", ASKED[0]),
            (CALL, "CHANNEL(hangup_handler_push)", "conference-over,s,1"),
            (ASKED[0], "CALLCENTER_JOIN", OWN[0]),
            (ASKED[0], "conference", ""),
            (OWN[0], "TRANSFER_CONTEXT", "nowhere"),
        ]
        assert await joining == "1002"
        (fact,) = facts
        assert isinstance(fact, CallJoined)
        assert (fact.linkedid, fact.agent, fact.by, fact.consult) == (CALL, "1002", "1001", CONSULT)
        assert {CALL, CONSULT} == set(floor.router.conversations)  # both are busy until they hang up


@pytest.mark.parametrize(
    ("channels", "error"),
    [
        ((CALLER, OWN), NobodyAsked),
        ((CALLER, OWN, (*PLACED[:3], ""), (*ASKED[:3], "")), NobodyAsked),  # it rings
        ((CALLER, OWN, PLACED, ("PJSIP/line-3", "node1-1.3", CONSULT, "second")), NobodyAsked),  # no colleague
        ((CALLER, OWN, PLACED, ASKED, OTHER), InConference),
        ((PLACED, ASKED), NotInConversation),
    ],
)
async def test_nobody_is_joined_who_is_no_colleague_in_conversation_with_the_agent(
    channels: Sequence[Channel], error: type[RoutingError]
) -> None:
    async with asking() as (conference, _, peer):
        joining = asyncio.create_task(conference(CALL))
        await lists(peer, channels)
        with pytest.raises(error):
            await joining
        assert peer.actions.empty()


async def test_one_who_has_hung_up_meanwhile_is_not_joined_and_who_talks_with_nobody_has_nobody_to_join() -> None:
    async with asking() as (conference, floor, peer):
        enter(floor, "waits")
        for linkedid in ("waits", CONSULT, "never seen"):
            with pytest.raises(NotInConversation):
                await conference(linkedid)
        joining = asyncio.create_task(conference(CALL))
        await lists(peer, (CALLER, OWN, PLACED, ASKED))
        peer.answer(await peer.received("Setvar"), "Message: No such channel", response="Error")
        with pytest.raises(NobodyAsked):
            await joining


async def test_the_api_says_what_is_wrong(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        path = f"/api/calls/{call_id('1')}/conference"
        assert (await web.post(path))[1]["error"]["id"] == "unknown-call"
        web.arrives("1")
        assert (await web.post(path))[1]["error"]["id"] == "asterisk-unavailable"
