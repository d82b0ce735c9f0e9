"""Each path of dialplans/extensions.conf on a real Asterisk: no caller is lost to a fault of ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from cti.ami.errors import AmiRefused
from cti.ami.message import Message
from cti.fallback import taken_back
from cti.simulation.ports import free_port
from ivr.agi.errors import AgiError
from ivr.agi.session import AgiSession
from ivr.variables import DONE, QUEUE
from tests.integration.asterisk_fixture import RunningAsterisk
from tests.integration.line import Line, StandInDaemon, line_of, soon

pytestmark = pytest.mark.integration

CALLER = "13900000001"


@pytest_asyncio.fixture
async def line(asterisk: RunningAsterisk, tmp_path: Path) -> AsyncIterator[Line]:
    async with line_of(asterisk, tmp_path) as line:
        yield line


@pytest_asyncio.fixture
async def daemon(line: Line) -> AsyncIterator[StandInDaemon]:
    async with StandInDaemon(line) as daemon:
        yield daemon


async def wait_with_music(session: AgiSession, queue: str) -> None:
    """What the reception does with a caller for whom nobody is free."""
    await session.answer()
    await session.set_variable(QUEUE, queue)
    await session.set_music(True)


async def dial_agent(session: AgiSession, number: str, ring_s: int = 3) -> None:
    """What the reception does with an offer; ends badly if the daemon dies meanwhile."""
    with suppress(AgiError, asyncio.CancelledError):
        await session.exec("Dial", f"PJSIP/{number},{ring_s},g")


async def take_back(line: Line, joined: Message) -> None:
    """What a daemon that is back does with a caller who has come to a plain queue. Raises AmiRefused."""
    for action in taken_back(joined.get("Queue"), joined.get("Channel")):
        await line.ami.action(action.name, action.headers)


async def test_without_a_daemon_a_caller_waits_in_the_queue_of_the_number_he_dialled(line: Line) -> None:
    call = await line.phones.dial("4001", number=CALLER)
    await line.event("QueueCallerJoin", Queue="sales", CallerIDNum=CALLER)
    await soon(call.hang_up())
    await line.event("QueueCallerAbandon", Queue="sales")


async def test_a_number_that_is_not_the_centres_is_refused(line: Line) -> None:
    call = await line.phones.dial("4999", number=CALLER)
    await soon(call.ended())
    assert call.status == 404


async def test_without_a_daemon_an_agent_signed_in_answers_and_his_hang_up_ends_the_call(line: Line) -> None:
    await line.sign_in("1001", "sales")
    call = await line.phones.dial("4001", number=CALLER)
    offered = await soon(line.phones["1001"].next_call())
    await soon(offered.answer())
    await line.event("AgentConnect", MemberName="1001")
    await soon(offered.hang_up())
    await soon(call.ended())


async def test_a_caller_whose_daemon_is_killed_goes_on_in_the_queue_where_he_was(
    line: Line, daemon: StandInDaemon
) -> None:
    await line.phones.dial("4000", number=CALLER)
    await wait_with_music(await daemon.next_call(), "sales")
    await daemon.die()
    await line.event("QueueCallerJoin", Queue="sales")


async def test_a_conversation_outlives_the_daemon_and_ends_the_call_when_it_ends(
    line: Line, daemon: StandInDaemon
) -> None:
    call = await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await wait_with_music(session, "sales")
    dialling = asyncio.create_task(dial_agent(session, "1001"))
    offered = await soon(line.phones["1001"].next_call())
    await soon(offered.answer())
    await line.event("DialEnd", DialStatus="ANSWER")
    await daemon.die()
    await dialling
    assert "2 active channels" in await line.asterisk.console("core show channels count")
    await soon(offered.hang_up())
    await soon(call.ended())
    await line.event("Hangup", CallerIDNum=CALLER)
    assert "QueueCallerJoin" not in line.names()


async def test_a_phone_that_rang_when_the_daemon_was_killed_and_stays_unanswered_loses_no_caller(
    line: Line, daemon: StandInDaemon
) -> None:
    await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await wait_with_music(session, "sales")
    dialling = asyncio.create_task(dial_agent(session, "1001"))
    await soon(line.phones["1001"].next_call())
    await daemon.die()
    await dialling
    await line.event("DialEnd", DialStatus="NOANSWER")
    await line.event("QueueCallerJoin", Queue="sales")


async def test_a_daemon_that_is_back_before_the_ringing_ends_has_its_caller_again(
    line: Line, daemon: StandInDaemon
) -> None:
    await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await wait_with_music(session, "sales")
    dialling = asyncio.create_task(dial_agent(session, "1001", ring_s=60))
    ringing = await soon(line.phones["1001"].next_call())
    await daemon.die()
    await dialling
    async with StandInDaemon(line) as again:
        await ringing.refuse()
        await again.next_call()
        assert "QueueCallerJoin" not in line.names()


async def test_a_caller_who_waits_again_after_a_conversation_is_not_hung_up(line: Line, daemon: StandInDaemon) -> None:
    await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await wait_with_music(session, "sales")
    dialling = asyncio.create_task(dial_agent(session, "1001"))
    offered = await soon(line.phones["1001"].next_call())
    await soon(offered.answer())
    await soon(offered.hang_up())
    await dialling
    await session.set_variable("DIALSTATUS", "")  # the reception's duty after each offer
    await wait_with_music(session, "support")
    await daemon.die()
    await line.event("QueueCallerJoin", Queue="support")


async def test_a_flow_at_its_end_ends_the_call(line: Line, daemon: StandInDaemon) -> None:
    call = await line.phones.dial("4000", number=CALLER)
    session = await daemon.next_call()
    await session.answer()
    await session.set_variable(DONE, "1")
    daemon.leave()
    await soon(call.ended())
    assert "QueueCallerJoin" not in line.names()


async def test_the_standby_is_asked_before_the_plain_queue(line: Line) -> None:
    port = free_port("127.0.0.1")
    await line.ami.action("Setvar", {"Variable": "CALLCENTER_AGI_STANDBY", "Value": f"127.0.0.1:{port}"})
    async with StandInDaemon(line, port) as standby:
        await line.phones.dial("4000", number=CALLER)
        session = await standby.next_call()
        assert await session.get_variable("CALLCENTER_DIALLED") == "4000"
        await standby.die()
        await line.event("QueueCallerJoin", Queue="support")


async def test_a_daemon_that_is_back_takes_its_caller_out_of_the_queue_and_the_recording_goes_on(line: Line) -> None:
    await line.phones.dial("4001", number=CALLER)
    waiting = await line.event("QueueCallerJoin", Queue="sales")
    async with StandInDaemon(line) as daemon:
        await take_back(line, waiting)
        session = await daemon.next_call()
        assert session.environment.uniqueid == waiting.get("Uniqueid")
        assert await session.get_variable("CALLCENTER_DIALLED") == "4001"
        assert line.names().count("MixMonitorStart") == 1


async def test_whose_phone_rings_when_the_daemon_is_back_is_not_cut_off_and_comes_back_if_nobody_answers(
    line: Line,
) -> None:
    await line.sign_in("1001", "sales")
    call = await line.phones.dial("4001", number=CALLER)
    unanswered = await line.event("QueueCallerJoin", CallerIDNum=CALLER)
    offered = await soon(line.phones["1001"].next_call())
    async with StandInDaemon(line) as daemon:
        await take_back(line, unanswered)
        await offered.refuse()
        assert (await daemon.next_call()).environment.uniqueid == unanswered.get("Uniqueid")
        await soon(call.hang_up())

    call = await line.phones.dial("4001", number="13900000002")
    answered = await line.event("QueueCallerJoin", CallerIDNum="13900000002")
    offered = await soon(line.phones["1001"].next_call())
    async with StandInDaemon(line) as daemon:
        await take_back(line, answered)
        await soon(offered.answer())
        await line.event("AgentConnect", MemberName="1001")
        with pytest.raises(AmiRefused, match="No such caller"):
            await take_back(line, answered)
        await soon(offered.hang_up())
        assert (await line.event("AgentComplete")).get("Reason") == "agent"
        await soon(call.ended())
        assert daemon.sessions.empty()


async def test_a_caller_can_put_nothing_but_figures_into_the_number_he_dialled(
    line: Line, daemon: StandInDaemon
) -> None:
    await line.phones.dial("40*0a-0&x", number=CALLER)
    session = await daemon.next_call()
    assert await session.get_variable("CALLCENTER_DIALLED") == "4000"


async def test_a_phone_reaches_star_codes_and_the_centres_numbers(line: Line, daemon: StandInDaemon) -> None:
    for dialled, script in (("*111001", "star"), ("4000", "call")):
        call = line.phones["1001"].dial(dialled)
        session = await daemon.next_call()
        assert session.environment.script == script
        assert session.environment.channel.startswith("PJSIP/1001-")
        await session.hangup()
        await soon(call.ended())


@pytest.mark.parametrize("dialled", ["13800138000", "911", "4999", "00442079460000", "+4000", "1002"])
async def test_a_phone_reaches_nothing_else(line: Line, daemon: StandInDaemon, dialled: str) -> None:
    call = line.phones["1001"].dial(dialled)
    await soon(call.ended())
    assert daemon.sessions.empty()
    assert "DialBegin" not in line.names()


async def test_members_of_the_queues_outlive_a_restart_of_asterisk(line: Line) -> None:
    await line.sign_in("1001", "sales")
    await line.asterisk.process.stop()
    await line.asterisk.process.start()
    assert "1001 (PJSIP/1001)" in await line.asterisk.console("queue show sales")
