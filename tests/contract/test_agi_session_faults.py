"""The AGI session when the link breaks, the peer misbehaves, or our own side cancels and closes."""

import asyncio
from collections.abc import Callable

import pytest

from ivr.agi import wire
from ivr.agi.errors import (
    AgiBusy,
    AgiConnectionLost,
    AgiError,
    AgiHungUp,
    AgiOver,
    AgiProtocolError,
    AgiTruncated,
)
from tests.contract.agi_pair import Pair, pair
from tests.contract.fake_agi import FakeAsterisk

__all__ = ["pair"]

pytestmark = pytest.mark.contract


def cut_a_reply(asterisk: FakeAsterisk) -> None:
    asterisk.send(b"200 resu")
    asterisk.end()


Fault = Callable[[FakeAsterisk], None]
FAULTS: list[tuple[Fault, type[AgiError]]] = [
    (FakeAsterisk.cut, AgiConnectionLost),
    (FakeAsterisk.end, AgiConnectionLost),
    (cut_a_reply, AgiTruncated),
    (lambda asterisk: asterisk.send(b"hello\n"), AgiProtocolError),
    (lambda asterisk: asterisk.send(b"x" * 100_000), AgiProtocolError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_a_fault_of_the_link_reaches_the_command_under_way(
    pair: Pair, fault: Fault, error: type[AgiError]
) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")
    fault(asterisk)
    with pytest.raises(error):
        await task


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_a_fault_of_the_link_is_noticed_while_no_command_is_under_way(
    pair: Pair, fault: Fault, error: type[AgiError]
) -> None:
    session, asterisk = pair
    fault(asterisk)
    assert isinstance(await session.hung_up(), error)
    with pytest.raises(error):
        await session.answer()


async def test_a_connection_that_breaks_after_the_hang_up_was_still_hung_up(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")
    asterisk.hang_up()
    asterisk.end()
    with pytest.raises(AgiHungUp):
        await task


async def test_a_second_reply_to_one_command_ends_the_session(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")
    asterisk.reply("200 result=0\n200 result=1 (forged)")
    await task
    assert isinstance(await session.hung_up(), AgiProtocolError)


async def test_a_reply_without_a_command_ends_the_session(pair: Pair) -> None:
    session, asterisk = pair
    asterisk.reply("200 result=0")
    assert isinstance(await session.hung_up(), AgiProtocolError)


async def test_a_second_command_at_the_same_time_is_a_fault_of_the_program(pair: Pair) -> None:
    session, asterisk = pair
    task = asyncio.create_task(session.answer())
    await asterisk.expect("ANSWER")
    with pytest.raises(AgiBusy, match="SET MUSIC") as caught:
        await session.set_music(True)
    assert caught.value.id == "agi-busy"
    asterisk.reply()
    await task


@pytest.mark.parametrize("late", [[], ["200 result=1"], ["200 result=-1 endpos=800"]])
async def test_after_a_cancelled_command_the_next_gets_its_own_reply(pair: Pair, late: list[str]) -> None:
    session, asterisk = pair
    prompt = asyncio.create_task(session.stream_file("greeting"))
    await asterisk.expect("STREAM FILE")
    prompt.cancel()
    dial = asyncio.create_task(session.exec("Dial", "PJSIP/1001"))
    marker = (await asterisk.expect("GET FULL VARIABLE"))[-1]
    for reply in [*late, f"200 result=1 ({marker})"]:
        asterisk.reply(reply)
    await asterisk.expect("EXEC Dial")
    asterisk.reply("200 result=0")
    assert await dial == 0


async def test_a_late_reply_to_a_cancelled_command_is_passed_over(pair: Pair) -> None:
    session, asterisk = pair
    prompt = asyncio.create_task(session.stream_file("greeting"))
    await asterisk.expect("STREAM FILE")
    prompt.cancel()
    asterisk.reply("200 result=0 endpos=8000")
    await asyncio.wait((prompt,))
    confirm = asyncio.create_task(session.confirm_up())
    await asterisk.settle()
    await confirm


async def test_a_marker_that_asterisk_read_without_seeing_it_is_followed_by_another(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "FIRST_REPEAT_S", 0.001)
    session, asterisk = pair
    confirm = asyncio.create_task(session.confirm_up())
    unseen = (await asterisk.expect("GET FULL VARIABLE"))[-1]
    second = (await asterisk.expect("GET FULL VARIABLE"))[-1]
    asterisk.reply(f"200 result=1 ({unseen})")
    asterisk.reply(f"200 result=1 ({second})")
    serving = asyncio.create_task(asterisk.serve())
    await confirm
    assert await session.wait_for_digit(0) is None
    await session.close()
    await serving


async def test_a_cancelled_confirmation_leaves_the_session_in_step(pair: Pair) -> None:
    session, asterisk = pair
    confirm = asyncio.create_task(session.confirm_up())
    first = (await asterisk.expect("GET FULL VARIABLE"))[-1]
    confirm.cancel()
    await asyncio.wait((confirm,))
    asterisk.reply(f"200 result=1 ({first})")
    task = asyncio.create_task(session.answer())
    await asterisk.settle()
    await asterisk.expect("ANSWER")
    asterisk.reply()
    await task


async def test_a_closed_session_lets_asterisk_go_on(pair: Pair) -> None:
    session, asterisk = pair
    await session.close()
    await session.close()
    await asterisk.closed()
    assert isinstance(await session.hung_up(), AgiOver)
    with pytest.raises(AgiOver):
        await session.answer()


async def test_a_whole_flow_runs_against_the_channel_that_serves_itself(pair: Pair) -> None:
    session, asterisk = pair

    def caller_hangs_up(words: list[str]) -> None:
        asterisk.reply("200 result=-1")
        asterisk.hang_up()

    serving = asyncio.create_task(asterisk.serve({"EXEC Dial": caller_hangs_up}))
    await session.answer()
    await session.set_variable("A", "b c")
    assert await session.get_variable("A") == "b c"
    assert await session.get_full_variable("<${A}>") == "<b c>"
    with pytest.raises(AgiHungUp):
        await session.exec("Dial", "PJSIP/1001,20,g")
    await session.close()
    await serving
    assert asterisk.commands[0] == ["ANSWER"]
