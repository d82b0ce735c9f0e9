"""What calls count for on a real Asterisk while the centre's files change: those turned away before the IVR, and those
judged by thresholds that were published meanwhile.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from cti.centre import load_centre
from cti.simulation.call import Call
from cti.simulation.telephones import Telephones
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor, staffed
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.line import soon
from tests.integration.test_publishing import edit, publish

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def edited(dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path) -> AsyncIterator[RunningCentre]:
    """A floor whose dialplans a test may edit."""
    folder = Path(shutil.copytree(dialplans, tmp_path / "dialplans"))
    async with running_floor(folder, floor_prompts, music) as running:
        yield running


async def inside(floor: RunningCentre, phones: Telephones, dialled: str, number: str) -> Call:
    """A caller who has been let in."""
    call = await phones.dial(dialled, number=number)
    await floor.fact("CallArrived", caller=number)
    await soon(call.answered())
    return call


async def refused(floor: RunningCentre, phones: Telephones, dialled: str, number: str) -> tuple[int, dict[str, Any]]:
    """What a caller is told who is not let in, and the record of his call."""
    call = await phones.dial(dialled, number=number)
    await soon(call.ended())
    record = await floor.record(number, recorded=False)
    await agrees_with_asterisk(floor.settings.state, record)
    assert (record["outcome"], record["direction"], record["ended_by"]) == ("blocked", "inbound", "system")
    assert (record["reconstructed"], record["answered_at"], record["recordings"]) == (False, None, [])
    assert call.status is not None
    return call.status, record


async def gives_up(floor: RunningCentre, phones: Telephones, number: str) -> None:
    """A caller who hangs up in his queue, at once."""
    call = await inside(floor, phones, "4001", number)
    await floor.fact("CallQueued", linkedid=(await floor.fact("CallArrived", caller=number))["linkedid"])
    await call.hang_up()
    await floor.record(number, recorded=False)


async def test_a_threshold_that_is_published_judges_the_calls_that_come_after(edited: RunningCentre) -> None:
    floor, sales = edited, figures(edited, "keys=abandonment&scope=queue:sales")
    async with staffed(floor) as phones:
        await gives_up(floor, phones, "100")
        edit(
            floor, "queues.yaml", "  sales:\n    title: Sales\n", "  sales:\n    title: Sales\n    short_abandon_s: 0\n"
        )
        await publish(floor)
        await floor.shows(sales, lambda told: len(told["reports"][0]["rules"]) == 2)
        await gives_up(floor, phones, "101")
        (report,) = (await floor.get(sales))["reports"]
        (abandonment,) = report["values"]
        assert (abandonment["numerator"], abandonment["denominator"]) == (1, 1)
        (late,) = (await floor.get(f"/api/calls?{urlencode(abandonment['calls'])}"))["calls"]
        assert late["caller"] == "101"
        before, after = (one["queues"]["sales"]["short_abandon_s"] for one in report["rules"])
        assert (before, after) == (20, 0)
        assert late["started_at"] >= report["rules"][1]["since"].replace("+00:00", "Z")


def figures(floor: RunningCentre, query: str) -> str:
    """These figures of today, at the centre."""
    today = datetime.now(load_centre(floor.settings.dialplans).time_zone).date()
    return f"/api/figures?{query}&period={today}"


async def test_who_is_turned_away_leaves_a_record_with_its_cause_and_counts_as_blocked(edited: RunningCentre) -> None:
    floor, counted = edited, figures(edited, "keys=blocked,received")
    async with staffed(floor) as phones:
        edit(
            floor,
            "centre.yaml",
            "4001: {flow: sales, fallback: sales}",
            "4001: {flow: sales, fallback: sales, max_calls: 1}",
        )
        await publish(floor)
        first = await inside(floor, phones, "4001", "100")
        told = {}
        for number, dialled in (("101", "4001"), ("102", "4999"), ("103", "operator"), ("104", "7")):
            status, record = await refused(floor, phones, dialled, number)
            told[number] = (status, record["reason"], record["legs"][0]["cause"])
        assert told == {
            "101": (486, "call_limit", 17),
            **dict.fromkeys(("102", "103", "104"), (404, "unknown_number", 1)),
        }
        other = await inside(floor, phones, "4000", "105")  # the limit is that number's alone
        edit(floor, "centre.yaml", "centre: Test centre", "centre: Test centre\nmax_calls: 2")
        await publish(floor)
        status, record = await refused(floor, phones, "4002", "106")
        assert (status, record["reason"]) == (486, "call_limit")
        async with floor.without_daemon():  # the limit is Asterisk's, whoever is away
            call = await phones.dial("4002", number="107")
            await soon(call.ended())
            assert call.status == 486
        await floor.shows("/api/calls?caller=107", lambda found: bool(found["calls"]))
        await asyncio.gather(first.hang_up(), other.hang_up())
        await asyncio.gather(*(floor.record(number, recorded=False) for number in ("100", "105")))
        await inside(floor, phones, "4001", "108")  # there is room again
        (report,) = (await floor.get(counted))["reports"]
        blocked, received = report["values"]
        assert (blocked["numerator"], blocked["denominator"]) == (6, 8)
        behind = (await floor.get(f"/api/calls?{urlencode(blocked['calls'])}"))["calls"]
        assert sorted(one["caller"] for one in behind) == ["101", "102", "103", "104", "106", "107"]
        assert received["parts"]["blocked"]["value"] == 6
        for one in behind:
            if story := {"101": "refused_call_limit", "102": "refused_unknown_number"}.get(one["caller"]):
                keep_ledger(floor.settings, one["linkedid"], story)
