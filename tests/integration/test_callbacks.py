"""Call-backs on real phones: from the waiting caller who asks for one to the conversation, with all that may come
between.
"""

import pytest

from cti.simulation.telephones import Moment
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


async def test_a_caller_who_leaves_is_called_back_at_his_place_and_again_when_he_was_busy(
    callers: RunningCentre,
) -> None:
    async with staffed(callers, seats=("1001",), customers=(CUSTOMER,), audio=True) as phones:
        caller = await phones.dial("4001", number=CUSTOMER)
        arrived = await callers.fact("CallArrived", caller=CUSTOMER)
        entered = await callers.fact("CallQueued", linkedid=arrived["linkedid"])
        await caller.answered()
        await caller.press("1")
        await caller.ended()
        asked = await callers.fact("CallbackRequested", linkedid=arrived["linkedid"])
        assert (asked["number"], asked["entered_ms"]) == (CUSTOMER, entered["entered_ms"])
        name = asked["callback"]
        await becomes(callers, name, "waiting")
        later = await phones.dial("4001", number="200")
        await callers.shows("/api/queues/sales", lambda queue: queue["waiting"] == 2)

        await callers.sign_in("1001")
        leg, customer = await rung(phones, "1001")  # who came first, not who holds the line
        assert customer.caller == "4000"
        await customer.refuse(busy=True)
        await leg.ended()
        waiting = await phones["1001"].next_call()  # no wrap-up: he has spoken with nobody
        assert waiting.caller == "200"
        assert (await becomes(callers, name, "retry_due"))["last"] == "busy"
        await talk(later, waiting)
        await waiting.hang_up()

        await callers.post(f"/api/callbacks/{name}/now")
        leg, customer = await rung(phones, "1001")
        await talk(leg, customer)
        await sees(callers, "1001", "talking")
        await becomes(callers, name, "talking")
        await customer.hang_up()
        await leg.ended()
        assert (await becomes(callers, name, "done"))["outcome"] == "reached"
        await callers.fact("WrapUpEnded", linkedid=f"{name}.2")
        await sees(callers, "1001", "ready")

        first = await record_of(callers, arrived["linkedid"])
        assert (first["outcome"], first["reason"], first["callback"]) == ("callback", "callback", name)
        busy, reached = [await record_of(callers, f"{name}.{stay}") for stay in (1, 2)]
        assert {one["callback"] for one in (busy, reached)} == {name}
        assert {one["origin"] for one in (busy, reached)} == {first["id"]}
        # The agent's voice may have reached a line that rang, so there may be a recording: of nobody's talk.
        assert (busy["outcome"], busy["reason"], busy["conversations"]) == ("not_reached", "busy", [])
        assert (reached["outcome"], reached["direction"], reached["caller"]) == ("answered", "outbound", CUSTOMER)
        assert (reached["agent"], reached["ended_by"], reached["reconstructed"]) == ("1001", "caller", False)
        assert reached["wait_ms"] >= first["wait_ms"]
        assert len(reached["recordings"]) == 1


async def test_an_agent_may_refuse_and_the_next_hears_of_it(callers: RunningCentre) -> None:
    seats = ("1001", "1002", "1004")
    async with staffed(callers, *seats, seats=seats, customers=(CUSTOMER,), audio=True) as phones:
        name = await ask(callers)
        leg = await told(phones, "1001")
        await leg.press("*")
        await leg.ended()
        await sees(callers, "1001", "not_ready", "refused_call")
        leg = await told(phones, "1002")
        await leg.hang_up()
        await sees(callers, "1002", "not_ready", "refused_call")
        await (await phones["1004"].next_call()).refuse()
        await sees(callers, "1004", "not_ready", "refused_call")
        assert (await becomes(callers, name, "waiting"))["attempts"] == 0
        assert not phones[CUSTOMER].calls

        await callers.post("/api/agents/1004/ready")  # cancelled while his phone rings, it stops
        leg = await phones["1004"].next_call()
        await callers.ask("DELETE", f"/api/callbacks/{name}")
        await leg.ended()
        assert Moment.ANSWERED not in leg.at_us
        await sees(callers, "1004", "ready")


async def test_a_customer_who_is_not_reached_and_one_who_rings_himself(callers: RunningCentre) -> None:
    async with staffed(callers, "1001", seats=("1001",), customers=(CUSTOMER,), audio=True) as phones:
        name = await ask(callers)
        leg, customer = await rung(phones, "1001")
        await customer.ended()  # nobody answers in time
        await leg.ended()
        assert (await becomes(callers, name, "retry_due"))["last"] == "no_answer"
        await callers.post(f"/api/callbacks/{name}/now")
        leg, customer = await rung(phones, "1001")
        await leg.hang_up()
        await customer.ended()
        assert (await becomes(callers, name, "retry_due"))["last"] == "given_up"
        await sees(callers, "1001", "ready")

        caller = await phones.dial("4001", number=CUSTOMER)
        leg = await phones["1001"].next_call()
        hastened = await callers.post(f"/api/callbacks/{name}/now")
        assert hastened["state"] == "requested"  # nobody is rung who is on the line himself
        await talk(caller, leg)
        assert (await becomes(callers, name, "done"))["outcome"] == "superseded"
        await leg.hang_up()
