"""The data base is away, and the daemon dies as well: callers are served by the next one all the same, agents sign in,
and every call is in the data base when that is back.
"""

import asyncio
from pathlib import Path

import pytest

from tests.contract.databases import empty_database
from tests.integration.floor_fixture import running_floor, staffed
from tests.integration.line import soon
from tests.postgresql import running_postgresql

pytestmark = pytest.mark.integration


async def test_a_daemon_that_is_started_without_its_data_base_serves_callers(
    dialplans: Path, floor_prompts: Path, music: Path
) -> None:
    with running_postgresql() as server:
        address = await empty_database(server.address)
        async with (
            running_floor(dialplans, floor_prompts, music, database=address) as floor,
            staffed(floor, "1002", seats=("1002", "1003")) as phones,
        ):
            server.kill()
            async with floor.without_daemon():
                pass
            await floor.part_is("database", ok=False)
            await floor.sign_in("1003")
            for dialled, agent in (("4001", "1002"), ("4002", "1003")):
                caller = await phones.dial(dialled, number=f"55{agent}")
                leg = await soon(phones[agent].next_call())
                await leg.answer()
                await floor.agent_state(agent, "talking")
                await leg.hang_up()
                await soon(caller.ended())
            await asyncio.to_thread(server.start)
            for agent in ("1002", "1003"):
                record = await floor.record(f"55{agent}", recorded=False)
                assert (record["agent"], record["outcome"]) == (agent, "answered")
                assert not record["reconstructed"], "the router itself served him"
            await floor.part_is("database", ok=True)
