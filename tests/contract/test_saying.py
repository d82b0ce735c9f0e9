"""What is said to a caller on a fake channel, while words that nobody knew before the call are still being made."""

import asyncio
from collections.abc import Sequence

import pytest

from acd.clock import Clock
from acd.distributor import Distributor
from acd.router import Router
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.desk import Desk
from ivr.flow.steps import FreeText, Piece, Prompt
from ivr.prompts.errors import PromptError
from ivr.saying import Saying
from tests.contract.agi_pair import Pair, pair

__all__ = ["pair"]

pytestmark = pytest.mark.contract

HELLO, NAME = Prompt("Hello.", "en"), FreeText("Ms Li", "en")


class Voice:
    """A voice that speaks when it is told to."""

    def __init__(self) -> None:
        self.spoken = asyncio.Event()
        self.broken_off = asyncio.Event()
        self.fails = False

    async def sound(self, pieces: Sequence[Piece]) -> str:
        try:
            await self.spoken.wait()
        except asyncio.CancelledError:
            self.broken_off.set()
            raise
        if self.fails:
            raise PromptError("the voice is hoarse")
        return "made"


def saying(session: AgiSession, voice: Voice) -> Saying:
    distributor = Distributor(Router(), Clock())
    return Saying(Desk(distributor=distributor, sound_of=lambda prompt: prompt.text, sounds=voice), session)


async def test_a_key_pressed_while_the_words_are_made_is_taken_and_they_are_not_said(pair: Pair) -> None:
    session, asterisk = pair
    voice = Voice()
    playing = asyncio.create_task(saying(session, voice).play((HELLO, NAME), "12"))
    for key in ("7", "2"):  # 7 means nothing here
        await asterisk.expect("WAIT FOR DIGIT")
        asterisk.reply(f"200 result={ord(key)}")
    assert await playing == "2"
    await asyncio.wait_for(voice.broken_off.wait(), 60)


@pytest.mark.parametrize("fails", [False, True])
async def test_the_words_are_said_as_soon_as_they_are_there(pair: Pair, fails: bool) -> None:
    """Where the voice fails, what is ready is said."""
    session, asterisk = pair
    voice = Voice()
    voice.fails = fails
    playing = asyncio.create_task(saying(session, voice).play((HELLO, NAME), "12"))
    await asterisk.expect("WAIT FOR DIGIT")
    voice.spoken.set()
    marker = (await asterisk.expect("GET FULL VARIABLE"))[-1]
    asterisk.reply(f"200 result=1 ({marker})")
    command = await asterisk.expect("STREAM FILE")
    assert command[2] == ("Hello." if fails else "made")
    asterisk.reply("200 result=49 endpos=80")
    assert await playing == "1"


async def test_words_that_no_key_may_end_are_waited_for(pair: Pair) -> None:
    session, asterisk = pair
    voice = Voice()
    playing = asyncio.create_task(saying(session, voice).play((NAME,), ""))
    await asyncio.sleep(0)
    voice.spoken.set()
    await asterisk.expect("STREAM FILE")
    asterisk.reply("200 result=0 endpos=80")
    assert await playing is None


async def test_nothing_is_made_on_for_a_caller_who_has_hung_up(pair: Pair) -> None:
    session, asterisk = pair
    voice = Voice()
    playing = asyncio.create_task(saying(session, voice).play((NAME,), "1"))
    await asterisk.expect("WAIT FOR DIGIT")
    asterisk.reply("HANGUP")
    asterisk.reply("200 result=-1")
    with pytest.raises(AgiHungUp):
        await playing
    await asyncio.wait_for(voice.broken_off.wait(), 60)
