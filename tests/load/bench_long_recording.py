"""What a long recording costs the process that keeps recordings: two hours of FLAC, sealed, in a bucket. Its way there
(peaks, sealing, sending), its peaks in 1,000 points, a range of 256 kB in its middle, and all of it, each with the time
and the most memory the process has had by then. The server is moto, in a process of its own on the same machine.
"""

import asyncio
import json
import os
import random
import resource
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import aiohttp
from aiohttp import web

from cti.keeping_service import KeepingService
from recording.audio import RATE
from recording.encoding.codec import decode, encode
from recording.keeping.kept import KeptRecordings
from recording.keeping.master_keys import MasterKeys, add_key, read_keys
from recording.keeping.mover import Mover
from recording.keeping.s3 import S3Shelf
from recording.keeping.shelves import Shelves
from recording.keeping.turn import Turn
from recording.manifest import manifest
from recording.record import AudioFormat, CallRecord, Recording
from recording.store import Store
from tests.ledgers import real_call
from tests.load.bench import options, write
from tests.s3_server import BUCKET, s3_server

SECONDS = 2 * 3600
RANGE = 256 * 1024
CALL = real_call("served_by_ivr")


def _speak(raw: Path, seconds: int) -> None:
    """Noise as loud as speech, four seconds on each side in turn."""
    dice = random.Random(7)
    spoken = [b"".join(_frame(dice, side) for _ in range(RATE)) for side in (0, 1)]
    with raw.open("wb") as sink:
        for second in range(seconds):
            sink.write(spoken[second // 4 % 2])


def _frame(dice: random.Random, side: int) -> bytes:
    loud, quiet = int(dice.gauss(0, 900)), int(dice.gauss(0, 12))
    both = (loud, quiet) if side == 0 else (quiet, loud)
    return b"".join(one.to_bytes(2, "little", signed=True) for one in both)


async def _kept(store: Store, folder: Path, seconds: int) -> Recording:
    """The recording waits for its shelf."""
    raw, file = folder / "long.raw", f"2026/11/22/{CALL.record().id}-1.flac"
    await asyncio.to_thread(_speak, raw, seconds)
    made = await asyncio.to_thread(encode, raw, folder / file, AudioFormat.FLAC)
    raw.unlink()
    one = Recording(
        file=file,
        started_at=datetime.now(UTC),
        duration_ms=seconds * 1000,
        format=AudioFormat.FLAC,
        bytes=made.bytes,
        sha256=made.sha256,
        pcm_sha256=made.pcm_sha256,
    )
    for batch in CALL.batches():
        await store.ingest(batch)
    await KeptRecordings(store).take(manifest(CALL.record().id, CALL.record().linkedid, 1, one))
    await store.add_recordings([(CALL.record().linkedid, one)])
    return one


@asynccontextmanager
async def _served(kept: KeptRecordings, shelves: Shelves, folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    async def erase() -> int:
        return 0

    runner = web.AppRunner(KeepingService(kept, shelves, erase).application())
    await runner.setup()
    socket = str(folder / "keeping")
    await web.UnixSite(runner, socket).start()
    async with aiohttp.ClientSession("http://keeping", connector=aiohttp.UnixConnector(socket)) as client:
        yield client
    await runner.cleanup()


async def measure(folder: Path, endpoint: str, credentials: Path) -> None:
    """In a process of its own; the recording waits in the folder."""
    store, keys = Store(f"sqlite:///{folder / 'records.db'}"), folder / "keys"
    add_key(keys, "first")

    def read() -> MasterKeys:
        return read_keys(keys)

    shelf = S3Shelf(BUCKET, endpoint=endpoint, credentials=credentials)
    shelves = Shelves({"s3": lambda: shelf}, "s3", folder, read, sealing=True)
    kept = KeptRecordings(store)

    async def tell(_: CallRecord) -> None:
        pass

    _said("begun", perf_counter(), 0)
    mover = Mover(kept, shelves, lambda file, _: decode(file), lambda: datetime.now(UTC), tell, Turn(folder))
    began = perf_counter()
    assert await mover.move() == ""
    _said("moved", began, 0)
    one = await kept.find(CALL.record().id, 1)
    assert one is not None
    middle = one.bytes // 2
    async with _served(kept, shelves, folder) as client:
        for name, path, query in (
            ("peaks", "/peaks", {"points": 1000}),
            ("peaks again", "/peaks", {"points": 1000}),
            ("range in the middle", "/audio", {"start": middle, "end": middle + RANGE}),
            ("range again", "/audio", {"start": middle, "end": middle + RANGE}),
            ("all of it", "/audio", {"start": 0, "end": one.bytes}),
        ):
            began, count, digest = perf_counter(), 0, sha256()
            async with client.get(path, params={"file": one.file, **query}) as answer:
                assert answer.status == 200
                async for piece in answer.content.iter_any():
                    count += len(piece)
                    digest.update(piece)
            assert name != "all of it" or digest.hexdigest() == one.sha256
            _said(name, began, count)
    await store.close()


def _said(name: str, began: float, count: int) -> None:
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = {"name": name, "ms": round((perf_counter() - began) * 1000, 1), "bytes": count, "most_mb": round(most_mb, 1)}
    print(json.dumps(took), flush=True)


async def main() -> None:
    """Record, then measure."""
    seconds = options(__doc__, seconds=SECONDS).seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store(f"sqlite:///{folder / 'records.db'}")
        await store.migrate()
        one = await _kept(store, folder, seconds)
        await store.close()
        print(f"{seconds} s, {one.bytes / 1e6:.0f} MB of FLAC")
        with s3_server(folder) as (server, credentials):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c"),
                "import asyncio,sys; from pathlib import Path; from tests.load.bench_long_recording import measure;"
                "asyncio.run(measure(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))",
                *(str(folder), server.endpoint, str(credentials)),
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": "."},
            )
            said, _ = await process.communicate()
            assert process.returncode == 0
    took = {line["name"]: line for line in map(json.loads, said.splitlines())}
    for step, line in took.items():
        print(f"{step:22} {line['ms']:9.1f} ms  {line['bytes'] / 1e3:10.1f} kB  at most {line['most_mb']:6.1f} MB")
    print(write("long_recording", took, None, seconds=seconds))


if __name__ == "__main__":
    asyncio.run(main())
