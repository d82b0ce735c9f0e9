"""Call-backs over HTTP and on the command line."""

from pathlib import Path
from typing import Any

import pytest

from acd.callbacks import Callback
from acd.states import CallbackOutcome
from tests.contract.command_line import Terminal, running
from tests.contract.fake_floor import FakeFloor, open_floor

pytestmark = pytest.mark.contract

NUMBER = "02155501234"


async def ask(web: FakeFloor, number: str = NUMBER, **more: Any) -> Any:
    status, answer = await web.post("/api/callbacks", {"number": number, "queue": "sales", **more})
    assert status == 200
    return answer


async def refused(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["id"]


def rung(web: FakeFloor, name: str, outcome: CallbackOutcome | None = None) -> Callback:
    """The customer of this call-back is rung, and the attempt ends so."""
    desk = web.floor.callbacks
    with desk.tell() as (book, now_ms):
        one = book.get(name)
        book.asterisk_up((), now_ms=now_ms)
        book.offered(one.linkedid, "1001", now_ms=now_ms)
        book.dial(one.linkedid, now_ms=now_ms)
        if outcome is CallbackOutcome.REACHED:
            book.connected(one.linkedid)
        if outcome is not None:
            book.attempt_ended(one.linkedid, outcome, now_ms=now_ms)
    return one


async def test_one_that_is_asked_for_is_shown_with_its_place_and_its_time(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        asked = await ask(web, priority=2, data={"account": "4711"})
        now_ms = web.floor.distributor.clock.now_ms()
        assert asked == {
            "id": asked["id"],
            "number": NUMBER,
            "queue": "sales",
            "state": "requested",
            "outcome": None,
            "last": None,
            "attempts": 0,
            "attempts_at_most": 3,
            "agent": "",
            "requested_ms": now_ms,
            "entered_ms": now_ms,
            "due_ms": None,
            "expires_ms": now_ms + 24 * 3_600_000,
            "ended_ms": None,
            "priority": 2,
            "data": {"account": "4711"},
            "language": "",
            "origin": None,
            "call": None,
            "message": None,
        }
        assert (await web.get(f"/api/callbacks/{asked['id']}"))[1] == asked
        assert (await web.get("/api/callbacks?queue=sales"))[1] == {"callbacks": [asked]}
        assert (await web.get("/api/callbacks?queue=support"))[1] == {"callbacks": []}


async def test_an_attempt_that_failed_says_when_the_next_is_due_and_can_be_hastened(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        name = (await ask(web))["id"]
        rung(web, name, CallbackOutcome.BUSY)
        _, shown = await web.get(f"/api/callbacks/{name}")
        now_ms = web.floor.distributor.clock.now_ms()
        assert (shown["state"], shown["last"], shown["attempts"]) == ("retry_due", "busy", 1)
        assert (shown["due_ms"], shown["agent"]) == (now_ms + 300_000, "1001")
        assert shown["call"] is not None
        _, shown = await web.post(f"/api/callbacks/{name}/now")
        assert (shown["state"], shown["due_ms"]) == ("waiting", None)
        _, again = await web.post(f"/api/callbacks/{name}/now")
        assert again == shown


async def test_one_that_is_over_is_listed_apart(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        over, still = (await ask(web))["id"], (await ask(web, "13900000001"))["id"]
        status, shown = await web.delete(f"/api/callbacks/{over}")
        assert (status, shown["state"], shown["outcome"]) == (200, "done", "cancelled")
        for state, wanted in (("open", [still]), ("done", [over]), ("all", [over, still])):
            _, answer = await web.get(f"/api/callbacks?state={state}")
            assert [one["id"] for one in answer["callbacks"]] == wanted


async def test_a_machine_that_answered_is_told(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        name = (await ask(web))["id"]
        rung(web, name, CallbackOutcome.REACHED)
        _, shown = await web.post(f"/api/callbacks/{name}/voicemail")
        assert (shown["state"], shown["last"]) == ("retry_due", "voicemail")


async def test_what_cannot_be_is_refused_and_says_why(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        for body, wanted in (
            ({"number": "12ab", "queue": "sales"}, (422, "not-to-be-called")),
            ({"number": "90012345", "queue": "sales"}, (422, "not-to-be-called")),
            ({"number": NUMBER, "queue": "support"}, (409, "no-callbacks")),
            ({"number": NUMBER, "queue": "nowhere"}, (404, "unknown-queue")),
            ({"number": NUMBER}, (422, "invalid-request")),
            ({"number": NUMBER, "queue": "sales", "priority": -1}, (422, "invalid-request")),
        ):
            assert await refused(await web.post("/api/callbacks", body)) == wanted
        name = (await ask(web))["id"]
        again = await web.post("/api/callbacks", {"number": NUMBER, "queue": "sales"})
        assert await refused(again) == (409, "callback-known")
        assert await refused(await web.delete("/api/callbacks/nobody")) == (404, "unknown-callback")
        assert await refused(await web.post(f"/api/callbacks/{name}/voicemail")) == (409, "callback-not-reached")
        rung(web, name)
        assert await refused(await web.delete(f"/api/callbacks/{name}")) == (409, "callback-under-way")
        with web.floor.callbacks.tell() as (book, now_ms):
            book.attempt_ended(book.get(name).linkedid, CallbackOutcome.REFUSED, now_ms=now_ms)
        assert await refused(await web.delete(f"/api/callbacks/{name}")) == (409, "callback-over")
        assert await refused(await web.post(f"/api/callbacks/{name}/now")) == (409, "callback-over")


async def test_the_command_line_adds_lists_hastens_and_cancels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    callcenter = Terminal(capsys, "callbacks")
    async with running(tmp_path, monkeypatch) as web:
        said = await callcenter("add", NUMBER, "sales", "--data", "account=4711")
        name = said.split()[1]
        assert said == f"Call-back {name} for queue sales is requested.\n"
        rung(web, name, CallbackOutcome.NO_ANSWER)
        header, line = (await callcenter()).splitlines()
        assert header.split() == ["ASKED", "NUMBER", "QUEUE", "STATE", "TRIED", "LAST", "NEXT", "ID"]
        assert line.split()[2:7] == [NUMBER, "sales", "retry", "due", "1"]
        assert line.endswith(name)
        assert await callcenter("now", name) == f"Call-back {name} is waiting.\n"
        rung(web, name, CallbackOutcome.REACHED)
        assert await callcenter("voicemail", name) == f"Call-back {name} is retry due.\n"
        assert await callcenter("cancel", name) == f"Call-back {name} is cancelled.\n"
        assert '"outcome": "cancelled"' in await callcenter("list", "--state", "done", "--json")
