"""Nothing of ours runs for a while, Asterisk alone: the plain queue serves the callers. The next run takes over what
there is and writes down what there was.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from cti.ami.client import AmiClient
from tests.contract.ami_owner import Owner
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre, centre
from tests.integration.five_callers import FiveCallers
from tests.integration.line import soon

pytestmark = pytest.mark.integration

__all__ = ["centre"]


@asynccontextmanager
async def linked(centre: RunningCentre, username: str, secret: str) -> AsyncIterator[tuple[AmiClient, Owner]]:
    """A program's link to Asterisk: "monitor" hears everything, "callcenter" may do whatever the daemon may."""
    owner, settings = Owner(), centre.settings
    client = AmiClient(
        settings.control, settings.ami_port, username, secret,
        on_event=owner.on_event, on_up=owner.on_up, on_down=owner.on_down,
    )  # fmt: skip
    link = asyncio.create_task(client.run())
    try:
        await soon(owner.ups.get())
        yield client, owner
    finally:
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)


def monitoring(centre: RunningCentre) -> AbstractAsyncContextManager[tuple[AmiClient, Owner]]:
    """A monitoring program's link."""
    return linked(centre, "monitor", centre.credentials.ami.monitor)


async def members(client: AmiClient, queue: str) -> dict[str, bool]:
    """The members of Asterisk's plain queue by name, and whether each is paused."""
    status = await client.collect("QueueStatus", {"Queue": queue})
    return {event.get("Name"): event.get("Paused") == "1" for event in status if event.event == "QueueMember"}


async def test_the_members_of_the_plain_queues_are_the_agents_signed_in(centre: RunningCentre) -> None:
    async with monitoring(centre) as (client, owner):
        for agent in ("1001", "1002", "1003"):
            await centre.sign_in(agent)
        await centre.post("/api/agents/1002/not-ready", {"reason": "meal"})
        await owner.event("QueueMemberPause")
        assert await members(client, "sales") == {"1001": False, "1002": True}
        assert await members(client, "support") == {"1001": False, "1003": False}
        await centre.post("/api/agents/1002/ready")
        await owner.event("QueueMemberPause")
        await centre.post("/api/agents/1001/sign-out")
        await owner.event("QueueMemberRemoved")
        await owner.event("QueueMemberRemoved")
        assert await members(client, "sales") == {"1002": False}
        assert await members(client, "support") == {"1003": False}


async def test_who_falls_into_the_plain_queue_while_the_daemon_is_here_comes_back_to_it(centre: RunningCentre) -> None:
    steering = linked(centre, "callcenter", centre.credentials.ami.callcenter)
    async with centre.phones() as phones, steering as (client, _):
        await phones.register()
        caller = await phones.dial("4002", number="100")
        await centre.fact("CallQueued", queue="support")
        channel = (await centre.fact("CallArrived", caller="100"))["channel"]
        centre.messages.clear()
        place = {"Channel": channel, "Context": "callcenter", "Exten": "s", "Priority": "fallback"}
        await client.action("Redirect", place)
        assert (await centre.fact("CallArrived", caller="100"))["resumed"]
        await centre.fact("CallQueued", queue="support")
        await centre.sign_in("1003")
        leg = await soon(phones["1003"].next_call())
        await leg.answer()
        offered = await centre.fact("CallOffered", agent="1003")
        assert offered["queue"] == "support"
        await leg.hang_up()
        await soon(caller.ended())


async def test_the_plain_queue_serves_the_callers_until_the_next_run_takes_over(centre: RunningCentre) -> None:
    async with centre.phones() as phones, monitoring(centre) as (_, owner):
        callers = FiveCallers(centre, phones)
        await callers.come()
        asterisk = centre.asterisk

        await centre.kill_supervisor()
        centre.kill_daemon()
        # The conversation goes on, the phone rings on, and who waited longest is served by who is free.
        for _ in ("300", "400", "500"):
            await owner.event("QueueCallerJoin")
        await callers.ring.answer()
        await callers.ring.hang_up()
        served = await callers.rings("1003")
        await served.answer()
        await served.hang_up()
        assert served.caller == "300"
        late = await callers.dial("4001", "600")

        centre.messages.clear()
        await centre.start()
        assert centre.asterisk == asterisk
        await callers.sees("1001", "talking")
        assert await callers.talks_and_hangs_up("1003") == "400"
        await callers.talk.hang_up()
        await callers.sees("1001", "wrap_up")
        await centre.post("/api/agents/1001/ready")
        assert await callers.talks_and_hangs_up("1001") == "600"
        await callers.choosing.hang_up()
        for call in (*callers.everybody, late):
            await soon(call.ended())

        records = await callers.records("100", "200", "300", "400", "500", "600")
        assert {number: (record["outcome"], record["agent"]) for number, record in records.items()} == {
            "100": ("answered", "1001"),
            "200": ("answered", "1003"),
            "300": ("answered", "1003"),
            "400": ("answered", "1003"),
            "500": ("served_by_ivr", None),
            "600": ("answered", "1001"),
        }
        rebuilt = {number for number, record in records.items() if record["reconstructed"]}
        assert rebuilt >= {"100", "200", "300", "500"}
        assert [offer["reconstructed"] for offer in records["300"]["offers"]] == [True]
        assert records["300"]["queue"] == "support"
        for record in records.values():
            await agrees_with_asterisk(centre.settings.state, record)
