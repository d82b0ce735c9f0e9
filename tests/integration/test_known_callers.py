"""Callers whom the centre knows: VIPs go ahead, and each reaches the agent named for him, or his last one."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor, sees, staffed, talk

pytestmark = pytest.mark.integration

GREETED = """\
flow: greeted
languages: [en]
start: greeting
nodes:
  greeting: {kind: say, text: {en: Welcome to our test centre.}, next: sales}
  sales: {kind: queue, queue: sales, then: served, otherwise: served}
  served: {kind: hangup, reason: served, text: {en: Goodbye.}}
"""
"""While he is greeted a caller is looked up, however slow the machine."""


@pytest_asyncio.fixture
async def remembering(
    dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path
) -> AsyncIterator[RunningCentre]:
    """A floor that leads callers to their last agent."""
    folder = shutil.copytree(dialplans, tmp_path / "dialplans")
    centre = folder / "centre.yaml"
    numbers = centre.read_text("utf-8").replace("  4001:", "  4030: {flow: greeted, fallback: sales}\n  4001:")
    centre.write_text(f"{numbers}\ncountry_code: 86\nlast_agent_days: 7\n", "utf-8")
    (folder / "flows/greeted.yaml").write_text(GREETED, "utf-8")
    async with running_floor(folder, floor_prompts, music) as running:
        yield running


async def test_a_vip_goes_ahead_and_each_caller_reaches_the_agent_named_for_him_or_his_last(
    remembering: RunningCentre,
) -> None:
    floor, vip, regular, other = remembering, "13900000001", "13900000002", "13900000003"
    async with staffed(floor, "1002", "1001", "1004", audio=True) as phones:
        await floor.ask("PUT", f"/api/callers/{vip}", json={"name": "Ma", "priority": 5})
        await floor.ask("PUT", f"/api/callers/+86{regular}", json={"agent": "1004"})

        caller = await phones.dial("4030", number=regular)
        leg = await phones["1004"].next_call()  # 1002 has been idle longer
        recognised = await floor.fact("CallerRecognised")
        assert (recognised["agent"], recognised["vip"]) == ("1004", False)
        assert (await floor.fact("CallOffered", agent="1004"))["decision"]["rule"] == "preferred"
        await talk(caller, leg)

        for agent in ("1002", "1001"):
            await floor.post(f"/api/agents/{agent}/not-ready", {"reason": "break"})
        first = await phones.dial("4030", number=other)
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
        second = await phones.dial("4030", number=vip)
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 2)
        await floor.post("/api/agents/1001/ready")
        leg_of_vip = await phones["1001"].next_call()
        assert leg_of_vip.caller == vip
        assert (await floor.fact("CallOffered", agent="1001"))["decision"]["priority"] == 5
        await talk(second, leg_of_vip)
        await floor.post("/api/agents/1002/ready")
        leg_of_other = await phones["1002"].next_call()
        await talk(first, leg_of_other)
        for one in (leg_of_vip, leg_of_other):
            await one.hang_up()
        await floor.record(other, recorded=False)
        for agent in ("1001", "1002"):
            await sees(floor, agent, "ready")

        await phones.dial("4030", number=other)  # 1001 has been idle longer, but 1002 spoke with him last
        assert (await phones["1002"].next_call()).caller == other
        assert not [call for call in phones["1001"].calls if call.caller == other]
