"""Messages that callers have left, over HTTP and on the command line."""

from pathlib import Path

import pytest

from acd.callbacks import Callback, VoiceMessage, Wish
from acd.states import CallbackOutcome
from cti.access import Role, new_token
from ivr.wav import HEADER
from recording.access import AccessTokens
from recording.identity import call_id
from recording.keeping.kept import KeptRecordings
from recording.manifest import Kind
from tests.contract.command_line import Terminal, running
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor
from tests.ledgers import real_call

pytestmark = pytest.mark.contract

LEDGER = "served_by_ivr"
LINKEDID = real_call(LEDGER).record().linkedid
CALL = call_id(LINKEDID)
WORDS = bytes(range(200)) * 160
SOUND = HEADER.pack(
    b"RIFF", len(WORDS) + HEADER.size - 8, b"WAVE",
    b"fmt ", 16, 1, 1, 8000, 16_000, 2, 16, b"data", len(WORDS),
) + WORDS  # fmt: skip


def leave(web: FakeFloor, number: str = "02155501234", begun_ms: int = 1) -> Callback:
    """A caller has left a message for sales."""
    name = f"{LINKEDID}-{begun_ms}"
    file = web.floor.recordings / "voicemail" / f"{name}.wav"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(SOUND)
    with web.floor.callbacks.tell() as (book, now_ms):
        return book.leave_message(
            VoiceMessage(f"voicemail/{name}.wav", 6_500), number, "sales", Wish(), origin=LINKEDID,
            entered_ms=now_ms, now_ms=now_ms,
        )  # fmt: skip


def hear(web: FakeFloor, one: Callback, outcome: CallbackOutcome) -> None:
    """An agent hears it."""
    with web.floor.callbacks.tell() as (book, now_ms):
        book.asterisk_up((), now_ms=now_ms)
        book.offered(one.linkedid, "1001", now_ms=now_ms)
        book.picked_up(one.linkedid)
        book.attempt_ended(one.linkedid, outcome, now_ms=now_ms)


async def test_messages_are_listed_apart_from_call_backs_with_their_length(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        left, nameless = leave(web), leave(web, "", 2)
        await web.post("/api/callbacks", {"number": "02155501234", "queue": "sales"})
        _, answer = await web.get("/api/callbacks?kind=message")
        assert [(one["id"], one["number"], one["message"]) for one in answer["callbacks"]] == [
            (left.id, "02155501234", {"duration_ms": 6_500}),
            (nameless.id, "", {"duration_ms": 6_500}),
        ]
        _, answer = await web.get("/api/callbacks?kind=callback")
        assert [one["message"] for one in answer["callbacks"]] == [None]
        assert len((await web.get("/api/callbacks"))[1]["callbacks"]) == 3


async def test_the_sound_comes_whole_or_in_parts_and_each_hearing_is_written_down(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        left = leave(web)
        path = f"/api/callbacks/{left.id}/message"
        token, given = new_token("anna", Role.FLOOR)
        assert await AccessTokens(web.floor.store).add(given)
        status, refused = await web.get(path, {"Authorization": f"Bearer {token}"})
        assert (status, refused["error"]["id"]) == (403, "permission-missing")
        async with web.client.get(path, headers=BEARER) as answer:
            assert (answer.status, answer.content_type, await answer.read()) == (200, "audio/wav", SOUND)
        async with web.client.get(path, headers={**BEARER, "Range": "bytes=10-19"}) as answer:
            assert (answer.status, await answer.read()) == (206, SOUND[10:20])
        _, log = await web.get("/api/recordings/listenings")
        assert [
            (one["call"], one["kind"], one["n"], one["first_byte"], one["last_byte"]) for one in log["listenings"]
        ] == [
            (CALL, "message", 1, 10, 19),
            (CALL, "message", 1, 0, len(SOUND) - 1),
        ]
        status, refused = await web.get(f"/api/calls/{CALL}/messages/2")
        assert (status, refused["error"]["id"]) == (404, "unknown-recording")
        one = await KeptRecordings(web.floor.store).find(CALL, 1, Kind.MESSAGE)
        assert one
        (web.floor.recordings / one.file).unlink()
        status, refused = await web.get(path)
        assert (status, refused["error"]["id"]) == (404, "unknown-recording")
        _, asked = await web.post("/api/callbacks", {"number": "02155501234", "queue": "sales"})
        status, refused = await web.get(f"/api/callbacks/{asked['id']}/message")
        assert (status, refused["error"]["id"]) == (404, "unknown-recording")


async def test_a_message_is_among_the_recordings_of_its_call_and_deleted_with_them(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await web.remember(LEDGER)
        left = leave(web)
        assert (await web.get(f"/api/calls/{CALL}/recordings"))[1]["messages"] == []
        async with web.client.get(f"/api/callbacks/{left.id}/message", headers=BEARER) as answer:
            assert answer.status == 200
        (said,) = (await web.get(f"/api/calls/{CALL}/recordings"))[1]["messages"]
        assert (said["kind"], said["number"], said["channels"], said["bytes"]) == ("message", 1, 1, len(SOUND))
        path = f"/api/calls/{CALL}/messages/1"
        async with web.client.get(path, headers=BEARER) as answer:
            assert (answer.status, await answer.read()) == (200, SOUND)
        status, answered = await web.post(f"/api/calls/{CALL}/recordings/erase", {"why": "asked for"})
        assert (status, [one["kind"] for one in answered["erased"]]) == (200, ["message"])
        status, refused = await web.get(path)
        assert (status, refused["error"]["id"]) == (410, "recording-erased")


async def test_who_heard_it_elsewhere_says_so_and_its_sound_outlives_its_call_back(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        left = leave(web)
        status, shown = await web.post(f"/api/callbacks/{left.id}/heard")
        assert (status, shown["state"], shown["outcome"]) == (200, "done", "heard")
        status, refused = await web.post(f"/api/callbacks/{left.id}/heard")
        assert (status, refused["error"]["id"]) == (409, "callback-over")
        _, asked = await web.post("/api/callbacks", {"number": "02155501234", "queue": "sales"})
        status, refused = await web.post(f"/api/callbacks/{asked['id']}/heard")
        assert (status, refused["error"]["id"]) == (409, "no-message")
        async with web.client.get(f"/api/callbacks/{left.id}/message", headers=BEARER) as answer:
            assert answer.status == 200
        web.time.passes(24 * 3600)
        with web.floor.callbacks.tell() as (book, now_ms):
            book.tick(now_ms=now_ms)
        assert (await web.get(f"/api/callbacks/{left.id}/message"))[0] == 404
        async with web.client.get(f"/api/calls/{CALL}/messages/1", headers=BEARER) as answer:
            assert (answer.status, await answer.read()) == (200, SOUND)


async def test_the_command_line_lists_saves_hastens_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    callcenter = Terminal(capsys, "messages")
    async with running(tmp_path, monkeypatch) as web:
        left = leave(web)
        hear(web, left, CallbackOutcome.PUT_BACK)
        header, line = (await callcenter()).splitlines()
        assert header.split() == ["LEFT", "NUMBER", "QUEUE", "LENGTH", "STATE", "AGENT", "UNTIL", "ID"]
        assert line.split()[2:4] == ["02155501234", "sales"]
        assert "retry due  1001" in line
        assert await callcenter("now", left.id) == f"Message {left.id} is waiting.\n"
        sound = tmp_path / "sound.wav"
        said = (await callcenter("save", left.id, str(sound))).splitlines()[-1]
        assert (said, sound.read_bytes()) == (f"Message {left.id} is in {sound} ({len(SOUND)} bytes).", SOUND)
        assert "Message" not in await callcenter("save", left.id, str(sound), code=2)
        assert await callcenter("done", left.id) == f"Message {left.id} is heard.\n"
        assert '"outcome": "heard"' in await callcenter("list", "--state", "done", "--json")
