"""The simulated telephones against a real Asterisk: what every other integration test and benchmark builds on."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import pytest
import pytest_asyncio

from cti.simulation.errors import BadAccount, CallOver, RegistrationRefused, SippFailed, SippMissing
from cti.simulation.ports import free_port
from cti.simulation.telephones import Call, Keying, Moment, Telephones
from ivr.agi.session import AgiSession
from tests.integration.asterisk_fixture import RunningAsterisk
from tests.integration.line import WAIT_S, Line, StandInDaemon, line_of

pytestmark = pytest.mark.integration

CALLER = "13900000001"
Wanted = ParamSpec("Wanted")


def bounded(test: Callable[Wanted, Awaitable[None]]) -> Callable[Wanted, Awaitable[None]]:
    """A test that waits for a message that never comes fails instead of standing still."""

    @wraps(test)
    async def run(*arguments: Wanted.args, **fixtures: Wanted.kwargs) -> None:
        async with asyncio.timeout(WAIT_S):
            await test(*arguments, **fixtures)

    return run


@pytest_asyncio.fixture
async def line(asterisk: RunningAsterisk, tmp_path: Path) -> AsyncIterator[Line]:
    async with line_of(asterisk, tmp_path, audio=True) as line:
        yield line


@pytest_asyncio.fixture
async def daemon(line: Line) -> AsyncIterator[StandInDaemon]:
    async with StandInDaemon(line) as daemon:
        yield daemon


async def offer(session: AgiSession, number: str) -> None:
    """Ring an agent for the caller until the conversation is over."""
    await session.exec("Dial", f"PJSIP/{number},30,g")


async def conversation(line: Line, daemon: StandInDaemon) -> tuple[Call, Call, asyncio.Task[None]]:
    """A caller in conversation with agent 1001."""
    caller = await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await session.answer()
    dialling = asyncio.create_task(offer(session, "1001"))
    agent = await line.phones["1001"].next_call()
    await agent.answer()
    return caller, agent, dialling


@bounded
async def test_telephones_register_and_are_gone_when_they_are_put_away(
    asterisk: RunningAsterisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cti.simulation.telephones.GOODBYE_S", WAIT_S)
    async with line_of(asterisk, tmp_path):
        assert "1001/sip:1001@" in await asterisk.console("pjsip show contacts")
    assert "No objects found" in await asterisk.console("pjsip show contacts")


@bounded
async def test_a_wrong_password_is_refused(asterisk: RunningAsterisk, tmp_path: Path) -> None:
    async with Telephones(tmp_path, sip_port=asterisk.settings.sip_port, accounts={"1001": "wrong"}) as phones:
        with pytest.raises(RegistrationRefused, match="401 to the registration of telephone 1001"):
            await phones.register()


@bounded
async def test_caller_and_agent_hear_each_other_until_the_agent_hangs_up(line: Line, daemon: StandInDaemon) -> None:
    caller, agent, dialling = await conversation(line, daemon)
    assert agent.caller == CALLER
    assert caller.audio
    assert agent.audio
    await asyncio.gather(caller.audio.hears(agent.audio.tone_hz), agent.audio.hears(caller.audio.tone_hz))
    await agent.hang_up()
    await dialling
    daemon.leave()
    await caller.ended()
    assert (agent.ended_here, caller.ended_here) == (True, False)
    moments = [agent.at_us[moment] for moment in Moment]
    assert moments == sorted(moments)


@bounded
async def test_a_caller_on_hold_hears_music_until_he_is_taken_back(line: Line, daemon: StandInDaemon) -> None:
    caller, agent, dialling = await conversation(line, daemon)
    await agent.hold()
    await line.event("Hold")
    await agent.retrieve()
    await line.event("Unhold")
    assert caller.audio
    assert agent.audio
    await caller.audio.hears(agent.audio.tone_hz)
    await caller.hang_up()
    await agent.ended()
    assert not agent.ended_here
    dialling.cancel()


@bounded
async def test_digits_pressed_arrive_in_order_as_events_and_by_sip_info(line: Line, daemon: StandInDaemon) -> None:
    caller = await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await session.answer()
    pressing = asyncio.create_task(caller.press("12#*0"))
    assert [await session.wait_for_digit(-1) for _ in range(5)] == list("12#*0")
    await pressing
    other = await line.phones.dial("4000", number=CALLER, keying=Keying.INFO)
    session = await daemon.next_call()
    await session.answer()
    await other.answered()
    pressing = asyncio.create_task(other.press("9#"))
    assert [await session.wait_for_digit(-1) for _ in range(2)] == list("9#")
    await pressing


@bounded
async def test_without_audio_digits_are_pressed_by_sip_info(asterisk: RunningAsterisk, tmp_path: Path) -> None:
    async with line_of(asterisk, tmp_path) as line, StandInDaemon(line) as daemon:
        caller = await line.phones.dial("4000", number=CALLER)
        session = await daemon.next_call()
        await session.answer()
        await caller.answered()
        pressing = asyncio.create_task(caller.press("9*"))
        assert [await session.wait_for_digit(-1) for _ in range(2)] == list("9*")
        await pressing


@pytest.mark.parametrize(("busy", "said", "status"), [(True, 486, "BUSY"), (False, 603, "CHANUNAVAIL")])
@bounded
async def test_an_agents_phone_refuses_a_call(
    line: Line, daemon: StandInDaemon, busy: bool, said: int, status: str
) -> None:
    await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await session.answer()
    dialling = asyncio.create_task(offer(session, "1001"))
    call = await line.phones["1001"].next_call()
    await call.refuse(busy=busy)
    await dialling
    assert (call.status, call.ended_here) == (said, True)
    assert await session.get_variable("DIALSTATUS") == status


@bounded
async def test_a_caller_who_hangs_up_stops_the_agents_phone(line: Line, daemon: StandInDaemon) -> None:
    caller = await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await session.answer()
    dialling = asyncio.create_task(offer(session, "1001"))
    call = await line.phones["1001"].next_call()
    await caller.hang_up()
    await call.ended()
    assert not call.ended_here
    with pytest.raises(CallOver):
        await call.answered()
    await asyncio.gather(dialling, return_exceptions=True)


@bounded
async def test_a_caller_gives_up_before_anyone_answers(line: Line, daemon: StandInDaemon) -> None:
    caller = await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await caller.hang_up()
    await session.hung_up()
    assert Moment.ANSWERED not in caller.at_us


@bounded
async def test_an_agents_phone_dials_with_its_account(line: Line, daemon: StandInDaemon) -> None:
    call = line.phones["1002"].dial("*11")
    session = await daemon.next_call()
    assert session.environment.channel.startswith("PJSIP/1002-")
    await session.answer()
    await call.answered()
    daemon.leave()


@bounded
async def test_asterisk_reaches_a_customer_over_the_line(asterisk: RunningAsterisk, tmp_path: Path) -> None:
    port = asterisk.settings.sip_port
    async with Telephones(tmp_path, sip_port=port, customers=("13900000001", "13900000002"), audio=False) as phones:
        for number in ("13900000001", "13900000002"):
            dialling = asyncio.create_task(
                asterisk.console(f"channel originate PJSIP/{number}@line application Milliwatt")
            )
            call = await phones[number].next_call()
            await call.answer()
            await call.hang_up()
            await dialling


@bounded
async def test_a_callers_name_arrives_as_it_is(line: Line, daemon: StandInDaemon) -> None:
    await line.phones.dial("4000", number=CALLER, name="张 [x] $(id); 'y'")
    session = await daemon.next_call()
    assert session.environment.calleridname == "张 [x] $(id); 'y'"


@bounded
async def test_a_number_nobody_has_is_refused_to_a_phone(line: Line) -> None:
    call = line.phones["1001"].dial("7777")
    await call.ended()
    assert call.status == 404
    with pytest.raises(CallOver):
        await call.press("1")


@bounded
async def test_telephones_left_alone_answer_and_hang_up_by_themselves(
    line: Line, daemon: StandInDaemon, tmp_path: Path
) -> None:
    port = line.asterisk.settings.sip_port
    accounts = {account.phone: account.sip_password for account in line.asterisk.credentials.agents}
    async with Telephones(
        tmp_path / "alone", sip_port=port, accounts=accounts, ring_ms=0, talk_ms=200, audio=False
    ) as phones:
        await phones.register()
        await line.phones.dial("4000", number=CALLER)
        session = await daemon.next_call()
        await session.answer()
        for _ in range(3):
            await offer(session, "1001")
        for call in phones["1001"].calls:
            await call.ended()  # the telephone hears of it after Asterisk has gone on
        assert [call.ended_here for call in phones["1001"].calls] == [True, True, True]


@bounded
async def test_twenty_callers_are_told_apart(line: Line) -> None:
    callers = [await line.phones.dial("4001", number=f"139000000{n:02}") for n in range(20)]
    for n, caller in enumerate(callers):
        await line.event("QueueCallerJoin", CallerIDNum=f"139000000{n:02}")
        await caller.answered()
    await asyncio.gather(*(caller.hang_up() for caller in callers))
    assert all(caller.ended_here for caller in callers)


@bounded
async def test_phones_that_lose_their_power_say_nothing(line: Line) -> None:
    caller = await line.phones.dial("4001", number=CALLER)
    await caller.answered()
    ended = asyncio.create_task(caller.ended())
    await asyncio.sleep(0)
    await line.phones.vanish()
    with pytest.raises(CallOver, match="switched off"):
        await ended
    assert "PJSIP/line-" in await line.asterisk.console("core show channels concise")


@bounded
async def test_the_process_is_ended_when_its_user_fails_or_is_cancelled(
    asterisk: RunningAsterisk, tmp_path: Path
) -> None:
    pids = []

    async def use(failure: BaseException) -> None:
        async with Telephones(tmp_path, sip_port=asterisk.settings.sip_port) as phones:
            pids.append(phones.pid)
            raise failure

    for failure in (ValueError("the test's own"), asyncio.CancelledError()):
        with pytest.raises(type(failure)):
            await use(failure)
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@bounded
async def test_a_sipp_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sipp = tmp_path / "sipp"
    sipp.write_text("#!/bin/sh\necho no such option >&2\nexit 255\n")
    sipp.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SippFailed, match="ended with 255 at its start; it said: no such option"):
        await Telephones(tmp_path / "work", sip_port=1).__aenter__()


@bounded
async def test_a_sipp_whose_port_was_taken_meanwhile_gets_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asterisk: RunningAsterisk
) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        ports = [taken, taken, free_port("127.0.0.1"), free_port("127.0.0.1")]
        monkeypatch.setattr("cti.simulation.sipp.free_port", lambda host: ports.pop(0))
        async with Telephones(tmp_path, sip_port=asterisk.settings.sip_port) as phones:
            assert phones.port != taken
            assert ports == []


@bounded
async def test_a_missing_sipp_is_named_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SippMissing, match="apt-get install sip-tester"):
        await Telephones(tmp_path, sip_port=1).__aenter__()


@pytest.mark.parametrize("account", [("1001", "a b"), ("1001", "a]b"), ("line", "secret"), ("", "secret")])
def test_an_account_that_sipp_would_misread_is_refused(tmp_path: Path, account: tuple[str, str]) -> None:
    with pytest.raises(BadAccount):
        Telephones(tmp_path, sip_port=1, accounts=dict([account]))
