"""Facts of a call's recording while the call goes on."""

from dataclasses import dataclass
from typing import NamedTuple

from acd.fact import CallFact
from acd.masking import Personal


class Written(NamedTuple):
    """How much audio there was in a file, in milliseconds, when Asterisk wrote to it last; -1: no file was seen."""

    at_ms: int = 0
    ms: int = -1


UNSEEN = Written()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPaused(CallFact):
    """From here on both sides are recorded as silence. `by` says who wants it: "flow", where at this node something is
    said or keyed that nobody may hear again (`why` is "secret"), "agent:1001", or a program, "api:name"; then `why` are
    his words and `node` is empty. `written_at_ms` is when Asterisk had written to the call's file last, `written_ms`
    how much audio there was in it then, -1 where nobody saw a file: what does not come later makes the file shorter, so
    that its end does not tell where in it this was."""

    node: str
    why: Personal
    by: str = "flow"
    written_at_ms: int = UNSEEN.at_ms
    written_ms: int = UNSEEN.ms


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed(CallFact):
    """Both sides are recorded again, or the call is over. `why`, after a flow: "keyed", "invalid", "timeout", "back",
    "operator", "hung_up", or "failed" where a fault of ours ended the collection; after somebody's pause: his words,
    "released" (the conversation ended), "hung_up", or "limit" (it lasted as long as a pause may). `by` as in
    RecordingPaused, or "system"; `written_at_ms` and `written_ms` as there."""

    node: str
    why: str
    by: str = "flow"
    written_at_ms: int = UNSEEN.at_ms
    written_ms: int = UNSEEN.ms
