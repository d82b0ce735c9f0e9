"""Agents, queues and calls under way as the API shows them, made from the router and the board.

Times named `…_ms` that are points are milliseconds since the epoch (UTC), as in the facts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from acd.agents import Agent
from acd.estimates import Accuracy, Estimate, Estimates
from acd.facts import ClosureDeclared, SurgeDeclared
from acd.masking import Personal
from acd.queues import PREFERRED, Queue
from acd.states import Activity, AgentState, DequeueReason, Status
from cti.alarms.advice import ADVICE, OTHER
from cti.alarms.standing import Alarm
from cti.board import Board, CallState, CallUnderWay
from recording.identity import call_id


class View(BaseModel):
    """The base of all answers."""

    model_config = ConfigDict(frozen=True)


Shown = TypeVar("Shown", bound=View)


class AgentView(View):
    """An agent: what the floor sees (`state`), what he chose (`status`), and why."""

    number: str
    name: str
    phone: Personal = Field(description="Where he is signed in, empty if he is not.")
    state: AgentState
    status: Status
    activity: Activity
    reason: str = Field(description="Why he is not ready.")
    since_ms: int | None = Field(description="Since when he is in this state, null if not since this service started.")
    skills: Mapping[str, int]
    attributes: Mapping[str, str]
    overdue: bool = Field(description="Whether he has been not ready for longer than his reason allows.")
    allowed_until_ms: int | None = Field(description="Until when he may be not ready, null without a limit.")
    wrap_up_until_ms: int | None = Field(description="When his wrap-up ends by itself, null if he is in none.")
    call: str = Field(description="The id of the call he rings for, talks in or wraps up.")
    owes: list[str] = Field(description="The ids of calls of the last day that he has yet to close, oldest first.")


class StepView(View):
    """A step of a queue, and how many calls wait at it; step -1 are those that wait for their preferred agent alone."""

    step: int
    after_ms: int = Field(description="Since the call came into this queue.")
    requires: str
    waiting: int


class SurgeView(View):
    """A surge that is on: since when, who declared it, and why."""

    since_ms: int
    by: str
    why: str


class ExpectedView(View):
    """The wait of one who would come now: half wait no longer than the median, four in five no longer than the most."""

    median_ms: int
    most_ms: int


class AccuracyView(View):
    """How the last estimates came true: the mean distance from the median, and the shares that waited no longer than
    the median and than the most."""

    calls: int
    mean_error_ms: int
    within_median: float
    within_most: float


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
    open: bool = Field(description="Whether its hours of service are on.")
    surge: SurgeView | None
    blending: bool = Field(description="Whether agents of other work take its calls now.")
    steps: list[StepView]
    expected: ExpectedView | None = Field(description="Null where it is not known.")
    accuracy: AccuracyView | None = Field(description="Null where no estimate was put to the test yet.")


class CallView(View):
    """A call under way, from its arrival in the menu to its end."""

    id: str
    linkedid: str
    state: CallState
    caller: Personal
    caller_name: Personal
    dialled: Personal
    flow: str
    node: str
    queue: str
    agent: str
    arrived_ms: int
    since_ms: int
    entered_ms: int | None = Field(description="First queue entry, null if it stands in no queue.")
    space: str = Field(description="Where it is parked, empty if it is not.")
    parked_by: str = Field(description="The agent who parked it.")
    muted: bool = Field(description="Whether the caller hears nothing of his agent, who was muted here.")


class ClosureView(View):
    """A closure that is on: the calendar, or `*` for all; the announcement is empty for the house's own words."""

    calendar: str
    since_ms: int
    by: str
    why: str
    announcement: str


class AlarmView(View):
    """An alarm that stands."""

    alarm: str = Field(description="Its id, as in docs/alarms.md.")
    where: str = Field(description="A part of the service, or queue:, agent:, calendar: with a name behind.")
    what: str
    since_ms: int = Field(description="When it was found, milliseconds since the epoch; kept through a restart.")
    to_do: str


class Snapshot(View):
    """Everything that is going on at one moment."""

    at_ms: int
    agents: list[AgentView]
    queues: list[QueueView]
    calls: list[CallView]
    closures: list[ClosureView]
    alarms: list[AlarmView]


class Update(View):
    """The rows of a snapshot that have changed; `ended` are ids of calls that are over, `closures` all that are on,
    `alarms` all that stand."""

    agents: list[AgentView]
    queues: list[QueueView]
    calls: list[CallView]
    ended: list[str]
    closures: list[ClosureView]
    alarms: list[AlarmView]


def closure_view(closure: ClosureDeclared) -> ClosureView:
    """The closure as it was declared."""
    return ClosureView(
        calendar=closure.calendar,
        since_ms=closure.since_ms,
        by=closure.by,
        why=closure.why,
        announcement=closure.announcement,
    )


def alarm_views(alarms: Iterable[Alarm]) -> list[AlarmView]:
    """These alarms, the oldest first, and what to do about each."""
    return [
        AlarmView(**asdict(one), to_do=ADVICE.get(one.alarm, ADVICE[OTHER]))
        for one in sorted(alarms, key=lambda one: one.since_ms)
    ]


def agent_view(agent: Agent, board: Board) -> AgentView:
    """The agent as he is now."""
    absence = agent.absence
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
        overdue=absence is not None and absence.overdue,
        allowed_until_ms=absence.since_ms + absence.allowed_ms if absence and absence.allowed_ms else None,
        wrap_up_until_ms=agent.wrap_up_until_ms or None,
        call=call_id(agent.linkedid) if agent.linkedid else "",
        owes=[call_id(linkedid) for linkedid in agent.owes],
    )


def queue_view(
    queue: Queue, agents: Iterable[Agent], now_ms: int, surge: SurgeDeclared | None, estimates: Estimates
) -> QueueView:
    """The queue as it is now; `agents` are all of the centre, `surge` is the one that is on."""
    name = queue.settings.name
    able = [agent for agent in agents if agent.status is not Status.SIGNED_OUT and queue.base.met_by(agent)]
    oldest_ms = min((call.entered_ms for call in queue), default=None)
    return QueueView(
        name=name,
        title=queue.settings.title,
        skills=queue.settings.skills,
        waiting=len(queue),
        longest_wait_ms=0 if oldest_ms is None else now_ms - oldest_ms,
        waiting_since_ms=oldest_ms,
        agents_signed_in=len(able),
        agents_free=sum(agent.free for agent in able),
        entered=queue.entered,
        left={reason: queue.left[reason] for reason in DequeueReason},
        open=queue.open,
        surge=None if surge is None else SurgeView(since_ms=surge.at_ms, by=surge.cause, why=surge.why),
        blending=queue.blending,
        steps=_steps(queue),
        expected=_shown(ExpectedView, estimates.estimate(name, len(queue) + 1)),
        accuracy=_shown(AccuracyView, estimates.accuracy(name)),
    )


def _steps(queue: Queue) -> list[StepView]:
    at = Counter(call.step for call in queue)
    shown = [
        StepView(step=step, after_ms=stage.after_ms, requires=stage.requires.text, waiting=at[step])
        for step, stage in enumerate(queue.stages)
    ]
    if at[PREFERRED]:
        shown.insert(0, StepView(step=PREFERRED, after_ms=0, requires="", waiting=at[PREFERRED]))
    return shown


def _shown(view: type[Shown], value: Estimate | Accuracy | None) -> Shown | None:
    return None if value is None else view(**asdict(value))


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
        space=call.space,
        parked_by=call.parked_by,
        muted=call.muted,
    )


def _legible(text: str) -> str:
    return text.encode(errors="replace").decode()
