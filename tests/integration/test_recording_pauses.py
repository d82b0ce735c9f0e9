"""Agents and programs pause a recording in the conversation, by API and at the phone: silence of the same length on
both sides, in the right place, whatever dies meanwhile; and the record says who and why.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pytest

from cti.access import Role, new_token
from cti.simulation.call import Call
from cti.simulation.tones import RATE
from recording.access import AccessTokens
from recording.identity import call_id
from recording.store import Store
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, staffed
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.listening import sides
from tests.integration.test_star_codes import told

pytestmark = pytest.mark.integration

STEP_MS = 20
QUIET = 16
WITHIN_MS = 250


async def own_token(floor: RunningCentre, agent: str) -> Mapping[str, str]:
    """The header of the agent's own token."""
    token, given = new_token(f"desk of {agent}", Role.AGENT, agent=agent)
    store = Store(floor.settings.database_url)
    try:
        await AccessTokens(store).add(given)
    finally:
        await store.close()
    return {"Authorization": f"Bearer {token}"}


async def listens(call: Call, seconds: float) -> None:
    """So much of what is said to him has come to him."""
    assert call.audio
    wanted = call.audio.received + seconds * 1000 / STEP_MS
    while call.audio.received < wanted:
        await call.audio.hears_something()


def silent_spans(side: Sequence[int]) -> list[tuple[int, int]]:
    """When this side is silent for half a second or more, in milliseconds."""
    step = RATE * STEP_MS // 1000
    loud = [max(map(abs, side[start : start + step])) > QUIET for start in range(0, len(side) - step + 1, step)]
    found, at_ms = [], 0
    for sound, run in groupby(loud):
        end_ms = at_ms + len(list(run)) * STEP_MS
        if not sound and end_ms - at_ms >= 500:
            found.append((at_ms, end_ms))
        at_ms = end_ms
    return found


def lies_in_silence(pauses: Sequence[Mapping[str, Any]], side: Sequence[int]) -> None:
    """Each pause is a silence on this side, that begins and ends within a quarter of a second of it."""
    spans = silent_spans(side)
    for pause in pauses:
        assert any(
            abs(start - pause["start_ms"]) <= WITHIN_MS and abs(end - pause["end_ms"]) <= WITHIN_MS
            for start, end in spans
        ), (pause, spans)


async def test_a_pause_is_silence_of_the_same_length_in_the_right_place_whatever_dies(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="100")
        linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
        path = f"/api/calls/{call_id(linkedid)}/recording"
        own, other = await own_token(floor, "1002"), await own_token(floor, "1003")
        await listens(caller, 1)
        assert (await floor.ask("POST", f"{path}/pause", headers=other, json={}))[0] == 403

        status, paused = await floor.ask("POST", f"{path}/pause", headers=own, json={"why": "card number"})
        assert (status, paused["by"]) == (200, "agent:1002")
        await listens(caller, 1)
        assert (await floor.ask("POST", f"{path}/resume", headers=own, json={"why": "done"}))[0] == 200
        await listens(caller, 1)

        assert (await floor.ask("POST", f"{path}/pause", json={"why": "address"}))[0] == 200
        async with floor.without_daemon():
            await listens(caller, 1)
        assert (await floor.ask("GET", f"{path}/pause"))[1]["by"] == "api:owner"
        await listens(caller, 1)
        await leg.hold()
        await told(phones, "1002", "*23")
        assert (await floor.ask("GET", f"{path}/pause"))[1]["paused"] is False
        await floor.fact("RecordingResumed", why="by phone")
        resumed = [one for one in floor.messages if one.get("fact") == "RecordingResumed"]
        assert [(one["by"], one["why"]) for one in resumed] == [("agent:1002", "by phone")]  # since the daemon is back
        await leg.retrieve()
        await listens(caller, 1)

        await leg.hold()
        await told(phones, "1002", "*22")
        await leg.retrieve()
        await listens(caller, 1)
        await leg.hang_up()
        await caller.ended()
        record = await floor.record("100")
        (recording,) = record["recordings"]
        pauses = recording["pauses"]
        assert [(one["who"], one["why"]) for one in pauses] == [
            ("agent:1002", "card number"),
            ("api:owner", "address"),
            ("agent:1002", "by phone"),
        ]
        said, heard = sides(await floor.audio(record["id"]))
        lies_in_silence(pauses[:2], said)
        lies_in_silence(pauses[:2], heard)
        for side in (said, heard):
            last_ms = pauses[2]["start_ms"] + WITHIN_MS, pauses[2]["end_ms"] - WITHIN_MS
            first, last = (at * RATE // 1000 for at in last_ms)
            assert max(map(abs, side[first:last])) <= QUIET
            sound = side[(pauses[1]["end_ms"] + WITHIN_MS) * RATE // 1000 : pauses[2]["start_ms"] * RATE // 1000]
            assert max(map(abs, sound)) > QUIET
        shown = await floor.get(f"/api/calls/{record['id']}/recordings")
        assert shown["recordings"][0]["pauses"] == pauses


async def test_a_pause_lies_where_it_was_though_much_of_the_calls_audio_never_came(floor: RunningCentre) -> None:
    """Reckoned from the end of the file alone, the first was over before the file began."""
    async with staffed(floor, "1002", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="100")
        linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
        floor.silent = True  # for a while
        assert caller.audio
        assert leg.audio

        async def paused(why: str) -> None:
            await floor.post(f"/api/calls/{call_id(linkedid)}/recording/pause", {"why": why})
            await listens(caller, 0.6)
            await floor.post(f"/api/calls/{call_id(linkedid)}/recording/resume", {"why": "done"})
            await listens(caller, 1.2)  # Asterisk writes every 1.024 s

        await paused("card number")
        with caller.audio.cut_off(), leg.audio.cut_off():
            for _ in range(4):
                async with floor.without_daemon():
                    pass
        await listens(caller, 1.2)
        await paused("address")
        await leg.hang_up()
        await caller.ended()
        record = await floor.record("100")
        (recording,) = record["recordings"]
        assert [one["why"] for one in recording["pauses"]] == ["card number", "address"]
        for side in sides(await floor.audio(record["id"])):
            lies_in_silence(recording["pauses"], side)
        assert record["recordings"][0]["started_at"] > record["conversations"][0]["started_at"]
        keep_ledger(floor.settings, linkedid, "paused_with_audio_lost")
