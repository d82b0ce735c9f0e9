"""Joins the estimates of the wait to the router: who can serve which queue, and who stands where; and lets them go on
after a restart with what the journal tells.
"""

from pathlib import Path

from acd.distributor import Distributor
from acd.estimates import Estimates
from acd.facts import AgentStateChanged, CallDequeued, CallOffered, CallQueued, DaemonStarted, OfferEnded
from recording.facts import facts_among
from recording.series import Series

RECALLED = 16 * 1024 * 1024
"""So many bytes of the journal's end are read again: some hours of a busy centre, half a second."""

_KINDS = (AgentStateChanged, CallQueued, CallOffered, OfferEnded, CallDequeued, DaemonStarted)
_NAMES = tuple(f'"{kind.__name__}"'.encode() for kind in _KINDS)


def estimates_of(distributor: Distributor) -> Estimates:
    """Estimates that learn from this distributor's facts from now on."""
    router = distributor.router

    def serves(agent: str, queue: str) -> bool:
        known = queue in router.queues and agent in router.roster
        return known and router.queue(queue).settings.base.met_by(router.roster.agent(agent))

    def position(linkedid: str) -> int | None:
        call = router.calls.get(linkedid)
        return router.queue(call.queue).position(call) if call is not None else None

    estimates = Estimates(serves, position)
    distributor.on_fact.append(estimates.on_fact)
    return estimates


def recall(estimates: Estimates, journal: Path) -> None:
    """Let them learn again from the journal's end what they knew. It ends with the start of this daemon, after which
    nobody waits; a line that is no fact is passed over."""
    for fact in facts_among(Series(journal).last_lines(RECALLED), _NAMES):
        estimates.on_fact(fact)
