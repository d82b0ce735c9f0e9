"""Asterisk's door: finds the flow of each caller who comes in and serves him, to his hang-up or the flow's end."""

from dataclasses import replace

import structlog

from ivr.agi.session import AgiSession
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.flow.position import Position
from ivr.journeys import Journeys
from ivr.published import Entrance, Published
from ivr.transfers import NO_FLOW, Transfer
from ivr.visit import Visit
from ivr.whereabouts import kept

log = structlog.get_logger()


class Reception:
    """Serves callers; `await reception(session)` is one of them."""

    def __init__(self, desk: Desk, published: Published) -> None:
        self._desk = desk
        self._published = published
        self._journeys = desk.journeys or Journeys(desk.distributor)

    async def __call__(self, session: AgiSession) -> None:
        """Serve the caller of this session to the end of his flow or his hang-up."""
        caller = Caller.of(session)
        try:
            entrance = self._published.entrance(caller.dialled)
        except KeyError:
            entrance = NO_FLOW
        if entrance is NO_FLOW and not caller.transfer:
            # The dialplan only lets numbers in that lead somewhere; what slips through is served by its fallback.
            log.error("no-such-number", error_id="no-such-number", linkedid=caller.linkedid)
            return
        transfer = None
        if caller.transfer:
            transfer = Transfer(caller, self._desk.find(caller.transfer), self._desk.distributor, self._journeys)
        with structlog.contextvars.bound_contextvars(linkedid=caller.linkedid):
            position = await kept(session) if caller.placed else None
            if position is not None:
                entrance = await self._begun_in(entrance, position)
            await Visit(self._desk, session, caller, entrance, self._journeys, transfer, position).run()

    async def _begun_in(self, entrance: Entrance, position: Position) -> Entrance:
        """Where he was, in the version he began in; what his number leads to now if that is no more."""
        flows = await self._published.flows(position.version)
        outermost = position.standings[0].flow
        if flows is None or outermost not in flows:
            return entrance
        return replace(entrance, flows=flows, flow=outermost, version=position.version)
