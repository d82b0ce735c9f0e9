"""Edits of the centre's files taken while calls go on: queues, numbers, flows and hours; a surge that outlasts us."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cti.asterisk.installation import find_installation
from cti.asterisk.process import AsteriskProcess
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor, sees, staffed

pytestmark = pytest.mark.integration

BILLING = """\
flow: billing
languages: [en]
start: greeting
nodes:
  greeting: {kind: say, text: {en: This is about bills.}, next: billing}
  billing: {kind: queue, queue: billing, then: served, otherwise: served}
  served: {kind: hangup, reason: served, text: {en: Goodbye.}}
"""


@pytest_asyncio.fixture
async def edited(dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path) -> AsyncIterator[RunningCentre]:
    """A floor whose dialplans a test may edit."""
    folder = Path(shutil.copytree(dialplans, tmp_path / "dialplans"))
    async with running_floor(folder, floor_prompts, music) as running:
        yield running


def edit(floor: RunningCentre, name: str, before: str, after: str) -> None:
    file = floor.settings.dialplans / name
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


async def reload(floor: RunningCentre, by: str = "api") -> Any:
    """The edit is taken; returns what it changed."""
    status, answer = await floor.ask("POST", "/api/centre/reload", json={"by": by})
    assert status == 200, answer
    return answer


async def test_queues_numbers_and_flows_come_change_and_go_while_calls_wait(edited: RunningCentre) -> None:
    floor = edited
    async with staffed(floor, "1002") as phones:
        edit(floor, "queues.yaml", "    skills: {sales: 1}", "    skills: {sales: 10}")
        edit(floor, "queues.yaml", "  brief:", "  billing:\n    title: Bills\n    skills: {sales: 1}\n  brief:")
        edit(floor, "centre.yaml", "  4001:", "  4020: {flow: billing, fallback: billing}\n  4001:")
        (floor.settings.dialplans / "flows/billing.yaml").write_text(BILLING)
        changed = await reload(floor, by="Wang")
        assert (changed["queues_added"], changed["queues_changed"]) == (["billing"], ["sales"])
        await floor.fact("CentreReloaded", version=changed["version"], by="Wang")

        asterisk = AsteriskProcess(floor.settings, find_installation(floor.settings))
        assert "1002" in await asterisk.command("queue show billing")
        assert "1002" not in await asterisk.command("queue show sales")  # nobody is so good a seller
        await phones.dial("4001", number="100")
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
        caller = await phones.dial("4020", number="200")
        leg = await phones["1002"].next_call()
        assert leg.caller == "200"
        await leg.answer()
        await caller.hang_up()

        edit(floor, "queues.yaml", "    skills: {sales: 10}", "    skills: {sales: 1}")
        edit(floor, "queues.yaml", "  billing:\n    title: Bills\n    skills: {sales: 1}\n", "")
        edit(floor, "centre.yaml", "  4020: {flow: billing, fallback: billing}\n", "")
        (floor.settings.dialplans / "flows/billing.yaml").unlink()
        changed = await reload(floor)
        assert changed["queues_retired"] == ["billing"]
        assert (await phones["1002"].next_call()).caller == "100"  # who waited when the edit came
        gone = await phones.dial("4020", number="300")
        await gone.ended()
        assert gone.status == 404


async def test_a_surge_calls_other_agents_in_and_outlasts_the_daemon_and_closing_time_moves_who_waits(
    edited: RunningCentre,
) -> None:
    floor = edited
    helping = "    skills: {sales: 1}\n    blended: {agents: support}\n    steps: [{after_s: 1, priority: 2}]\n"
    async with staffed(floor, "1003") as phones:
        edit(floor, "queues.yaml", "    skills: {sales: 1}\n", helping)
        await reload(floor)
        await phones.dial("4001", number="100")
        await floor.fact("CallStepped", queue="sales", step=1, priority=2)
        await floor.post("/api/queues/sales/surge", {"on": True, "why": "storm", "by": "Wang"})
        await floor.fact("BlendedAgentsCalled", queue="sales", on=True)
        leg = await phones["1003"].next_call()
        assert leg.caller == "100"
        await floor.post("/api/agents/1003/not-ready", {"reason": "break"})
        await leg.ended()

        floor.kill_daemon()
        surge = await floor.shows("/api/queues/sales", lambda queue: queue["surge"] is not None and queue["waiting"])
        assert (surge["surge"]["by"], surge["surge"]["why"], surge["waiting"]) == ("Wang", "storm", 1)

        edit(
            floor,
            "queues.yaml",
            "    title: Sales\n",
            "    title: Sales\n    hours: {}\n    on_closed: {queue: support}\n",
        )
        await reload(floor)
        await floor.fact("CallOverflowed", queue="sales", cause="closed", to="queue", value="support")
        assert not (await floor.get("/api/queues/sales"))["open"]
        await floor.post("/api/agents/1003/ready")
        assert (await phones["1003"].next_call()).caller == "100"
        await sees(floor, "1003", "ringing")
        edit(floor, "queues.yaml", "    hours: {}\n", "")
        await reload(floor)
        await floor.fact("QueueOpened", queue="sales")
