"""An agent who asks, on a fake channel: served as a caller is, and given up when his caller stands in his place."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import pytest
import pytest_asyncio

from acd.facts import CallArrived, CallDequeued, CallEnded, CallQueued, OfferEnded
from acd.queues import QueueSettings
from acd.states import AgentState, DequeueReason, EndedBy, OfferOutcome
from ivr.consults import Consults
from ivr.destinations import Destination
from ivr.journeys import Journeys
from tests.contract.fake_agi import Answer, FakeAsterisk, calling, serving
from tests.contract.reception_floor import AGENT, CALL, Floor, dial

pytestmark = pytest.mark.contract

CONSULT = CALL
"""The fake channel's own call."""

MAIN, ASKER = "node1-1.0", "1002"
LATE = 4
"""The look at who is on the channel that finds the caller."""

FOUND = {"7001": Destination(queue="sales"), "1001": Destination(agent="1001"), "4000": Destination(number="4000")}


class Asking(Floor):
    """1002 holds the caller of MAIN, who came with priority 3, his topic, and after a wait; 1001 is ready."""

    def __init__(self) -> None:
        super().__init__(QueueSettings(name="sales"))
        self.journeys = Journeys(self.distributor)
        self.consults = Consults(self.distributor, FOUND.get, self.journeys)
        with self.distributor.command() as (router, now_ms):
            router.set_not_ready(AGENT, "break", cause="api", now_ms=now_ms)
        self.sign_in(ASKER)
        self.distributor.state(
            CallArrived(at_ms=0, linkedid=MAIN, channel="", caller="100", caller_name="", dialled="4000", flow="f")
        )
        with self.distributor.command() as (router, now_ms):
            router.enter(MAIN, "sales", entered_ms=now_ms - 5_000, priority=3, data={"topic": "bill"}, now_ms=now_ms)
            router.answered(MAIN, now_ms=now_ms)

    def ready(self) -> None:
        """1001 is ready again."""
        with self.distributor.command() as (router, now_ms):
            router.set_ready(AGENT, cause="api", now_ms=now_ms)

    async def asked(self) -> CallQueued:
        """That the call in which is asked stands in a queue, now or soon."""
        while True:
            for fact in self.named(CallQueued):
                if fact.linkedid == CONSULT:
                    return cast(CallQueued, fact)
            self._news.clear()
            await self._news.wait()


@pytest_asyncio.fixture
async def floor() -> Asking:
    return Asking()


@asynccontextmanager
async def asking(
    floor: Asking,
    dialled: str,
    answers: Mapping[str, Answer] | None = None,
    *,
    ends: tuple[str, str] = ("ANSWER", "16"),
) -> AsyncIterator[FakeAsterisk]:
    """1002 has dialled; Asterisk does what it is told until the session is over. A ringing ends so."""
    async with (
        asyncio.timeout(60),
        serving(floor.consults) as server,
        calling(server.port, "call", (CONSULT, dialled, ASKER)) as asterisk,
    ):
        serve = asyncio.create_task(asterisk.serve({"EXEC Dial": dial(asterisk, ends), **(answers or {})}))
        yield asterisk
        await serve
    floor.distributor.close()


def caller_comes(asterisk: FakeAsterisk) -> None:
    """Asterisk puts the held caller into the place of the agent."""
    asterisk.variables |= {"CHANNEL(uniqueid)": MAIN, "CHANNEL(linkedid)": MAIN}


async def test_a_queue_is_asked_with_the_callers_priority_data_and_wait_and_the_talk_is_not_ours_to_end(
    floor: Asking,
) -> None:
    floor.ready()
    async with asking(floor, "7001") as asterisk:
        pass
    arrived = floor.named(CallArrived)[-1]
    assert (arrived.linkedid, arrived.caller, arrived.dialled, arrived.consult_of) == (CONSULT, ASKER, "7001", MAIN)
    queued = floor.named(CallQueued)[-1]
    assert (queued.linkedid, queued.priority, queued.data) == (CONSULT, 3, {"topic": "bill"})
    assert queued.at_ms - queued.entered_ms >= 5_000
    assert floor.state is AgentState.TALKING  # Asterisk tells when the colleague's own leg ends
    ended = floor.named(CallEnded)[-1]
    assert (ended.linkedid, ended.by, ended.reason) == (CONSULT, EndedBy.AGENT, "served")
    assert asterisk.commands[-1] == ["HANGUP"]
    assert asterisk.variables["CALLCENTER_DONE"] == "1"


async def test_a_caller_put_into_his_place_takes_it_over_and_is_left_to_the_dialplan(floor: Asking) -> None:
    async with asking(floor, "7001") as asterisk:
        queued = await floor.asked()
        floor.consults.look()  # nothing has happened: he waits on
        caller_comes(asterisk)
        floor.consults.joined(CONSULT)
    assert floor.named(CallDequeued)[-1].reason is DequeueReason.WITHDRAWN
    ended = floor.named(CallEnded)[-1]
    assert (ended.linkedid, ended.reason) == (CONSULT, "transferred")
    journey = floor.journeys.get(MAIN)
    assert journey is not None
    assert journey.place == (queued.entered_ms, queued.at_ms)
    assert journey.joined
    assert "CALLCENTER_DONE" not in asterisk.variables


async def test_a_caller_put_into_his_place_unheard_is_found_after_the_link_is_back(floor: Asking) -> None:
    async with asking(floor, "7001") as asterisk:
        await floor.asked()
        caller_comes(asterisk)
        floor.consults.look()
    assert floor.named(CallEnded)[-1].reason == "transferred"
    assert not floor.distributor.router.is_offered(CONSULT)


async def test_a_phone_that_rings_for_the_agent_stops_when_his_caller_is_put_into_his_place(floor: Asking) -> None:
    floor.ready()

    def ringing(_: list[str]) -> str:
        caller_comes(asterisk)
        floor.consults.joined(CONSULT)
        asterisk.variables |= {"DIALSTATUS": "NOANSWER", "HANGUPCAUSE": "16"}
        return "200 result=0"

    async with asking(floor, "1001", {"EXEC Dial": ringing}) as asterisk:
        pass
    assert floor.named(OfferEnded)[-1].outcome is OfferOutcome.WITHDRAWN
    assert floor.named(CallEnded)[-1].reason == "transferred"
    assert floor.state is AgentState.READY


async def test_a_caller_who_comes_a_moment_after_asterisk_has_told_it_hears_no_busy_tone(floor: Asking) -> None:
    floor.ready()
    looks = 0

    def ringing(_: list[str]) -> str:
        floor.consults.joined(CONSULT)
        asterisk.variables |= {"DIALSTATUS": "NOANSWER", "HANGUPCAUSE": "16"}
        return "200 result=0"

    def who(words: list[str]) -> str:
        nonlocal looks
        if words[-1].startswith("${CHANNEL(uniqueid)"):
            looks += 1
            if looks == LATE:
                caller_comes(asterisk)
        return asterisk.usual(words)

    async with asking(floor, "1001", {"EXEC Dial": ringing, "GET FULL VARIABLE": who}) as asterisk:
        pass
    assert looks == LATE
    assert ["EXEC", "Playtones", "busy"] not in asterisk.commands
    assert floor.named(CallEnded)[-1].reason == "transferred"
    assert "CALLCENTER_DONE" not in asterisk.variables


@pytest.mark.parametrize("dialled", ["1001", "7001"])
async def test_a_caller_who_was_said_to_come_and_never_does_leaves_the_agent_with_a_busy_tone(
    floor: Asking, dialled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.consults._PAUSES_S", (0.0,))
    floor.ready()

    def ringing(_: list[str]) -> str:
        floor.consults.joined(CONSULT)
        asterisk.variables |= {"DIALSTATUS": "NOANSWER", "HANGUPCAUSE": "16"}
        return "200 result=0"

    async with asking(floor, dialled, {"EXEC Dial": ringing}) as asterisk:
        pass
    assert ["EXEC", "Playtones", "busy"] in asterisk.commands
    assert floor.named(CallEnded)[-1].reason == "not_answered"
    assert asterisk.commands[-1] == ["HANGUP"]


async def test_a_caller_put_into_the_busy_tone_is_not_hung_up_on(floor: Asking) -> None:
    def busy(_: list[str]) -> None:
        caller_comes(asterisk)
        floor.consults.joined(CONSULT)
        asterisk.reply("200 result=0")

    async with asking(floor, "1001", {"WAIT FOR DIGIT": busy}, ends=("BUSY", "16")) as asterisk:
        pass
    assert ["EXEC", "Playtones", "busy"] in asterisk.commands
    assert ["HANGUP"] not in asterisk.commands
    assert floor.named(CallEnded)[-1].reason == "transferred"
    assert "CALLCENTER_DONE" not in asterisk.variables


async def test_who_talked_with_the_caller_before_anybody_told_us_has_served_him(floor: Asking) -> None:
    floor.ready()

    def talk(_: list[str]) -> str:
        caller_comes(asterisk)
        asterisk.variables |= {"DIALSTATUS": "ANSWER", "HANGUPCAUSE": "16"}
        return "200 result=0"

    async with asking(floor, "7001", {"EXEC Dial": talk}) as asterisk:
        pass
    assert [(fact.linkedid, fact.reason) for fact in floor.named(CallEnded)] == [
        (MAIN, "served"),
        (CONSULT, "transferred"),
    ]


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ("NOANSWER", AgentState.NOT_READY, "not_answered"),
        ("BUSY", AgentState.NOT_READY, "not_answered"),
        ("ANSWER", AgentState.TALKING, "served"),
    ],
)
async def test_a_colleague_is_rung_as_for_any_call(floor: Asking, status: str, state: AgentState, reason: str) -> None:
    floor.ready()
    async with asking(floor, "1001", ends=(status, "16")) as asterisk:
        pass
    assert floor.state is state
    assert floor.named(CallEnded)[-1].reason == reason
    assert (["EXEC", "Playtones", "busy"] in asterisk.commands) is (status != "ANSWER")


async def test_a_colleague_in_a_call_is_not_rung_and_the_agent_hears_that_he_is_busy(floor: Asking) -> None:
    with floor.distributor.command() as (router, now_ms):
        router.phone_changed(AGENT, reachable=True, engaged=True, now_ms=now_ms)
    async with asking(floor, "1001") as asterisk:
        pass
    assert not [words for words in asterisk.commands if words[:2] == ["EXEC", "Dial"]]
    assert ["EXEC", "Playtones", "busy"] in asterisk.commands


@pytest.mark.parametrize("dialled", ["7999", "4000", ""])
async def test_what_is_neither_queue_nor_colleague_is_unallocated(floor: Asking, dialled: str) -> None:
    async with asking(floor, dialled) as asterisk:
        pass
    assert ["EXEC", "Hangup", "1"] in asterisk.commands
    assert not [words for words in asterisk.commands if words[:2] == ["EXEC", "Answer"]]
    assert floor.named(CallEnded)[-1].by is EndedBy.SYSTEM


async def test_an_agent_who_gives_up_is_out_of_the_queue_and_keeps_his_caller(floor: Asking) -> None:
    async with asking(floor, "7001") as asterisk:
        await floor.asked()
        asterisk.hang_up()
    assert floor.named(CallDequeued)[-1].reason is DequeueReason.ABANDONED
    assert (floor.named(CallEnded)[-1].by, floor.named(CallEnded)[-1].reason) == (EndedBy.CALLER, "hung_up")
    assert MAIN in floor.distributor.router.conversations


async def test_an_agent_who_gives_up_while_his_colleagues_phone_rings_stops_it(floor: Asking) -> None:
    floor.ready()

    def ringing(_: list[str]) -> str:
        asterisk.hang_up()
        return "200 result=-1"

    async with asking(floor, "1001", {"EXEC Dial": ringing}) as asterisk:
        pass
    assert floor.named(OfferEnded)[-1].outcome is OfferOutcome.ABANDONED
    assert floor.state is AgentState.READY
