"""Runs a program that makes sounds: never by a shell, nice'd, in a time and with an output that are limited, and gone
afterwards with all its children. What it says on standard error is for the one who configured it.
"""

import asyncio
import os
import resource
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from ivr.prompts.errors import ProgramFailed, SynthesiserMissing

NICENESS = 10
"""Calls go first."""

MOST_BYTES = 64 * 1024 * 1024
"""Of sound from one program: more than half an hour of it at 16 kHz."""

_COMPLAINT = 2_000
_CHUNK = 64 * 1024


async def run(
    command: Sequence[str], given: bytes = b"", *, time_limit_s: float, most_bytes: int = MOST_BYTES
) -> bytes:
    """What the program writes to standard output when it is given this by standard input; as much, at most, it may
    write to any file. Raises SynthesiserMissing, ProgramFailed."""
    process = await _start(command)
    over = False
    try:
        _restrain(process.pid, most_bytes)
        async with asyncio.timeout(time_limit_s):
            _, written, complaint = await asyncio.gather(
                _give(process, given), _take(process, most_bytes, command[0]), _listen(process)
            )
            code = await process.wait()
        over = True
    except TimeoutError as error:
        raise ProgramFailed(f"{command[0]} took longer than {time_limit_s:g} s") from error
    finally:
        await _end(process, over=over)
    if code != 0:
        said = complaint.decode(errors="replace").strip() or f"exit code {code}"
        raise ProgramFailed(f"{command[0]} failed: {said}")
    return written


async def _start(command: Sequence[str]) -> Process:
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True, cwd="/")
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:  # it runs by now, and may have children
        await _end(await starting, over=False)
        raise
    except (FileNotFoundError, PermissionError) as error:
        raise SynthesiserMissing(command[0]) from error
    except OSError as error:
        raise ProgramFailed(f"{command[0]} could not be started: {error.strerror}") from error


def _restrain(pid: int, most_bytes: int) -> None:
    with suppress(OSError):  # it is over already
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, most_bytes))


async def _give(process: Process, given: bytes) -> None:
    assert process.stdin is not None
    with suppress(ConnectionError):  # it need not read all of it
        process.stdin.write(given)
        await process.stdin.drain()
    process.stdin.close()


async def _take(process: Process, most_bytes: int, program: str) -> bytes:
    assert process.stdout is not None
    taken = bytearray()
    while chunk := await process.stdout.read(_CHUNK):
        taken += chunk
        if len(taken) > most_bytes:
            raise ProgramFailed(f"{program} wrote more than {most_bytes} bytes")
    return bytes(taken)


async def _listen(process: Process) -> bytes:
    """The beginning of its complaints; the rest is read and forgotten, lest it be stopped by a full pipe."""
    assert process.stderr is not None
    heard = b""
    while chunk := await process.stderr.read(_CHUNK):
        heard = (heard + chunk)[:_COMPLAINT]
    return heard


async def _end(process: Process, *, over: bool) -> None:
    """Nothing of it goes on: it leads a group of its own."""
    if not over:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process._transport.close()  # type: ignore[attr-defined]  # a grandchild may hold its pipes open
    await process.wait()
