"""A command that gives way to news: what is said to a caller must never delay what is decided for him."""

import asyncio

import pytest

from ivr.agi.errors import AgiHungUp, AgiInterrupted
from ivr.agi.replies import Reply
from ivr.agi.wire import AgiWire
from tests.contract.agi_pair import Pair, pair

__all__ = ["pair"]

pytestmark = pytest.mark.contract

LATE = [[], ["200 result=0 endpos=800"], ["200 result=55"]]


def news() -> asyncio.Future[str]:
    """What is waited for."""
    return asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("late", LATE)
@pytest.mark.parametrize("command", [("STREAM FILE", "greeting", ""), ("WAIT FOR DIGIT", -1)])
async def test_a_command_gives_way_and_the_next_gets_its_own_reply(
    pair: Pair, command: tuple[str | int, ...], late: list[str]
) -> None:
    session, asterisk = pair
    offer = news()

    async def wait() -> str:
        with session.interrupted_by(offer), pytest.raises(AgiInterrupted) as caught:
            await session.command(str(command[0]), *command[1:])
        assert caught.value.id == "agi-interrupted"
        await session.exec("Dial", "PJSIP/1001")
        return offer.result()

    waiting = asyncio.create_task(wait())
    await asterisk.expect(str(command[0]))
    offer.set_result("1001")
    marker = (await asterisk.expect("GET FULL VARIABLE"))[-1]
    for reply in [*late, f"200 result=1 ({marker})"]:
        asterisk.reply(reply)
    await asterisk.expect("EXEC Dial")
    asterisk.reply("200 result=0")
    assert await waiting == "1001"


async def test_no_command_is_begun_once_the_news_is_there_and_the_session_is_in_step(pair: Pair) -> None:
    session, asterisk = pair
    offer = news()
    offer.set_result("1001")
    with session.interrupted_by(offer), pytest.raises(AgiInterrupted):
        await session.stream_file("greeting")
    after = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")  # without a question before: nothing was abandoned
    asterisk.reply()
    await after


async def test_news_in_one_moment_with_the_reply_break_no_later_command_off(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, asterisk = pair
    offer = news()
    exchange = AgiWire.exchange

    async def both(wire: AgiWire, line: bytes, *, after_end: bool = False) -> Reply:
        reply = await exchange(wire, line, after_end=after_end)
        offer.set_result("1001")  # who hears of it is told in the loop's next round
        return reply

    with monkeypatch.context() as patched, session.interrupted_by(offer):
        patched.setattr(AgiWire, "exchange", both)
        waiting = asyncio.create_task(session.wait_for_digit(-1))
        await asterisk.expect("WAIT FOR DIGIT")
        asterisk.reply("200 result=49")
        assert await waiting == "1"
    after = asyncio.create_task(session.exec("Dial", "PJSIP/1001"))
    await asterisk.expect("EXEC Dial")
    asterisk.reply("200 result=0")
    await after


async def test_a_command_that_ends_before_the_news_has_its_reply(pair: Pair) -> None:
    session, asterisk = pair
    offer = news()

    async def wait() -> str | None:
        with session.interrupted_by(offer):
            return await session.wait_for_digit(-1)

    waiting = asyncio.create_task(wait())
    await asterisk.expect("WAIT FOR DIGIT")
    asterisk.reply("200 result=49")
    assert await waiting == "1"
    offer.set_result("1001")  # interrupts nothing any more
    after = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")
    asterisk.reply()
    await after


async def test_news_while_the_session_finds_its_step_again_is_heard_then(pair: Pair) -> None:
    session, asterisk = pair
    first, second = news(), news()

    async def wait() -> None:
        for offer in (first, second):
            with session.interrupted_by(offer), pytest.raises(AgiInterrupted):
                await session.stream_file("greeting")
        await session.answer()

    waiting = asyncio.create_task(wait())
    await asterisk.expect("STREAM FILE")
    first.set_result("1001")
    await asterisk.expect("GET FULL VARIABLE")
    second.set_result("1002")
    await asterisk.settle()
    await asterisk.expect("ANSWER")
    asterisk.reply()
    await waiting


async def test_a_hang_up_is_a_hang_up_whatever_news_is_waited_for(pair: Pair) -> None:
    session, asterisk = pair

    async def wait() -> None:
        with session.interrupted_by(news()), pytest.raises(AgiHungUp):
            await session.wait_for_digit(-1)

    waiting = asyncio.create_task(wait())
    await asterisk.expect("WAIT FOR DIGIT")
    asterisk.hang_up()
    asterisk.reply("200 result=-1")
    await waiting


async def test_who_is_cancelled_is_cancelled_and_not_interrupted(pair: Pair) -> None:
    session, asterisk = pair
    offer = news()

    async def wait() -> None:
        with session.interrupted_by(offer):
            await session.wait_for_digit(-1)

    waiting = asyncio.create_task(wait())
    await asterisk.expect("WAIT FOR DIGIT")
    offer.set_result("1001")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_reply_in_the_moment_of_the_news_is_passed_over(pair: Pair) -> None:
    session, asterisk = pair
    offer = news()

    async def wait() -> None:
        with session.interrupted_by(offer), pytest.raises(AgiInterrupted):
            await session.wait_for_digit(-1)
        await session.answer()

    def both(_: object) -> None:
        session._wire._take(Reply(200, "49"))

    waiting = asyncio.create_task(wait())
    await asterisk.expect("WAIT FOR DIGIT")
    offer.add_done_callback(both)
    offer.set_result("1001")
    await asterisk.settle()
    await asterisk.expect("ANSWER")
    asterisk.reply()
    await waiting
