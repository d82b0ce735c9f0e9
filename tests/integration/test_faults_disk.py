"""The disk takes nothing more from the daemon, or from Asterisk: callers notice nothing, health does, and when there is
room again the records are written after all, as far as somebody could write of the calls.

A full disk is imitated by a limit on the size of files, which needs no rights and hits these processes alone.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre, centre, served, shipped
from tests.integration.five_callers import FiveCallers
from tests.integration.floor_fixture import conversation
from tests.integration.line import soon

pytestmark = pytest.mark.integration

__all__ = ["centre"]


def family(pid: int) -> list[int]:
    """The process and its children."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


@contextmanager
def full_disk(pids: list[int]) -> Iterator[None]:
    """These processes can make no file longer than it is."""
    before = [(pid, resource.prlimit(pid, resource.RLIMIT_FSIZE)) for pid in pids]
    for pid, (_, hard) in before:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        for pid, limits in before:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


async def test_a_full_disk_costs_no_call_and_no_record(centre: RunningCentre) -> None:
    async with centre.phones() as phones:
        callers = FiveCallers(centre, phones)
        await callers.come()
        with full_disk(family(centre.daemon)):
            await callers.ring.answer()
            await callers.sees("1003", "talking")
            await centre.part_is("journal", ok=False)
            status, health = await centre.ask("GET", "/api/health")
            assert (status, health["status"]) == (200, "degraded")
            await callers.talk.hang_up()
            await callers.sees("1001", "wrap_up")
            await centre.post("/api/agents/1001/ready")
            assert await callers.talks_and_hangs_up("1001") == "300"
            late = await callers.dial("4002", "600")
        await callers.ring.hang_up()
        await callers.sees("1003", "wrap_up")
        await centre.part_is("journal", ok=True)
        for agent, waited_longest in (("1003", "400"), ("1001", "600")):
            await centre.post(f"/api/agents/{agent}/ready")
            assert await callers.talks_and_hangs_up(agent) == waited_longest
        await callers.choosing.hang_up()
        records = await callers.records("100", "200", "300", "400", "500", "600")
        assert {number: (record["outcome"], record["agent"]) for number, record in records.items()} == {
            "100": ("answered", "1001"),
            "200": ("answered", "1003"),
            "300": ("answered", "1001"),
            "400": ("answered", "1003"),
            "500": ("served_by_ivr", None),
            "600": ("answered", "1001"),
        }
        assert all(records[number]["reconstructed"] for number in ("100", "200", "300", "600"))
        for record in records.values():
            await agrees_with_asterisk(centre.settings.state, record)
        await soon(late.ended())


async def test_what_asterisk_cannot_write_down_costs_no_call_and_is_told(music: Path, prompts: Path) -> None:
    async with served(shipped(music, prompts), written=False) as centre, centre.phones(audio=True) as phones:
        await phones.register()
        for agent in ("1001", "1003"):
            await centre.sign_in(agent)
        caller, leg = await conversation(phones, "4001", "1001", number="100")
        assert caller.audio
        assert leg.audio
        await caller.audio.hears(leg.audio.tone_hz, windows=10)
        with full_disk([centre.asterisk]):
            await caller.audio.hears(leg.audio.tone_hz, windows=10)
            await leg.hang_up()
            await caller.ended()
            other, other_leg = await conversation(phones, "4002", "1003", number="200")
            await other_leg.hang_up()
            await other.ended()
            await centre.fact("AlarmRaised", alarm="ledger-silent")
            unwritten = await centre.record("200", recorded=False)
        await centre.post("/api/agents/1001/ready")
        third, third_leg = await conversation(phones, "4001", "1001", number="300")
        await third_leg.hang_up()
        await third.ended()
        assert (await centre.record("300", recorded=False))["reason"] == "served"
        record = await centre.record("100", recorded=False)
        over = await centre.fact("CallEnded", linkedid=record["linkedid"])
        assert (record["outcome"], record["agent"], record["reconstructed"]) == ("answered", "1001", True)
        assert record["reason"] == "asterisk_lost"
        assert datetime.fromisoformat(record["ended_at"]).timestamp() * 1000 == pytest.approx(over["at_ms"], abs=1)
        await centre.fact("AlarmCleared", alarm="ledger-silent")
        told = await centre.fact("CallArrived", caller="200")
        assert (await centre.fact("CallEnded", linkedid=told["linkedid"]))["reason"] == "served"
        assert unwritten["linkedid"] == told["linkedid"]
        assert [(one["queue"], one["reason"]) for one in unwritten["queues"]] == [("support", "answered")]
        assert [one["agent"] for one in unwritten["conversations"]] == ["1003"]
        assert (unwritten["outcome"], unwritten["reason"], unwritten["ended_by"]) == (
            "answered",
            "asterisk_lost",
            "agent",
        )
        assert unwritten["reconstructed"]
        legs = [(leg["channel"], leg["kind"], leg["agent"], leg["reconstructed"]) for leg in unwritten["legs"]]
        assert legs == [(told["channel"], "caller", None, True), ("PJSIP/1003", "agent", "1003", True)]
        assert await centre.record("200", recorded=False) == unwritten, "one record, though the ledger is written again"
