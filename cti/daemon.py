"""The life of a daemon: makes ready what must be there before the first call, runs the parts until it is told to stop,
and ends them in order. What the parts are is told in cti/parts.py.

If one part dies the daemon ends, and whoever started it starts it again: half a daemon would be worse than none.
"""

import asyncio
import faulthandler
import signal
import sys
from importlib.metadata import version

import structlog
from aiohttp import web

from acd.facts import DaemonStarted
from cti.accounts import AccountsError
from cti.callbacks.make import restore_desk
from cti.children import fork_children
from cti.estimates import recall
from cti.http.app import make_app
from cti.incumbency import serving_alone
from cti.logs import write_logs
from cti.memory import settle_down
from cti.parts import Parts
from cti.precedence import routing_first
from cti.processes import allow_open_files, favour_the_loop
from cti.pulse import Pulse
from cti.restoration import restore
from cti.settings import Settings, SettingsError, load_settings
from cti.versions.errors import VersionError
from cti.versions.start import serving
from ivr.agi.errors import AgiCannotListen
from ivr.documents import DocumentError
from ivr.prompts import PromptError
from recording.database import DatabaseError
from recording.standing import standing

log = structlog.get_logger()

GRACE_S = 0.2
"""How long callers' sessions may end by themselves when we stop; then the dialplan takes them over. Who asks by HTTP,
or follows, is not waited for longer either: the next daemon cannot begin before."""

UNUSABLE = (SettingsError, DocumentError, VersionError, AccountsError, DatabaseError, PromptError, AgiCannotListen)
"""What starting again does not cure."""


async def serve(parts: Parts, stop: asyncio.Event) -> None:
    """Run them until `stop` is set. Raises what the first part to die raises."""
    runner = await _open_web(parts)
    try:
        await _prepare(parts)
        settle_down()
        if parts.settings.high_priority:
            routing_first()
        await parts.agi.start()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part.run()) for part in parts.running()]
            tasks.append(group.create_task(_become_ready(parts)))
            await stop.wait()
            parts.switch.leave()
            parts.distributor.close()
            parts.callbacks.close()
            parts.pauses.close()
            parts.hours.define({})
            await parts.agi.stop(GRACE_S)
            for task in tasks:
                task.cancel()
    finally:
        await parts.agi.stop()
        await parts.sounds.utterances.close()
        await runner.cleanup()
        await parts.look_ups.close()
        await parts.floor.reports.close()
        await parts.floor.figures.close()
        parts.journal.close()
        await parts.store.close()


async def _open_web(parts: Parts) -> web.AppRunner:
    runner = web.AppRunner(make_app(parts.floor), access_log=None, shutdown_timeout=GRACE_S)
    await runner.setup()
    await web.TCPSite(runner, parts.settings.listen, parts.settings.http_port).start()
    return runner


async def _prepare(parts: Parts) -> None:
    """What must be there before the first call: tables, people, prompts, and who was signed in."""
    centre = parts.administration.centre
    await parts.sounds.make(centre)
    parts.sounds.hold(centre)
    parts.distributor.on_fact.insert(0, parts.journal.append)
    if parts.stream is not None:
        parts.distributor.on_fact.append(parts.stream.put)
    now_ms = parts.distributor.clock.now_ms()
    parts.distributor.state(DaemonStarted(at_ms=now_ms, node=parts.settings.node, version=version("callcenter")))
    await parts.tables.at_once()
    recall(parts.estimates, parts.journal.path)
    held = standing(parts.journal.path)
    restore(parts.distributor, parts.closures, held)
    parts.closures.on_change.append(parts.keep_hours)
    parts.keep_hours()
    parts.alarms.restore(held)
    parts.pauses.restore(held)
    restore_desk(parts.callbacks, held, centre)


async def _become_ready(parts: Parts) -> None:
    """After each (re)connect the recorder looks for what Asterisk has ended unheard, and those who ask for whom they
    have been given."""
    while True:
        await parts.switch.ready.wait()
        parts.floor.started.set()
        await parts.asterisk_plan.settle()
        parts.recorder.settle()
        parts.consults.look()
        parts.pauses.look()
        await parts.switch.lost.wait()


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with serving(settings), serving_alone(settings.state):
        pulse = Pulse.found(settings.state)
        beating = asyncio.create_task(pulse.run()) if pulse else None
        try:
            await serve(Parts(settings), stop)
        finally:
            if beating:
                beating.cancel()


def main() -> int:
    """The daemon's life: 0 when it was told to stop, 2 for files or settings it cannot use."""
    write_logs()
    faulthandler.enable()  # who ends a daemon that hangs sends SIGABRT, and it tells where it was
    allow_open_files()
    try:
        settings = load_settings()
        fork_children("cti.recorder_main", "cti.keeping_main")
        favour_the_loop()
        asyncio.run(_run(settings))
    except UNUSABLE as error:
        log.error("not-started", error_id=error.id, detail=str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
