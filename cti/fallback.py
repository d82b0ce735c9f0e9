"""Keeps the members of Asterisk's plain queues equal to the agents signed in: they serve the callers whenever we
cannot (architecture.md, principle 6).

Pure: it says which AMI actions to send; who sends them is the daemon.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acd.agents import Agent
from acd.queues import Queue
from acd.states import AgentState, Status


@dataclass(frozen=True, slots=True)
class Action:
    """An AMI action to send."""

    name: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """An agent in a plain queue. Paused while he is not ready by his own choice."""

    queue: str
    interface: str
    name: str
    paused: bool


class Fallback:
    """The plain queues as we believe them to be."""

    def __init__(self) -> None:
        self._members: dict[tuple[str, str], Member] = {}

    def found(self, members: Iterable[Member]) -> None:
        """What Asterisk says after a (re)connect."""
        self._members = {(member.queue, member.interface): member for member in members}

    def update(self, agents: Iterable[Agent], queues: Mapping[str, Queue]) -> list[Action]:
        """The actions that make the plain queues what the roster says; none if they are already."""
        wanted = {
            (member.queue, member.interface): member for agent in agents for member in _memberships(agent, queues)
        }
        actions = [
            Action("QueueRemove", {"Queue": queue, "Interface": interface})
            for queue, interface in self._members.keys() - wanted.keys()
        ]
        for key, member in wanted.items():
            known = self._members.get(key)
            if known is None:
                actions.append(_add(member))
            elif known.paused != member.paused:
                paused = "true" if member.paused else "false"
                actions.append(
                    Action("QueuePause", {"Queue": member.queue, "Interface": member.interface, "Paused": paused})
                )
        self._members = wanted
        return actions


def _memberships(agent: Agent, queues: Mapping[str, Queue]) -> Iterable[Member]:
    if agent.state is AgentState.SIGNED_OUT or agent.status is Status.SIGNED_OUT:
        return
    for name, queue in queues.items():
        if agent.has(queue.settings.skills):
            yield Member(name, f"PJSIP/{agent.phone}", agent.number, agent.status is not Status.READY)


def _add(member: Member) -> Action:
    return Action(
        "QueueAdd",
        {
            "Queue": member.queue,
            "Interface": member.interface,
            "MemberName": member.name,
            "Paused": "true" if member.paused else "false",
        },
    )
