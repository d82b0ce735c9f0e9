"""The daemon is killed with -9 in every stage of a call-back: nothing is lost, and nobody is called twice."""

import pytest

from recording.identity import call_id
from tests.integration.callback_fixture import (
    CUSTOMER,
    ask,
    becomes,
    callback_dialplans,
    callers,
    record_of,
    rung,
    told,
)
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import sees, staffed, talk

pytestmark = pytest.mark.integration

__all__ = ["callback_dialplans", "callers"]


async def test_a_call_back_outlives_the_daemon_in_every_stage(callers: RunningCentre) -> None:
    async with staffed(callers, seats=("1001",), customers=(CUSTOMER,), audio=True) as phones:
        name, behind = await ask(callers), await ask(callers, "13900000002")
        asked = await becomes(callers, behind, "waiting")
        await callers.sign_in("1001")
        leg = await phones["1001"].next_call()
        async with callers.without_daemon():  # while one waits and the agent's phone rings for the other
            await leg.answer()
            await leg.ended()  # and hears no customer
        assert await becomes(callers, behind, "waiting") == {**asked, "call": call_id(f"{behind}.2")}
        await callers.ask("DELETE", f"/api/callbacks/{behind}")

        leg = await told(phones, "1001")
        async with callers.without_daemon():  # while he hears who it is
            await leg.ended()

        leg, customer = await rung(phones, "1001")
        async with callers.without_daemon():  # while the customer's phone rings
            await customer.refuse(busy=True)
            await leg.ended()
        shown = await becomes(callers, name, "retry_due")
        assert (shown["attempts"], shown["last"]) == (1, "no_answer")  # that it failed the ledger says, not why
        busy = await record_of(callers, f"{name}.3")
        assert (busy["outcome"], busy["caller"], busy["reconstructed"]) == ("not_reached", CUSTOMER, True)

        await callers.post(f"/api/callbacks/{name}/now")
        leg, customer = await rung(phones, "1001")
        async with callers.without_daemon():  # while it rings again
            await talk(leg, customer)
        await sees(callers, "1001", "talking")
        await becomes(callers, name, "talking")
        async with callers.without_daemon():  # while they talk
            await customer.hang_up()
            await leg.ended()
        done = await becomes(callers, name, "done")
        assert (done["outcome"], done["attempts"]) == ("reached", 2)
        reached = await record_of(callers, f"{name}.4")
        assert (reached["outcome"], reached["agent"], reached["ended_by"]) == ("answered", "1001", "caller")
        assert (reached["reconstructed"], len(reached["recordings"])) == (True, 1)
