"""Who gets in, what a refusal looks like, what is said while the service starts."""

import json
from pathlib import Path

import pytest

from cti.floor import Part
from tests.contract.fake_floor import BEARER, open_floor

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    "path", ["/api/agents", "/api/queues", "/api/calls", "/api/centre", "/metrics", "/openapi.json"]
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer let-me-ix"}, {"Authorization": "Basic let-me-in"}])
async def test_without_the_token_nothing_is_told(tmp_path: Path, path: str, headers: dict[str, str]) -> None:
    async with open_floor(tmp_path) as web, web.client.get(path, headers=headers) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (await answer.json())["error"]["id"] == "unauthorized"


async def test_health_is_open_to_all(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, health = await web.get("/api/health", headers={})
        assert status == 200
        assert health["status"] == "ok"
        assert set(health["parts"]) == {"asterisk", "ami", "ledger", "journal", "database"}


async def test_health_is_503_while_the_service_starts(tmp_path: Path) -> None:
    async with open_floor(tmp_path, started=False) as web:
        status, health = await web.get("/api/health")
        assert (status, health["status"], health["taking_calls"]) == (503, "starting", False)


async def test_health_is_503_when_a_part_fails_without_which_no_call_can_be_taken(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.parts["ami"] = Part(ok=False, detail="link lost")
        status, health = await web.get("/api/health")
        assert (status, health["status"], health["taking_calls"]) == (503, "degraded", False)
        assert health["parts"]["ami"]["detail"] == "link lost"


async def test_health_stays_200_when_only_the_database_is_away(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.parts["database"] = Part(ok=False, vital=False)
        status, health = await web.get("/api/health")
        assert (status, health["status"], health["taking_calls"]) == (200, "degraded", True)


async def test_everything_else_waits_until_the_service_has_started(tmp_path: Path) -> None:
    async with open_floor(tmp_path, started=False) as web:
        assert (await web.get("/api/agents"))[0] == 503
        status, error = await web.post("/api/agents/1001/ready")
        assert (status, error["error"]["id"]) == (503, "starting")
        web.floor.started.set()
        assert (await web.get("/api/agents"))[0] == 200


async def test_an_unknown_path_and_a_wrong_method_get_the_same_form_of_error(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, error = await web.get("/api/agent")
        assert (status, error["error"]["id"]) == (404, "not-found")
        status, error = await web.post("/api/queues")
        assert (status, error["error"]["id"]) == (405, "method-not-allowed")
        assert "GET" in error["error"]["message"]


async def test_a_body_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, error = await web.post("/api/agents/1001/sign-in", {"phone": "1" * 100_000})
        assert (status, error["error"]["id"]) == (413, "body-too-large")


@pytest.mark.parametrize("body", ["{", "[]", "\udcff", "[" * 10_000])
async def test_a_body_that_is_no_json_object_is_refused(tmp_path: Path, body: str) -> None:
    async with open_floor(tmp_path) as web:
        raw = body.encode(errors="surrogateescape")
        async with web.client.post("/api/agents/1001/sign-in", data=raw, headers=BEARER) as answer:
            assert answer.status == 422
            assert (await answer.json())["error"]["id"] == "invalid-request"


async def test_a_mistake_of_ours_is_told_without_its_details(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.floor.distributor.router.roster = None  # type: ignore[assignment]
        status, error = await web.get("/api/agents")
        assert (status, error["error"]["id"]) == (500, "internal-error")
        assert "NoneType" not in json.dumps(error)


async def test_the_page_is_open_and_lets_nothing_in_from_elsewhere(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        for path, kind in (("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css")):
            async with web.client.get(path) as answer:
                assert answer.status == 200
                assert answer.content_type == kind
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "://" not in (await answer.text()).replace("wss", "ws").replace('"ws"}://', "")
