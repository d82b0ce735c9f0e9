"""An agent hears his own part of a transferred call; all of it where the score sheet says so."""

import io
import struct
import wave
from datetime import timedelta
from pathlib import Path

import pytest

from cti.access import Permission, Role
from recording.record import CallRecord, Recording
from tests.contract.fake_floor import FakeFloor, open_floor
from tests.contract.test_api_quality import drawing_all, judgement, token

pytestmark = pytest.mark.contract

LEDGER = "transferred_to_queue"
RATE = 8000


async def recorded(web: FakeFloor, record: CallRecord) -> None:
    """The whole call, as loud all the time."""
    length_ms = round((record.ended_at - record.started_at) / timedelta(milliseconds=1))
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack("<2h", 9, 9) * (length_ms * RATE // 1000))
    audio = made.getvalue()
    (web.floor.recordings / "a.wav").write_bytes(audio)
    kept = Recording(file="a.wav", started_at=record.started_at, duration_ms=length_ms, bytes=len(audio), sha256="")
    await web.floor.store.add_recordings([(record.linkedid, kept)])


@pytest.mark.parametrize("whole", [False, True])
async def test_the_colleague_is_heard_only_where_the_sheet_says_so(tmp_path: Path, whole: bool) -> None:
    dialplans = drawing_all(tmp_path)
    if whole:
        sheet = dialplans / "quality" / "sheets" / "hotline.yaml"
        sheet.write_text(sheet.read_text("utf-8") + "\nagent_hears: whole_call\n", "utf-8")
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        record = await web.remember(LEDGER)
        first, second = record.conversations[0], record.conversations[-1]
        assert first.agent != second.agent
        await recorded(web, record)
        anna = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        himself = await token(web, "li", Role.AGENT, agent=first.agent)
        _, drawn = await web.post("/api/quality/evaluations", {"call": record.id, "agent": first.agent}, anna)
        path, own = f"/api/quality/evaluations/{drawn['id']}", f"/api/quality/own/{drawn['id']}/recordings/1"
        await web.post(f"{path}/claim", {"revision": 0}, anna)
        await web.post(f"{path}/score", {"revision": 1, "judgement": judgement()}, anna)
        await web.post(f"{path}/release", {"revision": 2}, anna)
        async with web.client.get(own, headers=himself) as answer:
            assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/wav")
            whole_file = await answer.read()
        with wave.open(io.BytesIO(whole_file)) as heard:
            frames: bytes = heard.readframes(heard.getnframes())
            length = heard.getnframes() * 1000 // RATE
        assert abs(length - (record.ended_at - record.started_at) / timedelta(milliseconds=1)) <= 1

        def loud(at: float) -> bool:
            frame = int(at * RATE) * 4
            return frames[frame : frame + 4] != bytes(4)

        middle = [(one.started_at + (one.ended_at - one.started_at) / 2 - record.started_at) for one in (first, second)]
        assert [loud(one.total_seconds()) for one in middle] == [True, whole]
