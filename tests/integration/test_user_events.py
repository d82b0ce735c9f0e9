"""Programs that are not ours follow a call on Asterisk's own AMI stream, each with its own client library."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import HOME, conversation, staffed
from tests.integration.follower import FOLLOWERS, READY

pytestmark = pytest.mark.integration

NAME = """Ann "Quote" O'Neil; $(id) 张"""


@asynccontextmanager
async def following(floor: RunningCentre, library: str) -> AsyncIterator[asyncio.StreamReader]:
    """What a program prints that follows the centre with this library, once it is logged in."""
    settings = floor.settings
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.follower", library, settings.control, str(settings.ami_port)),
        cwd=HOME,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(floor.credentials.ami.monitor.encode() + b"\n")
        assert (await process.stdout.readline()).decode().strip() == READY
        yield process.stdout
    finally:
        process.stdin.close()
        await process.wait()


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
    async with staffed(floor, "1002", audio=True) as phones, following(floor, library) as lines:
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
