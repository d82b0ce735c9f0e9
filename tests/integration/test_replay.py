"""A small real day (Asterisk, SIP phones, the daemon's own journal), replayed: the router does again what it did."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cti.centre import load_centre
from cti.commands import main
from cti.simulation.telephones import Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed

pytestmark = pytest.mark.integration


async def a_small_day(floor: RunningCentre, phones: Telephones) -> None:
    """Six callers of 1001 and 1002: one gives up, one rings an empty chair, two wait, one agent goes to his break."""
    _, first = await conversation(phones, "4001", "1001", number="100")
    _, second = await conversation(phones, "4001", "1002", number="200")
    gives_up = await phones.dial("4001", number="300")
    await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
    await phones.dial("4001", number="400")
    await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 2)
    await gives_up.hang_up()
    await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
    await first.hang_up()
    third = await phones["1001"].next_call()  # behind the second of wrap-up
    await third.answer()
    await second.hang_up()
    await floor.agent_state("1002", "wrap_up")  # a fact: his state, asked for, may be another by then
    await floor.post("/api/agents/1002/ready")  # he ends it early
    await phones.dial("4011", number="500")
    unanswered = await phones["1002"].next_call()
    await unanswered.ended()
    await sees(floor, "1002", "not_ready", "missed_call")
    await floor.post("/api/agents/1002/ready")
    fourth = await phones["1002"].next_call()
    await fourth.answer()
    await sees(floor, "1002", "talking")
    await floor.post("/api/agents/1001/not-ready", {"reason": "break"})
    await third.hang_up()
    await sees(floor, "1001", "not_ready", "break")
    await phones.dial("4001", number="600")
    await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
    await floor.post("/api/agents/1001/ready")
    fifth = await phones["1001"].next_call()
    await fifth.answer()
    await sees(floor, "1001", "talking")
    await fifth.hang_up()
    await fourth.hang_up()
    for agent in ("1001", "1002"):
        await sees(floor, agent, "ready")
        await floor.post(f"/api/agents/{agent}/sign-out")


async def test_a_replayed_day_is_the_day_again_and_other_settings_make_another(
    floor: RunningCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staffed(floor, "1001", "1002", audio=True) as phones:
        await a_small_day(floor, phones)
    first = await floor.fact("CallQueued")
    zone = load_centre(floor.settings.dialplans).time_zone
    day = datetime.fromtimestamp(first["at_ms"] / 1000, zone).date()
    for name, value in floor.settings.environment().items():
        monkeypatch.setenv(name, value)
    hasty = (floor.settings.dialplans / "queues.yaml").read_text("utf-8").replace("title: Sales", "max_wait_s: 1", 1)
    (tmp_path / "queues.yaml").write_text(hasty.replace("max_wait_s: 1", "title: Sales\n    max_wait_s: 1", 1))

    async def replayed(*arguments: str) -> Any:
        assert await asyncio.to_thread(main, ["replay", f"{day}", "--json", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    told = await replayed("--with", str(tmp_path / "queues.yaml"))
    assert told == await replayed("--with", str(tmp_path / "queues.yaml"))
    recorded = told["recorded"]
    assert {name: calls["calls"] for name, calls in recorded["queues"].items() if calls["calls"]} == {
        "sales": 5,
        "brief": 1,
    }
    assert (recorded["all"]["answered"], recorded["all"]["abandoned"]) == (5, 1)
    assert {name: group["missed"] for name, group in recorded["agents"].items()} == {"sales": 1, "sales+support": 0}
    true = told["how_true"]
    assert (true["calls"], true["same_end"]) == (6, 6)
    assert (true["answered_in_both"], true["same_agent"]) == (5, 5)
    assert told["replayed"]["agents"]["sales"]["missed"] == 1
    assert told["changed"]["all"]["elsewhere"] > 0
