"""How long an agent is idle between two calls while callers wait: ours beside app_queue, on the same Asterisk.

50 agents, 200 callers waiting, calls of 2.5 s: 20 a second, all recorded. The idle gap is taken from the SIP side, by
the agents' phones: from a BYE sent to the next INVITE received. Then, one caller at a time with agents free: from the
answer the caller receives to the INVITE at the agent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count, pairwise

from cti.simulation.call import Call, Moment
from cti.simulation.telephones import Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.load.bench import figures, options, run, write
from tests.load.centre import (
    APP_QUEUE,
    APP_QUEUE_DEFAULT,
    OURS,
    Side,
    agents_of,
    asterisk_version,
    bench_centre,
    silence,
)

AGENTS = 50
WAITING = 200
APART_S = 0.05
TALK_MS = 2500
CALLERS_APART_S = 0.02
COME_S = 60
MEASURE_S = 20
SINGLE_CALLS = 40
ROUNDS = 2
SIDES = (OURS, APP_QUEUE, APP_QUEUE_DEFAULT)


async def idle_gaps_ms(
    centre: RunningCentre, side: Side, waiting: int = WAITING, measure_s: int = MEASURE_S
) -> list[float]:
    """The idle gaps of all agents while so many callers wait; an agent's first call is ramp."""
    line = Telephones(centre.settings.state / "line", sip_port=centre.settings.sip_port, audio=False)
    async with centre.phones(ring_ms=1, talk_ms=TALK_MS) as phones, line:
        await phones.register()
        callers = asyncio.create_task(_keep_calling(line, side.dialled, len(centre.credentials.agents) + waiting))
        async with asyncio.timeout(COME_S):
            while sum(Moment.ANSWERED in call.at_us for call in line.calls) < waiting:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        async with agents_of(centre, side, APART_S):
            await asyncio.sleep(measure_s)
            gaps = [gap for phone in phones for gap in _gaps_ms([call for call in phone.calls if call.incoming])]
        callers.cancel()
        await asyncio.gather(callers, return_exceptions=True)
        await asyncio.gather(*(call.hang_up() for call in line.calls), return_exceptions=True)
        await silence(centre)
        return gaps


async def _keep_calling(line: Telephones, dialled: str, callers: int) -> None:
    """So many callers as keep the agents busy and the others waiting; whoever is served is followed by another."""
    numbers = count(9_000_000)

    async def one_after_the_other() -> None:
        while True:
            call = await line.dial(dialled, number=str(next(numbers)))
            await call.reached(Moment.ENDED)

    async with asyncio.TaskGroup() as group:
        for _ in range(callers):
            group.create_task(one_after_the_other())
            await asyncio.sleep(CALLERS_APART_S)


def _gaps_ms(calls: list[Call]) -> list[float]:
    return [
        (after.at_us[Moment.INVITED] - before.at_us[Moment.ENDED]) / 1000
        for before, after in pairwise(calls)
        if before.ended_here
    ]


async def answer_to_invite_ms(centre: RunningCentre, side: Side, calls: int = SINGLE_CALLS) -> list[float]:
    """One caller after the other, agents free."""
    async with centre.phones(audio=True) as phones, agents_of(centre, side, 0):
        await phones.register()
        times = [(await one_call_ms(phones, side, f"8{caller:06}"))[1] for caller in range(calls)]
        await silence(centre)
    return times


async def one_call_ms(phones: Telephones, side: Side, number: str) -> tuple[float, float]:
    """A call that an agent answers and ends at once: from the caller's INVITE to its answer, from that to the INVITE at
    the agent."""
    call = await phones.dial(side.dialled, number=number)
    rings = [asyncio.create_task(phone.next_call()) for phone in phones]
    done, pending = await asyncio.wait(rings, return_when=asyncio.FIRST_COMPLETED)
    for ring in pending:
        ring.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    leg = done.pop().result()
    answered_us = await call.reached(Moment.ANSWERED)  # another SIPp tells it, sometimes later than the INVITE
    invited_us = await call.reached(Moment.INVITED)
    await leg.answer()
    await leg.hang_up()
    await call.ended()
    return (answered_us - invited_us) / 1000, (leg.at_us[Moment.INVITED] - answered_us) / 1000


async def main() -> None:
    """All sides by turns, then the table and the file."""
    given = options(__doc__, agents=AGENTS, waiting=WAITING, seconds=MEASURE_S, calls=SINGLE_CALLS, rounds=ROUNDS)
    measures: dict[str, Callable[[RunningCentre, Side], Awaitable[list[float]]]] = {
        "idle_gap": partial(idle_gaps_ms, waiting=given.waiting, measure_s=given.seconds),
        "answer_to_invite": partial(answer_to_invite_ms, calls=given.calls),
    }
    raw: dict[str, dict[str, list[float]]] = {side.name: {name: [] for name in measures} for side in SIDES}
    async with bench_centre(given.agents, channels=2 * given.agents + given.waiting) as centre:
        version = await asterisk_version(centre)
        for _ in range(given.rounds):
            for side in SIDES:
                for name, measure in measures.items():
                    raw[side.name][name] += await measure(centre, side)
    results = {side: {name: figures(values) for name, values in each.items()} for side, each in raw.items()}
    conditions = {
        "agents": given.agents, "waiting": given.waiting, "talk_ms": TALK_MS, "agents_join_apart_s": APART_S,
        "rounds": given.rounds, "recording": True,
        "app_queue": "retry=0, autofill=yes, ringinuse=no, strategy=rrmemory",
        "app_queue_default": "retry=5, autofill=no (its defaults), ringinuse=no, strategy=rrmemory",
    }  # fmt: skip
    ours, theirs = results[OURS.name], {name: each for name, each in results.items() if name != OURS.name}
    path = write("idle_gap", ours, theirs, asterisk=version, conditions=conditions)
    for name in measures:
        for called, each in results.items():
            one = each[name]
            print(
                f"{name:<18}{called:<19}median {one['median_ms']:>9} ms, 99th {one['p99_ms']:>9} ms, "
                f"{one['median_ms'] / ours[name]['median_ms']:>6.1f} times ours (n {one['n']})"
            )
    print(path)


if __name__ == "__main__":
    run(main())
