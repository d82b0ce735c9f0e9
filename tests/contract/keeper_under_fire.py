"""Keeps a recording in processes that are killed with -9: the first before its first step that changes something, the
next before its second, and so on until one lives to the end. After each a keeper that nobody kills has its turn.
`python -m … FOLDER` prints for each what was found then. A program of its own, because only a process with one thread
may be forked.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from recording.audio import Encoded
from recording.encoding.codec import decode, encode
from recording.keeper import Keeper
from recording.manifest import Manifest
from recording.record import AudioFormat, CallRecord
from recording.store import Store
from tests.ledgers import real_call

CALL = real_call("served_by_ivr")
LINKEDID = CALL.record().linkedid
SAMPLES = bytes(range(250)) * 512
CLOSED_S = 1_700_000_000
STEPS = ("open", "fsync", "replace", "rename", "unlink", "mkdir")


class Here:
    """Encodes in this very process, so that it dies with it."""

    async def encode(self, raw: Path, target: Path, kind: AudioFormat) -> Encoded:
        return encode(raw, target, kind)


def kill_before(step: int) -> None:
    """This process dies before its step of that number, from 0: a call that changes a file, a transaction."""
    left = step

    def counted() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def mined(function: Any) -> Any:
        def called(*arguments: Any, **keywords: Any) -> Any:
            counted()
            return function(*arguments, **keywords)

        return called

    for name in STEPS:
        setattr(os, name, mined(getattr(os, name)))
    add = Store.add_recordings

    async def added(self: Store, *arguments: Any) -> Any:
        counted()
        done = await add(self, *arguments)
        counted()
        return done

    setattr(Store, "add_recordings", added)  # noqa: B010 - to mypy it is a method


async def keep(folder: Path) -> None:
    """Keep what lies in the folder."""

    async def told(_: CallRecord) -> None:
        pass

    async def nobody() -> dict[str, str]:
        return {}

    store = Store(f"sqlite:///{folder}/records.db")
    await Keeper(store, folder, told, kind=AudioFormat.FLAC, encoder=Here()).sweep(nobody)
    await store.close()


async def begin(folder: Path) -> None:
    """A call that is over, and its raw recording."""
    store = Store(f"sqlite:///{folder}/records.db")
    await store.migrate()
    for batch in CALL.batches():
        await store.ingest(batch)
    await store.close()
    raw = folder / f"{LINKEDID}.raw"
    raw.write_bytes(SAMPLES)
    os.utime(raw, (CLOSED_S, CLOSED_S))


def killed(folder: Path, step: int) -> bool:
    """Keep in a process that dies before that step; whether it did."""
    child = os.fork()
    if child == 0:
        if step >= 0:
            kill_before(step)
        asyncio.run(keep(folder))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def found(folder: Path) -> str:
    """`whole` where there is one file, one row that knows it, its manifest and nothing else; or else what there is."""
    files = sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
    with sqlite3.connect(folder / "records.db") as connection:
        rows = connection.execute("select file, sha256, pcm_sha256 from recording").fetchall()
    audio = [file for file in files if file.endswith(".flac")]
    said = [file for file in files if file.endswith(".json")]
    rest = set(files) - set(audio) - set(said) - {"records.db"}
    if len(audio) != 1 or [row[0] for row in rows] != audio or rest or len(said) != 1:
        return f"{files} {rows}"
    manifest = Manifest.model_validate_json((folder / said[0]).read_text("utf-8"))
    same = (manifest.file, manifest.sha256, manifest.pcm_sha256) == rows[0]
    return "whole" if same and b"".join(decode(folder / audio[0])) == SAMPLES else "other"


def main() -> None:
    """For each step: its number, whether the process died before it, and what was found after the next keeper."""
    step = 0
    while True:
        folder = Path(sys.argv[1]) / str(step)
        child = os.fork()
        if child == 0:
            folder.mkdir()
            asyncio.run(begin(folder))
            os._exit(0)
        os.waitpid(child, 0)
        died = killed(folder, step)
        killed(folder, -1)
        print(step, "died" if died else "lived", found(folder), flush=True)
        if not died:
            return
        step += 1


if __name__ == "__main__":
    main()
