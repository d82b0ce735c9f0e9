"""Mutes an agent towards his caller, by AMI: what he says goes no further than Asterisk, also not into the recording.

Asterisk has the state, on his channel; it ends with the channel. So a daemon that comes up after ours can unmute him,
though it does not know that he is muted.
"""

from collections.abc import Callable

from acd.distributor import Distributor
from acd.errors import NotInConversation
from acd.facts import CallMuted, CallUnmuted
from cti.ami.client import AmiClient
from cti.ami.errors import AmiRefused

ChannelAt = Callable[[str, str], str]
"""The channel of a phone in a call (linkedid, phone), empty where it has none."""


class Muting:
    """`await muting(linkedid, muted=True, by="agent:1001")` mutes the agent of that conversation."""

    def __init__(self, client: AmiClient, distributor: Distributor, channel_at: ChannelAt) -> None:
        self._client = client
        self._distributor = distributor
        self._channel_at = channel_at

    async def __call__(self, linkedid: str, *, muted: bool, by: str) -> None:
        """Returns when Asterisk has done it; again: it is done and told again.

        Raises NotInConversation; AmiLinkLost and AmiTimeout, after which he may be muted or not.
        """
        router = self._distributor.router
        talk = router.conversations.by_call.get(linkedid)
        channel = self._channel_at(linkedid, router.roster.agent(talk.agent).phone) if talk is not None else ""
        if talk is None or not channel:
            raise NotInConversation(linkedid)
        state = "on" if muted else "off"
        try:
            await self._client.action("MuteAudio", {"Channel": channel, "Direction": "in", "State": state})
        except AmiRefused:
            raise NotInConversation(linkedid) from None  # he has hung up meanwhile
        kind = CallMuted if muted else CallUnmuted
        self._distributor.state(
            kind(at_ms=self._distributor.clock.now_ms(), linkedid=linkedid, agent=talk.agent, by=by)
        )
