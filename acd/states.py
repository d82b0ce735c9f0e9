"""The closed sets the house speaks in: states, outcomes and reasons, each named once.

`recording` reads these names from the journal, `cti` shows them, so a name here is part of the API.
"""

from enum import StrEnum


class Status(StrEnum):
    """What the agent chose."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    NOT_READY = "not_ready"


class Activity(StrEnum):
    """What the system sees the agent doing with calls we gave him."""

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"
    WRAP_UP = "wrap_up"


class AgentState(StrEnum):
    """Status and activity folded into the one word a wallboard shows (requirements A2)."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    NOT_READY = "not_ready"
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"
    WRAP_UP = "wrap_up"
    UNREACHABLE = "unreachable"


class OfferOutcome(StrEnum):
    """How one offer of a call to an agent ended."""

    ANSWERED = "answered"
    MISSED = "missed"  # rang to the end of the ring time
    REFUSED = "refused"  # the agent's phone said no
    UNREACHABLE = "unreachable"  # the phone could not be rung; does not count against the agent
    ABANDONED = "abandoned"  # the caller hung up while the phone rang
    WITHDRAWN = "withdrawn"  # taken back by us: signed out by a supervisor, service restarted
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # several phones rang, another agent was quicker


class OverflowCause(StrEnum):
    """Why a call left its queue for somewhere else."""

    STEP = "step"  # the queue's own way leads there
    MAX_WAIT = "max_wait"
    FULL = "full"
    NOBODY = "nobody"  # nobody is signed in who could take it
    CLOSED = "closed"
    CALLER = "caller"  # he pressed the key to leave


class DequeueReason(StrEnum):
    """Why a call left a queue. entered = the sum of these + waiting, always."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMED_OUT = "timed_out"
    OVERFLOWED = "overflowed"
    WITHDRAWN = "withdrawn"


class OutcomePolicy(StrEnum):
    """Whether agents are to close the calls of a queue with an outcome code."""

    REQUIRED = "required"  # without one the call is owed a code, of which its agent is reminded
    ASKED = "asked"  # a desktop asks for one; without one nothing follows
    NONE = "none"


class ParkingOutcome(StrEnum):
    """How a caller who was parked left his space."""

    FETCHED = "fetched"  # an agent speaks with him
    RETURNED = "returned"  # nobody came in time: he goes back to who parked him, then to his queue
    ABANDONED = "abandoned"
    WITHDRAWN = "withdrawn"  # by us: the service stopped; he goes on in the plain queue
    FULL = "full"  # there was none: he goes back at once


class TransferKind(StrEnum):
    """How an agent sent his caller on (kpi.md, figure 19)."""

    BLIND = "blind"  # he had spoken with nobody who would take the caller
    ANNOUNCED = "announced"  # he had spoken with the colleague who took the caller


class CallOutcome(StrEnum):
    """What became of a call, seen from the caller (kpi.md, figure 22)."""

    ANSWERED = "answered"  # by an agent, or at the outside number that a queue sent him to
    ABANDONED = "abandoned"
    SERVED_BY_IVR = "served_by_ivr"
    TIMED_OUT = "timed_out"
    OVERFLOWED = "overflowed"  # his queue sent him elsewhere, where nobody answered or could
    VOICEMAIL = "voicemail"  # he left a message for the queue
    CALLBACK = "callback"  # he asked to be rung back
    BLOCKED = "blocked"
    NOT_REACHED = "not_reached"  # an attempt of ours to call him back that came to no conversation


class CallbackState(StrEnum):
    """Where a call-back is on its way from being asked for to its end."""

    REQUESTED = "requested"  # not in the queue: he is on the line himself, is rung for another, or Asterisk is away
    WAITING = "waiting"  # stands in the queue, at the place he had
    RINGING = "ringing_agent"  # an agent is reserved: his phone rings, or he hears who it is
    LISTENING = "listening"  # an agent hears the message that it brings
    DIALLING = "dialling_customer"
    TALKING = "talking"
    DUE = "retry_due"  # waits for its time to stand in the queue again
    DONE = "done"


class CallbackOutcome(StrEnum):
    """How an attempt to reach the customer ended (down to `voicemail`), how a call-back did, and, of one that brings a
    message, what its hearing came to."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"  # no such number, switched off, or the line to the carrier is down
    REFUSED = "refused"  # the customer declined the call
    GIVEN_UP = "given_up"  # the agent hung up while the customer's phone rang
    VOICEMAIL = "voicemail"  # a machine answered, says the agent
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"  # he rang again himself, and was served
    HEARD = "heard"  # the message was heard and needs nothing more
    PUT_BACK = "put_back"  # the agent leaves the message to a colleague


class EndedBy(StrEnum):
    """Which side ended a call."""

    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"


class NotReadyReason(StrEnum):
    """Reasons the system itself gives; agents choose among those of the centre's configuration besides."""

    MISSED_CALL = "missed_call"
    REFUSED_CALL = "refused_call"
    SIGNED_IN = "signed_in"
