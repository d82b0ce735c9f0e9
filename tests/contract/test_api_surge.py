"""A surge declared and ended, and what queues show of it: by the API, on the command line and in the metrics."""

from dataclasses import replace
from pathlib import Path

import pytest

from acd.facts import SurgeDeclared
from acd.queues import Blended, Step
from acd.requirements import parse
from tests.contract.command_line import callcenter, reach
from tests.contract.fake_floor import FakeFloor, open_floor
from tests.unit.running_floor import Told

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.1"


def blend(web: FakeFloor) -> None:
    """Support helps out in sales; after 30 s more will do."""
    settings = web.floor.distributor.router.queues["sales"].settings
    with web.floor.distributor.command() as (router, now_ms):
        blended = Blended(agents=parse("support"))
        steps = (Step(after_ms=30_000, requires=parse("sales or support")),)
        router.define_queue(replace(settings, blended=blended, steps=steps), now_ms=now_ms)


async def test_a_surge_calls_agents_of_other_work_in_and_is_told_with_who_and_why(tmp_path: Path) -> None:
    told = Told()
    async with open_floor(tmp_path) as web:
        web.floor.distributor.on_fact.append(told)
        blend(web)
        web.sign_in("1003")
        web.arrives(CALL)
        with web.waits(CALL):
            status, queue = await web.post("/api/queues/sales/surge", {"on": True, "why": "storm", "by": "Wang"})
            assert status == 200
            assert (queue["surge"]["by"], queue["surge"]["why"], queue["blending"]) == ("Wang", "storm", True)
            _, agent = await web.get("/api/agents/1003")
            assert agent["state"] == "ringing"
        _, queue = await web.post("/api/queues/sales/surge", {"on": False})
        assert (queue["surge"], queue["blending"]) == (None, False)
    assert [(fact.on, fact.cause, fact.why) for fact in told.facts if isinstance(fact, SurgeDeclared)] == [
        (True, "Wang", "storm"),
        (False, "api", ""),
    ]


async def test_a_surge_without_a_reason_or_a_queue_is_refused(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await web.post("/api/queues/sales/surge", {"on": True, "why": " "})
        assert (status, answer["error"]["id"]) == (422, "invalid-request")
        assert "a surge needs a reason" in answer["error"]["message"]
        status, answer = await web.post("/api/queues/sails/surge", {"on": True, "why": "storm"})
        assert (status, answer["error"]["id"]) == (404, "unknown-queue")


async def test_the_command_declares_and_ends_a_surge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path) as web:
        reach(web, tmp_path, monkeypatch)
        assert await callcenter("surge", "on", "sales", "--why", "storm", "--by", "Wang") == 0
        assert capsys.readouterr().out == "Surge in queue sales: 0 calls wait, 0 agents are free.\n"
        assert web.floor.distributor.router.queues["sales"].surge
        assert await callcenter("surge", "off", "sales") == 0
        assert capsys.readouterr().out == "No surge in queue sales.\n"
        assert await callcenter("surge", "on", "sales") == 2
        assert await callcenter("surge", "on", "sails", "--why", "storm") == 1


async def test_a_queue_shows_its_steps_its_hours_and_what_is_expected(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        blend(web)
        _, queue = await web.get("/api/queues/sales")
        assert (queue["open"], queue["surge"], queue["expected"], queue["accuracy"]) == (True, None, None, None)
        web.arrives(CALL)
        with web.waits(CALL):
            _, queue = await web.get("/api/queues/sales")
            assert queue["steps"] == [
                {"step": 0, "after_ms": 0, "requires": "sales >= 1", "waiting": 0},
                {"step": 1, "after_ms": 30_000, "requires": "sales >= 1 or support >= 1", "waiting": 1},
            ]  # nobody is signed in: the step for which nobody is there was passed over
            with web.floor.distributor.command() as (router, now_ms):
                router.set_open("sales", False, now_ms=now_ms)
                router.declare_surge("sales", on=True, cause="Wang", why="storm", now_ms=now_ms)
            _, queue = await web.get("/api/queues/sales")
            assert not queue["open"]
            metrics = await web.text("/metrics")
            for line in (
                'callcenter_queue_open{queue="sales"} 0.0',
                'callcenter_queue_open{queue="support"} 1.0',
                'callcenter_queue_surge{queue="sales"} 1.0',
                'callcenter_queue_blending{queue="sales"} 1.0',
                'callcenter_calls_waiting_at_step{queue="sales",step="1"} 1.0',
            ):
                assert line in metrics


async def test_the_wait_that_is_expected_is_shown_once_it_is_known(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1002")
        before = ""
        for linkedid in (f"node1-{number}.0" for number in range(14)):
            with web.floor.distributor.command() as (router, now_ms):
                router.enter(linkedid, "sales", now_ms=now_ms)
            if before:
                web.time.passes(30)
                with web.floor.distributor.command() as (router, now_ms):
                    router.released(before, now_ms=now_ms)
            with web.floor.distributor.command() as (router, now_ms):
                router.answered(linkedid, now_ms=now_ms)
            before = linkedid
        _, queue = await web.get("/api/queues/sales")
        expected, accuracy = queue["expected"], queue["accuracy"]
        assert 0 < expected["median_ms"] <= expected["most_ms"]
        assert accuracy["calls"] > 0
        metrics = await web.text("/metrics")
        for share, ms in (("0.5", expected["median_ms"]), ("0.8", expected["most_ms"])):
            assert f'callcenter_expected_wait_seconds{{queue="sales",share="{share}"}} {ms / 1000}' in metrics
        error_s = accuracy["mean_error_ms"] / 1000
        assert f'callcenter_expected_wait_error_seconds{{queue="sales"}} {error_s}' in metrics
