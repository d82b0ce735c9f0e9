"""Facts of a call's recording while the call goes on."""

from dataclasses import dataclass

from acd.fact import CallFact
from acd.masking import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPaused(CallFact):
    """From here on both sides are recorded as silence. `by` says who wants it: "flow", where at this node something is
    said or keyed that nobody may hear again (`why` is "secret"), "agent:1001", or a program, "api:name"; then `why` are
    his words and `node` is empty."""

    node: str
    why: Personal
    by: str = "flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed(CallFact):
    """Both sides are recorded again, or the call is over. `why`, after a flow: "keyed", "invalid", "timeout", "back",
    "operator", "hung_up", or "failed" where a fault of ours ended the collection; after somebody's pause: his words,
    "released" (the conversation ended), "hung_up", or "limit" (it lasted as long as a pause may). `by` as in
    RecordingPaused, or "system"."""

    node: str
    why: str
    by: str = "flow"
