"""Processes: children that share what is loaded here, and whoever else's: what they run, when they end. Linux only
(/proc, pidfd).
"""

import asyncio
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
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
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return words.decode(errors="surrogateescape").removesuffix("\0").split("\0") if words else []


def fork(life: Callable[[], int], name: str, stdin: int | None = None, stdout: int | None = None) -> int:
    """A child that lives this life, to its exit status, on what is loaded here; returns its process id. `name` is what
    `ps -e` and `top` show, at most 15 bytes. It has these descriptors for its standard input, else nothing, and
    output, else ours, and no other open file of ours.

    We must have neither threads nor a running loop: in the child they would be there and not live.
    """
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    status = 1
    try:  # never out of here: what is above us on the stack is not ours to go on with
        os.dup2(os.open(os.devnull, os.O_RDONLY) if stdin is None else stdin, 0)
        if stdout is not None:
            os.dup2(stdout, 1)
        for descriptor in map(int, os.listdir("/proc/self/fd")):
            if descriptor > 2:
                with suppress(OSError):  # that of the folder itself is closed already
                    os.close(descriptor)
        sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 (for all its life)
        Path("/proc/self/comm").write_text(name)
        status = life()
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(status)


def spawn(*words: str, environment: Mapping[str, str], stdin: int, stdout: int = 1) -> int:
    """A child that runs the module named first (cti/launch.py) and loads all it needs anew; returns its process id."""
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "cti.launch", *words],
        {**os.environ, **environment},
        file_actions=[(os.POSIX_SPAWN_DUP2, stdin, 0), (os.POSIX_SPAWN_DUP2, stdout, 1)],
    )


async def reap(pid: int) -> None:
    """Return when this child of ours has ended."""
    await ended(pid)
    os.waitpid(pid, 0)  # noqa: ASYNC222 (it has ended)


async def end(pid: int, grace_s: float) -> None:
    """End a process, whosever child it is: asked to, or after so many seconds killed."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        with suppress(TimeoutError):
            await asyncio.wait_for(ended(pid), grace_s)
            return


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
