"""After each (re)connect: asks Asterisk what there is, and makes the router and the plain queues agree with it.

AMI has no replay (architecture.md), so whatever happened while the link was away is found here and nowhere else.
"""

from collections.abc import Iterable

import structlog

from acd.distributor import Distributor
from acd.errors import RoutingError
from cti.ami.client import AmiClient
from cti.ami.errors import AmiRefused
from cti.ami.message import Message
from cti.fallback import Fallback, Member
from cti.link import Leg, Link
from cti.phones import phone_of_channel
from ivr import variables

log = structlog.get_logger()

QUEUE_NAME = "QUEUENAME"
"""Set by app_queue itself (`setqueuevar`) when an agent answers in a plain queue."""


class Snapshot:
    """Reconciles one Asterisk with the router."""

    def __init__(self, client: AmiClient, distributor: Distributor, link: Link, fallback: Fallback) -> None:
        self._client = client
        self._distributor = distributor
        self._link = link
        self._fallback = fallback

    async def take(self) -> None:
        """Run after each login. Raises AmiLinkLost if the link breaks again meanwhile."""
        devices = await self._client.collect("DeviceStateList")
        channels = await self._client.collect("CoreShowChannels")
        queues = await self._client.collect("QueueStatus")
        self._link.channels = {channel.get("Uniqueid"): channel.get("Linkedid") for channel in channels}
        self._phones(devices, channels)
        await self._conversations(channels)
        self._members(queues)
        await self._fetch_back(queues)

    def _phones(self, devices: Iterable[Message], channels: Iterable[Message]) -> None:
        for state in self._link.phones.forget_channels():
            self._link.apply(state)
        for device in devices:
            self._link.apply(self._link.phones.device_changed(device.get("Device"), device.get("State")))
        for channel in channels:
            if phone_of_channel(channel.get("Channel")) and channel.get("Uniqueid") == channel.get("Linkedid"):
                self._link.apply(self._link.phones.private_began(channel.get("Channel"), channel.get("Uniqueid")))

    async def _conversations(self, channels: list[Message]) -> None:
        """Calls that are over are taken out, agents found talking or ringing are known again."""
        router, roster = self._distributor.router, self._distributor.router.roster
        present = {channel.get("Linkedid") for channel in channels}
        legs = [
            Leg(channel.get("Channel"), channel.get("Uniqueid"), channel.get("Linkedid"))
            for channel in channels
            if channel.get("Uniqueid") != channel.get("Linkedid")
            and roster.at_phone(phone_of_channel(channel.get("Channel"))) is not None
        ]
        self._link.take_over(legs)
        talking = {channel.get("Uniqueid") for channel in channels if channel.get("BridgeId")}
        for leg in legs:
            if leg.uniqueid in talking:
                await self.adopt(leg)
            elif leg.linkedid not in router.calls:
                # It rings for an offer of the daemon before us, or for the plain queue: hands off until it is over.
                self._link.apply(self._link.phones.private_began(leg.channel, leg.uniqueid))
        for linkedid in [*router.calls, *router.conversations.by_call]:
            if linkedid not in present:
                with self._distributor.command() as (_, now_ms):
                    router.leave(linkedid, now_ms=now_ms)
        with_agent = {leg.linkedid for leg in legs}
        for linkedid in router.conversations.by_call.keys() - with_agent:
            with self._distributor.command() as (_, now_ms):
                router.released(linkedid, now_ms=now_ms)

    async def adopt(self, leg: Leg) -> None:
        """An agent was found in conversation with a caller whom the router does not have: both are made known to it."""
        router = self._distributor.router
        agent = router.roster.at_phone(phone_of_channel(leg.channel))
        if agent is None or leg.linkedid in router.conversations.by_call:
            return
        if leg.linkedid in router.calls:
            with self._distributor.command() as (_, now_ms):
                router.answered(leg.linkedid, now_ms=now_ms)
            return
        queue = await self._variable(leg.linkedid, variables.QUEUE) or await self._variable(leg.linkedid, QUEUE_NAME)
        try:
            with self._distributor.command() as (_, now_ms):
                router.adopt(leg.linkedid, queue, agent.number, since_ms=now_ms, now_ms=now_ms)
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
                    await self._client.action(
                        "Redirect",
                        {"Channel": entry.get("Channel"), "Context": "resume", "Exten": "s", "Priority": "1"},
                    )
                except AmiRefused:
                    log.info("not-fetched-back", uniqueid=entry.get("Uniqueid"))  # he hung up, or is being answered

    async def _variable(self, channel: str, name: str) -> str:
        try:
            return (await self._client.action("Getvar", {"Channel": channel, "Variable": name})).get("Value")
        except AmiRefused:
            return ""
