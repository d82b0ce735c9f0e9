"""Sends what happens to everyone who watches: facts as they are, and the rows of the picture that they changed.

A watcher who cannot keep up is given up, so that he never costs more than his limit of memory.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from pydantic import BaseModel

from acd.distributor import Distributor
from acd.estimates import Estimates
from acd.facts import (
    AgentEdited,
    AgentStateChanged,
    CallFact,
    CallOutcomeSet,
    CentrePublished,
    Fact,
    NotReadyExceeded,
    OutcomeOwed,
    QualityFact,
    WrapUpExtended,
    to_json,
)
from acd.masked_facts import masked_json
from acd.masking import Mask, masked
from acd.queues import Queue
from cti.alarms.standing import Alarm
from cti.board import Board
from cti.http.views import (
    CallView,
    ClosureView,
    QueueView,
    Snapshot,
    Update,
    agent_view,
    alarm_views,
    call_view,
    closure_view,
    queue_view,
)
from recording.identity import call_id
from recording.record import CallRecord
from recording.record_changes import Change

BEHIND_AT_MOST = 2_000
"""Messages a watcher may be behind."""

AGENT_FACTS = AgentStateChanged | AgentEdited | NotReadyExceeded | WrapUpExtended | OutcomeOwed | CallOutcomeSet
"""Facts that change an agent's row."""

APART_S = 0.05
"""Between two pictures of what has changed: a row is made once for all that changed it meanwhile. What comes after a
silence is told at once."""


class _Told(BaseModel):
    """What the recorder says of a call that is over."""

    record: CallRecord
    cursor: int | None = None


class Watcher:
    """One who watches: a bounded line of messages, with numbers masked unless `mask` is None. He is told the facts that
    he `sees`, and, unless they are all he wants (`facts_alone`), rows and records."""

    def __init__(
        self,
        behind_at_most: int,
        mask: Mask | None = None,
        sees: Callable[[Fact], bool] = lambda fact: True,
        *,
        facts_alone: bool = False,
    ) -> None:
        self.mask = mask
        self.sees = sees
        self.facts_alone = facts_alone
        self._messages: asyncio.Queue[str] = asyncio.Queue(behind_at_most)
        self._lost = asyncio.Event()

    def put(self, message: str) -> None:
        """For the hub."""
        try:
            self._messages.put_nowait(message)
        except asyncio.QueueFull:
            self._lost.set()

    async def next(self) -> str:
        """The next message."""
        return await self._messages.get()

    async def lost(self) -> None:
        """Returns when he has fallen too far behind: messages are missing from now on."""
        await self._lost.wait()


class LiveHub:
    """Facts in, messages out: `{"snapshot": …}` first, then `{"fact": name, …}`, `{"update": …}`, `{"record": …}`."""

    def __init__(
        self,
        distributor: Distributor,
        estimates: Estimates,
        alarms: Iterable[Alarm] = (),
        *,
        behind_at_most: int = BEHIND_AT_MOST,
    ) -> None:
        """`alarms` are those that stand, whenever it is looked."""
        self.board = Board()
        self._alarms = alarms
        self._distributor = distributor
        self._estimates = estimates
        self._behind_at_most = behind_at_most
        self._watchers: set[Watcher] = set()
        self._pending: list[Fact] = []
        self._flush_soon: asyncio.Handle | None = None
        self._not_before_s = 0.0
        distributor.on_fact.append(self.on_fact)

    def __len__(self) -> int:
        return len(self._watchers)

    def on_fact(self, fact: Fact) -> None:
        """Take note. The sending is left for later: the task that rings the agent's phone goes first."""
        self.board.on_fact(fact)
        if self._watchers:
            self._pending.append(fact)
            if self._flush_soon is None:
                loop = asyncio.get_running_loop()
                due_s = max(self._not_before_s, loop.time())
                self._flush_soon = loop.call_at(due_s, self._flush)
                self._not_before_s = due_s + APART_S

    def on_record(self, message: str) -> None:
        """A call's record has been stored; the message is `{"record": …}` as it comes from the recorder. What happened
        before it is told before it."""
        if self._watchers:
            self._flush()
            self._send(lambda mask: message if mask is None else _masked_record(message, mask))

    def queue(self, queue: Queue) -> QueueView:
        """The queue as it is now."""
        router, now_ms = self._distributor.router, self._distributor.clock.now_ms()
        return queue_view(queue, router.roster, now_ms, self.board.surges.get(queue.settings.name), self._estimates)

    def snapshot(self) -> Snapshot:
        """Everything that is going on now."""
        router, now_ms = self._distributor.router, self._distributor.clock.now_ms()
        return Snapshot(
            at_ms=now_ms,
            agents=[agent_view(agent, self.board) for agent in router.roster],
            queues=[self.queue(queue) for queue in router.queues.values()],
            calls=[call_view(call) for call in self.board.calls.values()],
            closures=self._closures(),
            alarms=alarm_views(self._alarms),
        )

    @contextmanager
    def watch(
        self, mask: Mask | None = None, sees: Callable[[Fact], bool] = lambda fact: True, *, facts_alone: bool = False
    ) -> Iterator[Watcher]:
        """A watcher who has the snapshot as his first message and misses nothing after it that he `sees`; with
        `facts_alone` he has facts and nothing else. Numbers are whole for him where `mask` is None."""
        self._flush()
        watcher = Watcher(self._behind_at_most, mask, sees, facts_alone=facts_alone)
        if not facts_alone:
            watcher.put(f'{{"snapshot":{_shown(self.snapshot(), mask)}}}')
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def _flush(self) -> None:
        if self._flush_soon is not None:
            self._flush_soon.cancel()
            self._flush_soon = None
        facts, self._pending = self._pending, []
        for fact in facts:
            self._send(partial(_written, fact), partial(_sees, fact))
        if moved := [fact for fact in facts if not isinstance(fact, QualityFact)]:
            update = self._update(moved)
            self._send(lambda mask: f'{{"update":{_shown(update, mask)}}}')

    def _update(self, facts: list[Fact]) -> Update:
        router = self._distributor.router
        agents = {fact.agent for fact in facts if isinstance(fact, AGENT_FACTS) and fact.agent in router.roster}
        calls = {fact.linkedid for fact in facts if isinstance(fact, CallFact)}
        calls |= {fact.linkedid for fact in facts if isinstance(fact, AgentStateChanged)} & self.board.calls.keys()
        queues = {str(getattr(fact, "queue", "")) for fact in facts}
        edited = any(isinstance(fact, CentrePublished) for fact in facts)
        shown: list[CallView] = []
        ended: list[str] = []
        for linkedid in sorted(calls):
            if (call := self.board.calls.get(linkedid)) is not None:
                shown.append(call_view(call))
            else:
                ended.append(call_id(linkedid))
        moved = [router.roster.agent(number) for number in sorted(agents)]
        return Update(
            agents=[agent_view(agent, self.board) for agent in moved],
            queues=[
                self.queue(queue)
                for queue in router.queues.values()
                if edited or queue.settings.name in queues or any(queue.base.met_by(agent) for agent in moved)
            ],
            calls=shown,
            ended=ended,
            closures=self._closures(),
            alarms=alarm_views(self._alarms),
        )

    def _closures(self) -> list[ClosureView]:
        return [closure_view(closure) for closure in self.board.closures.values()]

    def _send(
        self, written: Callable[[Mask | None], str], wanted: Callable[[Watcher], bool] = lambda one: not one.facts_alone
    ) -> None:
        """Written once for all who see numbers whole, and once for all others."""
        texts: dict[bool, str] = {}
        for watcher in filter(wanted, self._watchers):
            whole = watcher.mask is None
            if whole not in texts:
                texts[whole] = written(watcher.mask)
            watcher.put(texts[whole])


def _sees(fact: Fact, watcher: Watcher) -> bool:
    return watcher.sees(fact)


def _written(fact: Fact, mask: Mask | None) -> str:
    return json.dumps(to_json(fact) if mask is None else masked_json(fact, mask))


def _masked_record(message: str, mask: Mask) -> str:
    return _shown(_Told.model_validate_json(message), mask)


def record_message(change: Change, mask: Mask | None) -> str:
    """A record that has changed, as a watcher is told it."""
    return change.message if mask is None else _masked_record(change.message, mask)


def _shown(model: BaseModel, mask: Mask | None) -> str:
    return (model if mask is None else masked(model, mask)).model_dump_json()
