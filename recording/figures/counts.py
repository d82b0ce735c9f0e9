"""The additive sums that every figure is computed from: what is counted and added up of one half hour, and nothing
that cannot be added. How a call becomes sums is decided in recording.figures.calls, how sums become figures in the
catalogue.

Three kinds of row have the sums of calls: of the centre, of a queue, of an agent. What "received" means differs with
the kind, and each name below says it; a sum that a kind does not have is 0 there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Sums of calls. Names that end in `_ms` are milliseconds, all others count calls; received calls alone, but for
    the names that begin with `callback_`, `outbound` and `internal`. "Wait" is from the entry into a queue to answer or
    leaving.
    """

    received: int = 0
    """Centre: calls that reached our lines, blocked ones too. Queue: entries. Agent: calls that rang at his phone."""
    blocked: int = 0
    """Centre: turned away before any queue or IVR."""
    offered: int = 0
    """Entered a queue; of an agent: rang at his phone."""
    answered: int = 0
    """Connected to an agent."""
    served_by_ivr: int = 0
    """Centre: ended in the IVR, no queue entered, nobody spoken with."""
    abandoned: int = 0
    """The caller hung up while he waited in a queue or a phone rang for him; short ones too."""
    short_abandoned: int = 0
    """Abandoned within the queue's threshold."""
    abandoned_in_time: int = 0
    """Abandoned within the time of the queue's service level."""
    answered_in_time: int = 0
    """Answered within the time of the queue's service level."""
    answered_elsewhere: int = 0
    """Centre: connected to an outside number that a queue or flow had sent him to, to no agent."""
    voicemail: int = 0
    callback_asked: int = 0
    """Ended with the wish to be called back."""
    timed_out: int = 0
    overflowed: int = 0
    withdrawn: int = 0
    """Left a queue for none of these reasons: a supervisor took it out, Asterisk was lost."""
    left_early: int = 0
    """Centre: hung up before anything answered, no queue entered."""
    waited: int = 0
    """No agent was free at the entry into the queue."""
    waited_to_end: int = 0
    """Of those that waited: answered by an agent or abandoned."""
    waited_ms: int = 0
    """The wait of these."""
    answer_wait_ms: int = 0
    """The wait of the answered."""
    abandon_wait_ms: int = 0
    """The wait of the abandoned, short ones not."""
    line_answered: int = 0
    """Centre: IVR or agent took the caller's line. Queue and agent: an agent's phone that rang was answered."""
    ring_ms: int = 0
    """How long these rang before."""
    talk_ms: int = 0
    hold_ms: int = 0
    held: int = 0
    """Calls that were on hold at least once."""
    wrap_up_ms: int = 0
    transferred: int = 0
    """Answered calls that an agent sent on, once each however often."""
    transferred_blind: int = 0
    transferred_announced: int = 0
    resolved: int = 0
    """Closed with an outcome that means "resolved"."""
    resolved_first: int = 0
    """Of these: not followed by another call on the same matter in time."""
    rang_in_vain: int = 0
    """Agent: offers he missed or refused, or at which his phone could not be rung. Counts offers, not calls."""
    callback_attempts: int = 0
    """Calls of ours to customers who had asked for it."""
    callback_reached: int = 0
    callback_talk_ms: int = 0
    callback_hold_ms: int = 0
    callback_wrap_up_ms: int = 0
    internal: int = 0
    """Calls from an agent's phone: consults, colleagues. Queue, agent: those that came to them."""
    blocked_call_limit: int = 0
    """Centre: of the blocked those that came when as many callers were there as it lets in. Each blocked call counts
    under one of these four."""
    blocked_unknown_number: int = 0
    blocked_lines_busy: int = 0
    blocked_refused: int = 0
    """Blocked for any other reason."""
    outbound: int = 0
    """Centre, agent: calls that agents placed themselves to numbers outside."""
    outbound_reached: int = 0
    """Of these: somebody answered."""
    outbound_talk_ms: int = 0
    """Of these; of an agent also his talk in those that a colleague placed."""
    outbound_hold_ms: int = 0
    outbound_wrap_up_ms: int = 0
    internal_reached: int = 0
    """Of the internal ones: an agent answered."""
    internal_talk_ms: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in names_of(type(self))})

    def some(self) -> dict[str, int]:
        """Those that are not 0."""
        return {name: value for name in names_of(type(self)) if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long agents were in each state, exactly, in milliseconds: the log of states cut at the half hours' ends."""

    ready_ms: int = 0
    not_ready_ms: int = 0
    ringing_ms: int = 0
    talking_ms: int = 0
    holding_ms: int = 0
    wrap_up_ms: int = 0
    unreachable_ms: int = 0

    @property
    def signed_in_ms(self) -> int:
        """All of it."""
        return sum(getattr(self, name) for name in names_of(type(self)))

    def __add__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in names_of(type(self))})


def names_of(kind: type[Counts] | type[Times]) -> tuple[str, ...]:
    """The names of the sums."""
    return _NAMES[kind]


_NAMES: Mapping[type, tuple[str, ...]] = {kind: tuple(one.name for one in fields(kind)) for kind in (Counts, Times)}

CALLS, TIMES = _NAMES[Counts], tuple(f"state_{name}" for name in _NAMES[Times])
"""The sums as formulas name them: those of the log of states with `state_` before, as two have a wrap-up."""

AGENTS = "agents"
"""The sum that says of how many agents the others are."""

AGENTS_ANSWERED = "agents_answered"
"""What all agents of a scope answered, once for each agent. The centre has it ready for each half hour: its agents have
more rows in a month than a report has time to read."""
