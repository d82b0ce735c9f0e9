"""Sends a caller on for his agent, by AMI: what a phone does by REFER, a desktop does here.

What becomes of the caller then is told in ivr/transfers.py.
"""

from acd.callbacks import is_callback
from acd.conversations import Conversation
from acd.distributor import Distributor
from acd.errors import AgentBusy, NotInConversation
from cti.ami.client import AmiClient
from cti.ami.errors import AmiRefused
from ivr import variables
from ivr.destinations import AGENT_WORD, PARK_WORD, QUEUE_WORD, Destination
from ivr.journeys import Journeys
from ivr.transfers import CONTEXT


class Sending:
    """`await sending(linkedid, destination)` takes the caller out of his conversation and sends him to a queue or an
    agent, or parks him. The agent he was with is released."""

    def __init__(self, client: AmiClient, distributor: Distributor, journeys: Journeys) -> None:
        self._client = client
        self._distributor = distributor
        self._journeys = journeys

    async def __call__(self, linkedid: str, destination: Destination) -> None:
        """Returns when Asterisk has taken it on.

        Raises NotInConversation, UnknownQueue, UnknownAgent, NotSignedIn, AgentBusy (for the agent himself),
        ParkingFull; AmiLinkLost and AmiTimeout, after which the caller may be on his way or not.
        """
        router = self._distributor.router
        talk = router.conversations.by_call.get(linkedid)
        if talk is None or self._agents_own(talk):
            raise NotInConversation(linkedid)
        if destination.parked:
            word, queue = PARK_WORD + router.parking.free(destination.space), talk.queue
        elif destination.agent:
            if destination.agent == talk.agent:
                raise AgentBusy(talk.agent, "in this very call")
            router.roster.signed_in(destination.agent)
            word, queue = AGENT_WORD + destination.agent, talk.queue
        else:
            word, queue = QUEUE_WORD + destination.queue, router.queue(destination.queue).settings.name
        told = {variables.TRANSFER: word, variables.SENDER: talk.agent, variables.QUEUE: queue}
        try:
            for name, value in told.items():
                await self._client.action("Setvar", {"Channel": linkedid, "Variable": name, "Value": value})
            where = {"Context": CONTEXT, "Exten": "s", "Priority": "1"}
            await self._client.action("Redirect", {"Channel": linkedid, **where})
        except AmiRefused:
            raise NotInConversation(linkedid) from None  # he has hung up meanwhile

    def _agents_own(self, talk: Conversation) -> bool:
        """Whether an agent's channel is the call's first: of a colleague who asks his phone alone disposes, and a
        call-back is the agent's own call, not its customer's. A daemon that has not seen the call begin takes one
        without a queue for such a one."""
        if is_callback(talk.linkedid):
            return True
        journey = self._journeys.get(talk.linkedid)
        return not talk.queue if journey is None else journey.agents_own
