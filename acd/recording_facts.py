"""Facts of a call's recording while the call goes on."""

from dataclasses import dataclass

from acd.fact import CallFact


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPaused(CallFact):
    """From here on both sides are recorded as silence: at this node of the flow something is said or keyed that nobody
    may hear again. `why` is "secret"."""

    node: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed(CallFact):
    """Both sides are recorded again, or the call is over. `why`: "keyed", "invalid", "timeout", "back", "operator",
    "hung_up", or "failed" where a fault of ours ended the collection."""

    node: str
    why: str
