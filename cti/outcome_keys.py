"""Calls closed at a phone: the digits an agent keys behind the star code, as an outcome code of the catalogue."""

import structlog

from acd.distributor import Distributor
from acd.facts import CallOutcomeSet
from recording.database import is_away
from recording.inputs.outcomes import Outcomes, by_keys
from recording.store import Store

log = structlog.get_logger()


class OutcomeKeys:
    """Closes the call that an agent wraps up, or the last of those that he owes a code."""

    def __init__(self, store: Store, distributor: Distributor) -> None:
        self._outcomes = Outcomes(store)
        self._distributor = distributor

    async def __call__(self, agent: str, linkedid: str, keys: str) -> bool:
        """Whether his call is closed with the code of these keys; False where there is none, or the data base, which
        has them, is away."""
        queue = self._queue(linkedid)
        try:
            outcome = by_keys(await self._outcomes.all(), keys, queue)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("call-not-closed", error_id="database-unavailable", agent=agent, linkedid=linkedid)
            return False
        if outcome is None:
            return False
        with self._distributor.command() as (router, now_ms):
            router.outcomes.close(
                CallOutcomeSet(
                    at_ms=now_ms,
                    linkedid=linkedid,
                    agent=agent,
                    code=outcome.code,
                    resolved=outcome.resolved,
                    cause="phone",
                )
            )
        return True

    def _queue(self, linkedid: str) -> str:
        router = self._distributor.router
        if (wrap_up := router.conversations.wrap_up_of(linkedid)) is not None:
            return wrap_up[1].queue
        owed = router.outcomes.of(linkedid)
        return owed.queue if owed else ""
