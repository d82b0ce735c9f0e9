"""Facts of conversations of more than two. acd/facts.py reads and writes them with all others; they are imported from
there.
"""

from dataclasses import dataclass

from acd.fact import CallFact


@dataclass(frozen=True, slots=True, kw_only=True)
class CallJoined(CallFact):
    """`agent` is put beside `by` and his caller: the three are in a conference. `consult` is the linkedid of the call
    in which `by` had asked him; until `agent` hangs up he is told to talk in that one."""

    agent: str
    by: str
    consult: str
