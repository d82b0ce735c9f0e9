"""How many routing events a second the engine takes on one core, how long a match takes, what ten times the size costs.

An event is one thing told to the router, from the call of its verb to the taking of all it decided (offers, facts,
decision records): a caller enters, leaves or is released; an offer is answered or ends otherwise; a caller is held or
retrieved; an agent is ready or not; the alarm rings (one event, however many steps and wrap-ups are due then). A match
is an event in which at least one agent was reserved; its time is that of the whole event. The time of the floor around
the router is not counted, the garbage collector's is. Time is the wall's.

Two floors: `backlog`, every agent busy and so many callers waiting; `idle`, a fifth of the agents busy and hardly
anyone waiting, so that each caller is a search for the best of many.
"""

import gc
from collections import defaultdict
from statistics import median, quantiles
from sys import argv
from time import perf_counter

from acd.offers import Outcome
from tests.load.bench import write
from tests.load.synthetic_floor import SyntheticFloor, Verb

SIZES = (5_000, 50_000)
EVENTS = 60_000
WARM_UP_S = 150  # of the floor's time: by then all steps are taken, all kinds of events happen

WANTED = {"events_per_s": 20_000, "match_p99_ms": 2.0, "ten_times_the_size": 2.0}


class Watch:
    """Tells the router what happens, and keeps how long each event took, in microseconds."""

    def __init__(self, floor: SyntheticFloor) -> None:
        self._router = floor.router
        self.by_kind: dict[str, list[float]] = defaultdict(list)
        self.matches: list[float] = []

    def tell(self, kind: str, verb: Verb) -> Outcome:
        begun = perf_counter()
        verb(self._router)
        out = self._router.take()
        took_us = 1e6 * (perf_counter() - begun)
        self.by_kind[kind].append(took_us)
        if out.offers:
            self.matches.append(took_us)
        return out

    @property
    def events(self) -> list[float]:
        return [took_us for events in self.by_kind.values() for took_us in events]


def measure(agents: int, waiting: int) -> dict[str, object]:
    """The figures of one floor."""
    gc.collect()
    gc.freeze()  # as the daemon does
    floor = SyntheticFloor(agents, waiting)
    while floor.running_s < WARM_UP_S:
        floor.next()
    watch = Watch(floor)
    floor.tell = watch.tell
    begun_s = floor.running_s
    while len(watch.events) < EVENTS:
        for _ in range(1_000):
            floor.next()
    events, offered = watch.events, quantiles(watch.matches, n=100)
    return {
        "events": len(events),
        "events_per_s": round(1e6 * len(events) / sum(events)),
        "event_us": round(sum(events) / len(events), 1),
        "matches": len(watch.matches),
        "match_p50_ms": round(offered[49] / 1_000, 3),
        "match_p99_ms": round(offered[98] / 1_000, 3),
        "match_max_ms": round(max(watch.matches) / 1_000, 3),
        "by_kind": {
            kind: {"events": len(took), "median_us": round(median(took), 1), "mean_us": round(sum(took) / len(took), 1)}
            for kind, took in sorted(watch.by_kind.items())
        },
        "waiting": sum(not call.offers for call in floor.router.calls.values()),
        "free": len(floor.router.roster.pools.free),
        "virtual_s": round(floor.running_s - begun_s, 1),
        "violations": floor.router.violations,
    }


def main(sizes: tuple[int, ...] = SIZES) -> None:
    floors: dict[str, dict[int, dict[str, object]]] = {"backlog": {}, "idle": {}}
    print(f"{'':<18}{'events/s':>10}{'event':>10}{'match p50':>12}{'p99':>10}{'max':>10}{'waiting':>9}{'free':>8}")
    for name, of_size in floors.items():
        for size in sizes:
            figures = of_size[size] = measure(size, size if name == "backlog" else 0)
            print(
                f"{name:<10}{size:>8,}{figures['events_per_s']:>10,}{figures['event_us']:>7} µs"
                f"{figures['match_p50_ms']:>9} ms{figures['match_p99_ms']:>7} ms{figures['match_max_ms']:>7} ms"
                f"{figures['waiting']:>9,}{figures['free']:>8,}"
            )
    print(f"wanted: {WANTED}")
    path = write("engine", floors, None, wanted=WANTED, agents=list(sizes), queues=100, skills=50)
    print(f"written to {path.relative_to(path.parents[2])}")


if __name__ == "__main__":
    main(tuple(map(int, argv[1:])) or SIZES)
