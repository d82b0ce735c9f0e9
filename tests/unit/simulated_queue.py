"""A queue in virtual time on the real router: Poisson arrivals, log-normal service, callers who lose patience."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from random import Random

from acd.facts import Fact
from acd.queues import QueueSettings
from acd.router import Router
from acd.states import Status

QUEUE = "sales"
RING_MS = 4_000


@dataclass(frozen=True)
class Traffic:
    """Times in milliseconds: between arrivals, of service (with its coefficient of variation), of patience."""

    between_ms: float
    service_ms: float = 240_000
    variation: float = 1.0
    patience_ms: float = 600_000


class SimulatedQueue:
    """One queue. Facts go to `on_fact` as the distributor would state them, each when it happens."""

    def __init__(self, seed: int, traffic: Traffic) -> None:
        self.router = Router()
        self.router.define_queue(QueueSettings(name=QUEUE), now_ms=0)
        self.now_ms = 0
        self.traffic = traffic
        self.on_fact: list[Callable[[Fact], None]] = []
        self._random = Random(seed)
        self._events: list[tuple[int, int, str, str]] = []
        self._tie = count()
        self._later(0, "arrival", "")

    def staff(self, agents: int) -> None:
        """So many agents are signed in from now on."""
        for number in map(str, range(1000, 1000 + max(agents, len(list(self.router.roster))))):
            if number not in self.router.roster:
                self.router.roster.define(number, number, {})
                self.router.phone_changed(number, reachable=True, engaged=False, now_ms=self.now_ms)
            seated = self.router.roster.agent(number).status is not Status.SIGNED_OUT
            wanted = int(number) < 1000 + agents
            if wanted and not seated:
                self.router.sign_in(number, number, cause="api", now_ms=self.now_ms)
            elif seated and not wanted:
                self.router.sign_out(number, cause="api", now_ms=self.now_ms)
        self._settle()

    def run(self, hours: float) -> None:
        """Let the day go on."""
        until_ms = self.now_ms + hours * 3_600_000
        while self._events[0][0] <= until_ms:
            self.now_ms, _, what, which = heappop(self._events)
            match what:
                case "arrival":
                    self._arrive()
                case "patience":
                    if which in self.router.calls:
                        self.router.leave(which, now_ms=self.now_ms)
                case "answer":
                    call = self.router.calls.get(which)
                    if call is not None and call.offer:
                        self.router.answered(which, now_ms=self.now_ms)
                        self._later(self._service_ms(), "hangup", which)
                case "hangup":
                    self.router.released(which, now_ms=self.now_ms)
            self._settle()

    def _arrive(self) -> None:
        linkedid = f"call-{next(self._tie)}"
        self._later(self._random.expovariate(1 / self.traffic.between_ms), "arrival", "")
        self._later(self._random.expovariate(1 / self.traffic.patience_ms), "patience", linkedid)
        self.router.enter(linkedid, QUEUE, now_ms=self.now_ms)

    def _service_ms(self) -> float:
        spread = math.log(1 + self.traffic.variation**2)
        return self._random.lognormvariate(math.log(self.traffic.service_ms) - spread / 2, math.sqrt(spread))

    def _later(self, after_ms: float, what: str, which: str) -> None:
        heappush(self._events, (self.now_ms + round(after_ms), next(self._tie), what, which))

    def _settle(self) -> None:
        out = self.router.take()
        for offer in out.offers:
            self._later(RING_MS, "answer", offer.linkedid)
        for fact in out.facts:
            for listener in self.on_fact:
                listener(fact)
