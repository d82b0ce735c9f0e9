"""From Asterisk's event stream to the router: who answered, who hung up, who holds, which phone is there.

It only listens. What must be asked of Asterisk after a break is in cti/snapshot.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from acd.callbacks import is_callback
from acd.distributor import Distributor
from acd.facts import CallHeld, CallRetrieved
from acd.offers import Offer
from acd.seats import agents_side, is_outside, phone_of_channel
from acd.states import OfferOutcome
from cti.ami.message import Message
from cti.phones import Phones, PhoneState
from cti.picture import REQUEST


@dataclass(frozen=True, slots=True)
class Leg:
    """The agent's side of a call: his channel, and the call it belongs to."""

    channel: str
    uniqueid: str
    linkedid: str


FAILED: Mapping[str, OfferOutcome] = {
    **dict.fromkeys(("17", "21"), OfferOutcome.REFUSED),
    **dict.fromkeys(("3", "18", "20", "27", "34", "38", "41", "58"), OfferOutcome.UNREACHABLE),
}
"""Hang-up causes (ITU-T Q.850) by which an agent's phone itself ends its ringing: it is busy or declines, or cannot be
rung. What is not here (16, 19, 26, …) is Asterisk's own end of it, of which the caller's session tells."""

NOT_CONFIRMED = "19"
"""The cause with which the dialplan ends the ringing of an agent outside who was asked and has not confirmed."""


class Link:
    """Applies AMI events to the router. One event never fails another."""

    def __init__(
        self,
        distributor: Distributor,
        *,
        on_stray: Callable[[Leg], None],
        on_unknown: Callable[[Leg], None],
        on_request: Callable[[], None],
        on_joined: Callable[[str], None],
        on_reload: Callable[[], None],
    ) -> None:
        """`on_stray` gets a leg that rings for no offer of ours any more, `on_unknown` an agent's leg that was answered
        in a call the router does not have; `on_request` is called when a monitor asks for a picture of the floor;
        `on_joined` gets the call in which an agent asked somebody, when he puts his caller into it unanswered;
        `on_reload` is called when Asterisk has read its dialplan again."""
        self._distributor = distributor
        self._on_stray = on_stray
        self._on_unknown = on_unknown
        self._on_request = on_request
        self._on_joined = on_joined
        self._on_reload = on_reload
        self._legs: dict[str, Leg] = {}
        self._carried: dict[str, Leg] = {}
        """By the agent's side of an outside seat: the carrier's channel to him."""
        self.phones = Phones()
        self.channels: dict[str, str] = {}
        """Every channel there is: its uniqueid, and the linkedid of its call."""
        self.on_callback: Callable[[Message], None] = _nobody
        """Is told how the agent's channel of a call-back fares: OriginateResponse and Hangup, and DialEnd when its
        customer has answered."""
        self.on_fallen: Callable[[Message], None] = _nobody
        """Is told of each caller who comes to a plain queue while we are there (QueueCallerJoin)."""
        self.on_gone: list[Callable[[str], None]] = []
        """Are told each channel (its unique id) that has ended."""
        self._handlers: dict[str, Callable[[Message], None]] = {
            "Newchannel": self._new_channel,
            "DialBegin": self._dial_begin,
            "DialEnd": self._dial_end,
            "Hangup": self._hangup,
            "Hold": self._hold,
            "Unhold": self._unhold,
            "AttendedTransfer": self._attended_transfer,
            "DeviceStateChange": self._device_state,
            "Reload": self._reload,
            "OriginateResponse": self._originate_response,
            "QueueCallerJoin": self._queue_caller_join,
            "UserEvent": self._user_event,
        }

    @property
    def events(self) -> frozenset[str]:
        """The events it listens to. asterisk/manager.conf names them too, and lets no others through to us."""
        return frozenset(self._handlers)

    def on_event(self, message: Message) -> None:
        """For the AMI client; events nobody asked for are passed over."""
        if (handler := self._handlers.get(message.event)) is not None:
            handler(message)

    def leg_of_offer(self, offer: Offer) -> Leg | None:
        """The agent's leg of the offered call, while it rings or talks."""
        legs = (leg for leg in self._legs.values() if leg.linkedid == offer.linkedid)
        return next((leg for leg in legs if phone_of_channel(leg.channel) == offer.phone), None)

    def take_over(self, legs: list[Leg]) -> None:
        """After a snapshot: these are the agents' legs there are, and no others."""
        self._legs = {leg.uniqueid: leg for leg in legs}

    def channel_at(self, linkedid: str, phone: str) -> str:
        """The channel of this phone in that call, while it is there; empty for none."""
        legs = (leg for leg in self._legs.values() if leg.linkedid == linkedid)
        return next((leg.channel for leg in legs if phone_of_channel(leg.channel) == phone), "")

    def took(self, leg: Leg) -> None:
        """An agent is in a caller's call of which the router did not know, or on a line that he has opened himself."""
        self._legs[leg.uniqueid] = leg
        self.channels[leg.uniqueid] = leg.linkedid

    def apply(self, state: PhoneState | None) -> None:
        """Tell the router of a phone."""
        if state is not None:
            with self._distributor.command() as (router, now_ms):
                router.phone_changed(state.phone, reachable=state.reachable, engaged=state.engaged, now_ms=now_ms)

    def _new_channel(self, message: Message) -> None:
        channel, linkedid = message.get("Channel"), message.get("Linkedid")
        self.channels[message.get("Uniqueid")] = linkedid
        if phone_of_channel(channel) and not self._distributor.router.is_offered(linkedid):
            self.apply(self.phones.private_began(channel, message.get("Uniqueid")))

    def _dial_begin(self, message: Message) -> None:
        leg = _leg(message)
        if side := agents_side(message.get("Channel")):
            self._carried[side] = leg  # the dialplan calls the number of an agent outside: it is he who is rung for us
            return
        router = self._distributor.router
        if _is_of_callback(message):
            return
        if not router.is_offered(leg.linkedid):
            if _is_agents_of_callback(leg):
                self._on_stray(leg)  # rung for a stay that has ended meanwhile: nobody else would stop it
            return
        self._legs[leg.uniqueid] = leg
        if router.offer_at(leg.linkedid, phone_of_channel(leg.channel)) is None:
            self._on_stray(leg)

    def _dial_end(self, message: Message) -> None:
        if message.get("DialStatus") != "ANSWER":
            return
        leg = _leg(message)
        if _is_of_callback(message):
            self.on_callback(message)
            leg = Leg(message.get("Channel"), leg.linkedid, leg.linkedid)
        elif _is_agents_of_callback(leg):
            return  # the agent has picked up: he talks when the customer has, too
        if leg.uniqueid in self._legs and self._distributor.router.is_offered(leg.linkedid):
            with self._distributor.command() as (router, now_ms):
                router.answered(leg.linkedid, phone=phone_of_channel(leg.channel), now_ms=now_ms)
        elif self._distributor.router.roster.at_phone(phone_of_channel(leg.channel)) is not None:
            # Rung for an agent who asked, and still when his caller took his place: it is the caller's call he is in.
            leg = replace(leg, linkedid=message.get("Linkedid") or leg.linkedid)
            self.took(leg)
            self._on_unknown(leg)

    def _hangup(self, message: Message) -> None:
        uniqueid = message.get("Uniqueid")
        self.channels.pop(uniqueid, None)
        if (leg := self._legs.pop(uniqueid, None)) is not None:
            phone = phone_of_channel(leg.channel)
            talked = leg.linkedid in self._distributor.router.conversations
            with self._distributor.command() as (router, now_ms):
                router.released(leg.linkedid, phone=phone, now_ms=now_ms)
                # Of several phones that ring together, one may be out of it long before Dial comes back. In a call-back
                # the cause may be the customer's.
                offer, outcome = router.offer_at(leg.linkedid, phone), _failed(phone, message.get("Cause"))
                if offer is not None and outcome is not None and not _is_agents_of_callback(leg):
                    router.offer_ended(offer.id, outcome, now_ms=now_ms)
            if talked and leg.linkedid not in router.conversations:
                self._others_stay(leg.linkedid)
        # Who is asked to confirm does not hear that his offer is over: Asterisk plays on to him.
        carried = self._carried.pop(message.get("Channel"), None)
        if carried is not None and carried.uniqueid in self.channels:
            self._on_stray(carried)
        self.apply(self.phones.ended(uniqueid))
        self._originate_response(message)
        for listener in self.on_gone:
            listener(uniqueid)

    def _others_stay(self, linkedid: str) -> None:
        """The agent has left his caller. A colleague beside them whom a snapshot found there, and who by the router's
        word talked in no call, is the caller's agent now."""
        if linkedid in self.channels and not self._distributor.router.is_offered(linkedid):
            for leg in [leg for leg in self._legs.values() if leg.linkedid == linkedid]:
                self._on_unknown(leg)

    def _originate_response(self, message: Message) -> None:
        if is_callback(message.get("Uniqueid")):
            self.on_callback(message)

    def _leg_of(self, message: Message) -> Leg | None:
        """The agent's leg that this is said of; a carrier's channel speaks for the agent outside."""
        uniqueid = message.get("Uniqueid")
        carried = (leg for leg in self._carried.values() if leg.uniqueid == uniqueid)
        return self._legs.get(uniqueid) or next(carried, None)

    def _hold(self, message: Message) -> None:
        if (leg := self._leg_of(message)) is not None:
            with self._distributor.command() as (router, now_ms):
                router.conversations.hold(leg.linkedid, now_ms=now_ms)
                self._tell_conference(CallHeld, leg, message.get("Linkedid"), now_ms)

    def _unhold(self, message: Message) -> None:
        if (leg := self._leg_of(message)) is not None:
            with self._distributor.command() as (router, now_ms):
                router.conversations.retrieve(leg.linkedid, now_ms=now_ms)
                self._tell_conference(CallRetrieved, leg, message.get("Linkedid"), now_ms)

    def _tell_conference(self, kind: type[CallHeld | CallRetrieved], leg: Leg, linkedid: str, now_ms: int) -> None:
        """A colleague who was put beside an agent and his caller talks, by the router's word, in the call in which he
        was asked (cti/conference.py); Asterisk has his channel in the caller's, of which this is told as well."""
        agent = self._distributor.router.roster.at_phone(phone_of_channel(leg.channel))
        if (
            agent is not None
            and linkedid not in ("", leg.linkedid)
            and linkedid in self._distributor.router.conversations
        ):
            self._distributor.state(kind(at_ms=now_ms, linkedid=linkedid, agent=agent.number))

    def _attended_transfer(self, message: Message) -> None:
        """An agent joins his caller with whom he has asked. Of his two legs that of the consult is the one that he has
        placed himself: its call bears its name. Either may be the one on which his phone said so.

        After this Asterisk ends his legs; the colleague's leg belongs to the caller's call from now on.
        """
        if message.get("Result") != "Success":
            return
        legs = [_party(message, which) for which in ("OrigTransferer", "SecondTransferer")]
        given = [leg for leg in legs if leg.uniqueid != leg.linkedid or is_callback(leg.linkedid)]
        own = next(iter(given), None)
        consult = next((leg for leg in legs if leg not in given), None)
        if own is None or consult is None:
            return  # two calls that he has placed, or two that he was given: no conversation of ours moves
        if message.get("DestType") == "App":
            self._on_joined(consult.linkedid)
            return
        with self._distributor.command() as (router, now_ms):
            phone = phone_of_channel(own.channel)
            known = router.transferred(own.linkedid, consult.linkedid, phone=phone, now_ms=now_ms)
            if not known:
                router.released(own.linkedid, phone=phone, now_ms=now_ms)
        for leg in (_party(message, which) for which in ("TransferTarget", "Transferee")):
            if leg.uniqueid != own.linkedid and router.roster.at_phone(phone_of_channel(leg.channel)) is not None:
                self._legs[leg.uniqueid] = joined = replace(leg, linkedid=own.linkedid)
                self.channels[leg.uniqueid] = own.linkedid
                if not known:
                    self._on_unknown(joined)

    def _device_state(self, message: Message) -> None:
        self.apply(self.phones.device_changed(message.get("Device"), message.get("State")))

    def _reload(self, message: Message) -> None:
        if message.get("Module").removesuffix(".so") in ("All", "pbx_config"):  # as whoever asked for it has put it
            self._on_reload()

    def _queue_caller_join(self, message: Message) -> None:
        self.on_fallen(message)

    def _user_event(self, message: Message) -> None:
        if message.get("UserEvent") == REQUEST:
            self._on_request()


def _failed(phone: str, cause: str) -> OfferOutcome | None:
    """How the phone's own end of its ringing counts, None if it was not its own."""
    if cause == NOT_CONFIRMED and is_outside(phone):
        return OfferOutcome.MISSED
    return FAILED.get(cause)


def _is_of_callback(message: Message) -> bool:
    """Whether it is a call-back's customer who is dialled: by the agent's channel, which is the call's first."""
    return is_callback(uniqueid := message.get("Uniqueid")) and message.get("DestLinkedid") == uniqueid


def _is_agents_of_callback(leg: Leg) -> bool:
    """Whether it is the agent's side of a call-back, the call's first channel; not that of a colleague to whom he has
    sent the customer."""
    return leg.uniqueid == leg.linkedid and is_callback(leg.linkedid)


def _nobody(_: object) -> None:
    pass


def _leg(message: Message) -> Leg:
    return Leg(message.get("DestChannel"), message.get("DestUniqueid"), message.get("DestLinkedid"))


def _party(message: Message, which: str) -> Leg:
    return Leg(message.get(f"{which}Channel"), message.get(f"{which}Uniqueid"), message.get(f"{which}Linkedid"))
