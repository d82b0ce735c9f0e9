"""Puts a colleague beside an agent and his caller, by AMI: the three hear each other, in the caller's own call.

The agent has asked the colleague from his phone before (ivr/consults.py), the caller being on hold; his part in that
call is over with this. The colleague, as the router has it, goes on talking in the call in which he was asked, until he
hangs up: so he is offered nothing meanwhile.
"""

from collections.abc import Sequence
from contextlib import suppress

from acd.callbacks import is_callback
from acd.distributor import Distributor
from acd.errors import InConference, NobodyAsked, NotInConversation
from acd.facts import CallJoined
from acd.seats import phone_of_channel
from cti.ami.client import AmiClient
from cti.ami.errors import AmiRefused
from cti.ami.message import Message
from ivr import variables

_CONTEXT, _OVER, _NOWHERE = "conference", "conference-over", "nowhere"
"""The contexts of extensions.conf."""

_TWO = 2


class Conference:
    """`await conference(linkedid)` joins to the caller of that call whom his agent speaks with on the other line."""

    def __init__(self, client: AmiClient, distributor: Distributor) -> None:
        self._client = client
        self._distributor = distributor

    async def __call__(self, linkedid: str) -> str:
        """The colleague's number, when Asterisk has taken it on.

        Raises NotInConversation, InConference, NobodyAsked; AmiLinkLost and AmiTimeout, after which he may be there or
        not.
        """
        router = self._distributor.router
        talk = router.conversations.by_call.get(linkedid)
        if talk is None or not talk.queue or is_callback(linkedid):  # as in cti/sending.py
            raise NotInConversation(linkedid)
        phone = router.roster.agent(talk.agent).phone
        channels = await self._client.collect("CoreShowChannels")
        own, others = _beside(channels, linkedid, phone)
        if own is None:
            raise NotInConversation(linkedid)
        if len(others) >= _TWO:
            raise InConference(linkedid)
        colleague, consult = self._colleague(channels, linkedid, phone)
        if colleague is None:
            raise NobodyAsked(talk.agent)
        name = colleague.get("Channel")
        agent = router.roster.at_phone(phone_of_channel(name))
        if agent is None:
            raise NobodyAsked(talk.agent)
        try:
            await self._set(linkedid, variables.JOINED, name)
            await self._set(linkedid, "CHANNEL(hangup_handler_push)", f"{_OVER},s,1")
            await self._set(name, variables.JOIN, own.get("Channel"))
            where = {"Context": _CONTEXT, "Exten": "s", "Priority": "1"}
            await self._client.action("Redirect", {"Channel": name, **where})
        except AmiRefused:
            raise NobodyAsked(talk.agent) from None  # one of them has hung up meanwhile
        with suppress(AmiRefused):
            await self._set(own.get("Channel"), "TRANSFER_CONTEXT", _NOWHERE)
        at_ms = self._distributor.clock.now_ms()
        self._distributor.state(
            CallJoined(at_ms=at_ms, linkedid=linkedid, agent=agent.number, by=talk.agent, consult=consult)
        )
        return agent.number

    def _colleague(self, channels: Sequence[Message], linkedid: str, phone: str) -> tuple[Message | None, str]:
        """Whom the agent at this phone speaks with in a call that he has placed himself, and the linkedid of that."""
        for placed in channels:
            call = placed.get("Linkedid")
            if phone_of_channel(placed.get("Channel")) == phone and placed.get("Uniqueid") == call != linkedid:
                _, others = _beside(channels, call, phone)
                if len(others) == 1 and call in self._distributor.router.conversations:
                    return others[0], call
        return None, ""

    async def _set(self, channel: str, variable: str, value: str) -> None:
        await self._client.action("Setvar", {"Channel": channel, "Variable": variable, "Value": value})


def _beside(channels: Sequence[Message], linkedid: str, phone: str) -> tuple[Message | None, list[Message]]:
    """The channel of this phone in a bridge of this call, and the others there."""
    for own in channels:
        bridge = own.get("BridgeId")
        if bridge and own.get("Linkedid") == linkedid and phone_of_channel(own.get("Channel")) == phone:
            there = [one for one in channels if one.get("BridgeId") == bridge]
            return own, [one for one in there if one is not own]
    return None, []
