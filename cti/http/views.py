"""Agents, queues and calls under way as the API shows them, made from the router and the board.

Times named `…_ms` that are points are milliseconds since the epoch (UTC), as in the facts.
"""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from acd.agents import Agent
from acd.queues import Queue
from acd.states import Activity, AgentState, DequeueReason, Status
from cti.board import Board, CallState, CallUnderWay
from recording.identity import call_id


class View(BaseModel):
    """The base of all answers."""

    model_config = ConfigDict(frozen=True)


class AgentView(View):
    """An agent: what the floor sees (`state`), what he chose (`status`), and why."""

    number: str
    name: str
    phone: str = Field(description="Where he is signed in, empty if he is not.")
    state: AgentState
    status: Status
    activity: Activity
    reason: str = Field(description="Why he is not ready.")
    since_ms: int | None = Field(description="Since when he is in this state, null if not since this service started.")
    skills: Mapping[str, int]
    attributes: Mapping[str, str]
    call: str = Field(description="The id of the call he rings for, talks in or wraps up.")


class QueueView(View):
    """A queue: who waits, who could answer, and what became of those who entered since this service started."""

    name: str
    title: str
    skills: Mapping[str, int]
    waiting: int
    longest_wait_ms: int
    waiting_since_ms: int | None = Field(description="First entry of the caller who has waited longest.")
    agents_signed_in: int = Field(description="Agents with the queue's skills who are signed in.")
    agents_free: int = Field(description="Those of them a call could be offered to now.")
    entered: int
    left: Mapping[DequeueReason, int]


class CallView(View):
    """A call under way, from its arrival in the menu to its end."""

    id: str
    linkedid: str
    state: CallState
    caller: str
    caller_name: str
    dialled: str
    flow: str
    node: str
    queue: str
    agent: str
    arrived_ms: int
    since_ms: int
    entered_ms: int | None = Field(description="First queue entry, null if it stands in no queue.")


class Snapshot(View):
    """Everything that is going on at one moment."""

    at_ms: int
    agents: list[AgentView]
    queues: list[QueueView]
    calls: list[CallView]


class Update(View):
    """The rows of a snapshot that have changed; `ended` are ids of calls that are over."""

    agents: list[AgentView]
    queues: list[QueueView]
    calls: list[CallView]
    ended: list[str]


def agent_view(agent: Agent, board: Board) -> AgentView:
    """The agent as he is now."""
    return AgentView(
        number=agent.number,
        name=agent.name,
        phone=agent.phone,
        state=agent.state,
        status=agent.status,
        activity=agent.activity,
        reason=agent.reason,
        since_ms=board.since_ms.get(agent.number),
        skills=agent.skills,
        attributes=agent.attributes,
        call=call_id(agent.linkedid) if agent.linkedid else "",
    )


def queue_view(queue: Queue, agents: Iterable[Agent], now_ms: int) -> QueueView:
    """The queue as it is now; `agents` are all of the centre."""
    able = [agent for agent in agents if agent.status is not Status.SIGNED_OUT and queue.base.met_by(agent)]
    oldest_ms = min((call.entered_ms for call in queue), default=None)
    return QueueView(
        name=queue.settings.name,
        title=queue.settings.title,
        skills=queue.settings.skills,
        waiting=len(queue),
        longest_wait_ms=0 if oldest_ms is None else now_ms - oldest_ms,
        waiting_since_ms=oldest_ms,
        agents_signed_in=len(able),
        agents_free=sum(agent.free for agent in able),
        entered=queue.entered,
        left={reason: queue.left[reason] for reason in DequeueReason},
    )


def call_view(call: CallUnderWay) -> CallView:
    """The call as it is now. A name that is not text in any encoding we know is shown as far as it is."""
    return CallView(
        id=call_id(call.linkedid),
        linkedid=call.linkedid,
        state=call.state,
        caller=_legible(call.caller),
        caller_name=_legible(call.caller_name),
        dialled=call.dialled,
        flow=call.flow,
        node=call.node,
        queue=call.queue,
        agent=call.agent,
        arrived_ms=call.arrived_ms,
        since_ms=call.since_ms,
        entered_ms=call.entered_ms,
    )


def _legible(text: str) -> str:
    return text.encode(errors="replace").decode()
