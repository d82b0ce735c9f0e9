"""A caller of whom a program is asked: what he hears meanwhile, and how it ends."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from acd.facts import CallEnded, LookUpEnded
from ivr.desk import Desk
from ivr.flow.expressions import Value
from ivr.flow.model import Flow
from ivr.look_ups.failures import Failure, LookUpFailed
from ivr.look_ups.requests import Request
from tests.contract.fake_agi import FakeAsterisk
from tests.contract.reception_floor import CALL, Floor, called, words
from tests.unit.test_look_up_requests import flow

pytestmark = pytest.mark.contract


@dataclass
class Told:
    """A program that answers when a test wants."""

    answer: "asyncio.Future[Mapping[str, Value]]" = field(
        default_factory=lambda: asyncio.get_event_loop().create_future()
    )
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, request: Request, into: Mapping[str, str]) -> Mapping[str, Value]:
        self.asked.set()
        return await self.answer


@pytest.fixture
def floor() -> Iterator[Floor]:
    made = Floor()
    yield made
    made.distributor.close()


@pytest.fixture
def asked(tmp_path: Path) -> Flow:
    return flow(tmp_path)


def desk(floor: Floor, told: Told) -> Desk:
    return Desk(distributor=floor.distributor, sound_of=words, look_ups=told)


async def beginning(asterisk: FakeAsterisk) -> None:
    """Up to the words that are said while it is looked up."""
    while (command := await asterisk.command())[:2] != ["STREAM", "FILE"]:
        asterisk.reply("200 result=1" if command[0] == "SET" else "200 result=0")
    assert command[2] == "One moment."


async def heard(asterisk: FakeAsterisk) -> str:
    """What is said next."""
    while (command := await asterisk.command())[:2] != ["STREAM", "FILE"]:
        asterisk.reply("200 result=1")
    return command[2]


async def test_the_words_are_heard_out_and_an_answer_that_is_there_by_then_is_told_at_once(
    floor: Floor, asked: Flow
) -> None:
    told = Told()
    async with called(desk(floor, told), asked, CALL, "4000", callerid="13800138000") as asterisk:
        await beginning(asterisk)
        await told.asked.wait()
        told.answer.set_result({"name": None, "due": None})
        asterisk.reply("200 result=0 endpos=8000")
        assert await heard(asterisk) == "Good day"
        assert not any(command[:2] == ["SET", "MUSIC"] for command in asterisk.commands)
        fact = await floor.stated(LookUpEnded)
        assert (fact.linkedid, fact.node, fact.error) == (CALL, "ask", "")


async def test_music_plays_after_the_words_until_the_answer_fails(floor: Floor, asked: Flow) -> None:
    told = Told()
    async with called(desk(floor, told), asked, CALL, "4000", callerid="13800138000") as asterisk:
        await beginning(asterisk)
        asterisk.reply("200 result=0 endpos=8000")
        await asterisk.expect("SET MUSIC", "ON")
        asterisk.reply()
        await asterisk.expect("WAIT FOR DIGIT", "-1")
        told.answer.set_exception(LookUpFailed(Failure.TIMED_OUT))
        await asterisk.settle()
        asterisk.reply()
        await asterisk.expect("SET MUSIC", "OFF")
        asterisk.reply()
        assert await heard(asterisk) == "We do not know you."
        assert (await floor.stated(LookUpEnded)).error == "look-up-timed-out"


@pytest.mark.parametrize("during", ["words", "music"])
async def test_zero_leads_to_an_agent_and_the_program_is_let_go(floor: Floor, asked: Flow, during: str) -> None:
    told = Told()
    async with called(desk(floor, told), asked, CALL, "4000", callerid="13800138000") as asterisk:
        await beginning(asterisk)
        if during == "words":
            asterisk.reply(f"200 result={ord('0')} endpos=800")
        else:
            asterisk.reply("200 result=0 endpos=8000")
            await asterisk.expect("SET MUSIC", "ON")
            asterisk.reply()
            for key in "70":
                await asterisk.expect("WAIT FOR DIGIT", "-1")
                asterisk.reply(f"200 result={ord(key)}")
            await asterisk.expect("SET MUSIC", "OFF")
            asterisk.reply()
        assert await heard(asterisk) == "An agent."
        assert told.answer.cancelled()


async def test_a_caller_who_hangs_up_leaves_no_look_up_behind(floor: Floor, asked: Flow) -> None:
    told = Told()
    async with called(desk(floor, told), asked, CALL, "4000", callerid="13800138000") as asterisk:
        await beginning(asterisk)
        asterisk.reply("200 result=0 endpos=8000")
        await asterisk.expect("SET MUSIC", "ON")
        asterisk.reply()
        await asterisk.expect("WAIT FOR DIGIT", "-1")
        asterisk.hang_up()
        asterisk.reply("200 result=-1")
        await asterisk.serve()
        assert (await floor.stated(CallEnded)).reason == "hung_up"
        assert told.answer.cancelled()
        assert floor.named(LookUpEnded) == []


async def test_a_house_that_asks_nobody_goes_on_at_the_failed_branch(floor: Floor, asked: Flow) -> None:
    async with called(
        Desk(distributor=floor.distributor, sound_of=words), asked, CALL, "4000", callerid="1"
    ) as asterisk:
        await beginning(asterisk)
        asterisk.reply("200 result=0 endpos=8000")
        assert await heard(asterisk) == "We do not know you."
        assert (await floor.stated(LookUpEnded)).error == "look-up-not-allowed"
