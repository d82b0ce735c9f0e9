"""The daemon dies while callers are everywhere and is back soon: nobody is cut off or loses his place, and no record is
missing, though every file is moved aside at every moment meanwhile.
"""

from datetime import datetime
from signal import SIGKILL, SIGTERM, Signals

import pytest

from recording.series import Series
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre, centre
from tests.integration.five_callers import FiveCallers
from tests.integration.line import soon
from tests.integration.rotating import rotating

pytestmark = pytest.mark.integration

__all__ = ["centre"]


@pytest.mark.parametrize("how", [SIGKILL, SIGTERM])
async def test_a_dying_daemon_costs_nobody_his_call_or_his_place(centre: RunningCentre, how: Signals) -> None:
    async with rotating(centre.settings), centre.phones() as phones:
        callers = FiveCallers(centre, phones)
        await callers.come()
        entered_ms = {number: (await callers.fact("CallQueued", number))["entered_ms"] for number in ("300", "400")}
        await callers.choosing.press("2")
        await callers.comes_to("topic", "500")
        centre.messages.clear()
        assert Series(centre.settings.journal).move_aside()  # as at the turn of a day; the next daemon begins a new one
        centre.kill_daemon(how)

        await callers.waiting("support", 2)
        await callers.sees("1001", "talking")
        assert not any(call.over for call in callers.everybody)
        await callers.ring.answer()
        await callers.sees("1003", "talking")
        await callers.ring.hang_up()
        await callers.talk.hang_up()
        for agent, waited_longest in (("1003", "300"), ("1001", "400")):
            await callers.sees(agent, "wrap_up")
            await centre.post(f"/api/agents/{agent}/ready")
            assert await callers.talks_and_hangs_up(agent) == waited_longest
        await callers.choosing.hang_up()
        for call in callers.everybody:
            await soon(call.ended())

        records = await callers.records("100", "200", "300", "400", "500")
        assert {number: (record["outcome"], record["agent"]) for number, record in records.items()} == {
            "100": ("answered", "1001"),
            "200": ("answered", "1003"),
            "300": ("answered", "1003"),
            "400": ("answered", "1001"),
            "500": ("served_by_ivr", None),
        }
        rebuilt = {number for number, record in records.items() if record["reconstructed"]}
        assert rebuilt == {"100", "200", "500"}  # of 300 and 400 the router could tell everything
        for number, first_entry_ms in entered_ms.items():
            (visit,) = records[number]["queues"]
            assert milliseconds(visit["entered_at"]) == first_entry_ms
        path = [step["node"] for step in records["500"]["ivr_path"]]
        assert path.count("language") == 1, "who was in a menu came back to the same menu, not to the beginning"
        assert path.count("topic") >= 2
        for record in records.values():
            await agrees_with_asterisk(centre.settings.state, record)


def milliseconds(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)
