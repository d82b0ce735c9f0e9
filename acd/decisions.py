"""Why an agent got a call: the record of a choice, made at the moment of it and kept with the offer.

It chooses nobody; what it tells is read off the call, the agents and their pool as the router left them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from acd.agents import Agent
from acd.choice import RULES, Choice, Strategy
from acd.pools import Pool, Pools, Ranked
from acd.queues import PREFERRED, Call
from acd.states import AgentState

TELL_ALL_UP_TO = 250
"""With more agents signed in than this, a record names only the first in order and counts the others: a look at
thousands of agents would cost more than the match."""

TELL_AT_LEAST = 10


class Trigger(StrEnum):
    """What made the router look for a match."""

    CALL_ENTERED = "call_entered"
    OFFER_ENDED = "offer_ended"
    STEP_TAKEN = "step_taken"
    QUEUE_CHANGED = "queue_changed"
    AGENT_READY = "agent_ready"
    AGENT_FREE = "agent_free"
    AGENT_CHANGED = "agent_changed"
    PHONE_FREE = "phone_free"
    COLLEAGUE_ASKED = "colleague_asked"
    FLOW_ASKED = "flow_asked"
    PICKED_UP = "picked_up"
    FETCHED = "fetched"


_WHEN: Mapping[Trigger, str] = {
    Trigger.CALL_ENTERED: "the call entered the queue",
    Trigger.OFFER_ENDED: "the offer before had failed",
    Trigger.STEP_TAKEN: "the call came to its next step",
    Trigger.QUEUE_CHANGED: "the queue was changed",
    Trigger.AGENT_READY: "he became ready",
    Trigger.AGENT_FREE: "he became free",
    Trigger.AGENT_CHANGED: "his skills were changed",
    Trigger.PHONE_FREE: "his phone became free",
    Trigger.COLLEAGUE_ASKED: "a colleague rang him",
    Trigger.FLOW_ASKED: "the caller's flow rang him",
    Trigger.PICKED_UP: "he took the call that rang at a colleague's phone",
    Trigger.FETCHED: "he fetched the parked caller",
}


class Candidate(NamedTuple):
    """One agent looked at. `excluded` says why he was left out; if it is empty he could have been chosen, and
    `compared` is the tuple he was compared by."""

    agent: str
    excluded: str
    compared: Choice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why this agent got this call. `signed_in`, `able` (of those, who meet the requirement) and `free` (of those, who
    are free, besides the chosen one) are numbers of agents; `candidates` are all who are signed in, or the first."""

    strategy: Strategy
    trigger: Trigger
    at_ms: int
    queue: str
    step: int
    requires: str
    priority: int
    due_ms: int
    wait_ms: int
    chosen: str
    candidates: tuple[Candidate, ...]
    signed_in: int
    able: int
    free: int

    @property
    def rule(self) -> str:
        """The strategy, or that the caller was to reach this very agent."""
        return "preferred" if self.step == PREFERRED else self.strategy

    def to_json(self) -> dict[str, Any]:
        """The record as it is kept with the call, its sentence included."""
        return {
            "rule": self.rule,
            "trigger": self.trigger,
            "at_ms": self.at_ms,
            "queue": self.queue,
            "step": self.step,
            "requires": self.requires,
            "priority": self.priority,
            "due_ms": self.due_ms,
            "wait_ms": self.wait_ms,
            "chosen": self.chosen,
            "candidates": [
                {"agent": agent, "excluded": why, **(compared.told(self.at_ms) if compared is not None else {})}
                for agent, why, compared in self.candidates
            ],
            "signed_in": self.signed_in,
            "able": self.able,
            "free": self.free,
            "sentence": self.sentence,
        }

    @property
    def sentence(self) -> str:
        """The decision in one sentence."""
        chosen = next(one.compared for one in self.candidates if one.agent == self.chosen)
        what = "was the one to be reached" if chosen is None or self.step == PREFERRED else chosen.words(self.at_ms)
        return (
            f"Agent {self.chosen} {what} when {_WHEN[self.trigger]}; "
            f"asked for: {self.requires}; "
            f"other free agents: {self.free}, left out: {self.signed_in - self.free - 1}."
        )


def decide(
    call: Call,
    chosen: Agent,
    pool: Pool,
    pools: Pools,
    strategy: Strategy,
    best: Ranked,
    *,
    trigger: Trigger,
    now_ms: int,
) -> Decision:
    """The record of a choice; `best` are the first free agents of the pool, the chosen one among them or alone free.
    Agents who are signed out are not candidates."""
    compare, skills = RULES[strategy], pool.requirement.skills
    if len(pools.present) > TELL_ALL_UP_TO:
        candidates = [Candidate(chosen.number, "", compare(chosen, skills))]
        candidates += [Candidate(agent.number, "", compared) for compared, agent in best if agent is not chosen]
    else:
        looked_at = [(agent, _why_not(agent, pool)) for agent in pools.present.values()]
        candidates = [Candidate(agent.number, why, None if why else compare(agent, skills)) for agent, why in looked_at]
    free = pools.free_in(pool) - (chosen.number in pools.free)
    return Decision(
        strategy=strategy,
        trigger=trigger,
        at_ms=now_ms,
        queue=call.queue,
        step=call.step,
        requires=pool.requirement.text,
        priority=call.priority,
        due_ms=call.order.due_ms,
        wait_ms=now_ms - call.entered_ms,
        chosen=chosen.number,
        candidates=tuple(candidates),
        signed_in=len(pools.present),
        able=pool.present,
        free=free,
    )


def asked_for(call: Call, chosen: Agent, pools: Pools, *, trigger: Trigger, now_ms: int) -> Decision:
    """The record of a call for which somebody wants this very agent: a colleague or a flow, where it stands in no
    queue; or he himself."""
    return Decision(
        strategy=Strategy.LONGEST_IDLE,
        trigger=trigger,
        at_ms=now_ms,
        queue=call.queue,
        step=PREFERRED,
        requires=call.requires.text,
        priority=call.priority,
        due_ms=call.order.due_ms,
        wait_ms=now_ms - call.entered_ms,
        chosen=chosen.number,
        candidates=(Candidate(agent=chosen.number, excluded=""),),
        signed_in=len(pools.present),
        able=1,
        free=0,
    )


def _why_not(agent: Agent, pool: Pool) -> str:
    if why := pool.requirement.why_not(agent):
        return why
    if agent.free:
        return ""
    if agent.engaged and agent.state is AgentState.READY:
        return "on a private call"
    return f"{agent.state} ({agent.reason})" if agent.reason else str(agent.state)
