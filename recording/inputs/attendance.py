"""Adherence and attendance (kpi.md, figures 1 and 15): what agents did, held against what they should have done. Pure
functions of spans; where those come from is decided elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from acd.states import AgentState
from recording.agent_log import StateEntry
from recording.inputs.plan import PlannedShift
from recording.inputs.spans import Span, meet, total_ms

AT_WORK = frozenset({AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.HOLDING, AgentState.WRAP_UP})
"""The states in which an agent adheres to his schedule."""


@dataclass(frozen=True, slots=True)
class Stay:
    """An agent in one state, and whether he was signed in, for a span."""

    state: AgentState
    signed_in: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """`adhered_ms` of `scheduled_ms` the agent was at work. Sums: the figure of several agents or days is the sum of
    the one through the sum of the other."""

    adhered_ms: int
    scheduled_ms: int


def stays(entries: Iterable[StateEntry], start: datetime, end: datetime) -> Iterator[Stay]:
    """What an agent did from `start` to `end`, from the changes of his state in order; the last one before `start` may
    be among them. Before the first entry he was what that one says he was; without any nothing is known. Who signs out
    during a call is signed in until it is over: what the floor sees counts."""
    state: AgentState | None = None
    signed_in, since = False, start
    for entry in entries:
        if entry.at >= end:
            break
        if state is None:
            state, signed_in = entry.before, entry.before is not AgentState.SIGNED_OUT
        if (span := Span(since, entry.at).within(Span(start, end))) is not None:
            yield Stay(state, signed_in, span)
        state, signed_in, since = entry.after, entry.after is not AgentState.SIGNED_OUT, entry.at
    if state is not None and (span := Span(since, end).within(Span(start, end))) is not None:
        yield Stay(state, signed_in, span)


def adherence(working: Iterable[Span], done: Iterable[Stay]) -> Adherence:
    """How much of the time in which he should work (Plan.working) an agent was at work."""
    scheduled = list(working)
    present = [stay.span for stay in done if stay.signed_in and stay.state in AT_WORK]
    return Adherence(adhered_ms=total_ms(meet(scheduled, present)), scheduled_ms=total_ms(scheduled))


def attendance(
    shifts: Iterable[PlannedShift], signed_in: Mapping[str, Sequence[Span]]
) -> tuple[frozenset[str], frozenset[str]]:
    """Who came, and who should have come: the agents of these shifts who were signed in during one of them, at whatever
    time, and all agents of these shifts. Who is on leave or sick for the whole shift should not have come."""
    expected: set[str] = set()
    came: set[str] = set()
    for shift in shifts:
        expected.add(shift.agent)
        if meet([shift.span], signed_in.get(shift.agent, ())):
            came.add(shift.agent)
    return frozenset(came), frozenset(expected)


def signed_in(done: Iterable[Stay]) -> list[Span]:
    """When an agent was signed in."""
    return [stay.span for stay in done if stay.signed_in]
