"""Other processes, whoever started them: what they run, when they end. Linux only (/proc, pidfd)."""

import asyncio
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

OPEN_FILES = 65536
"""A recorded call takes Asterisk about eight descriptors, a waiting one the daemon one; the usual limit of 1,024 would
end at 120 calls, or at 1,000 that wait."""


NICENESS = 10
"""Of those who write down and keep: whoever speaks comes first. On a machine that is full they get a tenth of a core,
and catch up later. Not less: while they write, the database is locked for everybody else, and who waits for a record
waits for them."""

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line that they read from the daemon."""


def command_line(pid: int) -> list[str]:
    """The words a process was started with; empty if there is no such process, or only its exit status."""
    return _words(pid, "cmdline")


def environment(pid: int) -> list[str]:
    """A process's variables as NAME=value; empty if there is no such process or it is not ours to look at."""
    return _words(pid, "environ")


def _words(pid: int, what: str) -> list[str]:
    try:
        words = Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return []
    return words.decode(errors="surrogateescape").removesuffix("\0").split("\0") if words else []


async def ended(pid: int) -> None:
    """Return when the process has ended. It need not be a child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def allow_open_files() -> None:
    """Let this process and those it starts have so many files open; where the machine allows fewer, those."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def favour_the_loop() -> None:
    """A thread that computes (it reads files that are to be published) gives way to the loop within half a millisecond,
    not after five: a caller's key is answered meanwhile. Measured by tests/load/bench_publishing.py: the loop's longest
    stall in a publication fell from 16 to 5 ms in the median."""
    sys.setswitchinterval(0.0005)


def give_way(niceness: int) -> None:
    """Let this process wait for those that callers wait for. Where the kernel shares the cores between sessions first
    (sched(7), autogroup), niceness counts only within one: in the daemon's own we would still weigh as much as
    Asterisk."""
    os.nice(niceness)
    with suppress(OSError):
        os.setsid()
        Path("/proc/self/autogroup").write_text(f"{niceness}\n")
