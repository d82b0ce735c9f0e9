"""Hundreds of agents and calls in random histories, and a judge who knows nothing but the facts and the files: he looks
through everybody after every change, which the router never does.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from random import Random

from acd.agents import Agent
from acd.choice import Strategy
from acd.facts import (
    AgentStateChanged,
    BlendedAgentsCalled,
    CallDequeued,
    CallOffered,
    CallQueued,
    CallReleased,
    CallStepped,
    Fact,
    OfferEnded,
)
from acd.queues import PREFERRED, Blended, Call, QueueSettings, Step
from acd.requirements import Requirement, both, either, parse
from acd.router import Router
from acd.states import AgentState, DequeueReason, OfferOutcome
from acd.targets import Target, TargetKind

Verb = Callable[[Router], None]

SKILLS = ("sales", "support", "billing", "care")

QUEUES = (
    QueueSettings(name="plain", skills={"sales": 1}, wrap_up_ms=5_000),
    QueueSettings(
        name="steps",
        requires=parse("support >= 7 and language = en"),
        steps=(
            Step(after_ms=10_000, requires=parse("support >= 4")),
            Step(after_ms=25_000, requires=parse("support or care >= 5"), priority=3),
            Step(after_ms=90_000, overflow=Target(TargetKind.QUEUE, "plain")),
        ),
        strategy=Strategy.MOST_SKILLED,
        preferred_ms=15_000,
    ),
    QueueSettings(
        name="together", requires=parse("billing"), ring_several=3, strategy=Strategy.ROUND_ROBIN, point_ms=20_000
    ),
    QueueSettings(
        name="helped",
        requires=parse("care >= 6"),
        blended=Blended(agents=parse("team = night and not sales >= 9"), above_waiting=4, above_wait_ms=40_000),
        strategy=Strategy.LEAST_OCCUPIED,
        max_wait_ms=120_000,
    ),
    QueueSettings(
        name="limited",
        requires=parse("sales >= 5 or billing >= 5"),
        max_waiting=6,
        on_full=Target(TargetKind.QUEUE, "helped"),
        on_nobody=Target(TargetKind.VOICEMAIL),
        on_closed=Target(TargetKind.SAY),
        wrap_up_ms=2_000,
    ),
)


@dataclass(slots=True)
class Seen:
    """A call as its facts tell of it."""

    queue: str
    points: int
    own: Requirement
    entered_ms: int
    preferred: str
    step: int
    came: int
    agents: set[str] = field(default_factory=set)


class Judge:
    """Follows the facts, and says what is wrong after a change."""

    def __init__(self, settings: dict[str, QueueSettings]) -> None:
        self.settings = settings
        self.calls: dict[str, Seen] = {}
        self.state: dict[str, AgentState] = {}
        self.blending: dict[str, bool] = {}
        self.entered: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.talking: dict[str, str] = {}
        self._came: dict[str, int] = {}
        self._turns: dict[str, int] = {}
        self._turn_before: dict[str, int] = {}

    def see(self, facts: list[Fact]) -> list[CallOffered]:
        """Take note of a batch; the offers made in it."""
        offers = []
        for fact in facts:
            match fact:
                case AgentStateChanged(agent=agent, before=before, after=after):
                    assert self.state.get(agent, AgentState.SIGNED_OUT) is before
                    if after is AgentState.RINGING and before is not AgentState.RINGING:
                        assert before is AgentState.READY, "nobody is rung who is not ready"
                    self.state[agent] = after
                case CallQueued():
                    came = self._came.setdefault(fact.linkedid, len(self._came))  # overflow changes nothing in that
                    self.entered[fact.queue] += 1
                    own = both(
                        parse(" and ".join(f"{s} >= {n}" for s, n in fact.skills.items()) or "any"),
                        parse(fact.requires),
                    )
                    self.calls[fact.linkedid] = Seen(
                        fact.queue, fact.priority, own, fact.entered_ms, fact.preferred,
                        PREFERRED if fact.preferred else 0, came,
                    )  # fmt: skip
                case CallStepped():
                    call = self.calls[fact.linkedid]
                    call.step = fact.step
                case CallOffered():
                    call = self.calls[fact.linkedid]
                    others = [seen.agents for seen in self.calls.values()]
                    assert all(fact.agent not in agents for agents in others), "one offer at a time"
                    assert fact.agent not in self.talking.values()
                    call.agents.add(fact.agent)
                    offers.append(fact)
                    self._turn_before[fact.offer] = self._turns.get(fact.agent, 0)
                    self._turns[fact.agent] = 1 + max(self._turns.values(), default=0)
                case OfferEnded():
                    self.calls[fact.linkedid].agents.remove(fact.agent)
                    if fact.outcome is OfferOutcome.ANSWERED:
                        self.talking[fact.linkedid] = fact.agent
                case CallDequeued():
                    assert not self.calls.pop(fact.linkedid).agents
                    self.left[fact.queue] += 1
                    assert fact.waiting == self.waiting(fact.queue)
                case CallReleased():
                    del self.talking[fact.linkedid]
                case BlendedAgentsCalled():
                    self.blending[fact.queue] = fact.on
        return offers

    def waiting(self, queue: str) -> int:
        """How many stand in that queue, those being offered included."""
        return sum(call.queue == queue for call in self.calls.values())

    def order(self, call: Seen) -> tuple[int, int, int]:
        """Its place: the first entry, less its points' worth."""
        settings = self.settings[call.queue]
        return call.entered_ms - self.points(call) * settings.point_ms, call.entered_ms, call.came

    def points(self, call: Seen) -> int:
        """Its own, and those of the step it is at."""
        steps = self.settings[call.queue].steps[: max(call.step, 0)]
        return call.points + next((step.priority for step in reversed(steps) if step.priority is not None), 0)

    def asks(self, call: Seen) -> Requirement:
        """What it asks of an agent now."""
        if call.step == PREFERRED:
            return parse(f"agent = {call.preferred}")
        settings = self.settings[call.queue]
        steps = settings.steps[: call.step]
        asked = next((step.requires for step in reversed(steps) if step.requires is not None), settings.base)
        if settings.blended is not None and self.blending.get(call.queue, False):
            asked = either(asked, settings.blended.agents)
        return both(asked, call.own)

    def compared(self, agent: Agent, strategy: Strategy, asked: Requirement, turn: int) -> tuple[float | str, ...]:
        """What agents are compared by; the least is the best."""
        match strategy:
            case Strategy.LONGEST_IDLE:
                return agent.ready_since_ms, agent.number
            case Strategy.LEAST_OCCUPIED:
                return agent.load, agent.ready_since_ms, agent.number
            case Strategy.MOST_SKILLED:
                levels = sum(agent.skills.get(skill, 0) for skill in asked.skills)
                return -levels, agent.ready_since_ms, agent.number
            case Strategy.ROUND_ROBIN:
                return turn, agent.number

    def judge_choice(self, offer: CallOffered, router: Router, free: list[Agent], rung: int) -> None:
        """Nobody who is still free would have been better, and none is left where too few were rung."""
        call = self.calls[offer.linkedid]
        settings, asked = self.settings[call.queue], self.asks(call)
        best = router.roster.agent(offer.agent)
        compared = self.compared(best, settings.strategy, asked, self._turn_before[offer.offer])
        for other in free:
            if asked.met_by(other):
                turn = self._turns.get(other.number, 0)
                assert compared < self.compared(other, settings.strategy, asked, turn), f"{other.number} was better"
                assert rung == settings.ring_several, f"{other.number} could have been rung, too"

    def judge(self, router: Router, offers: list[CallOffered]) -> None:
        """What must hold now, for everybody."""
        assert router.violations == 0
        for name, queue in router.queues.items():
            assert queue.balanced
            assert (queue.entered, queue.left.total(), len(queue)) == (
                self.entered[name],
                self.left[name],
                self.waiting(name),
            )
            assert all(before.order < after.order for before, after in pairwise(queue))
        waiting = {id: call for id, call in self.calls.items() if not call.agents}
        free = [agent for agent in router.roster if agent.free]
        assert all(self.state[agent.number] is AgentState.READY for agent in free)
        for linkedid, call in waiting.items():
            asked = self.asks(call)
            idle = [agent.number for agent in free if asked.met_by(agent)]
            assert not idle, f"{linkedid} waits at step {call.step} though {idle} are free"
        for offer in offers:
            offered = self.calls.get(offer.linkedid)
            if offered is None:
                continue
            agent = router.roster.agent(offer.agent)
            if offer.agent in offered.agents:
                self.judge_choice(offer, router, free, sum(other.linkedid == offer.linkedid for other in offers))
            for linkedid, call in waiting.items():
                if self.asks(call).met_by(agent):
                    assert self.order(offered) < self.order(call), f"{offer.linkedid} was served before {linkedid}"
                    head_start_ms = self.points(offered) * self.settings[offered.queue].point_ms
                    assert offered.entered_ms - call.entered_ms <= head_start_ms, "the bound of aging"


class LargeFloor:
    """One random history: `play` it. The same seed gives the same history."""

    def __init__(self, seed: int, agents: int) -> None:
        self.luck = Random(seed)
        self.now_ms = 1_000_000
        self.history: list[Verb] = []
        self.facts: list[Fact] = []
        self.settings = {queue.name: queue for queue in QUEUES}
        self.router = Router()
        self.judge = Judge(self.settings)
        self.calls = 0
        self.numbers = [str(1000 + number) for number in range(agents)]
        for queue in QUEUES:
            self.does(partial(Router.define_queue, settings=queue, now_ms=self.now_ms))
        for number in self.numbers:
            self.hires(number)
            self.does(partial(Router.phone_changed, phone=number, reachable=True, engaged=False, now_ms=self.now_ms))
        for number in self.luck.sample(self.numbers, agents * 2 // 3):
            self.does(partial(Router.sign_in, number=number, phone=number, cause="test", now_ms=self.now_ms))

    def does(self, verb: Verb) -> None:
        """One change, and the judgement on it."""
        self.history.append(verb)
        verb(self.router)
        facts = self.router.take().facts
        self.facts += facts
        self.judge.judge(self.router, self.judge.see(facts))

    def hires(self, number: str) -> None:
        """An agent of some skills; or he learns others."""
        skills = {skill: self.luck.randint(1, 10) for skill in self.luck.sample(SKILLS, self.luck.randint(0, 3))}
        attributes = {"team": self.luck.choice(("day", "night")), "language": self.luck.choice(("en", "cmn"))}
        self.does(
            partial(
                Router.define_agent,
                number=number,
                name=number,
                skills=skills,
                attributes=attributes,
                now_ms=self.now_ms,
            )
        )

    def play(self, changes: int) -> None:
        """So many changes, time passing between them."""
        what = (self.call, self.call, self.answer, self.answer, self.fail, self.release, self.release, self.leave)
        rare = (self.choose, self.sign, self.phone, self.edit_queue, self.surge, self.hours, self.learn)
        for _ in range(changes):
            self.pass_time(self.luck.choice((0, 0, 200, 2_000, 9_000)))
            self.luck.choice(what if self.luck.random() < 0.85 else rare)()

    def pass_time(self, ms: int) -> None:
        """The alarm rings whenever it is due."""
        until_ms = self.now_ms + ms
        while (due_ms := self.router.next_due_ms) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.does(partial(Router.tick, now_ms=self.now_ms))
        self.now_ms = until_ms

    def one(self, among: list[str]) -> str | None:
        return self.luck.choice(sorted(among)) if among else None

    def call(self) -> None:
        """Several come at once: queues are to grow."""
        for _ in range(self.luck.randint(1, 4)):
            self.calls += 1
            self.does(
                partial(
                    Router.enter,
                    linkedid=f"call-{self.calls}",
                    queue=self.luck.choice(QUEUES).name,
                    priority=self.luck.choice((0, 0, 0, 1, 3)),
                    skills={self.luck.choice(SKILLS): self.luck.randint(1, 6)} if self.luck.random() < 0.2 else {},
                    entered_ms=self.now_ms - self.luck.choice((0, 0, 0, 5_000)),
                    preferred=self.luck.choice(self.numbers) if self.luck.random() < 0.2 else "",
                    now_ms=self.now_ms,
                )
            )

    def offered(self) -> Call | None:
        linkedid = self.one([id for id, call in self.router.calls.items() if call.offers])
        return self.router.calls[linkedid] if linkedid else None

    def answer(self) -> None:
        if (call := self.offered()) is not None:
            offer = self.luck.choice(self.router.offers_of(call))
            self.does(partial(Router.answered, linkedid=call.linkedid, phone=offer.phone, now_ms=self.now_ms))

    def fail(self) -> None:
        if (call := self.offered()) is not None:
            offer = self.luck.choice(self.router.offers_of(call))
            outcome = self.luck.choice((OfferOutcome.MISSED, OfferOutcome.REFUSED, OfferOutcome.UNREACHABLE))
            self.does(partial(Router.offer_ended, offer_id=offer.id, outcome=outcome, now_ms=self.now_ms))

    def release(self) -> None:
        if (linkedid := self.one([*self.router.conversations])) is not None:
            self.does(partial(Router.released, linkedid=linkedid, now_ms=self.now_ms))

    def leave(self) -> None:
        if (linkedid := self.one([*self.router.calls])) is not None:
            reason = self.luck.choice((DequeueReason.ABANDONED, DequeueReason.WITHDRAWN))
            self.does(partial(Router.leave, linkedid=linkedid, reason=reason, now_ms=self.now_ms))

    def choose(self) -> None:
        for number in self.luck.sample([*self.judge.state], min(8, len(self.judge.state))):
            if self.judge.state[number] is not AgentState.SIGNED_OUT and self.signed_in(number):
                verb = (
                    partial(Router.set_ready)
                    if self.luck.random() < 0.7
                    else partial(Router.set_not_ready, reason="break")
                )
                self.does(partial(verb, number=number, cause="test", now_ms=self.now_ms))

    def sign(self) -> None:
        for number in self.luck.sample(self.numbers, 5):
            if self.signed_in(number):
                self.does(partial(Router.sign_out, number=number, cause="test", now_ms=self.now_ms))
            elif self.router.roster.at_phone(number) is None:
                self.does(partial(Router.sign_in, number=number, phone=number, cause="test", now_ms=self.now_ms))

    def signed_in(self, number: str) -> bool:
        return number in self.router.roster.pools.present

    def phone(self) -> None:
        phone, engaged = self.luck.choice(self.numbers), self.luck.random() < 0.3
        reachable = self.luck.random() < 0.8
        self.does(partial(Router.phone_changed, phone=phone, reachable=reachable, engaged=engaged, now_ms=self.now_ms))

    def edit_queue(self) -> None:
        """A queue asks for something else from now on; the calls in it stay at the step that fits their wait."""
        old = self.luck.choice(QUEUES)
        asked = parse(f"{self.luck.choice(SKILLS)} >= {self.luck.randint(1, 8)}")
        new = QueueSettings(name=old.name, requires=asked, steps=old.steps, blended=old.blended, point_ms=30_000)
        self.settings[old.name] = self.luck.choice((old, new))
        self.does(partial(Router.define_queue, settings=self.settings[old.name], now_ms=self.now_ms))

    def surge(self) -> None:
        on = self.luck.random() < 0.5
        self.does(partial(Router.declare_surge, queue="helped", on=on, cause="test", now_ms=self.now_ms))

    def hours(self) -> None:
        self.does(partial(Router.set_open, queue="limited", is_open=self.luck.random() < 0.7, now_ms=self.now_ms))

    def learn(self) -> None:
        self.hires(self.luck.choice(self.numbers))
