"""Calls for one very agent: a colleague, or a caller's flow, rings him, or he takes a call that rings at a colleague's
phone. He is reserved for them as for any other offer.

What is asked, and whether a caller comes of it, is no business of this.
"""

from acd.agents import Agent
from acd.decisions import Trigger, asked_for
from acd.errors import AgentBusy
from acd.offers import Offer, Offers
from acd.queues import Call, Order, QueueSettings
from acd.requirements import named
from acd.roster import Roster
from acd.states import Activity


class Consults:
    """The calls of colleagues, by linkedid, while the phone of the agent rings whom they are for."""

    def __init__(self, roster: Roster, offers: Offers) -> None:
        self._roster = roster
        self._offers = offers
        self.calls: dict[str, Call] = {}

    def idle(self, number: str) -> Agent:
        """The agent of that number, who can be rung whatever he has chosen. Raises as `ask`."""
        agent = self._roster.signed_in(number)
        if agent.activity is not Activity.IDLE or not agent.reachable or agent.engaged:
            raise AgentBusy(number, "on a private call" if agent.engaged else str(agent.state))
        return agent

    def pick_up(self, call: Call, agent: Agent, settings: QueueSettings, now_ms: int) -> Offer | None:
        """Reserve the agent for a call that waits in a queue of these settings and is offered to nobody."""
        decision = asked_for(call, agent, self._roster.pools, trigger=Trigger.PICKED_UP, now_ms=now_ms)
        return self._offers.make(call, agent, settings, decision, now_ms)

    def ask(self, linkedid: str, number: str, *, trigger: Trigger, ring_ms: int, now_ms: int) -> Offer:
        """Reserve the agent, whatever he has chosen, if he is in no call.

        Raises UnknownAgent, NotSignedIn, AgentBusy.
        """
        agent = self.idle(number)
        call = Call(
            linkedid=linkedid,
            queue="",
            priority=0,
            skills={},
            requires=named(number),
            data={},
            entered_ms=now_ms,
            queued_ms=now_ms,
            sequence=0,
            order=Order(now_ms, now_ms, 0),
        )
        decision = asked_for(call, agent, self._roster.pools, trigger=trigger, now_ms=now_ms)
        offer = self._offers.make(call, agent, QueueSettings(name="", ring_ms=ring_ms), decision, now_ms)
        if offer is None:
            raise AgentBusy(number, str(agent.state))
        self.calls[linkedid] = call
        return offer
