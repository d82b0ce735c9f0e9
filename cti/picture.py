"""The floor as it is now, row by row, for a monitor that comes late: AMI tells nobody what he has missed.

Pure. A row is read when it is asked for, not before: told in order with the facts, whatever happens between two rows is
told between them, so a picture that takes its time is right at its end all the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from acd.router import Router
from acd.states import AgentState, Status
from cti.board import Board, CallState
from cti.user_events import event

REQUEST = "CallcenterSnapshotRequested"
"""The UserEvent by which a monitor asks for a snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event of a snapshot."""

    at_ms: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the `UserEvent` action."""
        return event(type(self).__name__, asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotBegan(Row):
    """A snapshot of the floor begins: forget what you believed. So many rows of each kind are about to come, and facts
    between them."""

    queues: int
    agents: int
    calls: int
    closures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueIs(Row):
    """A queue as it is now; `waiting` are the calls that stand in it, those whose agent's phone rings included; `open`
    whether its hours are on, `surge` whether one is declared."""

    queue: str
    waiting: int
    open: bool
    surge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentIs(Row):
    """An agent as he is now; `linkedid` is the call he rings for, talks in or wraps up."""

    agent: str
    phone: str
    state: AgentState
    status: Status
    reason: str
    linkedid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIs(Row):
    """A call under way: where it is since when, and the agent who rings or talks. `entered_ms` is its first queue
    entry, empty if it stands in none."""

    linkedid: str
    state: CallState
    caller: str
    dialled: str
    flow: str
    node: str
    queue: str
    agent: str
    arrived_ms: int
    since_ms: int
    entered_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureIs(Row):
    """A calendar that is shut in an emergency, or all of them (`*`): since when, who says so and why, and the recorded
    announcement that callers hear, empty for the house's own words."""

    calendar: str
    since_ms: int
    by: str
    why: str
    announcement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotEnded(Row):
    """The snapshot is whole: from here on the facts keep it so."""


ROWS = (SnapshotBegan, QueueIs, AgentIs, CallIs, ClosureIs, SnapshotEnded)


def rows(router: Router, board: Board, now_ms: Callable[[], int]) -> Iterator[Row]:
    """The picture, each row as it is when it is asked for; what ends before that is left out."""
    queues, agents, calls = list(router.queues), [agent.number for agent in router.roster], list(board.calls)
    closures = list(board.closures)
    yield SnapshotBegan(
        at_ms=now_ms(), queues=len(queues), agents=len(agents), calls=len(calls), closures=len(closures)
    )
    for name in queues:
        queue = router.queues[name]
        yield QueueIs(at_ms=now_ms(), queue=name, waiting=len(queue), open=queue.open, surge=queue.surge)
    for number in agents:
        agent = router.roster.agent(number)
        yield AgentIs(
            at_ms=now_ms(),
            agent=number,
            phone=agent.phone,
            state=agent.state,
            status=agent.status,
            reason=agent.reason,
            linkedid=agent.linkedid,
        )
    for linkedid in calls:
        if (call := board.calls.get(linkedid)) is not None:
            yield CallIs(
                at_ms=now_ms(),
                linkedid=linkedid,
                state=call.state,
                caller=call.caller,
                dialled=call.dialled,
                flow=call.flow,
                node=call.node,
                queue=call.queue,
                agent=call.agent,
                arrived_ms=call.arrived_ms,
                since_ms=call.since_ms,
                entered_ms=call.entered_ms,
            )
    for calendar in closures:
        if (closure := board.closures.get(calendar)) is not None:
            yield ClosureIs(
                at_ms=now_ms(),
                calendar=calendar,
                since_ms=closure.since_ms,
                by=closure.by,
                why=closure.why,
                announcement=closure.announcement,
            )
    yield SnapshotEnded(at_ms=now_ms())
