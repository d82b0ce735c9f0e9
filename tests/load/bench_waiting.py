"""Whether anything polls: what the daemon uses of a core while 1,000 callers wait and nothing happens.

The callers are in a queue without announcements, not recorded, and hear a music that has no sound: Asterisk and SIPp
would need more than two cores for the sound of so many, and it is the daemon that is measured. There is no other side.
"""

import asyncio
import os

from cti.simulation.call import Moment
from cti.simulation.telephones import Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.load.bench import options, run, write
from tests.load.centre import QUIET_NUMBER, asterisk_version, bench_centre, silence
from tests.load.cpu import child, used_s

WAITING = 1000
CALLERS_APART_S = 0.02
COME_S = 60
SETTLE_S = 5
MEASURE_S = 60
WANTED_PERCENT = 2.0


async def percent_of_a_core(centre: RunningCentre, callers: int, measure_s: int) -> dict[str, float]:
    """By process, with all callers waiting."""
    line = Telephones(centre.settings.state / "line", sip_port=centre.settings.sip_port, audio=False)
    async with line:
        for caller in range(callers):
            await line.dial(QUIET_NUMBER, number=f"9{caller:06}")
            await asyncio.sleep(CALLERS_APART_S)
        async with asyncio.timeout(COME_S):
            await asyncio.gather(*(call.reached(Moment.ANSWERED) for call in line.calls))
            while (await _waiting(centre)) < callers:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        await asyncio.sleep(SETTLE_S)  # the last lines of the ledger are written down
        recorder = child(centre.daemon, "cc-recorder")
        pids = {"daemon": centre.daemon, "recorder": recorder, "asterisk": centre.asterisk, "sipp": line.pid}
        before = used_s(pids)
        await asyncio.sleep(measure_s)
        used = {name: used_s(pids)[name] - before[name] for name in pids}
        if any(call.over for call in line.calls) or await _waiting(centre) != callers:
            raise AssertionError("callers left while it was measured")
        await asyncio.gather(*(call.hang_up() for call in line.calls), return_exceptions=True)
        await silence(centre)
    return {name: round(100 * seconds / measure_s, 2) for name, seconds in used.items()}


async def _waiting(centre: RunningCentre) -> int:
    waiting: int = (await centre.get("/api/queues/quiet"))["waiting"]
    return waiting


async def main() -> None:
    """The table and the file."""
    given = options(__doc__, callers=WAITING, seconds=MEASURE_S)
    async with bench_centre(1, channels=given.callers) as centre:
        version = await asterisk_version(centre)
        percent = await percent_of_a_core(centre, given.callers, given.seconds)
    conditions = {"waiting": given.callers, "measured_s": given.seconds, "recording": False, "announcements": False}
    path = write(
        "waiting", percent, None, asterisk=version, conditions=conditions, unit="% of a core", wanted=WANTED_PERCENT
    )
    shares = ", ".join(f"{name} {share} %" for name, share in percent.items())
    print(f"{given.callers} callers waiting, nothing happens, of one of {os.cpu_count()} cores: {shares}")
    print(path)


if __name__ == "__main__":
    run(main())
