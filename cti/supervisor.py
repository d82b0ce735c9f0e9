"""The body of `callcenter run`: provides what an instance needs, keeps its Asterisk and its daemon alive, stops both.

Nobody's conversation depends on it: if it is killed, Asterisk and the daemon go on, and the next run takes Asterisk
over as it is and puts a new daemon in the place of the old one.
"""

import asyncio
import contextlib
import itertools
import os
import signal
import time
from collections.abc import Awaitable, Callable

import aiohttp
import structlog

from cti.accounts import provide_credentials
from cti.asterisk.configuration import NEEDS_RESTART, render
from cti.asterisk.installation import find_installation
from cti.asterisk.process import AsteriskFailed, AsteriskProcess
from cti.banner import banner
from cti.centre import Centre
from cti.incumbency import daemon_of
from cti.nursery import GRACE_S, Nursery
from cti.preparation import disk_errors, ownership, plan_of, require_ports, require_room
from cti.processes import end
from cti.pulse import Pulse
from cti.settings import Settings
from cti.versions.start import start
from ivr.music import provide_music

log = structlog.get_logger()

DAEMON = "cti.daemon"
GROWN_UP_S = 10.0
"""A process that lived as long is started again at once; one that dies younger, later and later."""
LONGEST_DELAY_S = 5.0

LAST_WORDS_S = 0.5
"""How long a daemon that hangs may take to say where."""

UNUSABLE = 2
"""The daemon's exit status for files and settings that it cannot use."""


class DaemonFailed(Exception):
    """The daemon cannot begin to serve with what it was given."""

    id = "daemon-failed"


def run(settings: Settings) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP. Raises the errors of what it prepares, each with its `id`."""
    os.umask(0o077)  # recordings and records, whoever writes them, are nobody else's to read
    with ownership(settings.state), disk_errors(settings.state):
        require_room(settings.state)
        centre = start(settings).centre
        asyncio.run(_serve(settings, centre, Nursery(DAEMON, settings)))


async def _serve(settings: Settings, centre: Centre, nursery: Nursery) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await _provide_and_keep(settings, centre, nursery, stop)
    finally:
        await nursery.close()


async def _provide_and_keep(settings: Settings, centre: Centre, nursery: Nursery, stop: asyncio.Event) -> None:
    credentials = provide_credentials(settings.state)
    installation = find_installation(settings)
    asterisk = AsteriskProcess(settings, installation)
    await _end_orphan(settings)
    require_ports(settings, asterisk_runs=asterisk.pid is not None)
    provide_music(settings.state / "sounds/music/default")
    await _take_over(asterisk, render(settings, installation, credentials, plan_of(centre)))
    try:
        async with asyncio.TaskGroup() as group:
            lives = itertools.count()
            tasks = (
                group.create_task(_welcome(settings, banner(settings, credentials, centre))),
                group.create_task(keep("asterisk", lambda: _asterisk_life(asterisk))),
                group.create_task(keep("daemon", lambda: _daemon_life(settings, nursery, next(lives)))),
                group.create_task(Pulse.made(settings.state).watch(lambda: _end_hung(settings))),
            )
            await stop.wait()
            for task in tasks:
                task.cancel()
    except ExceptionGroup as failures:  # not except*: before Python 3.11.4 what is raised there comes out in a group
        raise failures.exceptions[0] from None
    finally:
        await asterisk.stop()


async def _take_over(asterisk: AsteriskProcess, changed: frozenset[str]) -> None:
    """Bring Asterisk to the configuration just written, without cutting calls where that can be avoided."""
    if asterisk.pid is not None and not changed & NEEDS_RESTART:
        await asterisk.command("core reload")
        asterisk.favour()
        log.info("asterisk-adopted", pid=asterisk.pid)
        return
    await asterisk.stop()
    await asterisk.start()


async def keep(name: str, life: Callable[[], Awaitable[None]]) -> None:
    """Live again whenever a life ends: at once, or with growing delay while lives are short."""
    delay = 0.0
    while True:
        born = time.monotonic()
        await life()
        log.error(f"{name}-ended", lived_s=round(time.monotonic() - born, 1))
        if time.monotonic() - born > GROWN_UP_S:
            delay = 0.0
        await asyncio.sleep(delay)
        delay = min(LONGEST_DELAY_S, delay * 2 or 0.25)


async def _asterisk_life(asterisk: AsteriskProcess) -> None:
    try:
        if asterisk.pid is None:
            await asterisk.start()
        await asterisk.wait()
    except AsteriskFailed as error:
        log.error(error.id, text=str(error))


async def _daemon_life(settings: Settings, nursery: Nursery, lives_before: int) -> None:
    """One life of the daemon. It has a session of its own: Ctrl-C reaches it through us, in order.

    Raises DaemonFailed if it says in its first that it cannot serve; after that callers deserve every further attempt.
    """
    await _end_orphan(settings)
    if await nursery.life() == UNUSABLE and lives_before == 0:
        raise DaemonFailed("the daemon cannot start; its own message is above")


async def _end_orphan(settings: Settings) -> None:
    """End the daemon of a supervisor that was killed. Its callers wait in Asterisk until the new one is there."""
    if (pid := daemon_of(settings.state)) is not None:
        log.warning("daemon-orphaned", pid=pid)
        await end(pid, GRACE_S)


async def _end_hung(settings: Settings) -> None:
    """End a daemon whose loop stands still: it says where, and if it cannot, it is killed."""
    if (pid := daemon_of(settings.state)) is None:
        return
    log.error("daemon-hangs", error_id="daemon-hangs", pid=pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGABRT)
        await asyncio.sleep(LAST_WORDS_S)
        if daemon_of(settings.state) == pid:
            os.kill(pid, signal.SIGKILL)


async def _welcome(settings: Settings, text: str) -> None:
    """Print the banner when calls can be taken."""
    address = f"http://{settings.local}:{settings.http_port}/api/health"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(address) as answer:
                    if answer.status == 200:
                        print(text, flush=True)
                        return
            await asyncio.sleep(0.1)
