"""Bad input of every kind: it gets a clear answer, and disturbs nobody."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cti.settings import HOME, Settings
from tests.integration.asterisk_fixture import free_settings
from tests.integration.centre_fixture import RunningCentre, centre
from tests.integration.five_callers import FiveCallers
from tests.integration.floor_fixture import running_floor
from tests.integration.line import soon

pytestmark = pytest.mark.integration

__all__ = ["centre"]

GARBAGE = [
    b"",
    b"\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    b"agi_network: yes\nagi_uniqueid: " + b"x" * 1_000_000,
    b"agi_network: yes\n" + b"agi_arg_1: x\n" * 10_000,
    b"agi_network: yes\nagi_network_script: no-such-script\n\n",
    b"agi_network: yes\nagi_network_script: call\nagi_uniqueid: 1.1\nagi_channel: PJSIP/x-1\n\nthis is no answer\n",
    b"HANGUP\n" * 1_000,
]
OPEN_FLOW = "start: nowhere"


async def thrown_at(centre: RunningCentre, garbage: bytes) -> None:
    """Send it to the FastAGI port and wait until the daemon has closed the connection."""
    reader, writer = await asyncio.open_connection(centre.settings.control, centre.settings.agi_port)
    try:
        writer.write(garbage)
        with contextlib.suppress(OSError):  # the daemon may have hung up on it already
            writer.write_eof()
        while await soon(reader.read(65536)):
            pass
    except ConnectionError:
        pass  # closed while more was being sent
    finally:
        writer.transport.abort()


async def test_garbage_on_the_agi_port_and_bad_requests_disturb_no_call(centre: RunningCentre) -> None:
    async with centre.phones() as phones:
        callers = FiveCallers(centre, phones)
        await callers.come()
        await soon(asyncio.gather(*(thrown_at(centre, garbage) for garbage in GARBAGE)))
        wrong_token = await centre.ask("GET", "/api/calls", headers={"Authorization": "Bearer x"})
        assert (wrong_token[0], wrong_token[1]["error"]["id"]) == (401, "unauthorized")
        status, unknown = await centre.ask("GET", "/api/queues/nowhere")
        assert (status, unknown["error"]["id"]) == (404, "unknown-queue")
        status, unfit = await centre.ask("POST", "/api/agents/1002/sign-in", json={"phone": 7})
        assert (status, unfit["error"]["field"]) == (422, "phone")
        status, broken = await centre.ask("POST", "/api/agents/1002/sign-in", data=b"{")
        assert (status, broken["error"]["id"]) == (422, "invalid-request")

        assert not any(call.over for call in callers.everybody)
        await callers.ring.answer()
        await callers.sees("1003", "talking")
        for call in (callers.ring, callers.talk, callers.first, callers.second, callers.choosing):
            await call.hang_up()
        records = await callers.records("100", "200", "300", "400", "500")
        assert not any(record["reconstructed"] for record in records.values())


@pytest_asyncio.fixture
async def editable(tmp_path: Path, prompts: Path, music: Path) -> AsyncIterator[RunningCentre]:
    """A centre whose dialplans a test may spoil."""
    shutil.copytree(HOME / "dialplans", tmp_path / "dialplans")
    async with running_floor(tmp_path / "dialplans", prompts, music) as running:
        yield running


async def test_a_flow_file_broken_under_a_running_centre_costs_nothing(editable: RunningCentre) -> None:
    centre, flow = editable, editable.settings.dialplans / "flows/support.yaml"
    async with centre.phones() as phones:
        callers = FiveCallers(centre, phones)
        await phones.register()
        await centre.sign_in("1003")
        await callers.sees("1003", "ready")
        spoil(flow)
        async with centre.without_daemon():
            pass
        await callers.sees("1003", "ready")  # the daemon is back with the version that holds
        caller = await callers.dial("4002", "100")
        leg = await callers.rings("1003")
        await leg.answer()
        await callers.sees("1003", "talking")
        await leg.hang_up()
        await soon(caller.ended())
        records = await callers.records("100")
        assert (records["100"]["outcome"], records["100"]["agent"]) == ("answered", "1003")


def spoil(flow: Path) -> int:
    """Make the flow start nowhere; returns the line."""
    lines = flow.read_text("utf-8").splitlines()
    number = next(number for number, line in enumerate(lines) if line.startswith("start:"))
    lines[number] = OPEN_FLOW
    flow.write_text("\n".join(lines), "utf-8")
    return number + 1


async def run(settings: Settings) -> tuple[int | None, str]:
    """`callcenter run` to its end: exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cti.commands", "run"),
        env={**os.environ, **settings.environment()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await soon(process.communicate())
    return process.returncode, said.decode()


async def test_a_broken_flow_file_ends_the_start_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(HOME / "dialplans", tmp_path / "dialplans")
    flow = tmp_path / "dialplans/flows/support.yaml"
    line = spoil(flow)
    code, said = await run(free_settings(tmp_path / "var").model_copy(update={"dialplans": tmp_path / "dialplans"}))
    assert code == 2
    assert f"{flow}:{line}" in said
    assert "nowhere" in said


async def test_without_asterisk_the_start_says_what_makes_one(tmp_path: Path) -> None:
    code, said = await run(free_settings(tmp_path).model_copy(update={"asterisk": tmp_path / "asterisk"}))
    assert code == 1
    assert "asterisk-missing" in said
