"""Versions of the centre's files published while calls go on, and taken back; a surge that outlasts us."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cti.versions import disk
from cti.versions.manifest import Order
from cti.versions.start import SERVING, folder_of, publish_alone, versions_of
from ivr.flow.steps import Prompt
from ivr.prompts import Prompts
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor, sees, staffed
from tests.integration.listening import PLAYED, likeness, sides, spoken

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


COUNTED = """\
flow: counted
languages: [en]
start: question
operator: question
nodes:
  question:
    kind: menu
    text: {en: Press one.}
    choices: {1: VERSION}
    timeout_s: 30
    otherwise: VERSION
  VERSION: {kind: hangup, reason: VERSION, text: {en: "This was the VERSION version, as everybody can hear."}}
"""


async def publish(floor: RunningCentre, by: str = "Wang", why: str = "a test") -> Any:
    """The folder is published; returns what that changed."""
    body = {"by": by, "why": why, "untested": True}
    status, answer = await floor.ask("POST", "/api/centre/versions/from-folder", json=body)
    assert status == 200, answer
    return answer


async def asked(floor: RunningCentre, number: str) -> str:
    """Wait until the caller of this number is in the menu; his call."""
    arrived = await floor.fact("CallArrived", caller=number, resumed=False)
    await floor.fact("NodeEntered", linkedid=arrived["linkedid"], node="question")
    return str(arrived["linkedid"])


async def test_callers_finish_in_the_version_they_began_in_and_new_ones_meet_the_new_one(
    edited: RunningCentre,
) -> None:
    floor = edited
    flow = floor.settings.dialplans / "flows/counted.yaml"
    async with staffed(floor) as phones:
        edit(floor, "centre.yaml", "  4001:", "  4020: {flow: counted, fallback: support}\n  4001:")
        flow.write_text(COUNTED.replace("VERSION", "second"))
        await publish(floor, why="the second version")
        early, patient = [await phones.dial("4020", number=number) for number in ("100", "200")]
        calls = [await asked(floor, number) for number in ("100", "200")]

        flow.write_text(COUNTED.replace("VERSION", "third"))
        published = await publish(floor, by="Li", why="the third version")
        assert published["words"] == [
            "flow counted changed: node question changed, node second removed, node third added"
        ]
        await floor.fact("CentrePublished", version=3, by="Li", why="the third version", restores=0)
        late = await phones.dial("4020", number="300")
        await asked(floor, "300")
        for caller in (late, early):
            await caller.press("1")
            await caller.ended()
        new, old = [await floor.record(number) for number in ("300", "100")]
        assert (new["reason"], old["reason"]) == ("third", "second")
        prompts = Prompts(floor.settings.state / "sounds/prompts")
        for record, version, other in ((new, "third", "second"), (old, "second", "third")):
            heard = sides(await floor.audio(record["id"]))[1]
            likenesses = [likeness(goodbye(prompts, which), heard) for which in (version, other)]
            assert likenesses[0] > PLAYED
            assert likenesses[0] > likenesses[1]

        flow.write_text(COUNTED.replace("{1: VERSION}", "{1: nowhere}").replace("VERSION", "fourth"))
        status, refused = await floor.ask("POST", "/api/centre/versions/from-folder", json={"why": "a typo"})
        assert (status, [one["file"] for one in refused["error"]["problems"]]) == (422, ["flows/counted.yaml"])
        floor.kill_daemon()  # it comes back with the version that holds, whatever the folder says
        await floor.fact("CallArrived", linkedid=calls[1], resumed=True)
        await floor.shows("/api/centre", lambda centre: centre["version"] == 3)
        await patient.press("1")
        await patient.ended()
        assert (await floor.record("200"))["reason"] == "second"

        status, back = await floor.ask(
            "POST", "/api/centre/roll-back", json={"to": 2, "base": 3, "why": "the second was better", "by": "Li"}
        )
        assert (status, back["version"]["number"], back["version"]["restores"]) == (200, 4, 2)
        again = await phones.dial("4020", number="400")
        await asked(floor, "400")
        await again.press("1")
        await again.ended()
        assert (await floor.record("400"))["reason"] == "second"

        edit(floor, "centre.yaml", "  4020:", "  4030: {flow: counted, fallback: support}\n  4020:")
        flow.write_text(COUNTED.replace("VERSION", "fifth"))
        order = Order(base=4, by="Wang", why="while nobody served", tested=False)
        files = folder_of(floor.settings).read()
        async with floor.without_daemon():
            await asyncio.to_thread(until_nobody_serves, floor)
            await asyncio.to_thread(publish_alone, floor.settings, files, order)
        await floor.healthy()  # with its link to Asterisk
        anew = await phones.dial("4030", number="500")  # a number that Asterisk was told of when the daemon came back
        await asked(floor, "500")
        await anew.press("1")
        await anew.ended()
        assert (await floor.record("500"))["reason"] == "fifth"


def until_nobody_serves(floor: RunningCentre) -> None:
    """Wait until the daemon that was killed is gone."""
    with disk.locked(versions_of(floor.settings).root / SERVING, wait=True):
        pass


def goodbye(prompts: Prompts, version: str) -> list[int]:
    """The last words in that version, as sound."""
    return spoken(prompts.file(Prompt(f"This was the {version} version, as everybody can hear.", "en")))


async def test_queues_numbers_and_flows_come_change_and_go_while_calls_wait(edited: RunningCentre) -> None:
    floor = edited
    async with staffed(floor, "1002") as phones:
        edit(floor, "queues.yaml", "    skills: {sales: 1}", "    skills: {sales: 10}")
        edit(floor, "queues.yaml", "  brief:", "  billing:\n    title: Bills\n    skills: {sales: 1}\n  brief:")
        edit(floor, "centre.yaml", "  4001:", "  4020: {flow: billing, fallback: billing}\n  4001:")
        (floor.settings.dialplans / "flows/billing.yaml").write_text(BILLING)
        changed = await publish(floor, why="bills")
        assert (changed["queues_added"], changed["queues_changed"]) == (["billing"], ["sales"])
        await floor.fact("CentrePublished", version=2, by="Wang", why="bills")

        await floor.asterisk_says("queue show billing", "1002")
        assert "1002" not in await floor.console("queue show sales")  # nobody is so good a seller
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
        changed = await publish(floor)
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
        await publish(floor)
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
        await publish(floor)
        await floor.fact("CallOverflowed", queue="sales", cause="closed", to="queue", value="support")
        assert not (await floor.get("/api/queues/sales"))["open"]
        await floor.post("/api/agents/1003/ready")
        assert (await phones["1003"].next_call()).caller == "100"
        await sees(floor, "1003", "ringing")
        edit(floor, "queues.yaml", "    hours: {}\n", "")
        await publish(floor)
        await floor.fact("QueueOpened", queue="sales")
