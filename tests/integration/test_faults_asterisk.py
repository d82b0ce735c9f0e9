"""Asterisk is killed and started again: the calls are dead, and everything knows it."""

import os
import signal

import pytest

from tests.integration.centre_fixture import RunningCentre, centre
from tests.integration.five_callers import FiveCallers

pytestmark = pytest.mark.integration

__all__ = ["centre"]


async def test_calls_that_died_with_asterisk_are_closed_and_the_next_one_is_served(centre: RunningCentre) -> None:
    async with centre.phones() as phones:
        callers = FiveCallers(centre, phones)
        await callers.come()
        daemon = centre.daemon
        os.kill(centre.asterisk, signal.SIGKILL)

        records = await callers.records("100", "200", "300", "400", "500")
        assert {record["reason"] for record in records.values()} == {"asterisk_lost"}
        assert all(record["reconstructed"] for record in records.values())
        assert {number: record["outcome"] for number, record in records.items()} == {
            "100": "answered",
            "200": "timed_out",
            "300": "timed_out",
            "400": "timed_out",
            "500": "served_by_ivr",
        }
        assert centre.daemon == daemon
        await callers.waiting("support", 0)
        await phones.register()  # Asterisk has forgotten what it heard in its last second
        for agent in ("1001", "1003"):
            await centre.post(f"/api/agents/{agent}/ready")
            await callers.sees(agent, "ready")
        await callers.dial("4002", "600")
        assert await callers.talks_and_hangs_up("1003") == "600"
        assert (await centre.record("600", recorded=False))["outcome"] == "answered"
