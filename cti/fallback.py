"""Keeps the members of Asterisk's plain queues equal to the agents signed in: they serve the callers whenever we
cannot (architecture.md, principle 6). Takes those callers back when we can.

Pure: it says which AMI actions to send; who sends them is the switch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acd.agents import Agent
from acd.queues import Queue
from acd.seats import Seats
from acd.states import Status


@dataclass(frozen=True, slots=True)
class Action:
    """An AMI action to send."""

    name: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """An agent in a plain queue, under his number. Paused while he is not ready by his own choice."""

    queue: str
    interface: str
    agent: str
    paused: bool


class Fallback:
    """The plain queues as we believe them to be: by agent, his memberships by queue."""

    def __init__(self, seats: Seats | None = None) -> None:
        self._seats = seats or Seats()
        self._members: dict[str, dict[str, Member]] = {}

    def found(self, members: Iterable[Member]) -> None:
        """What Asterisk says after a (re)connect."""
        self._members = {}
        for member in members:
            self._members.setdefault(member.agent, {})[member.queue] = member

    def strangers(self, known: Iterable[str]) -> list[Action]:
        """The actions that take out members who are no agents of ours."""
        return [
            _remove(member)
            for agent in self._members.keys() - set(known)
            for member in self._members.pop(agent).values()
        ]

    def update(self, agent: Agent, queues: Mapping[str, Queue]) -> list[Action]:
        """The actions that make the agent's memberships what the roster says; none if they are already."""
        had = self._members.pop(agent.number, {})
        wanted = {member.queue: member for member in self._memberships(agent, queues)}
        if wanted:
            self._members[agent.number] = wanted
        return [action for queue in had | wanted for action in _step(had.get(queue), wanted.get(queue))]

    def _memberships(self, agent: Agent, queues: Mapping[str, Queue]) -> Iterable[Member]:
        if agent.status is not Status.SIGNED_OUT:
            interface = self._seats.interface(agent, agent.phone)
            for name, queue in queues.items():
                if any(requires.met_by(agent) for requires in queue.could_serve()):
                    yield Member(name, interface, agent.number, agent.status is not Status.READY)


def taken_back(queue: str, caller: str) -> tuple[Action, Action]:
    """The actions, in this order, that take the channel `caller` out of a plain queue, unless he has been answered.

    Asterisk's queue itself decides (decision 0037): whom it has just connected it refuses to give back, and whose phone
    it rings it lets ring, so that nobody who picks up is cut off. It looks once a second whether a caller is to leave;
    the key, which means nothing there, makes it look at once.
    """
    return (
        Action("QueueWithdrawCaller", {"Queue": queue, "Caller": caller}),
        Action("PlayDTMF", {"Channel": caller, "Digit": "D", "Receive": "true"}),
    )


def _step(had: Member | None, wanted: Member | None) -> Iterable[Action]:
    if had is not None and (wanted is None or wanted.interface != had.interface):
        yield _remove(had)
        had = None
    if wanted is None:
        return
    where = {"Queue": wanted.queue, "Interface": wanted.interface}
    paused = {"Paused": "true" if wanted.paused else "false"}
    if had is None:
        yield Action("QueueAdd", {**where, "MemberName": wanted.agent, **paused})
    elif had.paused != wanted.paused:
        yield Action("QueuePause", {**where, **paused})


def _remove(member: Member) -> Action:
    return Action("QueueRemove", {"Queue": member.queue, "Interface": member.interface})
