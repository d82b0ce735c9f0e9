"""The AMI link between daemon and Asterisk breaks, both being alive: calls go on over AGI, and what happened unseen is
made good when the link is back.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.asterisk_fixture import RunningAsterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.five_callers import FiveCallers
from tests.integration.reconciled import reconciled
from tests.integration.tcp_proxy import TcpProxy
from tests.made_tables import lend_tables
from tests.shared_prompts import lend

pytestmark = pytest.mark.integration


class Linked:
    """A daemon and its Asterisk with a wire between them."""

    def __init__(self, centre: RunningCentre, wire: TcpProxy) -> None:
        self.centre = centre
        self.wire = wire

    async def up(self, up: bool) -> dict[str, Any]:
        """Wait until the daemon says so of its link."""
        return await self.centre.fact("LinkChanged", up=up)


@pytest_asyncio.fixture
async def linked(asterisk: RunningAsterisk, prompts: Path) -> AsyncIterator[Linked]:
    lend(asterisk.settings.state, prompts)
    lend_tables(asterisk.settings.database_file)
    async with TcpProxy(asterisk.settings.ami_port) as wire:
        settings = asterisk.settings.model_copy(update={"ami_port": wire.port})
        centre = RunningCentre(settings, asterisk.credentials, command=("-m", "cti.daemon"))
        try:
            await centre.start()
            yield Linked(centre, wire)
            await centre.stop()
            await asterisk.process.stop()  # its last rows are written then
            await reconciled(settings)
        finally:
            await centre.stop()


@pytest.mark.parametrize("fault", ["cut", "half-open"])
async def test_what_happened_behind_a_broken_link_is_found_when_it_is_back(linked: Linked, fault: str) -> None:
    centre, wire = linked.centre, linked.wire
    async with centre.phones() as phones:
        callers = FiveCallers(centre, phones)
        await callers.come()
        await centre.sign_in("1002")
        await callers.sees("1002", "ready")
        centre.messages.clear()
        if fault == "cut":
            await wire.cut()
            await linked.up(False)
            status, health = await centre.ask("GET", "/api/health")
            assert (status, health["parts"]["ami"]["ok"]) == (503, False)
        else:
            await wire.freeze()

        await phones["1002"].unregister()  # nobody tells the daemon
        await callers.ring.answer()
        await callers.talk.hang_up()  # this it learns from AGI
        await callers.sees("1001", "wrap_up")
        await centre.post("/api/agents/1001/not-ready", {"reason": "break"})
        if fault == "cut":
            await wire.listen()
        await linked.up(True)

        await callers.sees("1002", "unreachable")
        await callers.sees("1003", "talking")
        await callers.ring.hang_up()
        await callers.sees("1003", "wrap_up")
        for agent, waited_longest in (("1003", "300"), ("1001", "400")):
            await centre.post(f"/api/agents/{agent}/ready")
            assert await callers.talks_and_hangs_up(agent) == waited_longest
        await callers.choosing.hang_up()
        records = await callers.records("100", "200", "300", "400", "500")
        assert {number: (record["outcome"], record["agent"]) for number, record in records.items()} == {
            "100": ("answered", "1001"),
            "200": ("answered", "1003"),
            "300": ("answered", "1003"),
            "400": ("answered", "1001"),
            "500": ("served_by_ivr", None),
        }
        for record in records.values():
            assert not record["reconstructed"]
            await agrees_with_asterisk(centre.settings.state, record)


async def test_a_slow_link_holds(linked: Linked) -> None:
    centre = linked.centre
    async with centre.phones() as phones:
        callers = FiveCallers(centre, phones)
        await phones.register()
        await centre.sign_in("1001")
        await callers.sees("1001", "ready")
        linked.wire.slow_down()
        caller = await callers.dial("4001", "100")
        assert await callers.talks_and_hangs_up("1001") == "100"
        await asyncio.gather(caller.ended(), callers.sees("1001", "wrap_up"))
        assert not [message for message in centre.messages if message.get("up") is False]
