"""Why a call went the way it went, asked of the API and on the command line, while it goes on and when it is over."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acd.facts import Fact, to_json
from recording.entries import Batch, Position, Source, entry
from recording.forgetting import forget
from recording.identity import call_id
from tests.contract.command_line import callcenter, running
from tests.contract.fake_floor import FakeFloor

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.7"


async def journal(web: FakeFloor, facts: list[Fact]) -> None:
    """The recorder has read these facts; those behind an offer are told in the next turn of the loop."""
    await asyncio.sleep(0)
    entries = [entry(Source.JOURNAL, json.dumps(to_json(fact))) for fact in facts]
    await web.floor.store.ingest(Batch(source=Source.JOURNAL, entries=entries, rejected=(), position=Position()))


async def test_a_call_under_way_and_one_that_is_over_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with running(tmp_path, monkeypatch) as web:
        told: list[Fact] = []
        web.floor.distributor.on_fact.append(told.append)
        web.sign_in("1003")
        web.sign_in("1002")
        web.arrives(CALL)
        with web.waits(CALL):
            await web.get("/api/queues")  # facts are told in a later turn of the loop
            await journal(web, told)
            status, answer = await web.get(f"/api/calls/{call_id(CALL)}/decisions")
            assert (status, answer["under_way"], answer["linkedid"]) == (200, True, CALL)
            queued, offered = answer["decisions"]
            assert (queued["fact"], offered["fact"], offered["agent"]) == ("CallQueued", "CallOffered", "1002")
            assert offered["sentence"] == offered["decision"]["sentence"]
            assert [one["agent"] for one in offered["decision"]["candidates"]] == ["1003", "1002"]
            assert await callcenter("explain", CALL, "--candidates") == 0
            said = capsys.readouterr().out
            assert said.startswith(f"Call {call_id(CALL)}, under way\n")
            assert "Agent 1002 was idle longest" in said
            assert "agent 1003: left out, sales 0 below 1\n" in said
            assert "agent 1002: idle_ms 0\n" in said
        kept = await web.remember("missed_then_answered")
        assert await callcenter("explain", kept.id) == 0
        over = capsys.readouterr().out.splitlines()
        assert over[0] == f"Call {kept.id}"
        assert [line[14:] for line in over if "answer" in line] == [
            "Agent 1001 did not answer (2.0 s).",
            "Agent 1002 answered (0.3 s).",
        ]
        assert await callcenter("explain", kept.id, "--json") == 0
        assert json.loads(capsys.readouterr().out)["under_way"] is False
        ivr_only = await web.remember("served_by_ivr")
        assert await callcenter("explain", ivr_only.id) == 0
        assert capsys.readouterr().out.endswith("It has come to no queue.\n")
        assert await forget(web.floor.store, datetime.now(UTC) + timedelta(days=1), rest_s=0) > 0
        assert await callcenter("explain", kept.id) == 0
        long_ago = capsys.readouterr().out.splitlines()
        assert long_ago[1] == "It is long ago: its lines are kept no longer, only its offers are known."
        assert [line[14:] for line in long_ago if "answer" in line] == [line[14:] for line in over if "answer" in line]
        assert await callcenter("explain", "node1-0.0") == 1
        assert capsys.readouterr().err.endswith("[unknown-call]\n")
