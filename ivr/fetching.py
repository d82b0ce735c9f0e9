"""An agent takes a caller by dialling: one who is parked, or one for whom a colleague's phone rings, or who waits.

His own phone need not ring for it: the caller's session puts the two lines together (ivr/connecting.py), and the end of
this session in the agent's line is the moment in which they are.
"""

import asyncio
from collections.abc import Callable

import structlog

from acd.agents import Agent
from acd.distributor import Distributor
from acd.errors import AgentBusy, NotParked, NotRinging
from acd.facts import Fact, OfferEnded
from acd.offers import Offer
from acd.queues import Call
from acd.states import Activity, OfferOutcome
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.announcements import Announcement

log = structlog.get_logger()

RING_MS = 30_000
"""How long an agent's phone rings for a parked caller whom he fetches by his desktop."""

OnLine = Callable[[str, str, str], None]
"""Is told of an agent's line that is in a caller's call now: its channel, its uniqueid, and the call's linkedid."""

_WHO = "${CHANNEL(uniqueid)}"


class Fetching:
    """`await fetching.parked(…)` and `await fetching.ringing(…)` return what is to be said where it came to nothing;
    where it came to a talk, or he hung up, the session is over."""

    def __init__(self, distributor: Distributor, on_line: OnLine) -> None:
        self._distributor = distributor
        self._on_line = on_line
        self._open: dict[str, asyncio.Future[None]] = {}
        distributor.on_fact.append(self._on_fact)

    async def parked(self, session: AgiSession, agent: Agent, space: str) -> Announcement:
        """Fetch who is parked at the space; without one, whom he parked himself last, else who is parked longest.

        Raises AgiHungUp once he speaks with the caller, or has hung up.
        """
        lot = self._distributor.router.parking
        parked = lot.at(space) if space else lot.to_fetch(agent.number)
        if parked is None:
            return Announcement.NOBODY_PARKED
        line = session.environment.channel
        try:
            with self._distributor.command() as (router, now_ms):
                offer = router.fetch(parked.linkedid, agent.number, line=line, ring_ms=RING_MS, now_ms=now_ms)
        except NotParked:
            return Announcement.NOBODY_PARKED
        except AgentBusy:
            return busy(agent)
        await self._taken(session, offer)
        return Announcement.NOBODY_PARKED

    async def ringing(self, session: AgiSession, agent: Agent, colleague: str) -> Announcement:
        """Take the call that rings at the colleague's phone; without one, that which has rung longest, else the first
        of those who wait in his queues. Raises as `parked`."""
        line = session.environment.channel
        if (call := self._call_for(agent, colleague)) is None:
            return Announcement.NOTHING_TO_PICK_UP
        try:
            with self._distributor.command() as (router, now_ms):
                offer = router.pick_up(call.linkedid, agent.number, line=line, now_ms=now_ms)
        except NotRinging:
            return Announcement.NOTHING_TO_PICK_UP
        except AgentBusy:
            return busy(agent)
        if offer is not None:
            await self._taken(session, offer)
        return Announcement.NOTHING_TO_PICK_UP

    def _call_for(self, agent: Agent, colleague: str) -> Call | None:
        router = self._distributor.router
        waiting = [call for call in router.calls.values() if call.on_line]
        ringing = [call for call in waiting if call.offers and (not colleague or colleague in call.offers)]
        if ringing or colleague:
            return min(ringing, key=lambda call: min(offer.at_ms for offer in router.offers_of(call)), default=None)
        his = [call for call in waiting if router.queue(call.queue).base.met_by(agent)]
        return min(his, key=lambda call: call.order, default=None)

    async def _taken(self, session: AgiSession, offer: Offer) -> None:
        """Until his line is in the caller's call, or is not: returns where the caller is gone."""
        gone = self._open[offer.id] = asyncio.get_running_loop().create_future()
        try:
            await session.while_up(gone)
        except AgiHungUp:
            if await session.last_word(_WHO) in ("", session.environment.uniqueid):
                with self._distributor.command() as (router, now_ms):
                    router.offer_ended(offer.id, OfferOutcome.WITHDRAWN, now_ms=now_ms)
            else:  # his channel has gone from here into the bridge, and left an empty one behind
                self._on_line(session.environment.channel, session.environment.uniqueid, offer.linkedid)
                with self._distributor.command() as (router, now_ms):
                    router.answered(offer.linkedid, phone=offer.phone, now_ms=now_ms)
            raise
        finally:
            del self._open[offer.id]

    def _on_fact(self, fact: Fact) -> None:
        if isinstance(fact, OfferEnded) and fact.outcome is not OfferOutcome.ANSWERED:
            gone = self._open.get(fact.offer)
            if gone is not None and not gone.done():
                gone.set_result(None)


def busy(agent: Agent) -> Announcement:
    """What is told to who cannot take or make a call now."""
    return Announcement.IN_WRAP_UP if agent.activity is Activity.WRAP_UP else Announcement.IN_CALL
