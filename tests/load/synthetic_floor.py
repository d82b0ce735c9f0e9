"""A made-up centre of any size around a router, in virtual time: agents who answer, talk and rest, callers who come and
lose patience. It decides nothing about routing; whatever it tells the router goes through `tell`.

The centre: 50 skills, of which an agent has three to six, three languages, eight teams; 100 queues of three steps each,
the four strategies by turns, every tenth ringing two agents at once; calls of priority 0 to 3, one in twenty with a
skill of its own, one in fifty for an agent of its own.
"""

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple

from acd.choice import Strategy
from acd.offers import Outcome
from acd.queues import QueueSettings, Step
from acd.requirements import parse
from acd.router import Router
from acd.states import OfferOutcome, Status

SKILLS = [f"skill{number:02}" for number in range(50)]
LANGUAGES = ["cmn", "cmn", "cmn", "en", "en", "yue"]
TEAMS = [f"team{number}" for number in range(8)]

RING_S, TALK_S, PATIENCE_S, BREAK_S = 5.0, 120.0, 900.0, 60.0  # means of exponential times
WRAP_UP_MS = 20_000
FILL_S = 60  # until as many wait as are to wait
HOLDS, BREAKS = 0.2, 0.05  # how many talks are held once, and are followed by a break
FATES = {
    OfferOutcome.ANSWERED: 0.92,
    OfferOutcome.MISSED: 0.04,
    OfferOutcome.REFUSED: 0.03,
    OfferOutcome.UNREACHABLE: 0.01,
}

Verb = Callable[[Router], None]


def _hold(router: Router, linkedid: str, *, now_ms: int) -> None:
    router.conversations.hold(linkedid, now_ms)


def _retrieve(router: Router, linkedid: str, *, now_ms: int) -> None:
    router.conversations.retrieve(linkedid, now_ms)


class Ringing(NamedTuple):
    """What is kept of an offer until its conversation is over."""

    offer: str
    linkedid: str
    agent: str
    phone: str


def queues() -> list[QueueSettings]:
    """Queue n asks for skill n modulo 50 at level 5, half of the queues for a language besides; after 30 s for level 3,
    after 60 s for any level of it or a high one of the next skill, with two points of priority."""
    return [
        QueueSettings(
            name=f"queue{number:02}",
            requires=parse(f"{skill} >= 5{spoken}"),
            steps=(
                Step(after_ms=30_000, requires=parse(f"{skill} >= 3{spoken}")),
                Step(after_ms=60_000, requires=parse(f"{skill} or {other} >= 7"), priority=2),
            ),
            strategy=list(Strategy)[number % 4],
            ring_several=2 if number % 10 == 0 else 1,
            wrap_up_ms=WRAP_UP_MS,
        )
        for number in range(100)
        for skill, other in [(SKILLS[number % 50], SKILLS[(number + 1) % 50])]
        for spoken in [f" and language = {LANGUAGES[number % 6]}" if number % 2 else ""]
    ]


class SyntheticFloor:
    """`agents` agents at work. With `waiting`, a caller comes whenever fewer are in the queues; without, callers come
    by chance, as many as keep a fifth of the agents busy. The same numbers give the same floor."""

    def __init__(self, agents: int, waiting: int = 0) -> None:
        self.router = Router()
        self.tell: Callable[[str, Verb], Outcome] = self._tell
        self._begun_ms = self.now_ms = 1_000_000
        self._random = Random(agents)
        self._agents = [f"{100_000 + number}" for number in range(agents)]
        self._waiting = waiting and waiting + agents // 20  # the queues also hold those whose agents' phones ring
        self._between_s = (RING_S + TALK_S + WRAP_UP_MS / 1_000) / (agents * 0.2)
        self._coming: list[tuple[int, int, Callable[[], None]]] = []
        self._sequence = self._callers = 0
        for settings in queues():
            self.router.define_queue(settings, now_ms=self.now_ms)
        for number in self._agents:
            self._settle(number)
        self._happens("tick", Router.tick)
        self._in(0, self._somebody_calls)

    @property
    def full(self) -> bool:
        """Whether as many callers wait as are to wait by now; they do not come all at once."""
        passed = (self.now_ms - self._begun_ms) / (1_000 * FILL_S)
        return len(self.router.calls) >= self._waiting * min(1.0, passed)

    @property
    def running_s(self) -> float:
        """Since the floor opened, in its own time."""
        return (self.now_ms - self._begun_ms) / 1_000

    def next(self) -> None:
        """Let the next thing happen."""
        if not self.full:
            self._caller_comes()
            return
        alarm_ms = self.router.next_due_ms
        if self._coming and (alarm_ms is None or self._coming[0][0] < alarm_ms):
            due_ms, _, happening = heappop(self._coming)
            self.now_ms = max(self.now_ms, due_ms)
            happening()
        elif alarm_ms is not None:
            self.now_ms = max(self.now_ms, alarm_ms)
            self._happens("tick", Router.tick)

    def _settle(self, number: str) -> None:
        names = self._random.sample(SKILLS, self._random.randint(3, 6))
        skills = {name: self._random.randint(1, 10) for name in names}
        attributes = {"language": self._random.choice(LANGUAGES), "team": self._random.choice(TEAMS)}
        self.router.define_agent(number, number, skills, attributes, now_ms=self.now_ms)
        self.router.phone_changed(number, reachable=True, engaged=False, now_ms=self.now_ms)
        self.router.sign_in(number, number, cause="api", now_ms=self.now_ms)

    def _tell(self, _: str, verb: Verb) -> Outcome:
        verb(self.router)
        return self.router.take()

    def _happens(self, kind: str, verb: Callable[..., None], **what: object) -> None:
        out = self.tell(kind, partial(verb, **what, now_ms=self.now_ms))
        for offer in out.offers:
            rings = Ringing(offer.id, offer.linkedid, offer.agent, offer.phone)
            self._in(RING_S, partial(self._offer_meets_its_fate, rings))

    def _in(self, mean_s: float, happening: Callable[[], None]) -> None:
        self._sequence += 1
        due_ms = self.now_ms + round(1_000 * self._random.expovariate(1 / mean_s)) if mean_s else self.now_ms
        heappush(self._coming, (due_ms, self._sequence, happening))

    # Callers

    def _somebody_calls(self) -> None:
        if not self._waiting:
            self._caller_comes()
        self._in(self._between_s, self._somebody_calls)

    def _caller_comes(self) -> None:
        self._callers += 1
        linkedid, luck = f"call-{self._callers}", self._random.random()
        self._happens(
            "enter",
            Router.enter,
            linkedid=linkedid,
            queue=f"queue{self._random.randrange(100):02}",
            priority=self._random.choice([0, 0, 0, 0, 0, 0, 0, 1, 2, 3]),
            skills={self._random.choice(SKILLS): 1} if luck < 0.05 else {},
            preferred=self._random.choice(self._agents) if luck > 0.98 else "",
        )
        self._in(PATIENCE_S, partial(self._loses_patience, linkedid))

    def _loses_patience(self, linkedid: str) -> None:
        if linkedid in self.router.calls:
            self._happens("leave", Router.leave, linkedid=linkedid)

    # Agents

    def _offer_meets_its_fate(self, ringing: Ringing) -> None:
        offer = self.router.offer_at(ringing.linkedid, ringing.phone)
        if offer is None or offer.id != ringing.offer:
            return  # taken back, or answered at another phone
        [fate] = self._random.choices(list(FATES), list(FATES.values()))
        if fate is not OfferOutcome.ANSWERED:
            self._happens("offer ended", Router.offer_ended, offer_id=ringing.offer, outcome=fate)
            self._in(BREAK_S, partial(self._comes_back, ringing.agent))
            return
        self._happens("answered", Router.answered, linkedid=ringing.linkedid, phone=ringing.phone)
        if self._random.random() < HOLDS:
            self._in(TALK_S / 4, partial(self._talks_on, "hold", _hold, ringing))
            self._in(TALK_S / 2, partial(self._talks_on, "retrieve", _retrieve, ringing))
        self._in(TALK_S, partial(self._is_released, ringing))

    def _talks_on(self, kind: str, verb: Callable[..., None], talking: Ringing) -> None:
        if talking.linkedid in self.router.conversations:
            self._happens(kind, verb, linkedid=talking.linkedid)

    def _is_released(self, talking: Ringing) -> None:
        self._happens("released", Router.released, linkedid=talking.linkedid, phone=talking.phone)
        if self._random.random() < BREAKS:
            self._happens("not ready", Router.set_not_ready, number=talking.agent, reason="break", cause="api")
            self._in(BREAK_S, partial(self._comes_back, talking.agent))

    def _comes_back(self, number: str) -> None:
        if self.router.roster.agent(number).status is Status.NOT_READY:
            self._happens("ready", Router.set_ready, number=number, cause="api")
