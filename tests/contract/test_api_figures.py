"""Key figures over HTTP: reports, series, what they are, and the calls behind each number."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.fake_floor import FakeFloor, open_floor

pytestmark = pytest.mark.contract

CALLS = ("answered_agent_hangs_up", "abandoned_waiting", "abandoned_ringing", "served_by_ivr", "transferred_to_queue")
ALL_DAYS = "2026-01-01..2027-12-31"


async def _remember(web: FakeFloor) -> None:
    for name in CALLS:
        await web.remember(name)


async def test_a_report_has_every_figure_of_its_scope(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await _remember(web)
        status, answer = await web.get(f"/api/figures?period={ALL_DAYS}")
        assert status == 200
        (report,) = answer["reports"]
        values = {one["key"]: one for one in report["values"]}
        assert len(values) == 23
        assert values["received"]["value"] == 5
        assert values["received"]["parts"]["served_by_ivr"]["value"] == 1
        assert values["service_level"]["variant"] == "received"
        assert values["cost_per_call"]["value"] is None
        assert values["queue_time"]["band"] == {
            "low": 0,
            "high": 90,
            "norm": 60,
            "wish": None,
        }  # dialplans/figures.yaml
        _, answer = await web.get(f"/api/figures?period={ALL_DAYS}&scope=queue:*&keys=received,service_level")
        assert [one["scope"] for one in answer["reports"]] == ["queue:sales", "queue:support"]
        assert [[value["numerator"] for value in one["values"]] for one in answer["reports"]] == [[2, 4], [1, 1]]


async def test_every_number_opens_the_calls_behind_it(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await _remember(web)
        for scope in ("centre", "queue:sales", "agent:1002"):
            _, answer = await web.get(f"/api/figures?period={ALL_DAYS}&scope={scope}")
            for value in answer["reports"][0]["values"]:
                for name, one in (("", value), *value["parts"].items()):
                    if one["calls"] is None or value["unit"] in ("s", "rings", "1/h", "money"):
                        continue
                    assert await _listed(web, one["calls"]) == one["numerator"], (scope, value["key"], name)
                    if value["unit"] == "%":
                        assert await _listed(web, one["of"]) == one["denominator"], (scope, value["key"], name)


async def _listed(web: FakeFloor, query: dict[str, str]) -> int:
    status, found = await web.get("/api/calls?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert status == 200
    return len(found["calls"])


async def test_a_series_has_a_value_for_each_step(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        local = call.started_at.astimezone(web.floor.centre.time_zone)
        _, answer = await web.get(f"/api/figures/series?key=received&period={local:%Y-%m-%d}&step=hour")
        told = {one["period"]: one["value"]["value"] for one in answer["points"]}
        assert len(told) == 24
        assert {period for period, value in told.items() if value} == {f"{local:%Y-%m-%dT%H}"}
        status, answer = await web.get("/api/figures/series?key=received&period=2020-01..2026-01")
        assert (status, answer["error"]["id"]) == (422, "invalid-request")


async def test_the_catalogue_says_what_the_figures_are(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, answer = await web.get("/api/figures/catalogue")
        assert [one["number"] for one in answer["figures"]] == list(range(1, 24))
        assert answer["figures"][4]["formula"]["numerator"] == {"talk_ms": 1, "hold_ms": 1, "wrap_up_ms": 1}


@pytest.mark.parametrize(
    "query",
    ["period=2026-13", "scope=floor:1", "keys=riches", "scope=agent:1001&keys=blocked", "period=2026-11-22T10:15"],
)
async def test_what_does_not_fit_is_refused_with_what_was_expected(tmp_path: Path, query: str) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await web.get(f"/api/figures?{query}")
        assert (status, answer["error"]["id"]) == (422, "invalid-request")


async def test_calls_can_count_only_for_what_there_is(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        answers: list[Any] = [await web.get(f"/api/calls?counted={one}") for one in ("riches", "answered,", "!")]
        assert [status for status, _ in answers] == [422] * 3
