"""Hearing, holding, deleting and searching recordings over HTTP, and the log of who heard what."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cti.access import Permission, Role, new_token
from recording.access import AccessTokens
from recording.keeping.master_keys import add_key
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor
from tests.keeping import CALL, NOW, Room, bucket, folder_shelf, sound
from tests.near_keeping import NearKeeping
from tests.s3_server import S3Server, s3_server

pytestmark = pytest.mark.contract

ID = CALL.record().id
HEAR = f"/api/calls/{ID}/recordings/1"


@dataclass
class Kept:
    """A floor whose recordings lie sealed in a bucket."""

    web: FakeFloor
    room: Room

    async def token(self, name: str, role: Role, *may: Permission) -> dict[str, str]:
        """The headers of somebody new."""
        token, given = new_token(name, role, permissions=may)
        assert await AccessTokens(self.web.floor.store).add(given)
        return {"Authorization": f"Bearer {token}"}

    async def hear(self, path: str = HEAR, **headers: str) -> tuple[int, bytes, Any]:
        """Status, body and headers of the audio."""
        async with self.web.client.get(path, headers={**BEARER, **headers}) as answer:
            return answer.status, await answer.read(), answer.headers

    async def listenings(self) -> list[dict[str, Any]]:
        """The log, the latest first."""
        status, answer = await self.web.get("/api/recordings/listenings")
        assert status == 200
        found: list[dict[str, Any]] = answer["listenings"]
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[S3Server, Path]]:
    with s3_server(tmp_path) as serving:
        yield serving


async def _kept(web: FakeFloor, tmp_path: Path, shelf: Any) -> Kept:
    room = Room(web.floor.store, web.floor.recordings, shelf, sealing=True)
    add_key(room.keys_file, "first")
    await room.begin()
    near = web.floor.keeping
    assert isinstance(near, NearKeeping)
    near.shelves, near.erase_all = room.shelves, room.eraser.erase
    return Kept(web, room)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    (tmp_path / "floor").mkdir()
    async with open_floor(tmp_path / "floor") as web:
        yield await _kept(web, tmp_path, folder_shelf(tmp_path))


async def test_a_sealed_recording_is_heard_whole_and_by_ranges(kept: Kept) -> None:
    said = await kept.room.finish_and_move()
    audio = sound()
    status, body, headers = await kept.hear()
    assert (status, body, headers["Content-Type"]) == (200, audio, "audio/wav")
    assert (headers["Accept-Ranges"], headers["Content-Length"]) == ("bytes", str(said.bytes))
    for asked, start, stop in (
        ("bytes=0-99", 0, 100),
        ("bytes=31000-", 31_000, said.bytes),
        ("bytes=-500", said.bytes - 500, said.bytes),
        ("bytes=100-999999", 100, said.bytes),
    ):
        status, body, headers = await kept.hear(Range=asked)
        assert (status, body) == (206, audio[start:stop])
        assert headers["Content-Range"] == f"bytes {start}-{stop - 1}/{said.bytes}"
    assert (await kept.hear(Range=f"bytes={said.bytes}-"))[0] == 416
    assert (await kept.hear(f"/api/calls/{ID}/recording"))[1] == audio
    assert (await kept.hear(f"{HEAR}?format=wav"))[1] == audio


@pytest.mark.parametrize("moved", [True, False], ids=["on its shelf", "in the folder"])
async def test_a_player_looks_first_and_never_mixes_the_bytes_of_two_files(kept: Kept, moved: bool) -> None:
    said = await (kept.room.finish_and_move() if moved else kept.room.finish())
    audio, whole = sound(), str(said.bytes)
    answer = await kept.web.client.head(HEAR, headers=BEARER)
    assert (answer.status, answer.headers["Content-Length"], answer.headers["Accept-Ranges"]) == (200, whole, "bytes")
    assert await kept.listenings() == [], "who looks has heard nothing"
    etag = answer.headers["ETag"]
    assert (await kept.hear(Range="bytes=0-9", **{"If-Range": etag}))[:2] == (206, audio[:10])
    for other in ('"another"', "Sun, 22 Nov 2026 22:53:21 GMT", f"W/{etag}"):
        assert (await kept.hear(Range="bytes=0-9", **{"If-Range": other}))[:2] == (200, audio)
    for not_one in ("bytes=0-1,5-6", "seconds=0-1", "bytes=5-2", "bytes=-", "bytes=x-"):
        assert (await kept.hear(Range=not_one))[:2] == (200, audio), "the whole may be given"
    assert (await kept.hear(**{"If-None-Match": etag}))[0] == 304
    for behind in (f"bytes={whole}-", "bytes=-0"):
        status, body, headers = await kept.hear(Range=behind)
        assert (status, headers["Content-Range"]) == (416, f"bytes */{whole}")
        assert b"range-unsatisfiable" in body


async def test_one_that_waits_for_its_shelf_is_heard_as_well(kept: Kept) -> None:
    await kept.room.finish()
    assert (await kept.hear())[:2] == (200, sound())
    status, body, _ = await kept.hear(Range="bytes=10-19")
    assert (status, body) == (206, sound()[10:20])
    assert [(one["first_byte"], one["last_byte"]) for one in await kept.listenings()] == [(10, 19), (0, 32_043)]


async def test_who_hears_needs_the_permission_and_is_written_down(kept: Kept) -> None:
    await kept.room.finish_and_move()
    reader = await kept.token("anna", Role.READER)
    for path in (HEAR, f"{HEAR}/peaks", f"/api/calls/{ID}/recording"):
        status, answer = await kept.web.get(path, reader)
        assert (status, answer["error"]["id"]) == (403, "permission-missing")
    assert await kept.listenings() == []
    listener = await kept.token("berta", Role.READER, Permission.LISTEN)
    assert (await kept.hear(**listener, Range="bytes=5-14"))[0] == 206
    assert (await kept.web.get(f"{HEAR}/peaks", listener))[0] == 200
    (one,) = await kept.listenings()
    assert (one["who"], one["call"], one["n"], one["first_byte"], one["last_byte"]) == ("berta", ID, 1, 5, 14)
    assert one["address"] == "127.0.0.1"
    status, answer = await kept.web.get("/api/recordings/listenings", listener)
    assert (status, answer["error"]["id"]) == (403, "role-too-small")


async def test_listenings_are_found_by_who_call_and_page(kept: Kept) -> None:
    await kept.room.finish_and_move()
    listener = await kept.token("berta", Role.READER, Permission.LISTEN)
    for headers in ({}, listener, {}):
        await kept.hear(**headers)
    _, mine = await kept.web.get("/api/recordings/listenings?who=berta")
    assert [one["who"] for one in mine["listenings"]] == ["berta"]
    _, first = await kept.web.get(f"/api/recordings/listenings?limit=2&call={ID}")
    _, second = await kept.web.get(f"/api/recordings/listenings?limit=2&call={ID}&after={first['next']}")
    assert [one["who"] for one in first["listenings"] + second["listenings"]] == ["owner", "berta", "owner"]
    assert second["next"] is None


async def test_peaks_of_both_tracks_are_all_a_player_needs(kept: Kept) -> None:
    await kept.room.finish_and_move()
    status, peaks = await kept.web.get(f"{HEAR}/peaks?points=10")
    assert (status, peaks["bucket_ms"], peaks["duration_ms"]) == (200, 100, 1_000)
    caller, heard = peaks["tracks"]
    assert (caller["who"], caller["highest"]) == ("caller", [80] * 4 + [0] * 2 + [80] * 4)
    assert (heard["who"], min(heard["lowest"]), heard["lowest"][4]) == ("heard", -40, 0)
    assert peaks["pauses"] == []
    assert (await kept.web.get(f"{HEAR}/peaks?points=0"))[0] == 422


async def test_what_is_not_there_is_not_found(kept: Kept) -> None:
    await kept.room.finish_and_move()
    status, answer = await kept.web.get(f"/api/calls/{'0' * 32}/recordings/1")
    assert (status, answer["error"]["id"]) == (404, "unknown-call")
    for number in ("2", "x", "0"):
        status, answer = await kept.web.get(f"/api/calls/{ID}/recordings/{number}")
        assert (status, answer["error"]["id"]) == (404, "unknown-recording")


async def test_a_recording_that_was_changed_is_not_given_out(kept: Kept, tmp_path: Path) -> None:
    said = await kept.room.finish_and_move()
    file = tmp_path / "archive" / f"{said.file}.sealed"
    sealed = file.read_bytes()
    file.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    status, answer = await kept.web.get(HEAR)
    assert (status, answer["error"]["id"]) == (503, "recording-tampered")


async def test_while_the_store_is_away_the_answer_says_so(tmp_path: Path, server: tuple[S3Server, Path]) -> None:
    (tmp_path / "floor").mkdir()
    async with open_floor(tmp_path / "floor") as web:
        kept = await _kept(web, tmp_path, bucket(server))
        await kept.room.finish_and_move()
        server[0].stop()
        status, answer = await web.get(HEAR)
        assert (status, answer["error"]["id"]) == (503, "recording-shelf-away")
        status, answer = await web.post(f"/api/calls/{ID}/recordings/erase", {"why": "the caller asked"})
        assert (status, answer["erased"], answer["left"]) == (200, [], 1)
        assert (await web.get(HEAR))[0] == 410
        server[0].start()
        assert (await kept.hear())[0] == 410
        await kept.room.eraser.erase()
        assert len((await web.get(f"/api/recordings/erased?call={ID}"))[1]["erased"]) == 1


async def test_a_held_call_is_not_deleted_and_a_deleted_one_leaves_its_proof(kept: Kept) -> None:
    said = await kept.room.finish_and_move()
    listener = await kept.token("berta", Role.READER, Permission.LISTEN)
    eraser = await kept.token("clara", Role.READER, Permission.ERASE)
    path = f"/api/calls/{ID}/recordings"
    for verb, body in (("hold", {"why": "dispute 12"}), ("release", {}), ("erase", {"why": "the caller asked"})):
        status, answer = await kept.web.post(f"{path}/{verb}", body, listener)
        assert (status, answer["error"]["id"]) == (403, "permission-missing")
    status, answer = await kept.web.post(f"{path}/hold", {"why": "dispute 12"}, eraser)
    assert (status, answer["holds"][0]["by"], answer["holds"][0]["until"]) == (200, "clara", None)
    status, answer = await kept.web.post(f"{path}/erase", {"why": "the caller asked"}, eraser)
    assert (status, answer["error"]["id"]) == (409, "recording-held")
    assert [one["call"] for one in (await kept.web.get("/api/recordings/holds"))[1]["holds"]] == [ID]
    assert (await kept.web.post(f"{path}/release", {}, eraser))[0] == 200
    assert (await kept.web.get("/api/recordings/holds"))[1]["holds"] == []
    status, answer = await kept.web.post(f"{path}/erase", {"why": "the caller asked"}, eraser)
    assert (status, answer["left"]) == (200, 0)
    assert (answer["erased"][0]["sha256"], answer["erased"][0]["by"]) == (said.sha256, "clara")
    status, refused = await kept.web.get(HEAR)
    assert (status, refused["error"]["id"]) == (410, "recording-erased")
    assert (await kept.web.post(f"{path}/erase", {"why": "once more"}, eraser))[0] == 404
    assert (await kept.web.get("/api/recordings"))[1]["calls"] == []
    (proof,) = (await kept.web.get("/api/recordings/erased"))[1]["erased"]
    assert (proof["rule"], proof["why"], proof["file"]) == ("person", "the caller asked", said.file)


async def test_a_hold_until_yesterday_is_refused(kept: Kept) -> None:
    status, answer = await kept.web.post(
        f"/api/calls/{ID}/recordings/hold", {"why": "dispute", "until": "2020-01-01T00:00"}
    )
    assert (status, answer["error"]["field"]) == (422, "until")


async def test_recordings_are_found_by_what_is_known_of_their_call(kept: Kept) -> None:
    record = CALL.record()
    assert (await kept.web.get("/api/recordings"))[1]["calls"] == []  # none before there is a recording
    await kept.room.finish_and_move(started_at=NOW)

    async def found(query: str) -> bool:
        status, answer = await kept.web.get(f"/api/recordings?{query}")
        assert status == 200, answer
        return [one["id"] for one in answer["calls"]] == [ID]

    assert await found("")
    assert await found(f"number={record.caller}")
    assert await found(f"number={record.dialled}&outcome={record.outcome}")
    assert await found("length_from_s=1&length_to_s=1")
    for query in ("number=0999", "agent=1002", "queue=sales", "length_from_s=2", "score_from=0", "mark_from=9"):
        assert not await found(query)
    for query in ("agent=9999", "queue=nowhere"):
        status, answer = await kept.web.get(f"/api/recordings?{query}")
        assert (status, answer["error"]["id"]) == (404, "unknown-subject"), "nobody is or was called so"
    assert not await found(f"until={record.started_at:%Y-%m-%dT%H:%M:%S}Z")
    assert await found(f"since={record.started_at:%Y-%m-%dT%H:%M:%S}Z")
    reader = await kept.token("anna", Role.READER)
    assert (await kept.web.get("/api/recordings?mark_from=1", reader))[0] == 200
    for score in ("score_from=0", "score_to=50"):
        status, answer = await kept.web.get(f"/api/recordings?{score}", reader)
        assert (status, answer["error"]["id"]) == (403, "permission-missing"), "scores are not for everybody"
    for query, field in (
        ("number=none", "number"),
        ("length_from_s=20&length_to_s=10", "length_to_s"),
        ("score_from=90&score_to=10", "score_to"),
        ("mark_from=5&mark_to=1", "mark_to"),
        ("since=2026-11-23&until=2026-11-22", "until"),
    ):
        status, answer = await kept.web.get(f"/api/recordings?{query}")
        assert (status, answer["error"]["field"]) == (422, field)


async def test_what_a_command_does_bears_the_name_of_who_gave_it_and_another_token_only_its_own(kept: Kept) -> None:
    await kept.room.finish_and_move()
    path = f"/api/calls/{ID}/recordings"
    eraser = await kept.token("clara", Role.READER, Permission.ERASE)
    said = {"Callcenter-Cause": "command:anna"}
    status, answer = await kept.web.post(f"{path}/hold", {"why": "dispute 12"}, {**BEARER, **said})
    assert (status, answer["holds"][0]["by"]) == (200, "command:anna")
    _, answer = await kept.web.post(f"{path}/hold", {"why": "dispute 13"}, {**eraser, **said})
    assert {one["by"] for one in answer["holds"]} == {"command:anna", "clara"}
    assert (await kept.web.post(f"{path}/release", {}, BEARER))[0] == 200
    assert (await kept.web.client.get(f"{path}/1", headers={**BEARER, **said})).status == 200
    _, log = await kept.web.get("/api/recordings/listenings")
    assert log["listenings"][0]["who"] == "command:anna"
