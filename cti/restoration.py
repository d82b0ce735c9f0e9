"""After a restart of ours: seats every agent where the journal's lines say he was, with the status he had chosen, and
declares again the surges and the closures that were on. Which calls are owed an outcome code is known again, too.

An agent's phone and his call are Asterisk's to tell, and come with the first snapshot.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import structlog

from acd.closures import Closures
from acd.distributor import Distributor
from acd.errors import RoutingError
from acd.facts import (
    AgentStateChanged,
    CallOutcomeSet,
    ClosureDeclared,
    ClosureLifted,
    NotReadyExceeded,
    OutcomeOwed,
    SurgeDeclared,
)
from acd.states import AgentState, Status
from recording.facts import facts_among
from recording.holding import ABSENT

log = structlog.get_logger()

_KINDS = (
    AgentStateChanged,
    NotReadyExceeded,
    SurgeDeclared,
    ClosureDeclared,
    ClosureLifted,
    CallOutcomeSet,
    OutcomeOwed,
)
_NAMES = tuple(f'"{kind.__name__}"'.encode() for kind in _KINDS)
MOST_OUTCOMES = 50_000
"""More than agents of one centre close in a day (acd.outcomes.REMEMBERED_MS)."""


@dataclass(frozen=True, slots=True)
class Last:
    """An agent's latest change of state. If he was not ready: since when (milliseconds since the epoch), and whether it
    was told that this is longer than allowed."""

    change: AgentStateChanged
    since_ms: int
    told: bool = False


@dataclass(slots=True)
class Latest:
    """The latest change of each agent's state, by number, and of each queue's surge, by name; the closures that are
    on, by calendar."""

    agents: dict[str, Last] = field(default_factory=dict)
    surges: dict[str, SurgeDeclared] = field(default_factory=dict)
    closures: dict[str, ClosureDeclared] = field(default_factory=dict)
    outcomes: deque[CallOutcomeSet | OutcomeOwed] = field(default_factory=lambda: deque(maxlen=MOST_OUTCOMES))
    """How calls were closed, and which were not, in the order of time."""


def latest(lines: Iterable[bytes]) -> Latest:
    """What a journal's lines say last; a line that is no fact is passed over."""
    said = Latest()
    for fact in facts_among(lines, _NAMES):
        match fact:
            case AgentStateChanged():
                said.agents[fact.agent] = _following(said.agents.get(fact.agent), fact)
            case NotReadyExceeded() if fact.agent in said.agents:
                said.agents[fact.agent] = replace(said.agents[fact.agent], told=True)
            case SurgeDeclared():
                said.surges[fact.queue] = fact
            case ClosureDeclared():
                said.closures[fact.calendar] = fact
            case ClosureLifted():
                said.closures.pop(fact.calendar, None)
            case CallOutcomeSet() | OutcomeOwed():
                said.outcomes.append(fact)
            case _:
                pass
    return said


def _following(last: Last | None, change: AgentStateChanged) -> Last:
    goes_on = last is not None and change.status is Status.NOT_READY and {change.before, change.after} <= ABSENT
    if last is None or not goes_on or last.change.reason != change.reason:
        return Last(change, change.at_ms)
    return Last(change, last.since_ms, last.told)


def restore(distributor: Distributor, closures: Closures, lines: Iterable[bytes]) -> None:
    """Sign in again who was signed in, and declare the surges and closures that were on, as the journal's lines that
    still hold (recording.standing) say. An agent who is there no more, or whose phone is taken, is left out, and so is
    a queue that is there no more."""
    said = latest(lines)
    _restore_agents(distributor, said.agents.values())
    for outcome in said.outcomes:
        distributor.router.outcomes.recall(outcome)
    for surge in said.surges.values():
        if surge.on and surge.queue in distributor.router.queues:
            with distributor.command() as (router, now_ms):
                router.declare_surge(surge.queue, on=True, cause=surge.cause, why=surge.why, now_ms=now_ms)
    for one in said.closures.values():
        closures.declare(
            one.calendar,
            by=one.by,
            why=one.why,
            announcement=one.announcement,
            since_ms=one.since_ms,
            now_ms=distributor.clock.now_ms(),
        )


def _restore_agents(distributor: Distributor, agents: Iterable[Last]) -> None:
    for last in agents:
        change = last.change
        if change.status is Status.SIGNED_OUT:
            if change.after is not AgentState.SIGNED_OUT:
                _state_signed_out(distributor, change)
            continue
        try:
            with distributor.command() as (router, now_ms):
                ready = change.status is Status.READY
                router.sign_in(change.agent, change.phone, ready=ready, cause="restart", now_ms=now_ms)
                if change.reason and not ready:
                    router.set_not_ready(change.agent, change.reason, cause="restart", now_ms=now_ms)
                if change.after in ABSENT:
                    router.resume_absence(change.agent, last.since_ms, told=last.told)
        except RoutingError as error:
            log.warning("agent-not-restored", error_id=error.id, agent=change.agent)  # its words may name a number


def _state_signed_out(distributor: Distributor, change: AgentStateChanged) -> None:
    """He signed out in a conversation that we did not see the end of: the log of states must not end in it."""
    distributor.state(
        AgentStateChanged(
            at_ms=distributor.clock.now_ms(),
            agent=change.agent,
            phone=change.phone,
            before=change.after,
            after=AgentState.SIGNED_OUT,
            status=Status.SIGNED_OUT,
            reason="",
            cause="restart",
        )
    )
