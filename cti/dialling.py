"""An agent's call to a number outside as his desktop asks for it: his phone rings, and when he picks up it dials."""

from acd.distributor import Distributor
from acd.errors import AgentBusy
from acd.seats import is_outside
from cti.ami.client import AmiClient
from cti.ami.errors import AmiRefused
from ivr.dialling import Dialling
from ivr.star_codes import StarCode

RING_MS = 20_000
"""How long his own phone rings."""


class DeskDialling:
    """`await dial(agent, number)` rings the agent's phone for it, by AMI."""

    def __init__(self, client: AmiClient, distributor: Distributor, dialling: Dialling) -> None:
        self._client = client
        self._distributor = distributor
        self._dialling = dialling

    async def __call__(self, number: str, dialled: str) -> None:
        """Returns when Asterisk has taken it on; from then on he is on a private call, until he picks up.

        Raises UnknownAgent, NotSignedIn, AgentBusy (also for who sits outside), DialRefused; AmiLinkLost, AmiTimeout.
        """
        agent = self._distributor.router.roster.signed_in(number)
        self._dialling.require(agent, dialled)
        if is_outside(agent.phone):
            raise AgentBusy(number, "at a number outside, from which nobody is called")
        self._distributor.router.consults.idle(number)
        where = {"Context": "phones", "Exten": f"{StarCode.DIAL}{dialled}", "Priority": "1"}
        caller_id = {"CallerID": f'"{StarCode.DIAL}" <{agent.number}>', "Timeout": str(RING_MS), "Async": "true"}
        try:
            await self._client.action("Originate", {"Channel": f"PJSIP/{agent.phone}", **where, **caller_id})
        except AmiRefused:
            raise AgentBusy(number, str(agent.state)) from None
