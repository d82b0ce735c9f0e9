"""Who gets the call, and why: the choice among agents as a comparable tuple, kept as a record with the offer.

It chooses; it reserves nobody and rings nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from acd.agents import Agent
from acd.queues import Call, QueueSettings
from acd.states import AgentState


class Trigger(StrEnum):
    """What made the router look for a match."""

    CALL_ENTERED = "call_entered"
    OFFER_ENDED = "offer_ended"
    AGENT_READY = "agent_ready"
    AGENT_FREE = "agent_free"
    PHONE_FREE = "phone_free"


_WHEN: Mapping[Trigger, str] = {
    Trigger.CALL_ENTERED: "the call entered the queue",
    Trigger.OFFER_ENDED: "the offer before had failed",
    Trigger.AGENT_READY: "he became ready",
    Trigger.AGENT_FREE: "he became free",
    Trigger.PHONE_FREE: "his phone became free",
}


class LongestIdle(NamedTuple):
    """The agent who became free first; the number makes the order total."""

    ready_since_ms: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One agent looked at. `excluded` says why he was left out, empty if he could have been chosen."""

    agent: str
    excluded: str
    idle_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why this agent got this call."""

    rule: str
    trigger: Trigger
    at_ms: int
    queue: str
    priority: int
    skills: dict[str, int]
    wait_ms: int
    chosen: str
    candidates: tuple[Candidate, ...]

    def to_json(self) -> dict[str, Any]:
        """The record as it is kept with the call, its sentence included."""
        return {
            "rule": self.rule,
            "trigger": self.trigger,
            "at_ms": self.at_ms,
            "queue": self.queue,
            "priority": self.priority,
            "skills": self.skills,
            "wait_ms": self.wait_ms,
            "chosen": self.chosen,
            "candidates": [
                {"agent": one.agent, "excluded": one.excluded, "idle_ms": one.idle_ms} for one in self.candidates
            ],
            "sentence": self.sentence,
        }

    @property
    def sentence(self) -> str:
        """The decision in one sentence."""
        chosen = next(c for c in self.candidates if c.agent == self.chosen)
        left_out = sum(1 for c in self.candidates if c.excluded)
        behind = len(self.candidates) - left_out - 1
        return (
            f"Agent {self.chosen} was idle longest ({chosen.idle_ms} ms) when {_WHEN[self.trigger]}; "
            f"other free agents: {behind}, left out: {left_out}."
        )


def required_skills(queue: QueueSettings, call: Call) -> dict[str, int]:
    """What an agent must have: the queue's skills and the call's, the higher level where both name one."""
    both = dict(queue.skills)
    for skill, level in call.skills.items():
        both[skill] = max(level, both.get(skill, 0))
    return both


def longest_idle(agent: Agent) -> LongestIdle:
    """The tuple agents are compared by; the least is chosen."""
    return LongestIdle(agent.ready_since_ms, agent.number)


def decide(
    queue: QueueSettings, call: Call, chosen: Agent, signed_in: Iterable[Agent], *, trigger: Trigger, now_ms: int
) -> Decision:
    """The record of a choice, made at the moment of it. Agents who are signed out are not candidates."""
    skills = required_skills(queue, call)
    return Decision(
        rule="longest_idle",
        trigger=trigger,
        at_ms=now_ms,
        queue=queue.name,
        priority=call.priority,
        skills=skills,
        wait_ms=now_ms - call.entered_ms,
        chosen=chosen.number,
        candidates=tuple(
            Candidate(
                agent=agent.number,
                excluded=_why_not(agent, skills),
                idle_ms=now_ms - agent.ready_since_ms if agent.free else 0,
            )
            for agent in signed_in
            if agent.state is not AgentState.SIGNED_OUT
        ),
    )


def _why_not(agent: Agent, skills: dict[str, int]) -> str:
    for skill, level in skills.items():
        if agent.skills.get(skill, 0) < level:
            return f"skill {skill} {agent.skills.get(skill, 0)} below {level}"
    if agent.free:
        return ""
    if agent.engaged and agent.state is AgentState.READY:
        return "on a private call"
    return f"{agent.state} ({agent.reason})" if agent.reason else str(agent.state)
