"""Numbers are masked for who may not see them, whatever he asks: every endpoint there is, and the WebSocket."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse

from acd.facts import TransferEnded
from acd.masking import Mask
from acd.queues import QueueSettings
from cti.access import Permission, Role, new_token
from cti.http.app import ENDPOINTS
from cti.outside_file import Outside
from recording.access import AccessTokens
from recording.identity import call_id
from recording.record import CallRecord
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor

pytestmark = pytest.mark.contract

CALLER, LIVE, KNOWN, MOTHERS, AGENTS, CUSTOMER = (
    *("5551234", "02155501234", "+8613800138000", "13900139000"),
    *("+8613700137000", "02155509999"),
)
"""Whose numbers there are: of the calls kept, of the one under way, of one in the directory and his mother in the note,
of an agent at his mobile, of one who is to be called back."""

LINKEDID = "node1-1800000000.1"
CALLS = ("answered_agent_hangs_up", "overflowed_number", "outside_confirmed", "message_left")

BODIES: dict[str, object] = {
    "POST /api/agents/{number}/sign-in": {"outside": True, "number": AGENTS},
    "PATCH /api/agents/{number}": {"outside": AGENTS},
    "POST /api/callbacks": {"number": CUSTOMER, "queue": "sales", "data": {"or at": MOTHERS}},
    "PUT /api/callers/{number}": {"name": "Wang Fang", "note": f"his mother: {MOTHERS}"},
    "POST /api/calls/{id}/transfer": {"to": {"queue": "support"}},
    "POST /api/calls/{id}/pick-up": {"agent": "1002"},
    "PUT /api/calls/{id}/outcome": {"code": "resolved", "note": f"rings from {MOTHERS}"},
    "POST /api/calls/{id}/recordings/hold": {"why": "a dispute"},
}
"""What is sent where nothing would be refused before anything is shown."""


@dataclass(frozen=True)
class Crowded:
    """A floor that holds each of the numbers."""

    web: FakeFloor
    records: tuple[CallRecord, ...]
    callback: str

    async def bearer(self, name: str, role: Role = Role.FLOOR, **more: Any) -> dict[str, str]:
        """The header of a new token; of role floor it may all but see numbers."""
        every = set(Permission) - {Permission.NUMBERS} if role is Role.FLOOR else ()
        token, kept = new_token(name, role, **{"permissions": every, **more})
        assert await AccessTokens(self.web.floor.store).add(kept)
        return {"Authorization": f"Bearer {token}"}

    def paths(self, template: str) -> list[str]:
        """The path for everything on the floor that it can be asked of."""
        number = CALLER if "/callers/" in template else "1001"
        filled = template.replace("{number}", number if "/prompts/" not in template else "1").replace("{n}", "1")
        if "/callbacks/{id}" in template:
            return [filled.replace("{id}", self.callback)]
        calls = [record.id for record in self.records] + [call_id(LINKEDID)]
        filled = re.sub(r"{(?!id})\w+}", "1", filled)
        return [filled.replace("{id}", call) for call in calls] if "{id}" in filled else [filled]


@asynccontextmanager
async def crowded(folder: Path, *, mask: bool = True) -> AsyncIterator[Crowded]:
    async with open_floor(folder) as web:
        object.__setattr__(web.floor, "mask_numbers", mask)
        web.floor.administration.centre = replace(web.floor.centre, outside=Outside(line="mobilenet"))
        records = tuple([await web.remember(name) for name in CALLS])
        for number in (CALLER, KNOWN):
            said = {"name": f"Wang, {number}", "note": f"his mother: {MOTHERS}"}
            assert (await web.client.put(f"/api/callers/{number}", json=said, headers=BEARER)).status == 200
        assert (await web.patch("/api/agents/1001", {"outside": AGENTS}))[0] == 200
        assert (await web.post("/api/agents/1001/sign-in", {"outside": True, "ready": False}))[0] == 200
        _, asked = await web.post("/api/callbacks", {"number": CUSTOMER, "queue": "sales", "data": {"or at": MOTHERS}})
        web.arrives(LINKEDID, caller_name=LIVE)
        web.floor.distributor.state(
            TransferEnded(
                at_ms=1,
                linkedid=LINKEDID,
                node="n",
                extension="",
                number=KNOWN,
                answered=False,
                talk_ms=0,
                error="busy",
            )
        )
        with web.waits(LINKEDID):
            yield Crowded(web, records, asked["id"])


def numbers_in(text: str) -> set[str]:
    """Which of the numbers stand in it, in whatever spelling."""
    known = (CALLER, LIVE, KNOWN.removeprefix("+86"), MOTHERS, AGENTS.removeprefix("+86"), CUSTOMER)
    return {number for number in known if number in text}


SOCKETS = ("/api/live", "/api/own/live")
SLOW = {"/api/exports/calls", "/api/reconciliation"}
"""Made by a process of its own."""


async def answers(floor: Crowded, headers: dict[str, str], *, quick: bool = False) -> dict[str, str]:
    """What every endpoint says to this token, with its headers; `quick`: what can be fetched at once."""
    said: dict[str, str] = {}
    for endpoint in ENDPOINTS:
        name = f"{endpoint.method} {endpoint.path}"
        if endpoint.path in SOCKETS or (quick and (endpoint.method != "GET" or endpoint.path in SLOW)):
            continue
        for path in floor.paths(endpoint.path):
            body = BODIES.get(name)
            async with floor.web.client.request(endpoint.method, path, json=body, headers=headers) as answer:
                text = (await answer.read()).decode("utf-8", "replace")
                said[f"{endpoint.method} {path}"] = f"{answer.status} {dict(answer.headers)} {text}"
    return said


async def test_no_endpoint_says_a_number_to_who_may_not_see_it(tmp_path: Path) -> None:
    async with crowded(tmp_path) as floor:
        told = await answers(floor, BEARER, quick=True)
        assert numbers_in("".join(told.values())) == {
            *(CALLER, LIVE, KNOWN.removeprefix("+86"), MOTHERS, AGENTS.removeprefix("+86"), CUSTOMER)
        }  # the owner sees them
        headers = await floor.bearer("wallboard")
        masked = await answers(floor, headers)
        found = {name: numbers_in(text) for name, text in masked.items()}
        for name, numbers in found.items():  # he is not told what he has just said himself
            assert numbers - numbers_in(name) == set(), (name, masked[name])
        assert Mask().text(CALLER) in masked["GET /api/calls"]
        assert Mask().text(KNOWN) in masked["GET /api/callers"]
        assert Mask().text(CUSTOMER) in masked["GET /api/callbacks"]
        assert Mask().text(CALLER) in masked["GET /api/exports/calls"]
        served = {name.split(" ")[0] for name, text in masked.items() if text.startswith("200")}
        assert served >= {"GET", "POST", "PUT", "PATCH"}


async def told(socket: ClientWebSocketResponse, until: str) -> str:
    """All that the socket says, up to this."""
    said = ""
    async with asyncio.timeout(60):
        while until not in said:
            said += await socket.receive_str()
    return said


async def test_the_web_socket_masks_numbers_for_each_who_may_not_see_them(tmp_path: Path) -> None:
    async with crowded(tmp_path) as floor:
        seeing = await floor.bearer("screen pop", permissions={Permission.NUMBERS})
        masked = await floor.bearer("wallboard")
        both = [
            await floor.web.client.ws_connect("/api/live", headers=headers, max_msg_size=0)
            for headers in (seeing, masked)
        ]
        said = [await told(socket, '"snapshot"') for socket in both]
        web = floor.web
        await web.post("/api/callbacks", {"number": MOTHERS, "queue": "sales"})
        web.arrives("node1-1800000000.2", caller_name=LIVE)
        web.floor.live.on_record(f'{{"record":{floor.records[0].model_dump_json()}}}')
        whole, hidden = [text + await told(socket, '{"record"') for text, socket in zip(said, both, strict=True)]
        assert numbers_in(whole) == {LIVE, AGENTS.removeprefix("+86"), MOTHERS, CALLER}
        assert numbers_in(hidden) == set()
        for number in (LIVE, AGENTS, MOTHERS, CALLER):
            assert Mask().text(number) in hidden
        record = json.loads(hidden[hidden.rindex('{"record"') :])["record"]
        assert CallRecord.model_validate(record).id == floor.records[0].id


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/api/calls?caller={CALLER}"),
        ("GET", f"/api/recordings?number={CALLER}"),
        ("GET", f"/api/exports/calls?caller={CALLER}"),
        ("GET", f"/api/callers/{CALLER}"),
        ("DELETE", f"/api/callers/{CALLER}"),
    ],
)
async def test_who_may_not_see_numbers_cannot_find_them_out_by_asking_for_one_after_the_other(
    method: str, path: str, tmp_path: Path
) -> None:
    async with crowded(tmp_path) as floor:
        guessing, seeing = await floor.bearer("a"), await floor.bearer("b", permissions={Permission.NUMBERS})
        for spelt in (path, path.replace(CALLER, "5559999")):  # one that is there, one that is not
            async with floor.web.client.request(method, spelt, headers=guessing) as answer:
                assert (answer.status, (await answer.json())["error"]["id"]) == (403, "permission-missing")
        async with floor.web.client.request(method, path, headers=seeing) as answer:
            assert answer.status == 200


async def test_the_directory_is_leafed_through_without_a_number(tmp_path: Path) -> None:
    async with crowded(tmp_path) as floor:
        headers = await floor.bearer("wallboard")
        _, first = await floor.web.get("/api/callers?limit=1", headers=headers)
        _, second = await floor.web.get(f"/api/callers?limit=1&after={first['next']}", headers=headers)
        assert [one["callers"][0]["number"] for one in (first, second)] == [Mask().text(KNOWN), Mask().text(CALLER)]
        assert second["next"] is None
        for guess in ("5", KNOWN.replace("+", "%2B"), first["next"][:-4] + "AAAA"):
            status, refused = await floor.web.get(f"/api/callers?after={guess}", headers=headers)
            assert (status, refused["error"]["id"]) == (422, "invalid-request"), guess


async def test_where_nothing_is_masked_everybody_sees_and_searches(tmp_path: Path) -> None:
    async with crowded(tmp_path, mask=False) as floor:
        headers = await floor.bearer("wallboard", Role.READER)
        _, found = await floor.web.get(f"/api/calls?caller={CALLER}", headers=headers)
        assert {call["caller"] for call in found["calls"]} == {CALLER}


async def test_an_agent_sees_whole_whom_his_phone_rings_for_and_nobody_else(tmp_path: Path) -> None:
    async with crowded(tmp_path) as floor:
        web = floor.web
        own = await floor.bearer("1002's", Role.AGENT, agent="1002")
        other = await floor.bearer("1003's", Role.AGENT, agent="1003")
        assert await web.get("/api/calls/own", headers=own) == (200, {"calls": []})
        web.sign_in("1002")
        _, shown = await web.get("/api/calls/own", headers=own)
        assert [(call["caller"], call["caller_name"], call["state"]) for call in shown["calls"]] == [
            (LIVE, LIVE, "ringing")
        ]
        assert await web.get("/api/calls/own", headers=other) == (200, {"calls": []})
        assert (await web.get("/api/calls/own"))[1] == {"calls": []}  # the owner is no agent
        with web.floor.distributor.command() as (router, now_ms):
            queue = web.floor.live.board.calls[LINKEDID].queue
            router.define_queue(QueueSettings(name=queue, wrap_up_ms=30_000), now_ms=now_ms)
            router.answered(LINKEDID, phone="1002", now_ms=now_ms)
            router.released(LINKEDID, phone="1002", now_ms=now_ms)
        _, shown = await web.get("/api/calls/own", headers=own)
        assert [(call["caller_name"], call["state"]) for call in shown["calls"]] == [(LIVE, "wrap_up")]
        assert await web.get("/api/calls/own", headers=other) == (200, {"calls": []})
        assert (await web.post("/api/agents/1002/ready"))[0] == 200
        assert await web.get("/api/calls/own", headers=own) == (200, {"calls": []})
