"""300 callers in menus at once, prompts playing: how soon a key is answered, and whether anybody hears a gap; ours
beside the same sounds asked by Asterisk's own Read(), on the same Asterisk, by turns.

Every caller speaks without a pause and goes round three menus and a number of eight digits, keyed at eight a second, by
RFC 4733 (tests/load/rtp_callers.py). All calls are recorded. A key is answered when our next command comes to
Asterisk: timed from just before the last packet of the key is sent to the moment the daemon hands the command to the
socket (tests/load/agi_times.py); `ours` is the part of it that begins when Asterisk has told the key, and `asked` the
whole to the next command that the caller hears or is heard by. A gap is the time between two packets at the ear of a
caller who is listened to, stamped by the kernel: within a prompt, and (`turn_gap`) where a key has ended one and begun
another. 20 ms would be perfect. Where the callers themselves were late (`generator_late_ms`) the machine was busy with
something else.
"""

import asyncio
import itertools
import json
import math
import os
import sys
import tempfile
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cti.centre import load_centre
from cti.simulation.ports import free_port
from ivr.flow.graph import sayings
from ivr.flow.steps import Prompt
from ivr.prompts import Prompts
from tests.integration.asterisk_fixture import free_range
from tests.integration.centre_fixture import RunningCentre
from tests.load import agi_times
from tests.load.bench import options, run, write
from tests.load.centre import asterisk_version, bench_centre, console, silence
from tests.load.cpu import used_s
from tests.load.rtp_callers import Plan
from tests.load.traffic import SCENARIOS

CALLERS = 300
LISTENED = 10
ROUNDS = 2
LASTS_S = 30.0
PER_S = 30
STAY_S = 180
"""They are hung up on when all has been measured."""

FIRST_NUMBER = 5000
MENU_KEYS = "123"
DIGITS = 8
NODES = ("first", "second", "third", "number")
PACKET_NS = 20_000_000
TURN_NS = 200_000_000
"""After a key so long a gap may be that between two prompts."""
SAMPLES = 160
WANTED_P99_MS = 50.0
MOST_RAW = 20_000
"""More values than that are told by their percentiles only."""

LATE_MS = 40.0
"""A packet so long after the one before has come too late for a phone that buffers one packet."""

OURS, PLAIN = "4003", "4903"
ASKING = ("STREAM FILE", "WAIT FOR DIGIT")


def ears(centre: RunningCentre, callers: int) -> list[int]:
    """Ports for so many callers that are not Asterisk's."""
    first, theirs = free_range(2 * callers), centre.settings.rtp_ports
    while first <= theirs.last and theirs.first <= first + 2 * callers:
        first = free_range(2 * callers)
    return [first + 2 * number for number in range(callers)]


async def signalling(
    centre: RunningCentre, folder: Path, dialled: str, ports: Sequence[int], stay_s: float
) -> asyncio.subprocess.Process:
    """All callers dial, `PER_S` in a second, and hang up after `stay_s`."""
    rows = [f"{FIRST_NUMBER + number};{port}" for number, port in enumerate(ports)]
    (folder / "callers.csv").write_text("\n".join(["SEQUENTIAL", *rows, ""]))
    scenario = (SCENARIOS / "menu.xml").read_text("utf-8").replace("@stay_ms@", str(round(stay_s * 1000)))
    (folder / "menu.xml").write_text(scenario)
    host = centre.settings.local
    return await asyncio.create_subprocess_exec(
        *("sipp", "-sf", "menu.xml", "-inf", "callers.csv", "-i", host, "-p", str(free_port(host)), "-s", dialled),
        *("-r", str(PER_S), "-m", str(len(ports)), "-l", str(len(ports)), "-nostdin", "-timer_resol", "1"),
        f"{host}:{centre.settings.sip_port}",
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def measured(
    centre: RunningCentre, folder: Path, dialled: str, times: Path, callers: int, lasts_s: float = LASTS_S
) -> dict[str, Any]:
    """All callers on one side, from the first ring to the last hang-up. `times` is what the daemon writes."""
    plan = Plan(
        ports=ears(centre, callers),
        listened=LISTENED,
        lasts_s=lasts_s,
        menu_keys=MENU_KEYS,
        digits=DIGITS,
        digits_per_s=8,
        pause_s=(2.5, 5.5),
    )
    (folder / "plan.json").write_text(json.dumps(asdict(plan)))
    before = used_s({"daemon": centre.daemon, "asterisk": centre.asterisk})
    speaking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.load.rtp_callers", str(folder / "plan.json"), str(folder / "heard.json"))
    )
    sipp = await signalling(centre, folder / "sipp", dialled, plan.ports, STAY_S)
    await speaking.wait()
    own = used_s({"sipp": sipp.pid})
    used = used_s({"daemon": centre.daemon, "asterisk": centre.asterisk})
    calls = len((await console(centre, "core show channels concise")).splitlines())
    await console(centre, "channel request hangup all")
    await sipp.wait()
    await silence(centre)
    heard = json.loads((folder / "heard.json").read_text())
    noted = agi_times.take(times)
    own["callers"] = heard["late_ms"].pop("cpu_s")
    return {
        **judged(heard["heard"], noted),
        "cpu_s": {name: round(seconds - before[name], 2) for name, seconds in used.items()},
        "generator_cpu_s": {name: round(seconds, 2) for name, seconds in own.items()},
        "generator_late_ms": heard["late_ms"],
        "calls_at_the_end": calls,
    }


def judged(heard: Sequence[dict[str, Any]], noted: agi_times.Heard) -> dict[str, Any]:
    """The figures: raw times in milliseconds."""
    command, ours, asked, lost, keys = [], [], [], 0, 0
    for number, caller in enumerate(heard):
        events = noted.get(str(FIRST_NUMBER + number), [])
        told = [at for at, (_, what) in enumerate(events) if what.startswith("key ")]
        sent = caller["keys"]
        keys += len(sent)
        if not events:
            continue
        lost += len(sent) - len(told)
        if [key for _, key in sent[: len(told)]] != [events[at][1][-1] for at in told]:
            continue  # a key is missing in between: which answer is whose is not known
        for (sent_ns, _), at in zip(sent, told, strict=False):
            after = events[at + 1 :]
            if after:
                command.append((after[0][0] - sent_ns) / 1e6)
                ours.append((after[0][0] - events[at][0]) / 1e6)
            if (next_ns := next((ns for ns, verb in after if verb in ASKING), None)) is not None:
                asked.append((next_ns - sent_ns) / 1e6)
    within: list[float] = []
    turns: list[float] = []
    for caller in heard:
        for gap, at_turn in gaps_ms(caller):
            (turns if at_turn else within).append(gap)
    return {
        "keys": keys,
        "lost": lost if noted else None,
        "command_ms": summed(command),
        "ours_ms": summed(ours),
        "asked_ms": summed(asked),
        "gap_ms": summed(within),
        "gaps_late": sum(gap > LATE_MS for gap in within),
        "turn_gap_ms": summed(turns),
        "listened_s": round(sum(len(caller["packets"]) for caller in heard) * PACKET_NS / 1e9, 1),
    }


def gaps_ms(caller: dict[str, Any]) -> Iterator[tuple[float, bool]]:
    """The times between packets that follow each other without a pause of Asterisk's, and whether a key was pressed
    just before: then one prompt has ended in between, and another begun."""
    keys = [sent_ns for sent_ns, _ in caller["keys"]]
    for before, after in itertools.pairwise(caller["packets"]):
        if after[1] - before[1] == SAMPLES and not after[2]:
            pressed = bisect_right(keys, after[0])
            yield (after[0] - before[0]) / 1e6, pressed > 0 and before[0] - keys[pressed - 1] < TURN_NS


def summed(values: Sequence[float]) -> dict[str, Any]:
    """Median, percentiles, the most, and how many."""
    if not values:
        return {"n": 0}
    ranked = sorted(values)

    def at(share: float) -> float:
        return round(ranked[min(len(ranked) - 1, math.ceil(share * len(ranked)) - 1)], 2)

    return {
        "n": len(ranked),
        "median": at(0.5),
        "p99": at(0.99),
        "p999": at(0.999),
        "most": round(ranked[-1], 2),
        "raw": [round(value, 2) for value in ranked] if len(ranked) <= MOST_RAW else None,
    }


@asynccontextmanager
async def noting() -> AsyncIterator[Path]:
    """Inside, daemons that are started note what they send and when, in the file given."""
    with tempfile.TemporaryDirectory(prefix="callcenter-times-") as folder:
        times = Path(folder) / "times.jsonl"
        times.touch()
        here = Path(__file__).parent
        os.environ |= {"AGI_TIMES": str(times), "PYTHONPATH": f"{here.parents[1]}:{here / 'timed'}"}
        try:
            yield times
        finally:
            del os.environ["AGI_TIMES"], os.environ["PYTHONPATH"]


async def main() -> None:
    """Both sides by turns, then the file."""
    given = options(__doc__, callers=CALLERS, seconds=LASTS_S, rounds=ROUNDS)
    sides: dict[str, list[dict[str, Any]]] = {"ours": [], "plain": []}
    async with noting() as times, bench_centre(1, channels=given.callers) as centre:
        await set_sounds(centre)
        for turn in range(given.rounds):
            for name, dialled in (("ours", OURS), ("plain", PLAIN)):
                folder = centre.settings.state / f"{name}-{turn}"
                (folder / "sipp").mkdir(parents=True)
                result = await measured(centre, folder, dialled, times, given.callers, given.seconds)
                sides[name].append(result)
                print(name, {key: told(value) for key, value in result.items()}, flush=True)
        version = await asterisk_version(centre)
    conditions = {
        "callers": given.callers,
        "listened": LISTENED,
        "seconds": given.seconds,
        "recorded": True,
    }
    path = write(
        "menus", sides["ours"], sides["plain"], asterisk=version, conditions=conditions, wanted_p99_ms=WANTED_P99_MS
    )
    print(path)


def told(value: Any) -> Any:
    """A figure as it is printed."""
    return {key: part for key, part in value.items() if key != "raw"} if isinstance(value, dict) else value


async def set_sounds(centre: RunningCentre) -> None:
    """The other side plays the very files of ours."""
    flow = load_centre(centre.settings.dialplans).flows["menus"]
    prompts = Prompts(centre.settings.state / "sounds/prompts")
    for number, node in enumerate(NODES, 1):
        text = sayings(flow.nodes[node])["text"]["en"].text
        await console(centre, f"dialplan set global MENU_{number} {prompts.sound(Prompt(text or '', 'en'))}")


if __name__ == "__main__":
    run(main())
