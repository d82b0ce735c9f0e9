"""After each (re)connect: asks Asterisk what there is, and makes the router and the plain queues agree with it.

AMI has no replay (architecture.md), so whatever happened while the link was away is found here and nowhere else.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog

from acd.callbacks import is_callback
from acd.distributor import Distributor
from acd.errors import RoutingError
from acd.seats import phone_of_channel
from acd.states import DequeueReason
from cti.ami.client import AmiClient
from cti.ami.errors import AmiRefused
from cti.ami.message import Message
from cti.colleagues import CONTEXT, Colleagues
from cti.fallback import Action, Fallback, Member, taken_back
from cti.link import Leg, Link
from ivr import variables
from ivr.star_codes import StarCode

log = structlog.get_logger()

QUEUE_NAME = "QUEUENAME"
"""Set by app_queue itself (`setqueuevar`) when an agent answers in a plain queue."""

_TWO = 2
ON_HOLD = "CHANNEL(onhold)"
"""Asterisk's own of each channel: 1 while whoever it talks with holds it."""


class Snapshot:
    """Reconciles one Asterisk with the router."""

    def __init__(
        self, client: AmiClient, distributor: Distributor, link: Link, fallback: Fallback, colleagues: Colleagues
    ) -> None:
        self._client = client
        self._distributor = distributor
        self._link = link
        self._fallback = fallback
        self._colleagues = colleagues
        self._fetched: set[str] = set()
        link.on_gone.append(self._fetched.discard)

    async def take(self) -> None:
        """Run after each login. Raises AmiLinkLost if the link breaks again meanwhile.

        Each list is applied as soon as it is here: events that come after it are newer. Channels come before devices,
        so that no phone is believed free while it rings or talks in a call not known yet.
        """
        self._fetched.clear()
        channels = await self._client.collect("CoreShowChannels")
        found = self._channels(channels)
        for device in await self._client.collect("DeviceStateList"):
            self._link.apply(self._link.phones.device_changed(device.get("Device"), device.get("State")))
        for leg in found:
            await self.adopt(leg, _other(leg, channels))
        queues = await self._client.collect("QueueStatus")
        self._members(queues)
        extensions = await self._client.collect("ShowDialPlan", {"Context": CONTEXT})
        self._colleagues.found(entry.get("Extension") for entry in extensions if entry.get("Extension"))
        await self._fetch_back(queues)

    def _channels(self, channels: list[Message]) -> list[Leg]:
        """Takes out calls that are over and notes phones in use; returns the agents' legs found in conversation."""
        router, roster = self._distributor.router, self._distributor.router.roster
        every = {
            channel.get("Uniqueid"): Leg(channel.get("Channel"), channel.get("Uniqueid"), channel.get("Linkedid"))
            for channel in channels
        }
        outside = _calling_outside(channels)
        legs = [
            leg
            for leg in every.values()
            if (leg.uniqueid != leg.linkedid or is_callback(leg.linkedid) or leg.uniqueid in outside)
            and roster.at_phone(phone_of_channel(leg.channel)) is not None
        ]
        legs = sorted(self._told_of(legs), key=_age)
        ours = {leg.uniqueid for leg in legs if router.is_offered(leg.linkedid) or leg.linkedid in router.conversations}
        self._link.channels = {leg.uniqueid: leg.linkedid for leg in every.values()}
        self._link.take_over(legs)
        # What rings or talks in no call of ours is an offer of a daemon before us, of the plain queue, or private.
        private = {leg.uniqueid: leg.channel for leg in every.values() if leg.uniqueid not in ours}
        for state in self._link.phones.private_are(private):
            self._link.apply(state)
        self._close(calls={leg.linkedid for leg in (*every.values(), *legs)}, legs=legs)
        talking = {channel.get("Uniqueid") for channel in channels if channel.get("BridgeId")}
        return [leg for leg in legs if leg.uniqueid in talking or leg.uniqueid in outside]

    def _told_of(self, legs: list[Leg]) -> list[Leg]:
        """The legs as the router knows them: who was put beside a colleague and his caller (cti/conference.py) talks,
        by its word, in the call in which he was asked, of which Asterisk has nothing any more."""
        conversations, roster = self._distributor.router.conversations.by_call, self._distributor.router.roster
        there = {(leg.linkedid, phone_of_channel(leg.channel)) for leg in legs}

        def told(leg: Leg) -> Leg:
            agent, talk = roster.at_phone(phone_of_channel(leg.channel)), conversations.get(leg.linkedid)
            if agent is None or talk is None or talk.agent == agent.number or agent.linkedid not in conversations:
                return leg
            beside = (leg.linkedid, roster.agent(talk.agent).phone) in there
            return replace(leg, linkedid=agent.linkedid) if beside else leg

        return [told(leg) for leg in legs]

    def _close(self, *, calls: set[str], legs: list[Leg]) -> None:
        """Only these calls are there, and only these agents in them. One who has joined his caller with a colleague
        while we were away is found by the colleague's leg: it is in the caller's call now."""
        conversations = self._distributor.router.conversations.by_call
        there = {(leg.linkedid, phone_of_channel(leg.channel)) for leg in legs}
        call_at = {phone: linkedid for linkedid, phone in there}

        def gone(linkedid: str) -> str:
            """The phone of an agent who is no longer in this conversation; empty if he is, or if there is none."""
            talk = conversations.get(linkedid)
            phone = self._distributor.router.roster.agent(talk.agent).phone if talk is not None else ""
            return "" if (linkedid, phone) in there else phone

        for linkedid in [*conversations]:
            if (phone := gone(linkedid)) and call_at.get(phone) in conversations:
                with self._distributor.command() as (router, now_ms):
                    router.transferred(call_at[phone], linkedid, phone="", now_ms=now_ms)
        for linkedid in [*self._distributor.router.calls, *conversations]:
            with self._distributor.command() as (router, now_ms):
                if linkedid not in calls:
                    # Who is not there has hung up; a call-back has nobody who could.
                    reason = DequeueReason.WITHDRAWN if is_callback(linkedid) else DequeueReason.ABANDONED
                    router.leave(linkedid, reason=reason, now_ms=now_ms)
                elif gone(linkedid):
                    router.released(linkedid, now_ms=now_ms)

    async def adopt(self, leg: Leg, other: str = "") -> None:
        """An agent was found in conversation with a caller whom the router does not have: both are made known to it,
        and that he holds the `other` channel, if he does."""
        router = self._distributor.router
        agent = router.roster.at_phone(phone_of_channel(leg.channel))
        if agent is None or leg.linkedid in router.conversations:
            return
        if router.is_offered(leg.linkedid):
            with self._distributor.command() as (_, now_ms):
                router.answered(leg.linkedid, now_ms=now_ms)
            return
        queue = await self._variable(leg.linkedid, variables.QUEUE) or await self._variable(leg.linkedid, QUEUE_NAME)
        asked = not queue and await self._variable(leg.linkedid, variables.CONSULT) == leg.linkedid
        consult = asked or (leg.uniqueid == leg.linkedid and not is_callback(leg.linkedid))
        held = bool(other) and await self._variable(other, ON_HOLD) == "1"
        try:
            with self._distributor.command() as (_, now_ms):
                router.adopt(leg.linkedid, queue, agent.number, since_ms=now_ms, now_ms=now_ms, consult=consult)
                if held:
                    router.conversations.hold(leg.linkedid, now_ms=now_ms)
        except RoutingError as error:
            log.warning("not-adopted", error_id=error.id, linkedid=leg.linkedid, agent=agent.number)

    def _members(self, queues: Iterable[Message]) -> None:
        self._fallback.found(
            Member(entry.get("Queue"), entry.get("Location"), entry.get("Name"), entry.get("Paused") == "1")
            for entry in queues
            if entry.event == "QueueMember"
        )

    async def _fetch_back(self, queues: Iterable[Message]) -> None:
        """Callers who wait in a plain queue come back to us, with their place: it is written on their channels."""
        for entry in queues:
            if entry.event == "QueueEntry":
                try:
                    for action in self.way_back(entry):
                        await self._client.action(action.name, action.headers)
                except AmiRefused:
                    log.info("not-fetched-back", uniqueid=entry.get("Uniqueid"))  # he hung up, or has been answered

    def way_back(self, entry: Message) -> Sequence[Action]:
        """The actions that take this caller out of a plain queue; none if he was taken out since the last (re)connect:
        whose session fails again is left to those who serve the plain queue, and does not go round for ever."""
        if entry.get("Uniqueid") in self._fetched:
            return ()
        self._fetched.add(entry.get("Uniqueid"))
        return taken_back(entry.get("Queue"), entry.get("Channel"))

    async def _variable(self, channel: str, name: str) -> str:
        try:
            return (await self._client.action("Getvar", {"Channel": channel, "Variable": name})).get("Value")
        except AmiRefused:
            return ""


def _calling_outside(channels: Sequence[Message]) -> set[str]:
    """The agents' own channels that call a number outside: they have dialled the code for it, and somebody is rung."""
    calls = Counter(channel.get("Linkedid") for channel in channels)
    return {
        channel.get("Uniqueid")
        for channel in channels
        if channel.get("Exten").startswith(StarCode.DIAL)
        and channel.get("Uniqueid") == channel.get("Linkedid")
        and calls[channel.get("Linkedid")] > 1
    }


def _other(leg: Leg, channels: Sequence[Message]) -> str:
    """The channel that this one is alone with, empty for none: who holds in a bridge of three is in no state of it."""
    bridge = next((one.get("BridgeId") for one in channels if one.get("Uniqueid") == leg.uniqueid), "")
    others = [one.get("Uniqueid") for one in channels if bridge and one.get("BridgeId") == bridge]
    return next((one for one in others if one != leg.uniqueid), "") if len(others) == _TWO else ""


def _age(leg: Leg) -> tuple[int, ...]:
    """In order of their beginning, as Asterisk names them: second and number."""
    return tuple(int(part) for part in re.findall(r"\d+", leg.uniqueid)[-2:])
