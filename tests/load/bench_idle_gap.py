"""How long an agent is idle between two calls while callers wait: ours beside app_queue, on the same Asterisk.

20 agents, calls of 1 s, a standing backlog. The idle gap is taken from the SIP side, by the agents' phones: from a BYE
sent to the next INVITE received. Then, one caller at a time with an agent free: from the answer the caller
receives to the INVITE at the agent.
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
from tests.load.bench_centre import (
    APP_QUEUE,
    OURS,
    asterisk_version,
    bench_centre,
    hand_over_to_app_queue,
    sign_in_ours,
    silence,
)

AGENTS = 20
BACKLOG = 30
TALK_MS = 1000
MEASURE_S = 12
SINGLE_CALLS = 40
ROUNDS = 1


class Callers:
    """Keeps a number of calls on the line: whoever is served makes room for the next."""

    def __init__(self, phones: Telephones, dialled: str) -> None:
        self._phones = phones
        self._dialled = dialled
        self._sequence = 0

    async def keep(self, number: int) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(number):
                group.create_task(self._one_after_the_other())

    async def _one_after_the_other(self) -> None:
        while True:
            self._sequence += 1
            call = await self._phones.dial(self._dialled, number=f"9{self._sequence:06}")
            await call.reached(Moment.ENDED)


async def idle_gaps_ms(centre: RunningCentre, dialled: str) -> list[float]:
    """The idle gaps of all agents while the backlog stands."""
    line = Telephones(centre.settings.state / "line", sip_port=centre.settings.sip_port, audio=False)
    async with centre.phones(ring_ms=1, talk_ms=TALK_MS) as phones, line:
        await phones.register()
        callers = asyncio.create_task(Callers(line, dialled).keep(AGENTS + BACKLOG))
        await asyncio.sleep(MEASURE_S)
        callers.cancel()
        await asyncio.gather(callers, return_exceptions=True)
        await asyncio.gather(*(call.hang_up() for call in line.calls), return_exceptions=True)
        await silence(centre)
        return [gap for phone in phones for gap in _gaps_ms([call for call in phone.calls if call.incoming])]


def _gaps_ms(calls: list[Call]) -> list[float]:
    """Between the calls of one phone; its first call is ramp, not gap."""
    return [
        (after.at_us[Moment.INVITED] - before.at_us[Moment.ENDED]) / 1000
        for before, after in pairwise(calls)
        if before.over and before.ended_here
    ]


async def answer_to_invite_ms(centre: RunningCentre, dialled: str) -> list[float]:
    """One caller after the other, agents free: from his answer to the agent's INVITE."""
    times = []
    async with centre.phones(audio=True) as phones:
        await phones.register()
        for number in range(SINGLE_CALLS):
            call = await phones.dial(dialled, number=f"8{number:06}")
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
    return times


def figures(values: list[float]) -> dict[str, Any]:
    """Median, 99th percentile, number and the raw values, in milliseconds."""
    ranked = sorted(values)
    p99 = ranked[min(len(ranked) - 1, math.ceil(0.99 * len(ranked)) - 1)]
    return {"median_ms": round(median(ranked), 2), "p99_ms": round(p99, 2), "n": len(ranked), "raw_ms": ranked}


async def main() -> None:
    ours: dict[str, list[float]] = {"idle_gap": [], "answer_to_invite": []}
    theirs: dict[str, list[float]] = {"idle_gap": [], "answer_to_invite": []}
    async with bench_centre(AGENTS) as centre:
        version = await asterisk_version(centre)
        for _ in range(ROUNDS):
            await sign_in_ours(centre)
            ours["idle_gap"] += await idle_gaps_ms(centre, OURS)
            ours["answer_to_invite"] += await answer_to_invite_ms(centre, OURS)
            await hand_over_to_app_queue(centre)
            theirs["idle_gap"] += await idle_gaps_ms(centre, APP_QUEUE)
            theirs["answer_to_invite"] += await answer_to_invite_ms(centre, APP_QUEUE)
    sides = [{name: figures(values) for name, values in side.items()} for side in (ours, theirs)]
    path = write(
        "idle_gap", sides[0], sides[1], asterisk=version,
        conditions={"agents": AGENTS, "talk_ms": TALK_MS, "backlog": BACKLOG, "rounds": ROUNDS, "recording": True},
    )  # fmt: skip
    for name in ours:
        mine, other = sides[0][name], sides[1][name]
        print(
            f"{name}: ours median {mine['median_ms']} ms, 99th {mine['p99_ms']} ms (n {mine['n']}); app_queue median "
            f"{other['median_ms']} ms, 99th {other['p99_ms']} ms (n {other['n']}); "
            f"median ratio {mine['median_ms'] / other['median_ms']:.3f}"
        )
    print(path)


if __name__ == "__main__":
    asyncio.run(main())
