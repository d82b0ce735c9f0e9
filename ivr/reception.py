"""Asterisk's door: finds the flow of each caller who comes in and serves him, to his hang-up or the flow's end."""

from collections.abc import Callable

import structlog

from acd.distributor import Distributor
from acd.known_caller import Known, nobody
from ivr.agi.session import AgiSession
from ivr.caller import Caller
from ivr.flow.model import Flow
from ivr.flow.steps import Prompt
from ivr.visit import Visit

log = structlog.get_logger()


class Reception:
    """Serves callers; `await reception(session)` is one of them. `flow_of` finds the flow of a dialled number (KeyError
    if it leads nowhere), `sound_of` the sound file of a prompt, without its ending, `known` says who a caller is."""

    def __init__(
        self,
        distributor: Distributor,
        flow_of: Callable[[str], Flow],
        sound_of: Callable[[Prompt], str],
        known: Known = nobody,
    ) -> None:
        self._distributor = distributor
        self._flow_of = flow_of
        self._sound_of = sound_of
        self._known = known

    async def __call__(self, session: AgiSession) -> None:
        """Serve the caller of this session to the end of his flow or his hang-up."""
        caller = Caller.of(session)
        try:
            flow = self._flow_of(caller.dialled)
        except KeyError:
            # The dialplan only lets numbers in that lead somewhere; what slips through is served by its fallback.
            log.error("no-such-number", error_id="no-such-number", linkedid=caller.linkedid)
            return
        with structlog.contextvars.bound_contextvars(linkedid=caller.linkedid):
            await Visit(session, caller, flow, self._distributor, self._sound_of, self._known).run()
