"""A call closed with an outcome code on real Asterisk: owed after the wrap-up, closed at the phone, and anew by API."""

import pytest

from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed
from tests.integration.test_star_codes import told

pytestmark = pytest.mark.integration


async def test_a_call_without_a_code_is_owed_until_its_agent_closes_it_and_every_time_is_kept(
    floor: RunningCentre,
) -> None:
    sold = {"titles": {"en": "Sold"}, "resolved": True, "queues": ["thorough"], "keys": "1"}
    assert (await floor.ask("PUT", "/api/outcomes/sold", json=sold))[0] == 200
    async with staffed(floor, "1001", audio=True) as phones:
        _, leg = await conversation(phones, "4016", "1001", number="16")
        await leg.hang_up()
        await sees(floor, "1001", "wrap_up")
        await told(phones, "1001", "*15")
        owed = await floor.fact("OutcomeOwed", agent="1001", queue="thorough")
        await sees(floor, "1001", "ready")  # nobody waits for a form
        agent = await floor.get("/api/agents/1001")
        (call,) = agent["owes"]
        await told(phones, "1001", "*211")
        closed = await floor.fact("CallOutcomeSet", linkedid=owed["linkedid"])
        assert (closed["agent"], closed["code"], closed["resolved"], closed["cause"]) == ("1001", "sold", True, "phone")
        await floor.shows("/api/agents/1001", lambda shown: shown["owes"] == [])
        record = await floor.shows(f"/api/calls/{call}", lambda shown: shown["outcome_code"] == "sold")
        assert (record["linkedid"], record["agent"], record["notes"]) == (owed["linkedid"], "1001", "")
        note = {"code": "sold", "note": "Two of them.", "matter": "order 7"}
        assert (await floor.ask("PUT", f"/api/calls/{call}/outcome", json=note))[0] == 200
        record = await floor.shows(f"/api/calls/{call}", lambda shown: shown["matter"] == "order 7")
        assert [(one["by"], one["note"]) for one in record["closings"]] == [
            ("phone", ""),
            ("api:owner", "Two of them."),
        ]
        assert record["notes"] == "Two of them."
