"""A witness of the router: he sees its facts and the phones, nothing else, and objects to what must not happen.

He shares no code with the router, so that what the facts tell is enough to know the floor.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from acd.facts import (
    AgentStateChanged,
    CallDequeued,
    CallHeld,
    CallNotParked,
    CallOffered,
    CallParked,
    CallQueued,
    CallReleased,
    CallRetrieved,
    CallTransferred,
    CallUnparked,
    Fact,
    OfferEnded,
    WrapUpEnded,
)
from acd.states import AgentState, DequeueReason, OfferOutcome, ParkingOutcome, Status


class Standing(Enum):
    """Where a caller is. There is no further place: who is in none of these is lost."""

    WAITING = "waiting"
    OFFERED = "offered"
    PARKED = "parked"
    FETCHED = "fetched"  # parked, while the agent is rung, or on his line, who is to have him
    ASKED = "asked"  # in no queue: a colleague's call, while the phone of the one agent rings whom it is for
    TALKING = "talking"
    GONE = "gone"


@dataclass(kw_only=True)
class SeenCall:
    queue: str
    order: tuple[int, int, int]
    needs: Mapping[str, int]
    standing: Standing = Standing.WAITING
    agent: str = ""
    since_ms: int = 0
    held_since_ms: int | None = None
    hold_ms: int = 0
    space: str = ""
    on_line: bool = False
    """Whoever fetches him has opened a line for it."""


@dataclass
class SeenAgent:
    skills: Mapping[str, int]
    state: AgentState = AgentState.SIGNED_OUT
    status: Status = Status.SIGNED_OUT
    phone: str = ""
    reason: str = ""
    linkedid: str = ""
    idle_since_ms: int | None = None
    """None while he is not free."""
    last_idle_since_ms: int = 0

    def can_serve(self, call: SeenCall) -> bool:
        return all(self.skills.get(skill, 0) >= level for skill, level in call.needs.items())


class Witness:
    """Feed him `phone_changed` before and `see` after each verb, then let him `look_around`."""

    def __init__(self, queue_skills: Mapping[str, Mapping[str, int]], spaces: Collection[str]) -> None:
        self._queue_skills = queue_skills
        self._spaces = spaces
        self._engaged: dict[str, bool] = {}
        self._came = 0
        self.agents: dict[str, SeenAgent] = {}
        self.calls: dict[str, SeenCall] = {}
        self.parked: list[CallParked] = []
        """Who is parked; `returned` are those for whom nobody came, taken out by who puts them into
        their queues."""
        self.returned: list[CallParked] = []

    def phone_changed(self, phone: str, *, engaged: bool, now_ms: int) -> None:
        self._engaged[phone] = engaged
        for agent in self.agents.values():
            if agent.phone == phone:
                self._note_idleness(agent, now_ms)

    def adopted(self, linkedid: str, queue: str, agent: str, since_ms: int) -> None:
        """A conversation was found under way: of this alone the facts tell only the agent's side."""
        self.calls[linkedid] = SeenCall(
            queue=queue, order=(0, 0, 0), needs={}, standing=Standing.TALKING, agent=agent, since_ms=since_ms
        )

    def asks(self, linkedid: str) -> None:
        """A colleague is about to be asked: that he is rung the facts tell, that nobody else is meant they need not."""
        self.calls[linkedid] = SeenCall(queue="", order=(0, 0, 0), needs={}, standing=Standing.ASKED)

    def standing(self, *wanted: Standing) -> list[str]:
        return sorted(linkedid for linkedid, call in self.calls.items() if call.standing in wanted)

    @property
    def spaces(self) -> dict[str, str]:
        """The space of each caller who is parked."""
        there = (*self._calls(Standing.PARKED), *self._calls(Standing.FETCHED))
        return {linkedid: call.space for linkedid, call in there}

    @property
    def free(self) -> set[str]:
        return {number for number, agent in self.agents.items() if agent.idle_since_ms is not None}

    def look_around(self) -> None:
        """After each verb: nobody who could be served waits while somebody who could serve him is free."""
        for linkedid, call in self._calls(Standing.WAITING):
            idle = [number for number in self.free if self.agents[number].can_serve(call)]
            assert not idle, f"{linkedid} waits though {idle} are free"

    def see(self, fact: Fact) -> None:
        """Take note of the next fact."""
        match fact:
            case AgentStateChanged():
                self._agent_changed(fact)
            case CallQueued():
                self._queued(fact)
            case CallOffered():
                self._offered(fact)
            case OfferEnded():
                self._offer_ended(fact)
            case CallDequeued():
                self._dequeued(fact)
            case CallHeld():
                assert self.agents[fact.agent].state is AgentState.HOLDING
                self._held(self.calls[fact.linkedid], fact.at_ms)
            case CallRetrieved():
                assert self.agents[fact.agent].state is AgentState.TALKING
                self._retrieved(self.calls[fact.linkedid], fact.at_ms)
            case CallReleased():
                self._released(fact)
            case CallTransferred():
                self._transferred(fact)
            case CallParked() | CallNotParked() | CallUnparked():
                self._parking(fact)
            case WrapUpEnded():
                assert self.agents[fact.agent].linkedid == fact.linkedid
                assert fact.wrap_up_ms >= 0
            case _:
                raise AssertionError(f"the router does not state {fact}")

    def _queued(self, fact: CallQueued) -> None:
        known = self.calls.get(fact.linkedid)
        assert known is None or known.standing is Standing.GONE
        needs = dict(self._queue_skills[fact.queue])
        for skill, level in fact.skills.items():
            needs[skill] = max(level, needs.get(skill, 0))
        self._came += 1
        order = (fact.entered_ms - 60_000 * fact.priority, fact.entered_ms, self._came)
        self.calls[fact.linkedid] = SeenCall(queue=fact.queue, order=order, needs=needs)
        assert fact.waiting == self._in_queue(fact.queue)

    def _offered(self, fact: CallOffered) -> None:
        call, agent = self.calls[fact.linkedid], self.agents[fact.agent]
        assert (agent.state, agent.linkedid) == (AgentState.RINGING, fact.linkedid)
        if call.standing is Standing.PARKED:
            call.standing = Standing.FETCHED
        elif call.standing is not Standing.ASKED:
            assert call.standing is Standing.WAITING
            assert fact.wait_ms == fact.at_ms - call.order[1]
            call.standing = Standing.OFFERED
        call.agent, call.since_ms = fact.agent, fact.at_ms

    def _offer_ended(self, fact: OfferEnded) -> None:
        call = self.calls[fact.linkedid]
        assert call.agent == fact.agent
        assert fact.ring_ms == fact.at_ms - call.since_ms
        if call.standing in (Standing.ASKED, Standing.FETCHED):
            fallen_back = Standing.PARKED if call.standing is Standing.FETCHED else Standing.GONE
            call.standing = Standing.TALKING if fact.outcome is OfferOutcome.ANSWERED else fallen_back
            call.since_ms = fact.at_ms
            return
        assert call.standing is Standing.OFFERED
        if fact.outcome is not OfferOutcome.ANSWERED:
            call.standing = Standing.WAITING

    def _dequeued(self, fact: CallDequeued) -> None:
        call, answered = self.calls[fact.linkedid], fact.reason is DequeueReason.ANSWERED
        assert call.standing is (Standing.OFFERED if answered else Standing.WAITING)
        assert fact.wait_ms == fact.at_ms - call.order[1]
        call.standing, call.since_ms = Standing.TALKING if answered else Standing.GONE, fact.at_ms
        assert fact.waiting == self._in_queue(call.queue)

    def _released(self, fact: CallReleased) -> None:
        call = self.calls[fact.linkedid]
        assert (call.standing, call.agent) == (Standing.TALKING, fact.agent)
        if call.held_since_ms is not None:
            self._retrieved(call, fact.at_ms)
        assert (fact.talk_ms, fact.hold_ms) == (fact.at_ms - call.since_ms - call.hold_ms, call.hold_ms)
        call.standing = Standing.GONE

    def _parking(self, fact: CallParked | CallNotParked | CallUnparked) -> None:
        match fact:
            case CallParked():
                self._parked(fact)
            case CallNotParked():
                assert sorted(self.spaces.values()) == sorted(self._spaces)
                self.returned.append(_as_parked(fact))
            case CallUnparked():
                self._unparked(fact)

    def _parked(self, fact: CallParked) -> None:
        """Each has a space of his own. A daemon that comes back says it again, with the time that he had left."""
        known = self.calls.get(fact.linkedid)
        assert known is None or known.standing is Standing.GONE
        assert fact.space in self._spaces
        assert fact.space not in self.spaces.values()
        self.calls[fact.linkedid] = SeenCall(
            queue=fact.queue, order=(0, 0, 0), needs={}, standing=Standing.PARKED, space=fact.space
        )
        self.parked.append(fact)

    def _unparked(self, fact: CallUnparked) -> None:
        call = self.calls[fact.linkedid]
        (parked,) = (one for one in self.parked if one.linkedid == fact.linkedid)
        self.parked.remove(parked)
        assert (fact.space, fact.parked_ms >= 0) == (call.space, True)
        if fact.outcome is ParkingOutcome.FETCHED:
            assert (call.standing, call.agent) == (Standing.TALKING, fact.agent)
            return
        assert (call.standing, fact.agent) == (Standing.PARKED, "")  # nobody is rung for him any more
        call.standing = Standing.GONE
        if fact.outcome is ParkingOutcome.RETURNED:
            assert fact.at_ms >= parked.until_ms
            self.returned.append(parked)

    def _transferred(self, fact: CallTransferred) -> None:
        """Both conversations are over; the agent who was asked is in another with the caller, in the same breath."""
        call, agent = self.calls[fact.linkedid], self.agents[fact.to]
        assert (call.standing, self.calls[fact.consult].standing) == (Standing.GONE, Standing.GONE)
        assert agent.state in (AgentState.TALKING, AgentState.HOLDING)
        agent.linkedid = fact.linkedid
        self.adopted(fact.linkedid, fact.queue or call.queue, fact.to, fact.at_ms)
        if agent.state is AgentState.HOLDING:
            self.calls[fact.linkedid].held_since_ms = fact.at_ms

    def _agent_changed(self, fact: AgentStateChanged) -> None:
        agent = self.agents[fact.agent]
        assert fact.before is agent.state
        if fact.after is AgentState.RINGING and agent.state is not AgentState.RINGING:
            self._reserved(agent, self.calls[fact.linkedid])
        before, agent.state = agent.state, fact.after
        agent.status, agent.phone, agent.reason = fact.status, fact.phone, fact.reason
        agent.linkedid = fact.linkedid or agent.linkedid
        if agent.state is AgentState.SIGNED_OUT:
            agent.phone = ""
        self._note_idleness(agent, fact.at_ms, keep_place=before is AgentState.RINGING)

    def _reserved(self, agent: SeenAgent, call: SeenCall) -> None:
        """He was free and able; nobody able was idle longer, and no caller he could serve was before this one. A
        colleague may be asked who wants no calls, but not one who has a call."""
        if call.standing is Standing.ASKED:
            assert agent.state in (AgentState.READY, AgentState.NOT_READY)
            assert not self._engaged.get(agent.phone, False)
            return
        if call.standing is Standing.PARKED:
            assert agent.state in (AgentState.READY, AgentState.NOT_READY)
            assert call.on_line or not self._engaged.get(agent.phone, False)
            return
        assert agent.idle_since_ms is not None
        assert agent.can_serve(call)
        assert call.standing is Standing.WAITING
        for other in self.agents.values():
            if other.idle_since_ms is not None and other.can_serve(call):
                assert agent.idle_since_ms <= other.idle_since_ms
        for _, waiting in self._calls(Standing.WAITING):
            assert call.order <= waiting.order or not agent.can_serve(waiting)

    def _held(self, call: SeenCall, at_ms: int) -> None:
        assert (call.standing, call.held_since_ms) == (Standing.TALKING, None)
        call.held_since_ms = at_ms

    def _retrieved(self, call: SeenCall, at_ms: int) -> None:
        assert call.standing is Standing.TALKING
        assert call.held_since_ms is not None
        call.hold_ms += at_ms - call.held_since_ms
        call.held_since_ms = None

    def _note_idleness(self, agent: SeenAgent, now_ms: int, *, keep_place: bool = False) -> None:
        if agent.state is not AgentState.READY or self._engaged.get(agent.phone, False):
            agent.idle_since_ms = None
        elif agent.idle_since_ms is None:
            agent.idle_since_ms = agent.last_idle_since_ms if keep_place else now_ms
            agent.last_idle_since_ms = agent.idle_since_ms

    def _calls(self, standing: Standing) -> Iterator[tuple[str, SeenCall]]:
        return ((linkedid, call) for linkedid, call in self.calls.items() if call.standing is standing)

    def _in_queue(self, queue: str) -> int:
        waiting = (Standing.WAITING, Standing.OFFERED)
        return sum(1 for call in self.calls.values() if call.queue == queue and call.standing in waiting)


def _as_parked(fact: CallNotParked) -> CallParked:
    return CallParked(
        at_ms=fact.at_ms, linkedid=fact.linkedid, space="", agent=fact.agent, queue=fact.queue, until_ms=fact.at_ms
    )
