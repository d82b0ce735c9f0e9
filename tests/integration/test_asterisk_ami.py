"""What the two AMI users may see and do on a real Asterisk, and what the ledger holds of a call."""

import asyncio
import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from asyncinotify import Inotify, Mask

from cti.ami.errors import AmiRefused
from ivr.variables import DONE
from tests.integration.asterisk_fixture import RunningAsterisk
from tests.integration.line import Line, StandInDaemon, line_of, soon

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def line(asterisk: RunningAsterisk, tmp_path: Path) -> AsyncIterator[Line]:
    async with line_of(asterisk, tmp_path) as line:
        yield line


async def serve_one_call(line: Line) -> None:
    """A call through the menu with two digits, to an agent, to its end."""
    async with StandInDaemon(line) as daemon:
        call = await line.phones.dial("4000", number="13900000001", name="Zhang San")
        session = await daemon.next_call()
        await session.answer()
        for digit in "47":
            pressed = asyncio.create_task(session.wait_for_digit(5000))
            await soon(call.press(digit))
            assert await pressed == digit
        talking = asyncio.create_task(session.exec("Dial", "PJSIP/1001,10,g"))
        offered = await soon(line.phones["1001"].next_call())
        await soon(offered.answer())
        await soon(offered.hang_up())
        await talking
        await session.set_variable(DONE, "1")
        daemon.leave()
        await soon(call.ended())
    await line.event("Hangup", CallerIDNum="13900000001")
    with Inotify() as inotify:
        inotify.add_watch(line.asterisk.folder / "log/cel-custom", Mask.CREATE | Mask.MODIFY)
        while "LINKEDID_END" not in line.asterisk.ledger():  # which Asterisk writes apart from what it tells
            await soon(inotify.get())


async def test_the_daemon_hears_of_calls_agents_and_devices_but_not_of_digits_and_variables(line: Line) -> None:
    await serve_one_call(line)
    heard = set(line.names())
    wanted = {"Newchannel", "DialBegin", "DialEnd", "BridgeEnter", "BridgeLeave", "Hangup", "DeviceStateChange"}
    assert wanted - heard == set()
    assert {"VarSet", "Newexten", "DTMFBegin", "DTMFEnd", "RTCPSent", "CEL"} & heard == set()


async def test_the_ledger_tells_the_call_without_its_digits(line: Line) -> None:
    await serve_one_call(line)
    rows = list(csv.reader(line.asterisk.ledger().splitlines()))
    assert {len(row) for row in rows} == {19}
    kinds = [row[0] for row in rows]
    assert (kinds[0], kinds[-1]) == ("CHAN_START", "LINKEDID_END")
    assert {"ANSWER", "APP_START", "BRIDGE_ENTER", "HANGUP"} < set(kinds)
    assert "DTMF" not in kinds
    assert {row[14] for row in rows} == {rows[0][13]}, "one linked id: that of the caller's channel"
    assert rows[0][13].startswith("node1-")


async def test_a_monitor_follows_what_the_daemon_says_and_steers_nothing(line: Line) -> None:
    asterisk = line.asterisk
    watcher = Line(asterisk, line.phones)
    monitor = watcher.client("monitor", asterisk.credentials.ami.monitor)
    link = asyncio.create_task(monitor.run())
    try:
        await soon(watcher.up.wait())
        await line.ami.action("UserEvent", {"UserEvent": "Example", "Text": "a caller's name: 张三"})
        event = await watcher.event("UserEvent", UserEvent="Example")
        assert event.get("Text") == "a caller's name: 张三"
        for action, headers in (
            ("Originate", {"Channel": "Local/4000@lines", "Application": "Wait", "Data": "1", "Async": "true"}),
            ("Command", {"Command": "core stop now"}),
            ("QueueAdd", {"Queue": "sales", "Interface": "PJSIP/1001"}),
        ):
            with pytest.raises(AmiRefused, match="Permission denied"):
                await monitor.action(action, headers)
    finally:
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)
