"""A recording's whole life, in the format that is shipped: recorded on Asterisk while the daemon dies, encoded, sealed,
kept on an S3 server that was away, heard by ranges by who may, voices and all, deleted with proof when its time has
passed, and not while it is held.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cti.access import Permission, Role, new_token
from cti.keeping_parts import shelves_of
from cti.recording_settings import RecordingSettings, S3Part
from recording.access import AccessTokens
from recording.encoding.codec import as_wav
from recording.keeping.eraser import Eraser
from recording.keeping.erasing import Erasures
from recording.keeping.kept import KeptRecordings
from recording.keeping.master_keys import add_key
from recording.keeping.retention import Days, Retention, Run
from recording.keeping.shelves import SEALED_SUFFIX
from recording.record import CallRecord
from recording.store import Store
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, running_floor, staffed
from tests.integration.listening import seconds_of, sides
from tests.s3_server import BUCKET, S3Server, s3_client, s3_server

pytestmark = pytest.mark.integration


@asynccontextmanager
async def _floor(
    server: tuple[S3Server, Path], folder: Path, dialplans: Path, floor_prompts: Path, music: Path
) -> AsyncIterator[RunningCentre]:
    keys = folder / "keys"
    add_key(keys, "first")
    bucket = S3Part(bucket=BUCKET, endpoint=server[0].endpoint, credentials=server[1], tries=1, connect_s=1)
    said = RecordingSettings(store="s3", s3=bucket, encrypt=True, keys=keys)
    async with running_floor(dialplans, floor_prompts, music, recordings=said) as floor:
        yield floor


async def test_a_recording_is_sealed_kept_heard_held_and_deleted_with_proof(
    dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path
) -> None:
    with s3_server(tmp_path) as server:
        async with _floor(server, tmp_path, dialplans, floor_prompts, music) as floor:
            server[0].stop()
            assert floor.settings.recordings.format == "flac"
            voices, (first, second) = await _two_calls(floor)
            await floor.says("recording-shelf-away")
            await floor.part_is("recordings", ok=False)
            assert len(list(floor.settings.recordings_folder.rglob("*.flac"))) == 2
            await _is_heard(floor, first)  # while it waits
            server[0].start()
            for record in (first, second):
                await floor.seen(lambda message, call=record["id"]: _place(message, call) == "s3")  # type: ignore[misc]
            await floor.part_is("recordings", ok=True)
            assert not list(floor.settings.recordings_folder.rglob("*.flac"))
            for record, spoken in zip((first, second), voices, strict=True):
                (tmp_path / "heard.flac").write_bytes(await _is_heard(floor, record))
                await _has_voices(tmp_path / "heard.flac", spoken)
            _is_sealed(server[0], first)
            peaks = await floor.get(f"/api/calls/{first['id']}/recordings/1/peaks?points=100")
            assert all(max(track["highest"]) > 5 for track in peaks["tracks"])
            await floor.post(f"/api/calls/{second['id']}/recordings/hold", {"why": "dispute 12"})
            run = await _half_a_year_later(floor)
            assert (run.erased, run.held, run.left) == (1, 1, 0)
            assert (await floor.ask("GET", f"/api/calls/{first['id']}/recordings/1"))[0] == 410
            (proof,) = (await floor.get(f"/api/recordings/erased?call={first['id']}"))["erased"]
            assert (proof["sha256"], proof["rule"]) == (first["recordings"][0]["sha256"], "retention")
            assert [one["id"] for one in (await floor.get("/api/recordings"))["calls"]] == [second["id"]]
            left = {found["Key"] for found in s3_client(server[0]).list_objects_v2(Bucket=BUCKET)["Contents"]}
            assert len(left) == 3
            assert all(second["id"] in key for key in left)


async def _two_calls(floor: RunningCentre) -> tuple[list[tuple[int, int]], list[dict[str, Any]]]:
    """What the caller's and the agent's voices are in each, and their records. In the second the daemon is killed with
    -9, and the recorder and the encoder go with it."""
    voices = []
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        for dialled, agent, number in (("4001", "1002", "100"), ("4002", "1003", "200")):
            caller, leg = await conversation(phones, dialled, agent, number=number)
            assert caller.audio
            assert leg.audio
            if number == "200":
                async with floor.without_daemon():
                    pass
            await caller.audio.hears(leg.audio.tone_hz, windows=10)
            voices.append((caller.audio.tone_hz, leg.audio.tone_hz))
            await leg.hang_up()
        found = await floor.shows("/api/recordings", lambda answer: len(answer["calls"]) == 2)
    return voices, sorted(found["calls"], key=lambda record: str(record["caller"]))


async def _is_heard(floor: RunningCentre, record: dict[str, Any]) -> bytes:
    """By ranges, by somebody with the permission alone, and it is written down."""
    (recording,) = record["recordings"]
    path = f"/api/calls/{record['id']}/recordings/1"
    name = f"listener-{len((await floor.get('/api/recordings/listenings'))['listenings'])}"
    headers = await _token(floor, name)
    status, refused = await floor.ask("GET", path, headers=await _token(floor, f"{name}-not", listening=False))
    assert (status, refused["error"]["id"]) == (403, "permission-missing")
    half, size = recording["bytes"] // 2, recording["bytes"]
    pieces = [await _range(floor, path, headers, asked) for asked in (f"0-{half - 1}", f"{half}-{size - 1}")]
    assert sha256(b"".join(pieces)).hexdigest() == recording["sha256"]
    log = (await floor.get(f"/api/recordings/listenings?who={name}"))["listenings"]
    assert [(one["first_byte"], one["last_byte"]) for one in log] == [(half, size - 1), (0, half - 1)]
    return b"".join(pieces)


async def _has_voices(file: Path, spoken: tuple[int, int]) -> None:
    """Left the caller, right the agent; neither is on the other's side."""
    said, heard = sides(b"".join(as_wav(file)))
    callers_hz, agents_hz = spoken
    assert seconds_of(callers_hz, said) > 0
    assert seconds_of(agents_hz, heard) > 0
    assert seconds_of(agents_hz, said) == seconds_of(callers_hz, heard) == 0


def _is_sealed(server: S3Server, record: dict[str, Any]) -> None:
    """What lies in the bucket is no FLAC file, and longer than the one it holds."""
    key = record["recordings"][0]["file"] + SEALED_SUFFIX
    stored = s3_client(server).get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert not stored.startswith(b"fLaC")
    assert len(stored) > record["recordings"][0]["bytes"]


async def _range(floor: RunningCentre, path: str, headers: dict[str, str], asked: str) -> bytes:
    async with floor._session.get(path, headers={**headers, "Range": f"bytes={asked}"}) as answer:
        assert answer.status == 206
        return await answer.read()


async def _token(floor: RunningCentre, name: str, *, listening: bool = True) -> dict[str, str]:
    token, given = new_token(name, Role.READER, permissions=[Permission.LISTEN] if listening else [])
    store = Store(floor.settings.database_url)
    try:
        assert await AccessTokens(store).add(given)
    finally:
        await store.close()
    return {"Authorization": f"Bearer {token}"}


async def _half_a_year_later(floor: RunningCentre) -> Run:
    """Retention on the same data base and store, by a clock that is ahead."""
    store, turn = Store(floor.settings.database_url), asyncio.Lock()

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(days=181)

    async def tell(_: CallRecord) -> None:
        pass

    try:
        shelves = shelves_of(floor.settings)
        eraser = Eraser(KeptRecordings(store), Erasures(store), shelves, now, tell, turn)
        return await Retention(store, eraser, now).run(Days({}))
    finally:
        await store.close()


def _place(message: dict[str, Any], call: str) -> str:
    record = message.get("record", {})
    return record["recordings"][0]["place"] if record.get("id") == call and record["recordings"] else ""
