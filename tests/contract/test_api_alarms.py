"""What is wrong: looked at on a whole floor, told by the API, the live stream, the metrics and the command."""

from pathlib import Path

import pytest

from acd.facts import AlarmCleared, AlarmRaised, Fact
from acd.states import NotReadyReason
from cti.alarms.advice import ADVICE
from cti.alarms.watch import AlarmWatch
from cti.floor import Part
from tests.contract.command_line import callcenter, running
from tests.contract.fake_floor import FakeFloor, open_floor

pytestmark = pytest.mark.contract


def standing(web: FakeFloor) -> set[tuple[str, str, str]]:
    return {(one.alarm, one.where, one.what) for one in web.floor.alarms}


async def test_each_part_that_is_not_well_and_what_is_wrong_on_the_floor_is_an_alarm(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        watch = AlarmWatch(web.floor, web.floor.alarms)
        await watch.look()
        assert standing(web) == set()
        web.parts["database"] = Part(ok=False, detail="does not answer", vital=False)
        web.parts["recording"] = Part(ok=False, detail="disk low: 9 MB free", vital=False, alarm="recordings-disk-low")
        web.parts["something new"] = Part(ok=False)
        web.sign_in("1001")
        router = web.floor.distributor.router
        router.define_reasons({"meal": 60_000})
        with web.floor.distributor.command() as (_, now_ms):
            router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
            router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
        web.time.passes(61)
        with web.floor.distributor.command() as (_, now_ms):
            router.tick(now_ms=now_ms)
        web.floor.closures.declare("*", by="Li", why="fire", announcement="", now_ms=now_ms)
        await watch.look()
        assert standing(web) == {
            ("database-away", "database", "does not answer"),
            ("recordings-disk-low", "recording", "disk low: 9 MB free"),
            ("part-not-well", "something new", "does not work"),
            ("agent-not-ready-too-long", "agent:1001", "not ready (meal) for longer than 1 minutes"),
            ("closed-in-an-emergency", "calendar:*", "fire (Li)"),
        }
        with web.floor.distributor.command() as (_, now_ms):
            router.set_ready("1001", cause="api", now_ms=now_ms)
        await watch.look()
        assert len(standing(web)) == 4


async def test_a_reason_that_the_files_do_not_have_is_wrong_but_no_reason_of_the_systems_own(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        watch = AlarmWatch(web.floor, web.floor.alarms)
        web.sign_in("1001")
        for reason in (*NotReadyReason, "gone from the files"):
            with web.floor.distributor.command() as (router, now_ms):
                router.set_not_ready("1001", reason, cause="system", now_ms=now_ms)
            await watch.look()
            wrong = reason not in [*NotReadyReason]
            assert standing(web) == (
                {("reason-unknown", "agent:1001", f"not ready for {reason!r}")} if wrong else set()
            )


async def test_the_api_the_live_stream_and_the_metrics_tell_what_stands(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        told: list[Fact] = []
        web.floor.distributor.on_fact.append(told.append)
        watch = AlarmWatch(web.floor, web.floor.alarms)
        assert await web.get("/api/alarms") == (200, {"alarms": []})
        socket = await web.watch()
        assert "snapshot" in await socket.receive_json()
        now_ms = web.floor.distributor.clock.now_ms()
        web.parts["database"] = Part(ok=False, detail="does not answer", vital=False, waiting=17)
        await watch.look()
        raised = await socket.receive_json()
        assert (raised["fact"], raised["alarm"]) == ("AlarmRaised", "database-away")
        update = (await socket.receive_json())["update"]
        web.time.passes(5)
        await watch.look()
        _, answer = await web.get("/api/alarms")
        assert answer["alarms"] == [
            {
                "alarm": "database-away",
                "where": "database",
                "what": "does not answer",
                "since_ms": now_ms,
                "to_do": ADVICE["database-away"],
            }
        ]
        assert update["alarms"] == answer["alarms"] == (await web.get("/api/floor"))[1]["alarms"]
        other = await web.watch()
        assert (await other.receive_json())["snapshot"]["alarms"] == answer["alarms"]
        await other.close()
        figures = await web.text("/metrics")
        assert 'callcenter_alarm{alarm="database-away",where="database"} 1.0' in figures
        assert 'callcenter_part_waiting{part="database"} 17.0' in figures
        web.parts["database"] = Part(ok=True)
        await watch.look()
        assert "callcenter_alarm{" not in await web.text("/metrics")
        while (message := await socket.receive_json()).get("fact") != "AlarmCleared":
            pass
        assert message["since_ms"] == now_ms
        assert (await socket.receive_json())["update"]["alarms"] == []
        assert [type(fact) for fact in told] == [AlarmRaised, AlarmCleared]
        await socket.close()


async def test_the_command_shows_what_is_wrong_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with running(tmp_path, monkeypatch) as web:
        assert await callcenter("alarms") == 0
        assert capsys.readouterr().out == "No alarm.\n"
        web.parts["ami"] = Part(ok=False, detail="refused")
        await AlarmWatch(web.floor, web.floor.alarms).look()
        assert await callcenter("alarms") == 1
        first, *advice = capsys.readouterr().out.splitlines()
        assert first.endswith("  ami-away  ami: refused")
        assert " ".join(line.strip() for line in advice) == ADVICE["ami-away"]
