"""Call records and recordings over HTTP."""

from pathlib import Path
from unittest.mock import ANY

import pytest

from recording.encoding.codec import encode
from recording.record import AudioFormat, Recording
from tests.contract.fake_floor import BEARER, open_floor

pytestmark = pytest.mark.contract


async def test_calls_are_listed_newest_first_and_page_by_page(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        kept = [await web.remember(name) for name in ("answered_agent_hangs_up", "abandoned_waiting", "served_by_ivr")]
        newest_first = [call.id for call in sorted(kept, key=lambda call: call.started_at, reverse=True)]
        _, first = await web.get("/api/calls?limit=2")
        assert [call["id"] for call in first["calls"]] == newest_first[:2]
        assert first["next"] == newest_first[1]
        _, rest = await web.get(f"/api/calls?limit=2&after={first['next']}")
        assert [call["id"] for call in rest["calls"]] == newest_first[2:]
        assert rest["next"] is None


async def test_calls_are_found_by_queue_agent_caller_and_outcome(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        answered = await web.remember("answered_agent_hangs_up")
        await web.remember("abandoned_waiting")
        await web.remember("served_by_ivr")
        for query, found in (
            ("agent=1001", 1),
            ("agent=1002", 0),
            ("outcome=answered", 1),
            ("outcome=served_by_ivr", 1),
            ("queue=sales", 2),
            ("queue=support", 0),
            (f"caller={answered.caller}", 3),
            ("caller=1", 0),
            ("queue=sales&outcome=abandoned", 1),
        ):
            _, answer = await web.get(f"/api/calls?{query}")
            assert len(answer["calls"]) == found, query


async def test_since_is_an_instant_or_the_centre_s_own_time(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        local = call.started_at.astimezone(web.floor.centre.time_zone)
        moment = call.started_at.timestamp()
        for since, found in (
            (f"{moment - 1}", 1),
            (f"{moment + 1}", 0),
            (call.started_at.isoformat().replace("+00:00", "Z"), 1),
            (local.isoformat(), 1),  # its + is not escaped
            (local.replace(tzinfo=None).isoformat(), 1),
            (call.started_at.replace(tzinfo=None).isoformat(), 1),
            (local.replace(tzinfo=None, year=local.year + 1).isoformat(), 0),
        ):
            _, answer = await web.get(f"/api/calls?since={since}")
            assert len(answer["calls"]) == found, since


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("outcome=lost", "outcome"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("after=../1", "after"),
        ("colour=red", "colour"),
        ("limit=1&limit=2", "limit"),
    ],
)
async def test_a_query_that_does_not_fit_is_refused_with_its_field(tmp_path: Path, query: str, field: str) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await web.get(f"/api/calls?{query}")
        assert (status, answer["error"]["id"], answer["error"]["field"]) == (422, "invalid-request", field)


async def test_calls_of_an_unknown_queue_are_not_found(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await web.get("/api/calls?queue=sails")
        assert (status, answer["error"]["id"]) == (404, "unknown-queue")


async def test_a_call_shows_its_whole_record(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        kept = await web.remember("answered_caller_hangs_up")
        status, call = await web.get(f"/api/calls/{kept.id}")
        assert status == 200
        assert call == kept.model_dump(mode="json")
        assert call["caller_name"] == kept.caller_name


async def test_an_unknown_call_is_not_found(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        for path in ("/api/calls/0", "/api/calls/0/recording"):
            status, answer = await web.get(path)
            assert (status, answer["error"]["id"]) == (404, "unknown-call")


async def test_while_the_database_is_away_that_is_said(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await web.floor.store.close()
        (tmp_path / "callcenter.db").rename(tmp_path / "elsewhere")
        (tmp_path / "callcenter.db").mkdir()  # else SQLite makes an empty one, which is there and lacks its tables
        for path in ("/api/calls", "/api/calls/0"):
            status, answer = await web.get(path)
            assert (status, answer["error"]["id"]) == (503, "database-unavailable")


async def test_a_recording_is_fetched_whole_or_in_part(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        await web.keep_recording(call, b"RIFF0123456789")
        path = f"/api/calls/{call.id}/recording"
        async with web.client.get(path, headers=BEARER) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/wav")
            assert await answer.read() == b"RIFF0123456789"
        async with web.client.get(path, headers=BEARER | {"Range": "bytes=4-6"}) as answer:
            assert answer.status == 206
            assert answer.headers["Content-Range"] == "bytes 4-6/14"
            assert await answer.read() == b"012"


async def test_a_recording_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        await web.keep_recording(call, b"RIFF")
        (tmp_path / "a.wav").unlink()
        for n in (1, 2):
            status, answer = await web.get(f"/api/calls/{call.id}/recording?n={n}")
            assert (status, answer["error"]["id"]) == (404, "unknown-recording")


async def test_a_call_says_what_its_recordings_are_without_a_permission_to_hear_them(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        await web.keep_recording(call, b"RIFF0123456789")
        status, answer = await web.get(f"/api/calls/{call.id}/recordings")
        assert (status, answer["missing"]) == (200, [])
        (one,) = answer["recordings"]
        assert (one["call"], one["number"], one["channel"]) == (call.id, 1, call.legs[0].uniqueid)
        assert (one["file"], one["format"], one["bytes"], one["pauses"]) == ("a.wav", "wav", 14, [])
        assert await web.get("/api/calls/0/recordings") == (404, ANY)


async def test_a_recording_comes_as_it_is_stored_or_as_wav(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        samples = bytes(range(256)) * 125
        (tmp_path / "a.raw").write_bytes(samples)
        encode(tmp_path / "a.raw", tmp_path / "a.flac", AudioFormat.FLAC)
        flac = (tmp_path / "a.flac").read_bytes()
        kept = Recording(
            file="a.flac",
            started_at=call.started_at,
            duration_ms=1000,
            bytes=len(flac),
            sha256="",
            format=AudioFormat.FLAC,
        )
        await web.floor.store.add_recordings([(call.linkedid, kept)])
        path = f"/api/calls/{call.id}/recording"
        async with web.client.get(path, headers=BEARER | {"Range": "bytes=0-3"}) as answer:
            assert (answer.status, answer.content_type) == (206, "audio/flac")
            assert await answer.read() == b"fLaC"
        async with web.client.get(f"{path}?format=wav", headers=BEARER) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/wav")
            assert (await answer.read())[44:] == samples
        assert (await web.get(f"{path}?format=mp3"))[0] == 422
