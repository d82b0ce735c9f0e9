"""`callcenter call` on a whole centre: what a newcomer without a phone sees."""

import asyncio
import os
import sys

import pytest

from tests.integration.centre_fixture import WAIT_S, RunningCentre

pytestmark = pytest.mark.integration


async def call(floor: RunningCentre, *arguments: str) -> tuple[int | None, str]:
    """Exit code and everything said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cti.commands", "call", *arguments),
        env={**os.environ, **floor.settings.environment()},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(2 * WAIT_S):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, said.decode()


async def test_a_simulated_call_shows_its_path_its_record_and_its_recording(floor: RunningCentre) -> None:
    status, said = await call(floor)
    assert status == 0, said
    assert "language[2] → greeting → hours[open] → who[otherwise] → topic[1] → sales → served → mark[5]" in said
    assert "Outcome  answered" in said
    (recorded,) = (line.split()[1] for line in said.splitlines() if line.startswith("Recorded"))
    (record,) = (await floor.get("/api/calls"))["calls"]
    assert recorded == f"{floor.settings.state}/recordings/{record['recordings'][0]['file']}"
    assert (await floor.audio(record["id"])).startswith(b"RIFF")
    agents = (await floor.get("/api/agents"))["agents"]
    assert {agent["state"] for agent in agents} == {"signed_out"}
    assert not list(floor.settings.state.glob("simulation-*"))


async def test_several_calls_at_once_are_all_answered(floor: RunningCentre) -> None:
    status, said = await call(floor, "--count", "4", "--to", "4002", "--keys", "")
    assert status == 0, said
    assert said.count("  answered  ") == 4


async def test_real_people_who_are_signed_in_are_left_alone(floor: RunningCentre) -> None:
    for agent in ("1001", "1002", "1003", "1004"):
        await floor.sign_in(agent)
    status, said = await call(floor)
    assert status == 1
    assert said.endswith("[nobody-to-answer]\n")
