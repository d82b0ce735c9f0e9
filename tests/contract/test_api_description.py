"""/openapi.json and /metrics: what programs find without asking a person."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cti.floor import Part
from tests.contract.fake_floor import open_floor

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.1"


def references(value: Any) -> Iterator[str]:
    match value:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for part in value.values():
                yield from references(part)
        case list():
            for part in value:
                yield from references(part)


async def test_every_route_is_described_and_nothing_else(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, described = await web.get("/openapi.json")
        routes = {
            (route.resource.canonical, route.method.lower())
            for route in web.client.app.router.routes()
            if route.resource is not None
        }
        assert routes == {(path, method) for path, methods in described["paths"].items() for method in methods}


async def test_head_is_described_as_get_is_without_what_is_in_the_answers(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, described = await web.get("/openapi.json")
        both = {path: methods for path, methods in described["paths"].items() if "head" in methods}
        assert "/api/calls/{id}/recording" in both
        for methods in both.values():
            head, get = methods["head"], methods["get"]
            assert head["responses"].keys() == get["responses"].keys()
            assert not any("content" in answer for answer in head["responses"].values())
            assert (head["x-role"], head["parameters"]) == (get["x-role"], get["parameters"])


async def test_the_description_is_whole(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, described = await web.get("/openapi.json")
        schemas = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
        assert set(references(described)) <= schemas
        operations = [operation for methods in described["paths"].values() for operation in methods.values()]
        assert len({operation["operationId"] for operation in operations}) == len(operations)
        for path, methods in described["paths"].items():
            for operation in methods.values():
                given = {part["name"] for part in operation["parameters"] if part["in"] == "path"}
                assert given == set(re.findall(r"{(\w+)}", path))
                assert operation["summary"]


async def test_only_health_the_page_and_the_websockets_are_described_as_open(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, described = await web.get("/openapi.json")
        is_open = {path for path, methods in described["paths"].items() if methods.get("get", {}).get("security") == []}
        assert is_open == {"/api/health", "/", "/page.js", "/page.css", "/api/live", "/api/own/live"}


async def test_metrics_show_the_floor_as_it_is(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1003")
        web.arrives(CALL)
        with web.waits(CALL):
            web.time.passes(seconds=7)
            web.parts["ledger"] = Part(ok=True, lag_s=0.5)
            web.parts["ami"] = Part(ok=False)
            shown = (await web.text("/metrics")).splitlines()
        for line in (
            'callcenter_calls_waiting{queue="sales"} 1.0',
            'callcenter_longest_wait_seconds{queue="sales"} 7.0',
            'callcenter_agents_free{queue="support"} 1.0',
            'callcenter_agents{state="ready"} 1.0',
            'callcenter_agents{state="signed_out"} 2.0',
            'callcenter_calls_under_way{state="waiting"} 1.0',
            "callcenter_calls_arrived_total 1.0",
            'callcenter_calls_queued_total{queue="sales"} 1.0',
            "callcenter_reservation_violations 0.0",
            "callcenter_queues_unbalanced 0.0",
            "callcenter_taking_calls 0.0",
            'callcenter_part_up{part="ami"} 0.0',
            'callcenter_part_lag_seconds{part="ledger"} 0.5',
        ):
            assert line in shown


async def test_metrics_count_what_has_happened(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        web.arrives(CALL)
        with web.waits(CALL):
            web.time.passes(seconds=3)
            with web.floor.distributor.command() as (router, now_ms):
                router.answered(CALL, now_ms=now_ms)
            web.time.passes(seconds=40)
        web.ends(CALL)
        shown = (await web.text("/metrics")).splitlines()
        for line in (
            'callcenter_offers_total{outcome="answered",queue="sales"} 1.0',
            'callcenter_wait_seconds_sum{queue="sales",reason="answered"} 3.0',
            'callcenter_wait_seconds_bucket{le="5.0",queue="sales",reason="answered"} 1.0',
            'callcenter_talk_seconds_sum{queue="sales"} 40.0',
            'callcenter_calls_ended_total{by="caller"} 1.0',
        ):
            assert line in shown


async def test_two_services_in_one_process_count_apart(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with open_floor(tmp_path / "one") as one, open_floor(tmp_path / "two") as two:
        one.arrives(CALL)
        assert "callcenter_calls_arrived_total 1.0" in await one.text("/metrics")
        assert "callcenter_calls_arrived_total 0.0" in await two.text("/metrics")
