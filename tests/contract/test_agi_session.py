"""The AGI session against a channel that hangs up, dies, stays silent or misbehaves at any moment."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr.agi.errors import (
    AgiCommandFailed,
    AgiHungUp,
)
from ivr.agi.replies import Reply
from ivr.agi.session import AgiSession
from tests.contract.agi_pair import Pair, pair

__all__ = ["pair"]

pytestmark = pytest.mark.contract

Verb = Callable[[AgiSession], Awaitable[object]]

VERBS: list[tuple[Verb, list[str], str, object]] = [
    (lambda s: s.answer(), ["ANSWER"], "200 result=0", None),
    (lambda s: s.hangup(), ["HANGUP"], "200 result=1", None),
    (lambda s: s.stream_file("a b"), ["STREAM", "FILE", "a b", ""], "200 result=0 endpos=1", None),
    (lambda s: s.stream_file("a", "12"), ["STREAM", "FILE", "a", "12"], "200 result=50 endpos=1", "2"),
    (lambda s: s.wait_for_digit(3000), ["WAIT", "FOR", "DIGIT", "3000"], "200 result=35", "#"),
    (lambda s: s.wait_for_digit(-1), ["WAIT", "FOR", "DIGIT", "-1"], "200 result=0", None),
    (lambda s: s.get_data("a", 6000, 12), ["GET", "DATA", "a", "6000", "12"], "200 result=0101", "0101"),
    (lambda s: s.get_data("a", 6000, 12), ["GET", "DATA", "a", "6000", "12"], "200 result=1 (timeout)", "1"),
    (lambda s: s.get_data("a", 6000, 12), ["GET", "DATA", "a", "6000", "12"], "200 result=", ""),
    (lambda s: s.get_variable("A"), ["GET", "VARIABLE", "A"], "200 result=0", None),
    (lambda s: s.get_variable("A"), ["GET", "VARIABLE", "A"], "200 result=1 ()", ""),
    (lambda s: s.get_variable("A"), ["GET", "VARIABLE", "A"], "200 result=1 (a\n(b))", "a\n(b)"),
    (lambda s: s.get_full_variable("x${A}"), ["GET", "FULL", "VARIABLE", "x${A}"], "200 result=1 (xy)", "xy"),
    (lambda s: s.get_full_variable("x"), ["GET", "FULL", "VARIABLE", "x"], "200 result=0", ""),
    (lambda s: s.set_variable("A", '"b\\'), ["SET", "VARIABLE", "A", '"b\\'], "200 result=1", None),
    (lambda s: s.set_music(True), ["SET", "MUSIC", "ON"], "200 result=0", None),
    (lambda s: s.set_music(True, "soft"), ["SET", "MUSIC", "ON", "soft"], "200 result=0", None),
    (lambda s: s.set_music(False, "soft"), ["SET", "MUSIC", "OFF"], "200 result=0", None),
    (lambda s: s.exec("Dial", "PJSIP/1001,20,g"), ["EXEC", "Dial", "PJSIP/1001,20,g"], "200 result=0", 0),
    (lambda s: s.exec("Queue"), ["EXEC", "Queue", ""], "200 result=7", 7),
]


@pytest.mark.parametrize(("verb", "words", "reply", "value"), VERBS)
async def test_a_verb_is_a_command_and_its_result_a_value(
    pair: Pair, verb: Verb, words: list[str], reply: str, value: object
) -> None:
    session, asterisk = pair
    task = asyncio.ensure_future(verb(session))
    assert await asterisk.command() == words
    asterisk.reply(reply)
    assert await task == value


async def test_the_environment_is_there_from_the_start(pair: Pair) -> None:
    session, _ = pair
    assert session.environment.calleridname == "Ann"
    assert session.over is None


@pytest.mark.parametrize("reply", ["510 Invalid or unknown command", "520-Usage:\nx\n520 End of proper usage."])
async def test_a_command_that_asterisk_does_not_understand_fails_and_the_session_goes_on(
    pair: Pair, reply: str
) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")
    asterisk.reply(reply)
    await asterisk.settle()
    with pytest.raises(AgiCommandFailed, match=f"ANSWER with code {reply[:3]}") as caught:
        await task
    assert (caught.value.id, caught.value.code) == ("agi-command-failed", int(reply[:3]))
    assert session.over is None


async def test_a_missing_sound_file_is_a_failure_and_no_hang_up(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.stream_file("missing"))
    await asterisk.expect("STREAM FILE")
    asterisk.reply("200 result=-1 endpos=0")
    await asterisk.settle()
    with pytest.raises(AgiCommandFailed, match="STREAM FILE with result -1"):
        await task


async def test_a_hang_up_during_a_prompt_is_a_hang_up(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.stream_file("greeting"))
    await asterisk.expect("STREAM FILE")
    asterisk.reply("200 result=-1 endpos=800")
    asterisk.hang_up()
    with pytest.raises(AgiHungUp):
        await task


async def test_a_hang_up_that_is_told_only_with_the_next_command_is_a_hang_up(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.stream_file("greeting"))
    await asterisk.expect("STREAM FILE")
    asterisk.reply("200 result=-1 endpos=800")
    marker = (await asterisk.expect("GET FULL VARIABLE"))[-1]
    asterisk.hang_up()
    asterisk.reply(f"200 result=1 ({marker})")
    with pytest.raises(AgiHungUp):
        await task


async def test_an_application_that_wants_the_call_ended_says_so_while_the_caller_is_there(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.exec("Dial", "PJSIP/1001"))
    await asterisk.expect("EXEC Dial")
    asterisk.reply("200 result=-1")
    await asterisk.settle()
    assert await task == -1


async def test_a_caller_who_hangs_up_while_an_agent_is_rung_is_hung_up(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.exec("Dial", "PJSIP/1001"))
    await asterisk.expect("EXEC Dial")
    asterisk.reply("200 result=-1")
    asterisk.hang_up()
    with pytest.raises(AgiHungUp):
        await task


async def test_an_unknown_application_is_a_failure(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.exec("Nonsense"))
    await asterisk.expect("EXEC Nonsense")
    asterisk.reply("200 result=-2")
    await asterisk.settle()
    with pytest.raises(AgiCommandFailed, match="EXEC Nonsense"):
        await task


async def test_a_hang_up_is_noticed_while_no_command_is_under_way(pair: Pair) -> None:
    session, asterisk = pair
    asterisk.hang_up()
    assert isinstance(await session.hung_up(), AgiHungUp)
    with pytest.raises(AgiHungUp) as caught:
        await session.answer()
    assert caught.value.id == "agi-hung-up"


async def test_a_wait_is_ended_by_the_hang_up(pair: Pair) -> None:
    session, asterisk = pair
    offer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(session.while_up(offer))
    asterisk.hang_up()
    with pytest.raises(AgiHungUp):
        await waiting
    assert offer.cancelled()


async def test_a_wait_that_ends_first_gives_its_result_or_its_error(pair: Pair) -> None:
    session, _ = pair

    async def offer(agent: str) -> str:
        if not agent:
            raise LookupError("no agent")
        return agent

    assert await session.while_up(offer("1001")) == "1001"
    with pytest.raises(LookupError, match="no agent"):
        await session.while_up(offer(""))


async def test_a_result_that_comes_with_the_hang_up_is_not_lost(pair: Pair) -> None:
    session, asterisk = pair
    asterisk.hang_up()
    await session.hung_up()
    offer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    offer.set_result("offer")
    assert await session.while_up(offer) == "offer"


async def test_a_cancelled_wait_cancels_what_it_waits_for(pair: Pair) -> None:
    session, _ = pair
    begun, withdrawn = asyncio.Event(), asyncio.Event()

    async def next_offer() -> None:
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            withdrawn.set()

    waiting = asyncio.create_task(session.while_up(next_offer()))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert withdrawn.is_set()
    assert session.over is None


async def test_a_command_under_way_at_the_hang_up_still_gets_its_reply(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.command("SET VARIABLE", "A", "b"))
    await asterisk.expect("SET VARIABLE", "A", "b")
    asterisk.hang_up()
    asterisk.reply("200 result=1")
    assert await task == Reply(200, "1")
    with pytest.raises(AgiHungUp):
        await session.get_variable("A")


async def test_a_dead_channel_is_a_hang_up_even_without_the_word(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")
    asterisk.reply("511 Command Not Permitted on a dead channel or intercept routine")
    with pytest.raises(AgiHungUp):
        await task
    assert isinstance(session.over, AgiHungUp)


async def test_our_own_hang_up_ends_the_session(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.hangup())
    await asterisk.expect("HANGUP")
    asterisk.reply("200 result=1")
    await task
    with pytest.raises(AgiHungUp):
        await session.answer()
