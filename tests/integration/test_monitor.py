"""A monitor that follows only UserEvents, by another's AMI library, knows queue lengths and agents' states exactly."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from acd.facts import FACTS
from tests.integration.centre_fixture import WAIT_S, RunningCentre
from tests.integration.floor_fixture import sees, staffed, talk
from tests.integration.programs import listening

pytestmark = pytest.mark.integration

MONITOR = "tests.integration.monitor"
Known = Mapping[str, Any]
"""What a monitor knows after an event."""


class Watched:
    """Everything one monitor has said."""

    def __init__(self, lines: asyncio.StreamReader) -> None:
        self.said: list[Known] = []
        self._lines = lines

    async def agrees(self, floor: RunningCentre) -> None:
        """Wait until the monitor knows what the API says; the floor is still meanwhile."""
        shown = await pictured(floor)
        try:
            async with asyncio.timeout(WAIT_S):
                while not self.said or not self.said[-1]["whole"] or picture(self.said[-1]) != shown:
                    await self._next()
        except TimeoutError:
            raise AssertionError(f"the monitor knows {picture(self.said[-1])}, the API says {shown}") from None

    async def hears(self, name: str) -> None:
        """Wait until the monitor is told this, past what it has said already."""
        async with asyncio.timeout(WAIT_S):
            while name_of(await self._next()) != name:
                pass

    async def _next(self) -> Known:
        line = await self._lines.readline()
        assert line, "the monitor has ended"
        self.said.append(json.loads(line))
        return self.said[-1]

    @property
    def facts(self) -> list[Known]:
        """What was said after each fact, once the first picture was whole."""
        whole = next(at for at, known in enumerate(self.said) if known["whole"])
        return [known for known in self.said[whole:] if name_of(known) in FACTS]


def name_of(known: Known) -> str:
    return str(known["event"]["UserEvent"]).removeprefix("Callcenter")


def picture(known: Known) -> tuple[Any, Any, Any]:
    """Agents' states, queue lengths as stated, and queue lengths as counted from the calls."""
    return known["agents"], known["queues"], known["standing"]


async def pictured(floor: RunningCentre) -> tuple[Any, Any, Any]:
    agents = {agent["number"]: agent["state"] for agent in (await floor.get("/api/agents"))["agents"]}
    queues = {queue["name"]: queue["waiting"] for queue in (await floor.get("/api/queues"))["queues"]}
    return agents, queues, queues


@asynccontextmanager
async def monitor(floor: RunningCentre) -> AsyncIterator[Watched]:
    """A monitor that has just come."""
    async with listening(floor, MONITOR) as lines:
        yield Watched(lines)


def same_all_along(watched: Watched, messages: list[dict[str, Any]]) -> int:
    """The live stream tells the same facts, and after some of them the rows they changed: whenever it does, the monitor
    knew the same. Returns how many facts were compared."""
    known = iter(facts := watched.facts)
    last = None
    first = facts[0]
    compared = 0
    for message in messages:
        if "fact" in message and (compared or is_fact(first, message)):
            last = next(known, None)
            if last is None:
                break
            assert is_fact(last, message), (last["event"], message)
            compared += 1
        elif last is not None and "update" in message:
            for agent in message["update"]["agents"]:
                assert last["agents"][agent["number"]] == agent["state"]
            for queue in message["update"]["queues"]:
                assert last["queues"][queue["name"]] == queue["waiting"] == last["standing"][queue["name"]]
    return compared


def is_fact(known: Known, message: Mapping[str, Any]) -> bool:
    event = known["event"]
    same = [(event.get(header, ""), str(message.get(field, ""))) for header, field in SHOWN]
    return name_of(known) == message["fact"] and all(heard == told for heard, told in same)


SHOWN = (("AtMs", "at_ms"), ("Linkedid", "linkedid"), ("Agent", "agent"), ("Queue", "queue"), ("After", "after"))


async def test_through_a_lively_story_and_a_dead_daemon_monitors_early_and_late_know_what_the_api_says(
    floor: RunningCentre,
) -> None:
    async with AsyncExitStack() as stack:
        early = await stack.enter_async_context(monitor(floor))
        await early.agrees(floor)
        phones = await stack.enter_async_context(staffed(floor, "1003", "1002", "1001", "1004", audio=True))
        await early.agrees(floor)

        # One lets it ring, the next refuses, the third talks and holds; others wait, give up, are put out, overflow.
        first = await phones.dial("4011", number="100")
        await phones["1002"].next_call()
        await sees(floor, "1002", "not_ready", "missed_call")
        await (await phones["1001"].next_call()).refuse()
        leg = await phones["1004"].next_call()
        await talk(first, leg)
        await leg.hold()
        await sees(floor, "1004", "holding")
        waiting = [await phones.dial("4001", number=number) for number in ("200", "300", "400")]
        for number in ("200", "300", "400"):
            await floor.fact("CallArrived", caller=number)
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 3)
        await phones.dial("4012", number="500")
        await floor.fact("CallDequeued", reason="timed_out")
        await floor.fact("CallEnded", reason="nobody_free")
        await phones.dial("4014", number="600")
        await floor.fact("CallOverflowed", queue="stepwise", value="support")
        assert (await phones["1003"].next_call()).caller == "600"
        await early.agrees(floor)

        late = await stack.enter_async_context(monitor(floor))
        await late.agrees(floor)
        await waiting[1].hang_up()
        await floor.post("/api/agents/1001/ready")
        await phones["1001"].next_call()
        await floor.post("/api/agents/1001/sign-out")
        await sees(floor, "1001", "signed_out")
        await floor.post("/api/agents/1003/not-ready", {"reason": "break"})  # and so loses the one who overflowed
        assert (await floor.ask("PATCH", "/api/agents/1003", json={"skills": {"support": 7}}))[0] == 200
        await floor.fact("AgentEdited", agent="1003")
        await leg.retrieve()
        await floor.post("/api/agents/1004/sign-out")
        await leg.hang_up()
        await sees(floor, "1004", "signed_out")
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 2)
        for watched in (early, late):
            await watched.agrees(floor)
        await floor.agent_state("1004", "signed_out")  # the live stream may come behind the API
        assert same_all_along(early, floor.messages) > same_all_along(late, floor.messages) > 10

        # The daemon dies with callers waiting: who listens on Asterisk stays, and is set right.
        floor.kill_daemon()
        for watched in (early, late):
            await watched.hears("DaemonStarted")
            await watched.hears("SnapshotEnded")
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 2)
        for watched in (early, late):
            await watched.agrees(floor)
