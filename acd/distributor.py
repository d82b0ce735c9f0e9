"""The asyncio shell of the router: the one place where routing state is changed while the daemon runs.

It carries commands to the router, offers to the calls that wait for them, and facts to whoever listens. It decides
nothing itself.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

import structlog

from acd.clock import Clock
from acd.facts import Fact
from acd.offers import Offer, Outcome
from acd.router import Router
from acd.seats import Seats
from acd.states import DequeueReason
from acd.targets import Target
from acd.waking import Waking

log = structlog.get_logger()

Value = TypeVar("Value")

News = tuple[Offer, ...] | Target


class Place:
    """A call's place in a queue, as the task that serves the caller sees it."""

    def __init__(self) -> None:
        self.hung_up = False
        """Whether the caller has left the place of himself."""
        self._came: deque[News] = deque()
        self._awaited: asyncio.Future[News] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is here now."""
        return not self._came

    def next(self) -> asyncio.Future[News]:
        """The next agents for this call, whose phones are to ring together; or where it goes instead. If that is a
        queue it waits there already, and its offers come here too. To be awaited by one task at a time.

        A bare future: whoever awaits it goes on in the very turn of the loop after the decision, before anything that
        follows from the decision is told to anybody.
        """
        awaited: asyncio.Future[News] = asyncio.get_running_loop().create_future()
        if self._came:
            awaited.set_result(self._came.popleft())
        self._awaited = awaited
        return awaited

    def put(self, news: News) -> None:
        """For the distributor."""
        if self._awaited is None or self._awaited.done():
            self._came.append(news)
        else:
            self._awaited.set_result(news)


class Distributor:
    """Runs a router. `command` is the only way to change it: take the router and the time, and what it decided is
    carried out when the block ends."""

    def __init__(self, router: Router, clock: Clock, seats: Seats | None = None) -> None:
        self.router = router
        self.clock = clock
        self.seats = seats or Seats()
        """How those who carry out offers ring the agents."""
        self.on_fact: list[Callable[[Fact], None]] = []
        self.on_withdrawn: list[Callable[[Offer], None]] = []
        self._places: dict[str, Place] = {}
        self._untold: deque[Fact] = deque()
        self._telling: asyncio.Handle | None = None
        self._waking = Waking(clock, self._tick)
        self._closed = False

    @contextmanager
    def command(self) -> Iterator[tuple[Router, int]]:
        """One change of routing state. What the router decided before an error is carried out all the same."""
        try:
            yield self.router, self.clock.now_ms()
        finally:
            self._carry_out(self.router.take())

    @contextmanager
    def place(
        self, linkedid: str, *, talk_ends: bool = True, reason: DequeueReason = DequeueReason.ABANDONED
    ) -> Iterator[Place]:
        """Offers for the call arrive here; enter it inside. When the block ends the call is out of the queue for this
        reason, unless it has a newer place: a call may come back on a new session before the old one has noticed its
        end.

        With `talk_ends` a conversation of his is over then as well; without, Asterisk's events tell of its end.

        Ended by an error, or cancelled, it is not the caller who left but we: he is withdrawn, and goes on in the
        fallback queue if Asterisk still has him. His hang-up is for the block to tell (`hung_up`).
        """
        place = self._places[linkedid] = Place()
        try:
            yield place
        except BaseException:
            if not place.hung_up:
                reason = DequeueReason.WITHDRAWN
            raise
        finally:
            if self._places.get(linkedid) is place:
                del self._places[linkedid]
                with self.command() as (router, now_ms):
                    router.leave(linkedid, reason=reason, talk_ends=talk_ends, now_ms=now_ms)

    def state(self, fact: Fact) -> None:
        """Tell the listeners a fact that is not the router's own (the IVR's, the link's)."""
        if not self._closed:
            self._tell([fact])

    def close(self) -> None:
        """From now on nothing is decided and nothing stated. What goes on without us, a ringing phone or a talk,
        is told by Asterisk: an end in order leaves the same behind as a sudden one."""
        self._tell_all()
        self._closed = True
        self._waking.set(None)

    def _carry_out(self, outcome: Outcome) -> None:
        if self._closed:
            return
        for linkedid, offers in groupby(outcome.offers, key=attrgetter("linkedid")):
            if (place := self._places.get(linkedid)) is not None:
                place.put(tuple(offers))
        for offer in outcome.withdrawn:
            for on_withdrawn in self.on_withdrawn:
                _safely(on_withdrawn, offer)
        for linkedid, target in outcome.left:
            if (place := self._places.get(linkedid)) is not None:
                place.put(target)
        self._tell(outcome.facts, phones_first=bool(outcome.offers))
        self._waking.set(self.router.next_due_ms)

    def _tell(self, facts: Iterable[Fact], *, phones_first: bool = False) -> None:
        """Phones first: an agent's idle gap is what we are measured by. The tasks that ring them are woken already, so
        what is told in the next turn of the loop is told behind them. Facts keep their order."""
        self._untold.extend(facts)
        if self._telling is None:
            if phones_first:
                self._telling = asyncio.get_running_loop().call_soon(self._tell_all)
            else:
                self._tell_all()

    def _tell_all(self) -> None:
        self._telling = None
        while self._untold:
            fact = self._untold.popleft()
            for listener in self.on_fact:
                _safely(listener, fact)

    def _tick(self) -> None:
        with self.command() as (router, now_ms):
            router.tick(now_ms=now_ms)


def _safely(listener: Callable[[Value], None], value: Value) -> None:
    try:
        listener(value)
    except Exception:
        log.exception("listener-failed", error_id="listener-failed", listener=repr(listener))
