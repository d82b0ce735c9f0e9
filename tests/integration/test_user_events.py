"""Programs that are not ours follow a call on Asterisk's own AMI stream, each with its own client library."""

import asyncio
import json

import pytest

from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, staffed
from tests.integration.follower import FOLLOWERS
from tests.integration.programs import listening

pytestmark = pytest.mark.integration

FOLLOWER = "tests.integration.follower"
NAME = """Ann "Quote" O'Neil; $(id) 张"""


async def told(lines: asyncio.StreamReader) -> list[dict[str, str]]:
    """The events until the agent is ready again."""
    events: list[dict[str, str]] = []
    while not events or events[-1].get("After") != "ready":
        line = await lines.readline()
        assert line, f"the program ended after {[event['UserEvent'] for event in events]}"
        events.append(json.loads(line))
    return events


@pytest.mark.parametrize("library", FOLLOWERS)
async def test_an_independent_client_follows_a_call(floor: RunningCentre, library: str) -> None:
    async with staffed(floor, "1002", audio=True) as phones, listening(floor, FOLLOWER, library) as lines:
        _, leg = await conversation(phones, "4001", "1002", number="100", name=NAME)
        await leg.hang_up()
        events = await told(lines)
        names = [event["UserEvent"].removeprefix("Callcenter") for event in events]
        assert [name for name in names if name != "AgentStateChanged"] == [
            "CallArrived",
            "NodeEntered",
            "CallQueued",
            "CallOffered",
            "OfferEnded",
            "CallDequeued",
            "CallReleased",
            "NodeEntered",
            "CallEnded",
            "WrapUpEnded",
        ]
        arrived, queued = events[0], next(event for event in events if event["UserEvent"] == "CallcenterCallQueued")
        assert (arrived["CallerName"], arrived["Dialled"]) == (NAME, "4001")
        assert queued["Linkedid"] == arrived["Linkedid"]
        states = [event["After"] for event in events if event["UserEvent"] == "CallcenterAgentStateChanged"]
        assert states == ["ringing", "talking", "wrap_up", "ready"]
