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
    """The events of a call, until it is over and the agent is ready again. (That he was ready before it may be told to
    who has just come, or not.)"""
    events: list[dict[str, str]] = []
    while not any(event["UserEvent"] == "CallcenterCallEnded" for event in events) or _after(events)[-1:] != ["ready"]:
        line = await lines.readline()
        assert line, f"the program ended after {[event['UserEvent'] for event in events]}"
        event = json.loads(line)
        if events or event["UserEvent"] == "CallcenterCallArrived":
            events.append(event)
    return events


def _after(events: list[dict[str, str]]) -> list[str]:
    """What the agent has come to, in order."""
    return [event["After"] for event in events if event["UserEvent"] == "CallcenterAgentStateChanged"]


@pytest.mark.parametrize("library", FOLLOWERS)
async def test_an_independent_client_follows_a_call(floor: RunningCentre, library: str) -> None:
    async with staffed(floor, "1002", audio=True) as phones, listening(floor, FOLLOWER, library) as lines:
        _, leg = await conversation(phones, "4001", "1002", number="100", name=NAME)
        await leg.hang_up()
        events = await told(lines)
        names = [event["UserEvent"].removeprefix("Callcenter") for event in events]
        assert [name for name in names if name not in ("AgentStateChanged", "WrapUpEnded")] == [
            "CallArrived",
            "NodeEntered",
            "CallQueued",
            "CallOffered",
            "OfferEnded",
            "CallDequeued",
            "CallReleased",
            "NodeEntered",
            "CallEnded",
        ]
        assert names.count("WrapUpEnded") == 1
        arrived, queued = events[0], next(event for event in events if event["UserEvent"] == "CallcenterCallQueued")
        assert (arrived["CallerName"], arrived["Dialled"]) == (NAME, "4001")
        assert queued["Linkedid"] == arrived["Linkedid"]
        assert _after(events) == ["ringing", "talking", "wrap_up", "ready"]
