"""Facts of calls that agents place themselves to numbers outside. acd/facts.py reads and writes them with all others;
they are imported from there.
"""

from dataclasses import dataclass

from acd.fact import CallFact
from acd.masking import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideRefused(CallFact):
    """A number that `agent` has dialled is not called. `error` says why: an id of the toll guard, or "dial-not-allowed"
    where he may call nobody outside. `number` is what he has dialled, empty where that is no number.
    """

    agent: str
    error: str
    number: Personal = ""
