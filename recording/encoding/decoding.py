"""A stored recording as WAV, decoded by a process of its own (recording/encoding/decode_main.py) while it is read."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

PIECE = 1 << 16


class NotDecoded(Exception):
    """The file is not there, or is no audio."""

    id = "recording-not-decoded"


async def wav_of(file: Path) -> AsyncGenerator[bytes]:
    """The recording in `file` (flac, opus or wav) as a WAV file, in pieces; nothing is kept in memory or on the disk.

    Raises NotDecoded, before the first piece where there is none. Whoever stops reading should close the iterator.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "recording.encoding.decode_main", str(file)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        while piece := await process.stdout.read(PIECE):
            yield piece
        if await process.wait():
            raise NotDecoded(f"{file.name} cannot be decoded")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
