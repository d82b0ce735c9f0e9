"""Rings the phones of the agents a waiting caller is offered to, and lets him talk with the one who answers."""

from collections.abc import Mapping, Sequence

from acd.distributor import Distributor
from acd.offers import Offer
from acd.seats import phone_of_channel
from acd.states import OfferOutcome
from ivr.agi.session import AgiSession
from ivr.desk import Outside

DIAL_STATUS: Mapping[str, OfferOutcome] = {
    "ANSWER": OfferOutcome.ANSWERED,
    "NOANSWER": OfferOutcome.MISSED,
    "BUSY": OfferOutcome.REFUSED,
}
"""Asterisk's DIALSTATUS of a call to one phone; all others (CHANUNAVAIL, CONGESTION, …) mean it could not be rung."""

REJECTED = "21"
"""The hang-up cause (ITU-T Q.850) of a phone that declines by 603: to Asterisk's Dial that is CHANUNAVAIL."""

_AFTER = "${DIALSTATUS},${HANGUPCAUSE},${DIALEDPEERNAME}"


async def connect(
    session: AgiSession, distributor: Distributor, offers: Sequence[Offer], music: str, *, talk_ends: bool = True
) -> bool:
    """Ring the agents together, and let the first who answers talk with the caller. False if it came to nothing and the
    caller waits on. With `talk_ends` the router is told that the talk is over when the two have parted.

    Of several phones, those that refuse or cannot be rung are told by Asterisk's events (cti/link.py) while the others
    still ring; here is known what became of the rest when the ringing is over.
    """
    rung = [offer for offer in offers if distributor.router.offer_at(offer.linkedid, offer.phone) is offer]
    if not rung:
        return False  # taken back before we came to it
    seats, roster = distributor.seats, distributor.router.roster
    phones = "&".join(seats.interface(roster.agent(offer.agent), offer.phone) for offer in rung)
    ring_s = max(seats.ring_s(offer.phone, offer.ring_ms) for offer in rung)
    await session.exec("Dial", f"{phones},{ring_s},gm({music})")
    status, cause, peer = (await session.get_full_variable(_AFTER)).split(",", 2)
    failed = OfferOutcome.REFUSED if cause == REJECTED and len(rung) == 1 else OfferOutcome.UNREACHABLE
    outcome = DIAL_STATUS.get(status, failed)
    linkedid, phone = rung[0].linkedid, _answered_at(rung, peer)
    with distributor.command() as (router, now_ms):
        if outcome is OfferOutcome.ANSWERED:
            # The event stream has told both already, unless the link was down.
            router.answered(linkedid, phone=phone, now_ms=now_ms)
            if talk_ends:
                router.released(linkedid, phone=phone, now_ms=now_ms)
        else:
            for offer in rung:
                router.offer_ended(offer.id, outcome, now_ms=now_ms)
        # An offer taken back in the moment of its answer leaves the call waiting.
        return outcome is OfferOutcome.ANSWERED and not router.is_offered(linkedid)


async def dial_outside(session: AgiSession, outside: Outside | None, number: str, music: str) -> bool:
    """Call a number of the centre's files and let the caller talk there. False if nobody answered, or none can be
    called."""
    if outside is None:
        return False
    if outside.caller_id:
        await session.set_variable("CALLERID(all)", outside.caller_id)
    ring_s = -(-outside.ring_ms // 1000)
    await session.exec("Dial", f"PJSIP/{number}@{outside.line},{ring_s},gm({music})")
    return await session.get_variable("DIALSTATUS") == "ANSWER"


def _answered_at(rung: Sequence[Offer], peer: str) -> str:
    """The phone that the answering channel belongs to; a single phone needs no asking."""
    if len(rung) == 1:
        return rung[0].phone
    return next((offer.phone for offer in rung if phone_of_channel(peer) == offer.phone), "")
