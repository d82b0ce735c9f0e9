"""Queues: what the files say of them, the calls that stand in them, and the count that must always balance.

Who is next across all queues is decided by `Order`; who serves whom by the router.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from acd.choice import Strategy
from acd.requirements import ANY, Requirement, both, from_levels
from acd.states import DequeueReason, OutcomePolicy
from acd.targets import LEAVE, Target

if TYPE_CHECKING:
    from acd.pools import Pool

PREFERRED = -1
"""The step before the first: the call waits for one agent alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is asked from `after_ms` on (milliseconds since the call came into this queue); None: as before.

    A step with `overflow` ends the wait here. `priority` are points on top of the call's own, from this step on.
    """

    after_ms: int = 0
    requires: Requirement | None = None
    priority: int | None = None
    overflow: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blended:
    """Agents of other work who help out while the queue is above a threshold, or a surge is declared.

    They come in when more than `above_waiting` calls wait (0: never for that) and leave when no more than half of that
    do; they come in too while a call has waited longer than `above_wait_ms` (0: never for that).
    """

    agents: Requirement
    above_waiting: int = 0
    above_wait_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterCall:
    """An agent's wrap-up: how long it is, by how much he makes it longer at a time, how long it may be in all; whether
    the call is to be closed with an outcome code."""

    wrap_up_ms: int
    more_ms: int
    most_ms: int
    outcome: OutcomePolicy = OutcomePolicy.NONE


NO_WRAP_UP = AfterCall(wrap_up_ms=0, more_ms=0, most_ms=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """What the centre's files say about a queue. Durations in milliseconds; a limit of 0 is no limit."""

    name: str
    title: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    requires: Requirement = ANY
    steps: tuple[Step, ...] = ()
    strategy: Strategy = Strategy.LONGEST_IDLE
    ring_several: int = 1
    ring_ms: int = 20_000
    wrap_up_ms: int = 0
    wrap_up_more_ms: int = 60_000
    """By how much an agent makes his wrap-up longer at a time."""
    wrap_up_most_ms: int = 600_000
    """How long a wrap-up may be made in all; no longer than `wrap_up_ms`: not at all."""
    point_ms: int = 60_000
    """What one point of priority is worth: a head start of so much waiting."""
    preferred_ms: int = 30_000
    """How long a call waits for its preferred agent alone."""
    max_wait_ms: int = 0
    """Since the call came into this queue; then it goes `on_max_wait`."""
    on_max_wait: Target = LEAVE
    max_waiting: int = 0
    """A call that finds so many in the queue goes `on_full`."""
    on_full: Target = LEAVE
    on_nobody: Target | None = None
    """Where calls go while nobody is signed in who could take them, at whatever step; None: they wait."""
    on_closed: Target | None = None
    """Where calls go when the queue is closed, those waiting included; None: they wait."""
    blended: Blended | None = None
    service_level_ms: int = 20_000
    music: str = "default"
    outcome: OutcomePolicy = OutcomePolicy.NONE
    """Whether its calls are to be closed with an outcome code."""

    @property
    def after_call(self) -> AfterCall:
        """The wrap-up of its agents."""
        return AfterCall(
            wrap_up_ms=self.wrap_up_ms,
            more_ms=self.wrap_up_more_ms,
            most_ms=self.wrap_up_most_ms,
            outcome=self.outcome,
        )

    @property
    def base(self) -> Requirement:
        """What is asked of an agent at first."""
        return both(from_levels(self.skills), self.requires)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step with nothing left open: what is asked, and the points added, from `after_ms` on."""

    after_ms: int
    requires: Requirement
    priority: int
    overflow: Target | None


def stages(settings: QueueSettings) -> tuple[Stage, ...]:
    """The queue's whole way, from entry on; there is at least one."""
    now = Stage(0, settings.base, 0, None)
    way = [now]
    for step in sorted(settings.steps, key=lambda step: step.after_ms):
        now = Stage(
            step.after_ms,
            now.requires if step.requires is None else step.requires,
            now.priority if step.priority is None else step.priority,
            step.overflow,
        )
        way.append(now)
    return tuple(way)


class Order(NamedTuple):
    """The one total order of waiting calls, across all queues: the least goes first.

    `due_ms` is the first entry, set back by `point_ms` of its queue for each point of priority: an urgent call counts
    as one that has waited longer. So waiting alone brings everybody to the head in the end: a call can only be passed
    by calls that enter less than (their points times `point_ms`) after it. Nothing in it moves with the clock.
    """

    due_ms: int
    entered_ms: int
    sequence: int


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """A call that waits, or is being offered; `offers` are the ids of its offers, by agent."""

    linkedid: str
    queue: str
    priority: int
    skills: Mapping[str, int]
    requires: Requirement
    """What this call asks of an agent besides the queue."""
    data: Mapping[str, str]
    entered_ms: int
    """First queue entry, kept through missed offers, overflow and restarts."""
    queued_ms: int
    """Entry into this queue: its steps count from here."""
    sequence: int
    order: Order
    preferred: str = ""
    """The agent it waits for alone, at step PREFERRED."""
    named: bool = False
    """Whether somebody has sent it to that agent: then he is the right one whatever the queue asks."""
    step: int = 0
    offers: dict[str, str] = field(default_factory=dict)
    pool: "Pool | None" = None
    """Where it waits for an agent (acd/pools.py), None while it is being offered."""
    on_line: bool = True
    """Whether somebody holds the line for it. For a call-back nobody does: no limit of the queue puts it out, and it
    rings one agent where callers ring several."""
    visited: frozenset[str] = frozenset()
    """Queues it has overflowed from: it does not come back."""

    @property
    def offer(self) -> str:
        """The id of its offer (of the first, where several ring); empty while it has none."""
        return next(iter(self.offers.values()), "")


@dataclass(slots=True)
class Queue:
    """One queue: its settings, its waiting calls in order (those being offered included), its counts."""

    settings: QueueSettings
    entered: int = 0
    left: Counter[DequeueReason] = field(default_factory=Counter)
    open: bool = True
    surge: bool = False
    """Whether a surge is declared."""
    overdue: set[str] = field(default_factory=set)
    """Calls that have waited longer than the blended agents' threshold."""
    blending: bool = False
    """Whether the blended agents are in."""
    stages: tuple[Stage, ...] = field(init=False)
    _orders: list[Order] = field(default_factory=list)
    _waiting: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stages = stages(self.settings)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def define(self, settings: QueueSettings) -> None:
        """Take new settings; the calls stay."""
        self.settings, self.stages = settings, stages(settings)

    def enter(self, call: Call) -> None:
        """Put the call in its place in the order."""
        self.entered += 1
        self._insert(call)

    def leave(self, call: Call, reason: DequeueReason) -> None:
        """Take the call out for good. Raises LookupError where it does not stand in this queue."""
        self._remove(call)
        self.overdue.discard(call.linkedid)
        self.left[reason] += 1

    def reorder(self, call: Call, order: Order) -> None:
        """Give the call another place. Raises LookupError where it does not stand in this queue."""
        self._remove(call)
        call.order = order
        self._insert(call)

    def position(self, call: Call) -> int:
        """1 for the call that is first in this queue. Raises LookupError where it does not stand in it."""
        return self._index(call) + 1

    @property
    def base(self) -> Requirement:
        """What is asked of an agent at first; made once, for it is asked of every agent."""
        return self.stages[0].requires

    @property
    def wants_blended(self) -> bool:
        """Whether the blended agents should be in."""
        blended = self.settings.blended
        if blended is None:
            return False
        most = blended.above_waiting // 2 if self.blending else blended.above_waiting
        return self.surge or bool(self.overdue) or (blended.above_waiting > 0 and len(self) > most)

    def could_serve(self) -> Iterator[Requirement]:
        """Whatever may be asked of an agent for this queue, at any step."""
        yield from dict.fromkeys(stage.requires for stage in self.stages if stage.overflow is None)
        if self.settings.blended is not None:
            yield self.settings.blended.agents

    @property
    def balanced(self) -> bool:
        """entered = answered + abandoned + timed out + overflowed + withdrawn + waiting."""
        return self.entered == self.left.total() + len(self._waiting)

    def _index(self, call: Call) -> int:
        at = bisect_left(self._orders, call.order)
        if at == len(self._waiting) or self._waiting[at] is not call:
            raise LookupError(f"call {call.linkedid} does not stand in queue {self.settings.name}")
        return at

    def _insert(self, call: Call) -> None:
        at = bisect_left(self._orders, call.order)
        self._orders.insert(at, call.order)
        self._waiting.insert(at, call)

    def _remove(self, call: Call) -> None:
        at = self._index(call)
        del self._orders[at], self._waiting[at]
