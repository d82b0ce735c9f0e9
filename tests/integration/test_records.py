"""What remains of calls: one record each, as Asterisk's own says, the caller's name unharmed, and both voices."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from cti.simulation.telephones import CALLER_TONE_HZ
from tests.contract.databases import empty_database, mariadb_server, postgresql_server
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, running_floor, sees, staffed
from tests.integration.line import soon
from tests.integration.listening import seconds_of, sides

pytestmark = pytest.mark.integration

__all__ = ["mariadb_server", "postgresql_server"]

NAME = """O'Neil "Bob" \\ `id` $(reboot) ${EXTEN} ; | & < > % 张伟"""


async def test_a_call_leaves_one_record_that_agrees_with_asterisks_own_and_both_voices(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="13800138000", name=NAME)
        await leg.hold()
        await sees(floor, "1002", "holding")
        await leg.retrieve()
        assert caller.audio
        assert leg.audio
        agents_tone_hz = leg.audio.tone_hz
        await caller.audio.hears(agents_tone_hz, windows=10)  # a busy machine may lose pieces of the recording's side
        await leg.hang_up()
        await caller.ended()
        await floor.fact("WrapUpEnded")
        message = await floor.seen(
            lambda message: message.get("record", {}).get("wrap_up_ms", 0) > 0 and bool(message["record"]["recordings"])
        )
        record = message["record"]
        assert (await floor.get("/api/calls"))["calls"] == [record]
        await agrees_with_asterisk(floor.settings.state, record)
        assert (record["direction"], record["dialled"], record["reconstructed"]) == ("inbound", "4001", False)
        assert (record["queue"], record["agent"], record["outcome"]) == ("sales", "1002", "answered")
        kinds = [(one["kind"], one["number"], one["agent"]) for one in record["legs"]]
        assert kinds == [("caller", "13800138000", None), ("agent", "1002", "1002")]
        assert record["offers"][0]["decision"]["chosen"] == "1002"
        await _voices(floor, record, agents_tone_hz)
        await _name(floor, record)


async def _voices(floor: RunningCentre, record: dict[str, Any], agents_tone_hz: int) -> None:
    """Left is the caller alone, right what he heard; both from answer to end."""
    (recording,) = record["recordings"]
    left, right = sides(await floor.audio(record["id"]))
    assert len(left) // 8 == recording["duration_ms"]
    started, ended = (datetime.fromisoformat(record[end]) for end in ("answered_at", "ended_at"))
    assert abs((ended - started) / timedelta(milliseconds=1) - recording["duration_ms"]) <= 2_000
    assert seconds_of(CALLER_TONE_HZ, left) > 0
    assert seconds_of(agents_tone_hz, right) > 0
    assert seconds_of(agents_tone_hz, left) == seconds_of(CALLER_TONE_HZ, right) == 0


async def _name(floor: RunningCentre, record: dict[str, Any]) -> None:
    """The caller's own text, wherever it is shown."""
    assert record["caller_name"] == NAME
    assert (await floor.fact("CallArrived"))["caller_name"] == NAME
    log = floor.log.read_text("utf-8")
    assert "Neil" not in log
    assert record["caller"] not in log


async def test_calls_are_found_by_filter_and_page_by_page(floor: RunningCentre) -> None:
    async with staffed(floor, "1003", audio=True) as phones:
        for number in ("100", "200", "300"):
            caller = await phones.dial("4001", number=number)
            await floor.fact("CallArrived", caller=number)
            await soon(caller.answered())  # else his giving up and Asterisk's answer may cross
            await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
            await caller.hang_up()
            await floor.record(number, recorded=False)
        _, leg = await conversation(phones, "4002", "1003", number="400")
        await leg.hang_up()
        await floor.record("400")

        async def found(query: str) -> list[str]:
            return [record["caller"] for record in (await floor.get(f"/api/calls?{query}"))["calls"]]

        assert await found("") == ["400", "300", "200", "100"]  # newest first
        assert await found("queue=sales") == ["300", "200", "100"]
        assert await found("agent=1003") == await found("outcome=answered") == ["400"]
        assert await found("caller=200") == ["200"]
        assert await found("outcome=abandoned&queue=support") == []
        newest = (await floor.get("/api/calls?limit=1"))["calls"][0]
        assert await found(f"since={quote(newest['started_at'])}") == ["400"]
        assert await found(f"until={quote(newest['started_at'])}") == ["300", "200", "100"]
        pages, after = [], ""
        while True:
            page = await floor.get(f"/api/calls?limit=2{after}")
            pages.append([record["caller"] for record in page["calls"]])
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert pages == [["400", "300"], ["200", "100"]]
        assert await floor.get(f"/api/calls/{newest['id']}") == (await floor.get("/api/calls?limit=1"))["calls"][0]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
async def test_a_whole_centre_keeps_its_records_in_a_server_of_data_bases(
    kind: str, request: pytest.FixtureRequest, dialplans: Path, floor_prompts: Path, music: Path
) -> None:
    database = await empty_database(request.getfixturevalue(f"{kind}_server"))
    async with running_floor(dialplans, floor_prompts, music, database) as floor:
        async with staffed(floor, "1002", audio=True) as phones:
            _, leg = await conversation(phones, "4001", "1002", number="100", name=NAME)
            await leg.hang_up()
            record = await floor.record("100")
        await agrees_with_asterisk(floor.settings.state, record)
        assert (await floor.get(f"/api/calls/{record['id']}"))["caller_name"] == NAME
        assert (await floor.get("/api/health"))["status"] == "ok"
        assert not list(floor.settings.state.glob("*.db"))
