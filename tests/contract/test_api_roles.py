"""Access tokens with roles: which role each endpoint wants, and what a token may and may not."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from cti.access import Access, Permission, Role, new_token
from cti.http.app import ENDPOINTS
from recording.access import AccessTokens
from recording.store import Store
from tests.contract.fake_floor import TOKEN, FakeFloor, open_floor

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ADMINISTRATORS = {
    "POST /api/centre/prepare",
    "GET /api/centre/versions",
    "POST /api/centre/versions",
    "POST /api/centre/versions/from-folder",
    "GET /api/centre/versions/{number}",
    "GET /api/centre/versions/{number}/file",
    "GET /api/centre/difference",
    "POST /api/centre/check",
    "POST /api/centre/rehearse",
    "POST /api/centre/draw",
    "POST /api/centre/roll-back",
    "POST /api/prompts/{number}/recording",
    "DELETE /api/prompts/{number}/recording",
    "POST /api/quality/evaluations/{id}/hand-over",
    "POST /api/quality/draws",
    "POST /api/quality/told",
    "PUT /api/quality/reviewers/{name}/absence",
    "DELETE /api/quality/reviewers/{name}/absence",
    "POST /api/quality/reviewers/{name}/reassign",
    "GET /api/report-schedules",
    "PUT /api/report-schedules/{name}",
    "DELETE /api/report-schedules/{name}",
    "PUT /api/outcomes/{code}",
    "PUT /api/sheets/{sheet}",
    "PUT /api/schedules/patterns/{name}",
    "DELETE /api/schedules/patterns/{name}",
    "PUT /api/schedules/assignments/{agent}/{since}",
    "DELETE /api/schedules/assignments/{agent}/{since}",
    "PUT /api/schedules/exceptions/{agent}/{day}",
    "DELETE /api/schedules/exceptions/{agent}/{day}",
    "POST /api/schedules/swaps",
    "PUT /api/costs",
    "DELETE /api/costs/{id}",
    "PUT /api/staff/{agent}/{day}/{event}",
    "DELETE /api/staff/{agent}/{day}/{event}",
    "GET /api/recordings/listenings",
}
AGENTS = {
    "POST /api/agents/{number}/dial",
    "POST /api/calls/{id}/mute",
    "POST /api/calls/{id}/unmute",
    "POST /api/calls/{id}/park",
    "POST /api/calls/{id}/fetch",
    "GET /api/calls/{id}/recording/pause",
    "POST /api/calls/{id}/recording/pause",
    "POST /api/calls/{id}/recording/resume",
    "GET /api/outcomes",
    "GET /api/reports",
    "GET /api/reports/{name}",
    "GET /api/schedules/own",
    "GET /api/calls/own",
    "PUT /api/calls/{id}/outcome",
}
"""What an agent's own token is let in to; what is his there is looked at by the endpoint."""

REVIEWERS = {
    "GET /api/quality/work",
    "POST /api/quality/evaluations",
    "POST /api/quality/evaluations/{id}/claim",
    "POST /api/quality/evaluations/{id}/give-back",
    "POST /api/quality/evaluations/{id}/save",
    "POST /api/quality/evaluations/{id}/score",
    "POST /api/quality/evaluations/{id}/release",
    "POST /api/quality/evaluations/{id}/set-aside",
}
"""For readers who were given the permission."""

MODERATORS = {"POST /api/quality/calibrations", "POST /api/quality/calibrations/{id}/close"}
"""For the floor, with the same permission."""

KEEPERS = {
    "POST /api/calls/{id}/recordings/hold",
    "POST /api/calls/{id}/recordings/release",
    "POST /api/calls/{id}/recordings/erase",
}
"""For readers who may delete and hold recordings."""

PERMISSIONS = {
    "GET /api/callbacks/{id}/message": Permission.LISTEN,
    "GET /api/calls/{id}/messages/{n}": Permission.LISTEN,
    "GET /api/calls/{id}/messages/{n}/peaks": Permission.LISTEN,
    "GET /api/calls/{id}/recording": Permission.LISTEN,
    "GET /api/calls/{id}/recordings/{n}": Permission.LISTEN,
    "GET /api/calls/{id}/recordings/{n}/peaks": Permission.LISTEN,
    **dict.fromkeys(KEEPERS, Permission.ERASE),
    **dict.fromkeys(REVIEWERS | MODERATORS, Permission.REVIEW),
}
"""What a token must be given singly."""

GUARDED = [endpoint for endpoint in ENDPOINTS if not endpoint.open]
NAMES = [f"{endpoint.method} {endpoint.path}" for endpoint in GUARDED]


async def bearer(web: FakeFloor, name: str, role: Role) -> dict[str, str]:
    """The header of a new token."""
    token, kept = new_token(name, role)
    assert await AccessTokens(web.floor.store).add(kept)
    return {"Authorization": f"Bearer {token}"}


def wanted(endpoint: str) -> Role:
    if endpoint in ADMINISTRATORS:
        return Role.ADMINISTRATOR
    if " /api/quality/own" in endpoint:
        return Role.AGENT
    if endpoint in REVIEWERS | KEEPERS:
        return Role.READER
    if endpoint in AGENTS:
        return Role.AGENT
    return Role.FLOOR if not endpoint.startswith("GET ") else Role.READER


def test_each_endpoint_wants_the_role_of_the_table() -> None:
    assert {name: endpoint.needs for name, endpoint in zip(NAMES, GUARDED, strict=True)} == {
        name: wanted(name) for name in NAMES
    }
    assert set(NAMES) >= ADMINISTRATORS | AGENTS
    permissions = {name: endpoint.permission for name, endpoint in zip(NAMES, GUARDED, strict=True)}
    assert {name: one for name, one in permissions.items() if one is not None} == PERMISSIONS


async def test_every_endpoint_refuses_smaller_roles_and_lets_its_own_and_larger_ones_in(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        bearers = {role: await bearer(web, role, role) for role in Role}
        web.floor.started.clear()  # whoever is let in is told to wait, or is served where that needs no start
        for name, endpoint in zip(NAMES, GUARDED, strict=True):
            for role, headers in bearers.items():
                path = re.sub(r"{\w+}", "1", endpoint.path)
                async with web.client.request(endpoint.method, path, headers=headers) as answer:
                    if name in PERMISSIONS and role.includes(wanted(name)) and role is not Role.ADMINISTRATOR:
                        assert (await answer.json())["error"]["id"] == "permission-missing"
                    elif role.includes(wanted(name)):
                        assert answer.status not in (401, 403), (name, role)
                    else:
                        error = (await answer.json())["error"]
                        assert (answer.status, error["id"]) == (403, "role-too-small"), (name, role)
                        assert error["message"].endswith(f"expected a token with the role {wanted(name)}")


async def test_the_description_says_the_role_of_every_endpoint(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, described = await web.get("/openapi.json")
        for endpoint in ENDPOINTS:
            operation = described["paths"][endpoint.path][endpoint.method.lower()]
            assert operation.get("x-role") == (None if endpoint.open else wanted(f"{endpoint.method} {endpoint.path}"))
            assert operation.get("x-permission") == endpoint.permission
            assert ("403" in operation["responses"]) != endpoint.open


async def test_what_needs_a_permission_is_refused_to_who_was_not_given_it_but_not_to_administrators(
    tmp_path: Path,
) -> None:
    async with open_floor(tmp_path) as web:
        statuses = {}
        for name, role, given in (
            ("floor", Role.FLOOR, ()),
            ("quality", Role.READER, (Permission.LISTEN,)),
            ("admin", Role.ADMINISTRATOR, ()),
        ):
            token, kept = new_token(name, role, permissions=given)
            assert await AccessTokens(web.floor.store).add(kept)
            headers = {"Authorization": f"Bearer {token}"}
            answer = await web.client.get(f"/api/calls/{'0' * 32}/recording", headers=headers)
            statuses[name] = (answer.status, (await answer.json())["error"]["id"])
        assert statuses == {
            "floor": (403, "permission-missing"),
            "quality": (404, "unknown-call"),
            "admin": (404, "unknown-call"),
        }


async def test_an_agents_own_token_sees_nothing_that_is_not_his_own(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        token, kept = new_token("1001's", Role.AGENT, agent="1001")
        assert await AccessTokens(web.floor.store).add(kept)
        holder = await web.floor.access.holder(token)
        assert holder is not None
        assert (holder.role, holder.agent) == (Role.AGENT, "1001")
        headers = {"Authorization": f"Bearer {token}"}
        for path in ("/api/calls", "/api/agents"):
            assert (await web.client.get(path, headers=headers)).status == 403, path
        async with web.client.ws_connect("/api/live", headers=headers) as socket:
            await socket.send_str(token)
            await socket.receive()
            assert socket.close_code == 4401


async def test_a_publication_bears_the_name_of_its_token_and_no_other(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        fang = await bearer(web, "Wang Fang", Role.ADMINISTRATOR)
        files = {"sounds/en/bell.wav": {"base64": "UklGRg=="}}
        body = {"base": 1, "why": "a bell", "files": files}
        status, refused = await web.post("/api/centre/versions", {**body, "by": "Li Na"}, headers=fang)
        assert (status, refused["error"]["id"]) == (403, "name-not-yours")
        status, published = await web.post("/api/centre/versions", body, headers=fang)
        assert (status, published["version"]["by"]) == (200, "Wang Fang")
        claimed = {**fang, "Callcenter-Cause": "command:owner"}
        back = {"to": 1, "base": 2, "why": "no bell"}
        assert (await web.post("/api/centre/roll-back", back, headers=claimed))[1]["version"]["by"] == "Wang Fang"


async def test_a_token_that_is_taken_back_is_refused_from_the_next_request_on(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        headers = await bearer(web, "screen", Role.READER)
        assert (await web.get("/api/agents", headers=headers))[0] == 200
        socket = await web.client.ws_connect("/api/live", headers=headers, max_msg_size=0)
        assert "snapshot" in await socket.receive_json()
        await socket.close()
        tokens = AccessTokens(web.floor.store)
        assert await tokens.revoke("screen", datetime.now(UTC))
        assert not await tokens.revoke("screen", datetime.now(UTC))
        assert (await web.get("/api/agents", headers=headers))[0] == 401
        socket = await web.client.ws_connect("/api/live")
        await socket.send_str(headers["Authorization"].removeprefix("Bearer "))
        await socket.receive()
        assert socket.close_code == 4401


class Away(AccessTokens):
    """A data base that can be away."""

    away = False

    async def find(self, sha256: str) -> object:  # type: ignore[override]
        if self.away:
            raise OperationalError("", {}, OSError("gone"))
        return await super().find(sha256)


async def test_while_the_data_base_is_away_tokens_that_were_seen_go_on_to_hold(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        headers, unseen = [await bearer(web, name, Role.READER) for name in ("screen", "other")]
        tokens = Away(web.floor.store)
        object.__setattr__(web.floor, "access", Access(TOKEN, tokens))
        assert (await web.get("/api/agents", headers=headers))[0] == 200
        tokens.away = True
        assert (await web.get("/api/agents", headers=headers))[0] == 200
        assert (await web.get("/api/agents"))[0] == 200  # the owner's token needs no data base
        status, refused = await web.get("/api/agents", headers=unseen)
        assert (status, refused["error"]["id"]) == (503, "database-unavailable")


async def test_tokens_are_kept_by_name_and_only_as_a_digest(store: Store) -> None:
    tokens = AccessTokens(store)
    token, kept = new_token("Wang Fang", Role.FLOOR)
    assert token not in repr(kept)
    assert await tokens.add(kept)
    assert await tokens.find(kept.sha256) == kept
    assert not await tokens.add(new_token("Wang Fang", Role.READER)[1])
    access = Access("the owner's", tokens)
    holder = await access.holder(token)
    assert holder is not None
    assert (holder.name, holder.role, holder.owner) == ("Wang Fang", Role.FLOOR, False)
    assert await access.holder(token + "x") is None
    owner = await access.holder("the owner's")
    assert owner is not None
    assert (owner.role, owner.owner) == (Role.ADMINISTRATOR, True)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert await tokens.revoke("Wang Fang", at)
    assert await access.holder(token) is None
    assert [(one.name, one.revoked_at) for one in await tokens.all()] == [("Wang Fang", at)]
    assert not await tokens.add(new_token("Wang Fang", Role.READER)[1])  # what it did stays its own
