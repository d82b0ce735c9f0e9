"""Programs that are not ours beside a centre: each a process of its own, whose lines a test reads."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import HOME

READY = "ready"


@asynccontextmanager
async def listening(floor: RunningCentre, module: str, *arguments: str) -> AsyncIterator[asyncio.StreamReader]:
    """What the program prints, once it is logged in on the centre's AMI as `monitor`. It is given its arguments, host
    and port, the password as its first line of input; it ends with its input."""
    settings = floor.settings
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments, settings.control, str(settings.ami_port)),
        cwd=HOME,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=1 << 24,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(floor.credentials.ami.monitor.encode() + b"\n")
        assert (await process.stdout.readline()).decode().strip() == READY
        yield process.stdout
    finally:
        process.stdin.close()
        await process.wait()
