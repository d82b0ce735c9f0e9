"""A desktop sends its agent's caller on: over HTTP, and from there over AMI."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from acd.distributor import Distributor
from acd.errors import AgentBusy, NotInConversation, NotSignedIn, RoutingError, UnknownAgent, UnknownQueue
from cti.sending import Sending
from ivr.destinations import Destination
from ivr.journeys import Journeys
from recording.identity import call_id
from tests.contract.ami_owner import linked
from tests.contract.fake_ami import Peer
from tests.contract.fake_floor import FakeFloor, open_floor
from tests.unit.running_floor import distributor, enter

pytestmark = pytest.mark.contract

CALL = "node1-1.0"


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Sending, Distributor, Peer]]:
    """1001 talks with the caller of CALL, 1002 is ready, 1003 is not there; Asterisk's side of the link."""
    floor = distributor("1001", "1002")
    enter(floor, CALL)
    with floor.command() as (router, now_ms):
        router.answered(CALL, now_ms=now_ms)
        router.roster.define("1003", "1003", {})
    async with linked() as (client, peer):
        try:
            yield Sending(client, floor, Journeys(floor)), floor, peer
        finally:
            floor.close()


async def done(peer: Peer) -> dict[str, str]:
    """Asterisk carries out what it is told; the variables, and where the caller goes."""
    told = {}
    for _ in range(3):
        action = await peer.received("Setvar")
        told[action.get("Variable")] = action.get("Value")
        peer.answer(action)
    action = await peer.received("Redirect")
    peer.answer(action)
    assert action.get("Channel") == CALL
    return {**told, "where": f"{action.get('Context')},{action.get('Exten')},{action.get('Priority')}"}


@pytest.mark.parametrize(
    ("to", "word"), [(Destination(queue="sales"), "queue/sales"), (Destination(agent="1002"), "agent/1002")]
)
async def test_a_caller_is_taken_out_of_his_conversation_with_all_that_the_next_session_must_know(
    to: Destination, word: str
) -> None:
    async with talking() as (sending, _, peer):
        _, told = await asyncio.gather(sending(CALL, to), done(peer))
        assert told == {
            "CALLCENTER_TRANSFER": word,
            "CALLCENTER_SENDER": "1001",
            "CALLCENTER_QUEUE": "sales",
            "where": "transferred,s,1",
        }


@pytest.mark.parametrize(
    ("to", "error"),
    [
        (Destination(queue="nowhere"), UnknownQueue),
        (Destination(agent="9999"), UnknownAgent),
        (Destination(agent="1003"), NotSignedIn),
        (Destination(agent="1001"), AgentBusy),
    ],
)
async def test_where_nobody_is_no_caller_is_sent(to: Destination, error: type[RoutingError]) -> None:
    async with talking() as (sending, floor, peer):
        with pytest.raises(error):
            await sending(CALL, to)
        assert peer.actions.empty()
        assert CALL in floor.router.conversations


async def test_only_a_caller_in_conversation_is_sent_and_one_who_hangs_up_is_none() -> None:
    async with talking() as (sending, floor, peer):
        enter(floor, "waits")
        for linkedid in ("waits", "never seen"):
            with pytest.raises(NotInConversation):
                await sending(linkedid, Destination(queue="sales"))
        sent = asyncio.create_task(sending(CALL, Destination(queue="sales")))
        peer.answer(await peer.received("Setvar"), "Message: No such channel", response="Error")
        with pytest.raises(NotInConversation):
            await sent


async def asked(web: FakeFloor, call: str, body: object) -> tuple[int, str]:
    """Status and error of the API."""
    status, answer = await web.post(f"/api/calls/{call}/transfer", body)
    return status, answer["error"]["id"]


async def test_the_api_says_what_is_wrong_with_an_order(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        there, to_sales = call_id("1"), {"to": {"queue": "sales"}}
        assert await asked(web, there, to_sales) == (404, "unknown-call")
        web.arrives("1")
        bodies: tuple[dict[str, object], ...] = (
            {},
            {"to": {}},
            {"to": {"queue": "sales", "agent": "1001"}},
            {"to": {"number": "110"}},
        )
        for body in bodies:
            assert await asked(web, there, body) == (422, "invalid-request")
        assert await asked(web, there, to_sales) == (503, "asterisk-unavailable")
