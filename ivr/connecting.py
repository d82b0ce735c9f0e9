"""Rings the phones of the agents a waiting caller is offered to, and lets him talk with the one who answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acd.distributor import Distributor
from acd.offers import Offer
from acd.seats import phone_of_channel
from acd.states import OfferOutcome
from ivr import variables
from ivr.agi.session import AgiSession
from ivr.desk import Outside
from ivr.toll_guard import Refusal

DIAL_STATUS: Mapping[str, OfferOutcome] = {
    "ANSWER": OfferOutcome.ANSWERED,
    "NOANSWER": OfferOutcome.MISSED,
    "BUSY": OfferOutcome.REFUSED,
}
"""Asterisk's DIALSTATUS of a call to one phone; all others (CHANUNAVAIL, CONGESTION, …) mean it could not be rung."""

REJECTED = "21"
"""The hang-up cause (ITU-T Q.850) of a phone that declines by 603: to Asterisk's Dial that is CHANUNAVAIL."""

CATEGORY = "callcenter_outside"
GROUP = f"GROUP({CATEGORY})"
CALLER_ID = "${CALLERID(all)}"
_CALL = "${DIALSTATUS},${ANSWEREDTIME_MS}"
WITH_MUSIC = "gm({})"
"""Options of Dial: the caller hears this music while it rings, and his session goes on."""

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
    if rung[0].line:
        return await _join(session, distributor, rung[0], talk_ends=talk_ends)
    seats, roster = distributor.seats, distributor.router.roster
    phones = "&".join(seats.interface(roster.agent(offer.agent), offer.phone) for offer in rung)
    ring_s = max(seats.ring_s(offer.phone, offer.ring_ms) for offer in rung)
    await session.exec("Dial", f"{phones},{ring_s},{WITH_MUSIC.format(music)}")
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


async def _join(session: AgiSession, distributor: Distributor, offer: Offer, *, talk_ends: bool) -> bool:
    """The agent is on a line of his own, which is put beside the caller's; it ends with their talk ("x")."""
    await session.set_music(on=False)
    await session.exec("Bridge", f"{offer.line},x")
    joined = await session.get_full_variable(f"${{{variables.BRIDGED}}}") == "SUCCESS"
    with distributor.command() as (router, now_ms):
        if joined:
            # The agent's own session has told the answer already (ivr/fetching.py).
            router.answered(offer.linkedid, phone=offer.phone, now_ms=now_ms)
            if talk_ends:
                router.released(offer.linkedid, phone=offer.phone, now_ms=now_ms)
        else:
            router.offer_ended(offer.id, OfferOutcome.WITHDRAWN, now_ms=now_ms)  # he has hung up at the last moment
        return joined and not router.is_offered(offer.linkedid)


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """What became of a call to a number outside: Asterisk's DIALSTATUS, or why it was not made (`error`)."""

    status: str
    talk_ms: int = 0
    error: str = ""

    @property
    def answered(self) -> bool:
        """Whether somebody has talked with the caller."""
        return self.status == "ANSWER"


async def dial_outside(
    session: AgiSession, outside: Outside | None, number: str, *, options: str, ring_ms: int | None = None
) -> OutsideCall:
    """Call a number outside, within the limits, and let the caller talk there; `options` are those of Dial. Who may be
    called is decided before."""
    if outside is None:
        return OutsideCall("", error=Refusal.NO_LINE)
    await session.set_variable(GROUP, "calls")
    try:
        if outside.at_once is not None and await _under_way(session) > outside.at_once:
            return OutsideCall("", error=Refusal.TOO_MANY)
        before = await session.get_full_variable(CALLER_ID) if outside.caller_id else ""
        if outside.caller_id:
            await session.set_variable("CALLERID(all)", outside.caller_id)
        ring_s = -(-(ring_ms or outside.ring_ms) // 1000)
        most = f"L({outside.most_ms})" if outside.most_ms is not None else ""
        await session.exec("Dial", f"PJSIP/{number}@{outside.line},{ring_s},{options}{most}")
        if before:
            await session.set_variable("CALLERID(all)", before)
        return _of(await session.get_full_variable(_CALL))
    finally:
        if session.over is None:
            await session.set_variable(GROUP, "")


async def last_call(session: AgiSession) -> OutsideCall:
    """The last call made for a caller who has hung up."""
    return _of(await session.last_word(_CALL))


async def _under_way(session: AgiSession) -> int:
    """How many calls to numbers outside there are, his own among them; Asterisk counts them, whatever becomes of us."""
    return int(await session.get_full_variable(f"${{GROUP_COUNT(calls@{CATEGORY})}}"))


def _of(answer: str) -> OutsideCall:
    status, _, talk_ms = answer.partition(",")
    return OutsideCall(status, int(talk_ms) if talk_ms.isdecimal() else 0)


def _answered_at(rung: Sequence[Offer], peer: str) -> str:
    """The phone that the answering channel belongs to; a single phone needs no asking."""
    if len(rung) == 1:
        return rung[0].phone
    return next((offer.phone for offer in rung if phone_of_channel(peer) == offer.phone), "")
