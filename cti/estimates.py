"""Joins the estimates of the wait to the router: who can serve which queue, and who stands where."""

from acd.distributor import Distributor
from acd.estimates import Estimates


def estimates_of(distributor: Distributor) -> Estimates:
    """Estimates that learn from this distributor's facts from now on."""
    router = distributor.router

    def serves(agent: str, queue: str) -> bool:
        return router.queue(queue).settings.base.met_by(router.roster.agent(agent))

    def position(linkedid: str) -> int | None:
        call = router.calls.get(linkedid)
        return router.queue(call.queue).position(call) if call is not None else None

    estimates = Estimates(serves, position)
    distributor.on_fact.append(estimates.on_fact)
    return estimates
