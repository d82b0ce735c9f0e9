"""Calls for one very agent: a colleague, or a caller's flow, rings him, or he takes a call that rings at a colleague's
phone, or fetches one that is parked. He is reserved for them as for any other offer.

What is asked, and whether a caller comes of it, is no business of this.
"""

from collections.abc import Mapping

from acd.agents import Agent
from acd.decisions import Trigger, asked_for
from acd.errors import AgentBusy, AlreadyQueued
from acd.offers import Offer, Offers
from acd.queues import Call, Order, QueueSettings
from acd.requirements import named
from acd.roster import Roster
from acd.states import Activity


class Consults:
    """The calls of colleagues, and of those who are fetched from where they are parked, by linkedid, while the phone of
    the agent rings whom they are for. `waiting` are the calls that stand in queues."""

    def __init__(self, roster: Roster, offers: Offers, waiting: Mapping[str, Call]) -> None:
        self._roster = roster
        self._offers = offers
        self._waiting = waiting
        self.calls: dict[str, Call] = {}

    def idle(self, number: str, line: str = "") -> Agent:
        """The agent of that number, who can be rung whatever he has chosen; on a `line` of his own he need not be rung.
        Raises as `ask`."""
        agent = self._roster.signed_in(number)
        away = not line and (agent.engaged or not agent.reachable)
        if agent.activity is not Activity.IDLE or away:
            raise AgentBusy(number, "on a private call" if agent.engaged and not line else str(agent.state))
        return agent

    def pick_up(self, call: Call, agent: Agent, settings: QueueSettings, now_ms: int, line: str = "") -> Offer | None:
        """Reserve the agent for a call that waits in a queue of these settings and is offered to nobody."""
        decision = asked_for(call, agent, self._roster.pools, trigger=Trigger.PICKED_UP, now_ms=now_ms)
        return self._offers.make(call, agent, settings, decision, now_ms, line)

    def ask(
        self,
        linkedid: str,
        number: str,
        *,
        ring_ms: int,
        now_ms: int,
        trigger: Trigger = Trigger.COLLEAGUE_ASKED,
        queue: str = "",
        line: str = "",
    ) -> Offer:
        """Ring one agent for a call that stands in no queue: a colleague's, one whose flow wants him, one that is
        parked and came out of `queue`. Whatever he has chosen, he is rung if he is in no call, and reserved meanwhile
        as for any other. On a `line` that he has opened himself he is not rung.

        Raises UnknownAgent, NotSignedIn, AgentBusy, AlreadyQueued.
        """
        if linkedid in self._waiting:
            raise AlreadyQueued(linkedid, self._waiting[linkedid].queue)
        agent = self.idle(number, line)
        call = Call(
            linkedid=linkedid,
            queue=queue,
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
        offer = self._offers.make(call, agent, QueueSettings(name="", ring_ms=ring_ms), decision, now_ms, line)
        if offer is None:
            raise AgentBusy(number, str(agent.state))
        self.calls[linkedid] = call
        return offer
