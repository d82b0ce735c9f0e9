"""Call-backs on real phones: the agent hears who it is, then the customer is rung, then they talk; or they do not."""

from typing import Any

import pytest

from cti.simulation.telephones import Call, Telephones
from tests.integration.centre_fixture import RunningCentre, centre
from tests.integration.floor_fixture import sees, staffed, talk

pytestmark = pytest.mark.integration

__all__ = ["centre"]

CUSTOMER = "13900000001"


async def ask(centre: RunningCentre, number: str = CUSTOMER) -> str:
    """Somebody is to be called back; returns the id."""
    asked = await centre.post("/api/callbacks", {"number": number, "queue": "sales"})
    return str(asked["id"])


async def becomes(centre: RunningCentre, name: str, state: str) -> Any:
    """Wait until the call-back is in that state."""
    return await centre.shows(f"/api/callbacks/{name}", lambda shown: shown["state"] == state)


async def told(phones: Telephones, agent: str) -> Call:
    """The agent picks up for a call-back and hears something of it."""
    leg = await phones[agent].next_call()
    assert leg.caller == CUSTOMER
    await leg.answer()
    assert leg.audio
    await leg.audio.hears_something()
    return leg


async def test_a_customer_who_was_busy_is_reached_at_the_second_attempt(centre: RunningCentre) -> None:
    async with staffed(centre, "1001", customers=(CUSTOMER,), audio=True) as phones:
        name = await ask(centre)
        leg = await told(phones, "1001")
        await becomes(centre, name, "ringing_agent")
        await leg.press("1")
        busy = await phones[CUSTOMER].next_call()
        assert busy.caller == "4000"
        await busy.refuse(busy=True)
        await becomes(centre, name, "retry_due")
        await leg.ended()
        await sees(centre, "1001", "ready")
        await centre.post(f"/api/callbacks/{name}/now")
        leg = await told(phones, "1001")
        await leg.press("1")
        customer = await phones[CUSTOMER].next_call()
        await talk(leg, customer)
        await sees(centre, "1001", "talking")
        await becomes(centre, name, "talking")
        await customer.hang_up()
        await becomes(centre, name, "done")
        await sees(centre, "1001", "wrap_up")
        await sees(centre, "1001", "ready")
