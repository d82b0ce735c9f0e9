"""The facts about how agents close their calls. acd/facts.py reads and writes them with all others; they are imported
from there.
"""

from dataclasses import dataclass

from acd.fact import CallFact
from acd.masking import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcomeSet(CallFact):
    """A call was closed with an outcome code, or closed anew: the last one holds. `agent` is whose call it is, empty
    where nobody spoke with the caller; `resolved` is what the code meant then, `matter` what the call was about, as the
    centre names it; `cause` says who did it, as in AgentStateChanged."""

    agent: str
    code: str
    resolved: bool
    note: Personal = ""
    matter: Personal = ""
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeOwed(CallFact):
    """The agent's after-call work is over, and the call has no outcome code, which its queue requires."""

    queue: str
    agent: str
