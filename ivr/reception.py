"""Asterisk's door: finds the flow of each caller who comes in and serves him, to his hang-up or the flow's end."""

from collections.abc import Callable

import structlog

from ivr.agi.session import AgiSession
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.flow.model import Flow
from ivr.journeys import Journeys
from ivr.transfers import NO_FLOW, Transfer
from ivr.visit import Visit

log = structlog.get_logger()


class Reception:
    """Serves callers; `await reception(session)` is one of them. `flow_of` finds the flow of a dialled number (KeyError
    if it leads nowhere)."""

    def __init__(self, desk: Desk, flow_of: Callable[[str], Flow]) -> None:
        self._desk = desk
        self._flow_of = flow_of
        self._journeys = desk.journeys or Journeys(desk.distributor)

    async def __call__(self, session: AgiSession) -> None:
        """Serve the caller of this session to the end of his flow or his hang-up."""
        caller = Caller.of(session)
        try:
            flow = self._flow_of(caller.dialled)
        except KeyError:
            flow = NO_FLOW
        if flow is NO_FLOW and not caller.transfer:
            # The dialplan only lets numbers in that lead somewhere; what slips through is served by its fallback.
            log.error("no-such-number", error_id="no-such-number", linkedid=caller.linkedid)
            return
        transfer = None
        if caller.transfer:
            transfer = Transfer(caller, self._desk.find(caller.transfer), self._desk.distributor, self._journeys)
        with structlog.contextvars.bound_contextvars(linkedid=caller.linkedid):
            await Visit(self._desk, session, caller, flow, self._journeys, transfer).run()
