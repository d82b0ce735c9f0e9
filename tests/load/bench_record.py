"""How long after the hang-up a call's record can be read: from the agent's BYE to the record on the live stream.

20 agents, calls of 1 s, a standing backlog, recording on; there is no other side.
"""

import asyncio
import json
import time

import aiohttp

from cti.simulation.call import Moment
from cti.simulation.telephones import Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.load.bench import figures, options, run, write
from tests.load.centre import OURS, agents_of, asterisk_version, bench_centre, silence

AGENTS = 20
APART_S = 0.05
BACKLOG = 30
TALK_MS = 1000
CALLS = 300


async def hang_up_to_record_ms(centre: RunningCentre, calls: int) -> list[float]:
    """For so many calls, each from its own number."""
    line = Telephones(centre.settings.state / "line", sip_port=centre.settings.sip_port, audio=False)
    places = asyncio.Semaphore(AGENTS + BACKLOG)
    ended_us: dict[str, int] = {}

    async def call(number: str) -> None:
        async with places:
            calling = await line.dial(OURS.dialled, number=number)
            ended_us[number] = await calling.reached(Moment.ENDED)

    async with centre.phones(ring_ms=1, talk_ms=TALK_MS) as phones, line:
        await phones.register()
        async with agents_of(centre, OURS, APART_S):
            listening = asyncio.create_task(_first_records_us(centre, calls))
            await asyncio.gather(*(call(f"9{caller:06}") for caller in range(calls)))
            written_us = await listening
        await silence(centre)
    return [(written_us[number] - at_us) / 1000 for number, at_us in ended_us.items()]


async def _first_records_us(centre: RunningCentre, calls: int) -> dict[str, int]:
    """When the first record of each caller came over the live stream."""
    written_us: dict[str, int] = {}
    address = f"http://{centre.settings.local}:{centre.settings.http_port}/api/live"
    headers = {"Authorization": f"Bearer {centre.credentials.token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.ws_connect(address) as live:
        async for message in live:
            if message.data.startswith('{"record":'):
                caller = json.loads(message.data)["record"]["caller"]
                written_us.setdefault(caller, time.time_ns() // 1000)
                if len(written_us) == calls:
                    break
    return written_us


async def main() -> None:
    """The table and the file."""
    calls = options(__doc__, calls=CALLS).calls
    async with bench_centre(AGENTS, 2 * AGENTS + BACKLOG) as centre:
        version = await asterisk_version(centre)
        ours = figures(await hang_up_to_record_ms(centre, calls))
    path = write("record", ours, None, asterisk=version, conditions={"agents": AGENTS, "calls": calls})
    print(f"hang-up to record: median {ours['median_ms']} ms, 99th {ours['p99_ms']} ms (n {ours['n']})")
    print(path)


if __name__ == "__main__":
    run(main())
