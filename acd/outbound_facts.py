"""Facts of calls that agents place themselves to numbers outside. acd/facts.py reads and writes them with all others;
they are imported from there.
"""

from dataclasses import dataclass

from acd.fact import CallFact


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideRefused(CallFact):
    """A number that `agent` has dialled is not called. `error` says why: an id of the toll guard, or "dial-not-allowed"
    where he may call nobody outside. The number is not repeated: it may be anything."""

    agent: str
    error: str
