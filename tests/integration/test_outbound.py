"""Agents who call numbers outside, by their phones and by their desktops: on real phones."""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.integration.callback_fixture import CUSTOMER, callback_dialplans
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor, sees, staffed
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.test_transfers import hear_each_other
from tests.ledgers import CALLBACKS

pytestmark = pytest.mark.integration

__all__ = ["callback_dialplans"]

SEATS = ("1001", "1002", "1003")
ALLOWED = 'ring_s: 40, agents: {allow: ["139XXXXXXXX"], requires: sales >= 1, prefix: 9, ring_s: 20}}'


@pytest_asyncio.fixture
async def outward(callback_dialplans: Path, prompts: Path, music: Path, tmp_path: Path) -> AsyncIterator[RunningCentre]:
    """A centre whose agents of sales may call mobiles of one carrier."""
    folder = tmp_path / "dialplans"
    shutil.copytree(callback_dialplans, folder)
    file = folder / "centre.yaml"
    file.write_text(file.read_text("utf-8").replace("ring_s: 40}", ALLOWED), "utf-8")
    async with running_floor(folder, prompts, music) as running:
        yield running


def told(record: dict[str, Any]) -> tuple[Any, ...]:
    return record["direction"], record["caller"], record["outcome"], record["reason"], record["agent"]


async def test_an_agent_calls_outside_by_phone_and_by_desktop_and_only_whom_he_may(outward: RunningCentre) -> None:
    async with staffed(outward, *SEATS, seats=SEATS, customers=(CUSTOMER,), audio=True) as phones:
        await outward.post("/api/agents/1001/dial", {"number": CUSTOMER})
        await (await phones["1001"].next_call()).refuse()  # of this there is no record
        await outward.post("/api/agents/1002/dial", {"number": CUSTOMER})
        leg = await phones["1002"].next_call()
        await leg.answer()
        customer = await phones[CUSTOMER].next_call()
        await customer.answer()
        await hear_each_other(leg, customer)
        await customer.hang_up()
        await leg.ended()
        record = await outward.record(CUSTOMER)
        assert told(record) == ("outbound", CUSTOMER, "answered", "reached", "1002")
        assert record["ended_by"] == "caller"
        await sees(outward, "1002", "ready")
        outward.messages.clear()

        placed = phones["1002"].dial(f"9{CUSTOMER}")
        customer = await phones[CUSTOMER].next_call()
        assert customer.caller == "4000"
        await sees(outward, "1002", "talking")
        await customer.answer()
        await hear_each_other(placed, customer)
        await placed.hold()
        await sees(outward, "1002", "holding")
        await placed.retrieve()
        await sees(outward, "1002", "talking")
        await placed.hang_up()
        await customer.ended()
        await sees(outward, "1002", "ready")
        record = await outward.record(CUSTOMER)
        assert told(record) == ("outbound", CUSTOMER, "answered", "reached", "1002")
        assert (record["ended_by"], record["reconstructed"], record["callback"]) == ("agent", False, None)
        met = [one["kind"] for one in record["segments"]]
        assert (met[:3], len(record["recordings"])) == (["preparing", "ringing", "talking"], 1)
        keep_ledger(outward.settings, record["linkedid"], "called_outside", CALLBACKS)
        outward.messages.clear()

        busy = phones["1002"].dial(f"*26{CUSTOMER}")
        await (await phones[CUSTOMER].next_call()).refuse(busy=True)
        await busy.ended()
        record = await outward.record(CUSTOMER, recorded=False)
        assert told(record) == ("outbound", CUSTOMER, "not_reached", "busy", None)
        assert record["legs"][0]["cause"] == 17
        keep_ledger(outward.settings, record["linkedid"], "called_outside_busy", CALLBACKS)
        outward.messages.clear()

        for phone, number, error in (("1002", "9008613", "toll-not-allowed"), ("1003", CUSTOMER, "dial-not-allowed")):
            refused = phones[phone].dial(f"*26{number}")
            assert (await outward.fact("OutsideRefused", agent=phone))["error"] == error
            await refused.ended()
            record = await outward.record(number, recorded=False)
            assert told(record) == ("outbound", number, "blocked", error, phone)
            assert ([leg["kind"] for leg in record["legs"]], record["reconstructed"]) == (["agent"], False)
            keep_ledger(outward.settings, record["linkedid"], "called_outside_refused", CALLBACKS)
            outward.messages.clear()
            status, answer = await outward.ask("POST", f"/api/agents/{phone}/dial", json={"number": number})
            assert (status, answer["error"]["id"]) == (409, error)


async def test_an_agents_call_outside_outlives_the_daemon_and_dies_with_asterisk_and_is_one_record_either_way(
    outward: RunningCentre,
) -> None:
    async with staffed(outward, "1002", seats=SEATS, customers=(CUSTOMER,), audio=True) as phones:
        placed = phones["1002"].dial(f"9{CUSTOMER}")
        customer = await phones[CUSTOMER].next_call()
        await customer.answer()
        await hear_each_other(placed, customer)
        async with outward.without_daemon():
            await hear_each_other(placed, customer)
        await sees(outward, "1002", "talking")
        await placed.hold()
        await sees(outward, "1002", "holding")
        async with outward.without_daemon():
            pass
        await sees(outward, "1002", "holding")
        await placed.retrieve()
        await sees(outward, "1002", "talking")
        await hear_each_other(placed, customer)
        await placed.hang_up()
        await customer.ended()
        await sees(outward, "1002", "ready")
        record = await outward.record(CUSTOMER)
        assert told(record) == ("outbound", CUSTOMER, "answered", "reached", "1002")
        assert (record["ended_by"], record["reconstructed"]) == ("agent", True)
        assert [one["agent"] for one in record["conversations"]] == ["1002"]
        assert (len(record["recordings"]), record["missing"]) == (1, [])
        keep_ledger(outward.settings, record["linkedid"], "daemon_killed_called_outside", CALLBACKS)
        await outward.seen(lambda message: "record" in message)
        outward.messages.clear()

        placed = phones["1002"].dial(f"9{CUSTOMER}")
        customer = await phones[CUSTOMER].next_call()
        await customer.answer()
        await hear_each_other(placed, customer)
        os.kill(outward.asterisk, signal.SIGKILL)
        record = await outward.record(CUSTOMER, recorded=False)
        assert (record["direction"], record["agent"], record["reason"]) == ("outbound", "1002", "asterisk_lost")
        assert (record["outcome"], record["reconstructed"]) == ("answered", True)
        assert record["talk_ms"] > 0
