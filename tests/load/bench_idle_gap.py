"""How long an agent is idle between two calls while callers wait: ours beside app_queue, on the same Asterisk.

20 agents, calls of 1 s, a standing backlog. The idle gap is taken from the SIP side, by the agents' phones: from a BYE
sent to the next INVITE received. Then, one caller at a time with agents free: from the answer the caller receives to
the INVITE at the agent.
"""

import asyncio
import math
from itertools import pairwise
from statistics import median
from typing import Any

from cti.simulation.call import Call, Moment
from cti.simulation.telephones import Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.load.bench import write
from tests.load.centre import APP_QUEUE, OURS, Side, agents_of, asterisk_version, bench_centre, silence

AGENTS = 20
APART_S = 0.05
BACKLOG = 30
TALK_MS = 1000
MEASURE_S = 20
SINGLE_CALLS = 40
ROUNDS = 2


async def idle_gaps_ms(centre: RunningCentre, side: Side) -> list[float]:
    """The idle gaps of all agents while the backlog stands; an agent's first call is ramp."""
    line = Telephones(centre.settings.state / "line", sip_port=centre.settings.sip_port, audio=False)
    async with centre.phones(ring_ms=1, talk_ms=TALK_MS) as phones, line:
        await phones.register()
        callers = asyncio.create_task(_keep_calling(line, side.dialled))
        async with agents_of(centre, side, APART_S):
            await asyncio.sleep(MEASURE_S)
            gaps = [gap for phone in phones for gap in _gaps_ms([call for call in phone.calls if call.incoming])]
        callers.cancel()
        await asyncio.gather(callers, return_exceptions=True)
        await asyncio.gather(*(call.hang_up() for call in line.calls), return_exceptions=True)
        await silence(centre)
        return gaps


async def _keep_calling(line: Telephones, dialled: str) -> None:
    """As many callers as keep the agents busy and the backlog standing; whoever is served is followed by another."""

    async def one_after_the_other(caller: int) -> None:
        while True:
            call = await line.dial(dialled, number=f"9{caller:06}")
            await call.reached(Moment.ENDED)

    async with asyncio.TaskGroup() as group:
        for caller in range(AGENTS + BACKLOG):
            group.create_task(one_after_the_other(caller))


def _gaps_ms(calls: list[Call]) -> list[float]:
    return [
        (after.at_us[Moment.INVITED] - before.at_us[Moment.ENDED]) / 1000
        for before, after in pairwise(calls)
        if before.ended_here
    ]


async def answer_to_invite_ms(centre: RunningCentre, side: Side) -> list[float]:
    """One caller after the other, agents free."""
    times = []
    async with centre.phones(audio=True) as phones, agents_of(centre, side, 0):
        await phones.register()
        for caller in range(SINGLE_CALLS):
            call = await phones.dial(side.dialled, number=f"8{caller:06}")
            rings = [asyncio.create_task(phone.next_call()) for phone in phones]
            done, pending = await asyncio.wait(rings, return_when=asyncio.FIRST_COMPLETED)
            for ring in pending:
                ring.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
            leg = done.pop().result()
            times.append((leg.at_us[Moment.INVITED] - call.at_us[Moment.ANSWERED]) / 1000)
            await leg.answer()
            await leg.hang_up()
            await call.ended()
        await silence(centre)
    return times


def figures(values: list[float]) -> dict[str, Any]:
    """Median, 99th percentile, number and the raw values, in milliseconds."""
    ranked = sorted(values)
    p99 = ranked[math.ceil(0.99 * len(ranked)) - 1]
    return {"median_ms": round(median(ranked), 2), "p99_ms": round(p99, 2), "n": len(ranked), "raw_ms": ranked}


async def main() -> None:
    """Both sides by turns, then the table and the file."""
    raw: dict[str, dict[str, list[float]]] = {
        side.name: {"idle_gap": [], "answer_to_invite": []} for side in (OURS, APP_QUEUE)
    }
    async with bench_centre(AGENTS) as centre:
        version = await asterisk_version(centre)
        for _ in range(ROUNDS):
            for side in (OURS, APP_QUEUE):
                raw[side.name]["idle_gap"] += await idle_gaps_ms(centre, side)
                raw[side.name]["answer_to_invite"] += await answer_to_invite_ms(centre, side)
    ours, theirs = ({name: figures(values) for name, values in raw[side.name].items()} for side in (OURS, APP_QUEUE))
    conditions = {
        "agents": AGENTS, "talk_ms": TALK_MS, "backlog": BACKLOG, "agents_join_apart_s": APART_S, "rounds": ROUNDS,
        "recording": True, "app_queue": "retry=0, autofill=yes, ringinuse=no, strategy=rrmemory",
    }  # fmt: skip
    path = write("idle_gap", ours, theirs, asterisk=version, conditions=conditions)
    for name, mine in ours.items():
        other = theirs[name]
        print(
            f"{name}: ours median {mine['median_ms']} ms, 99th {mine['p99_ms']} ms (n {mine['n']}); "
            f"app_queue median {other['median_ms']} ms, 99th {other['p99_ms']} ms (n {other['n']}); "
            f"ratio of medians {mine['median_ms'] / other['median_ms']:.3f}"
        )
    print(path)


if __name__ == "__main__":
    asyncio.run(main())
