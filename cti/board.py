"""What is going on right now, folded from the facts: every call under way, and since when each agent is in his state.

Pure, and it decides nothing: the router knows only calls that wait or talk; here are also those still in the menu.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from acd.facts import (
    AgentStateChanged,
    CallArrived,
    CallDequeued,
    CallEnded,
    CallFact,
    CallHeld,
    CallMuted,
    CallOffered,
    CallParked,
    CallQueued,
    CallReleased,
    CallRetrieved,
    CallTransferred,
    CallUnmuted,
    CallUnparked,
    ClosureDeclared,
    ClosureLifted,
    Fact,
    NodeEntered,
    OfferEnded,
    SurgeDeclared,
)
from acd.states import AgentState, DequeueReason, OfferOutcome, ParkingOutcome, TransferKind


class CallState(StrEnum):
    """Where a call under way is."""

    IVR = "ivr"
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"
    PARKED = "parked"
    WRAP_UP = "wrap_up"  # over, but for its agent's work after it


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUnderWay:
    """One call. `since_ms`: when its state began, `entered_ms`: its first queue entry; milliseconds since the epoch.
    `space`: where it is parked, until somebody has fetched it."""

    linkedid: str
    state: CallState
    arrived_ms: int
    since_ms: int
    caller: str = ""
    caller_name: str = ""
    dialled: str = ""
    flow: str = ""
    node: str = ""
    queue: str = ""
    agent: str = ""
    entered_ms: int | None = None
    space: str = ""
    parked_by: str = ""
    muted: bool = False


class Board:
    """Calls by linkedid in the order of their arrival; since when an agent is in his state; surges; closures."""

    def __init__(self) -> None:
        self.calls: dict[str, CallUnderWay] = {}
        self.since_ms: dict[str, int] = {}
        self.surges: dict[str, SurgeDeclared] = {}
        """Surges that are on, by queue: since when, who declared it, and why."""
        self.closures: dict[str, ClosureDeclared] = {}
        """Closures that are on, by calendar."""
        self.wrapped: dict[str, CallUnderWay] = {}
        """The call whose wrap-up an agent is in, by agent."""
        self._left: dict[str, CallUnderWay] = {}
        """The call that has left an agent last, by agent, until he is in another state than wrap-up."""

    def on_fact(self, fact: Fact) -> None:
        """Take note of a fact; one of a call that was never seen is passed over."""
        match fact:
            case CallArrived():
                self.calls[fact.linkedid] = _arrived(fact)
            case SurgeDeclared(on=True):
                self.surges[fact.queue] = fact
            case SurgeDeclared():
                self.surges.pop(fact.queue, None)
            case ClosureDeclared():
                self.closures[fact.calendar] = fact
            case ClosureLifted():
                self.closures.pop(fact.calendar, None)
            case AgentStateChanged():
                if fact.before is not fact.after:
                    self.since_ms[fact.agent] = fact.at_ms
                if fact.after is AgentState.TALKING and fact.linkedid not in self.calls:
                    self.calls[fact.linkedid] = _found_talking(fact)
                self._wrap_up(fact)
            case CallParked() if fact.linkedid not in self.calls:
                self.calls[fact.linkedid] = _found_parked(fact)
            case CallTransferred(kind=TransferKind.ANNOUNCED) if fact.linkedid not in self.calls:
                self.calls[fact.linkedid] = _found_handed_over(fact)
            case CallFact() if (call := self.calls.get(fact.linkedid)) is not None:
                self._goes_on(call, _after(call, fact))

    def _goes_on(self, call: CallUnderWay, after: CallUnderWay | None) -> None:
        if after is not None:
            self.calls[call.linkedid] = after
        else:
            del self.calls[call.linkedid]
        if call.agent and (after is None or after.agent != call.agent):
            self._leaves(call)

    def _leaves(self, call: CallUnderWay) -> None:
        """The call leaves its agent, before his wrap-up is told or after."""
        self._left[call.agent] = call
        if (wrapped := self.wrapped.get(call.agent)) is not None and wrapped.linkedid == call.linkedid:
            self.wrapped[call.agent] = replace(call, state=CallState.WRAP_UP, since_ms=wrapped.since_ms)

    def _wrap_up(self, fact: AgentStateChanged) -> None:
        call = self._left.get(fact.agent) or self.calls.get(fact.linkedid)
        if fact.after is not AgentState.WRAP_UP:
            self.wrapped.pop(fact.agent, None)
            self._left.pop(fact.agent, None)
        elif fact.before is not AgentState.WRAP_UP and call is not None and call.linkedid == fact.linkedid:
            self.wrapped[fact.agent] = replace(call, state=CallState.WRAP_UP, since_ms=fact.at_ms, agent=fact.agent)


def _arrived(fact: CallArrived) -> CallUnderWay:
    return CallUnderWay(
        linkedid=fact.linkedid,
        state=CallState.IVR,
        arrived_ms=fact.at_ms,
        since_ms=fact.at_ms,
        caller=fact.caller,
        caller_name=fact.caller_name,
        dialled=fact.dialled,
        flow=fact.flow,
    )


def _found_talking(fact: AgentStateChanged) -> CallUnderWay:
    """A conversation that was under way when the daemon came up; its flow died with the daemon before."""
    return CallUnderWay(
        linkedid=fact.linkedid,
        state=CallState.TALKING,
        arrived_ms=fact.at_ms,
        since_ms=fact.at_ms,
        agent=fact.agent,
    )


def _found_parked(fact: CallParked) -> CallUnderWay:
    """A caller whom an agent has parked that had him from the daemon before."""
    return CallUnderWay(
        linkedid=fact.linkedid,
        state=CallState.PARKED,
        arrived_ms=fact.at_ms,
        since_ms=fact.at_ms,
        queue=fact.queue,
        space=fact.space,
        parked_by=fact.agent,
    )


def _found_handed_over(fact: CallTransferred) -> CallUnderWay:
    """A caller whom an agent that had him from the daemon before has left with a colleague."""
    return CallUnderWay(
        linkedid=fact.linkedid,
        state=CallState.TALKING,
        arrived_ms=fact.at_ms,
        since_ms=fact.at_ms,
        queue=fact.queue,
        agent=fact.to,
    )


def _after(call: CallUnderWay, fact: CallFact) -> CallUnderWay | None:  # noqa: PLR0911, PLR0912 - a table, a line a fact
    """The call after the fact, None when it is over."""
    at_ms = fact.at_ms
    match fact:
        case NodeEntered(node=node):
            return replace(call, node=node)
        case CallQueued(queue=queue, entered_ms=entered_ms):
            return replace(call, state=CallState.WAITING, since_ms=at_ms, queue=queue, entered_ms=entered_ms)
        case CallOffered(agent=agent):
            return replace(call, state=CallState.RINGING, since_ms=at_ms, agent=agent)
        case OfferEnded(outcome=OfferOutcome.ANSWERED):
            return replace(call, state=CallState.TALKING, since_ms=at_ms)
        case OfferEnded():
            waits = CallState.PARKED if call.space else CallState.WAITING
            return replace(call, state=waits, since_ms=at_ms, agent="")
        case CallParked(space=space, agent=by, queue=queue):
            return replace(call, state=CallState.PARKED, since_ms=at_ms, queue=queue, space=space, parked_by=by)
        case CallUnparked(outcome=ParkingOutcome.FETCHED):
            return replace(call, space="", parked_by="")
        case CallUnparked():
            return replace(call, state=CallState.IVR, since_ms=at_ms, space="", parked_by="", queue="")
        case CallHeld():
            return replace(call, state=CallState.HOLDING, since_ms=at_ms)
        case CallRetrieved():
            return replace(call, state=CallState.TALKING, since_ms=at_ms)
        case CallTransferred(kind=TransferKind.ANNOUNCED, to=agent, queue=queue):
            queue = queue or call.queue
            return replace(call, state=CallState.TALKING, since_ms=at_ms, agent=agent, queue=queue)
        case CallDequeued(reason=DequeueReason.ANSWERED):
            return call
        case CallMuted() | CallUnmuted():
            return replace(call, muted=isinstance(fact, CallMuted))
        case CallReleased() if not call.flow:
            return None
        case CallDequeued() | CallReleased():
            return replace(call, state=CallState.IVR, since_ms=at_ms, queue="", agent="", entered_ms=None, muted=False)
        case CallEnded():
            return None
        case _:
            return call
