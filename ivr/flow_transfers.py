"""A caller whom his flow connects: with a queue or an agent of the house by extension, or with a number outside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from acd.decisions import Trigger
from acd.distributor import Distributor
from acd.errors import AgentBusy, RoutingError
from acd.facts import TransferEnded
from acd.states import DequeueReason, Status
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.connecting import WITH_MUSIC, OutsideCall, connect, dial_outside, last_call
from ivr.desk import Desk
from ivr.flow.steps import Enqueue, QueueLeft, Transfer, Transferred
from ivr.toll_guard import NOT_ANSWERED, refusal
from ivr.waiting import Goodbye

MUSIC = "default"

NO_EXTENSION = "transfer-no-extension"
"""Nobody of the centre has this extension."""

Queue = Callable[[Enqueue], Awaitable[QueueLeft | Goodbye]]
"""Serves the caller in a queue."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    given: Transferred | Goodbye
    talk_ms: int = 0


async def transfer(
    desk: Desk, session: AgiSession, linkedid: str, step: Transfer, queue: Queue
) -> Transferred | Goodbye:
    """Connect him, and say what came of it when he is alone again; `queue` is for extensions of queues."""
    await session.set_variable("DIALSTATUS", "")  # else the dialplan would believe of this call what is said of another
    try:
        outcome = await _connected(desk, session, linkedid, step, queue)
    except AgiHungUp:
        call = await last_call(session)
        given = Transferred(call.answered, "" if call.answered else NOT_ANSWERED)
        _state(desk.distributor, linkedid, step, given, call)
        raise
    await session.set_variable("DIALSTATUS", "")
    if isinstance(outcome.given, Transferred):
        _state(desk.distributor, linkedid, step, outcome.given, OutsideCall("", outcome.talk_ms))
    return outcome.given


async def _connected(desk: Desk, session: AgiSession, linkedid: str, step: Transfer, queue: Queue) -> _Outcome:
    if step.number is not None:
        return await _outside(desk, session, step, step.number)
    destination = desk.find(step.extension) if step.extension.isascii() and step.extension.isdecimal() else None
    if destination is None or destination.number:
        return _Outcome(Transferred(answered=False, error=NO_EXTENSION))
    if not destination.queue:
        return _Outcome(await _agent(desk.distributor, session, linkedid, destination.agent, step.ring_ms))
    left = await queue(Enqueue(destination.queue))
    if isinstance(left, Goodbye):
        return _Outcome(left)
    return _Outcome(transferred(left))


def transferred(left: QueueLeft) -> Transferred:
    """What came of a stay in a queue."""
    answered = left.outcome is DequeueReason.ANSWERED
    return Transferred(answered, "" if answered else NOT_ANSWERED, agent=left.agent, queue=left.queue)


async def _outside(desk: Desk, session: AgiSession, step: Transfer, number: str) -> _Outcome:
    outside = desk.outside()
    ours = desk.find(number) is not None
    if error := refusal(number, written=step.written, ours=ours, allow=outside.allow if outside else None):
        return _Outcome(Transferred(answered=False, error=error))
    call = await dial_outside(session, outside, number, options=WITH_MUSIC.format(MUSIC), ring_ms=step.ring_ms)
    return _Outcome(Transferred(call.answered, call.error or ("" if call.answered else NOT_ANSWERED)), call.talk_ms)


async def _agent(distributor: Distributor, session: AgiSession, linkedid: str, agent: str, ring_ms: int) -> Transferred:
    """Ring the agent if he wants calls and is in none."""
    with distributor.place(linkedid) as place:
        try:
            with distributor.command() as (router, now_ms):
                if (status := router.roster.signed_in(agent).status) is not Status.READY:
                    raise AgentBusy(agent, status)
                offer = router.consults.ask(linkedid, agent, trigger=Trigger.FLOW_ASKED, ring_ms=ring_ms, now_ms=now_ms)
            answered = await connect(session, distributor, (offer,), MUSIC)
        except RoutingError as error:
            return Transferred(answered=False, error=error.id)
        except AgiHungUp:
            place.hung_up = True
            raise
    return Transferred(answered, "" if answered else NOT_ANSWERED, agent=agent if answered else "")


def _state(distributor: Distributor, linkedid: str, step: Transfer, given: Transferred, call: OutsideCall) -> None:
    distributor.state(
        TransferEnded(
            at_ms=distributor.clock.now_ms(),
            linkedid=linkedid,
            node=step.node,
            extension=step.extension,
            number=step.number or "",
            answered=given.answered,
            talk_ms=call.talk_ms,
            error=given.error,
        )
    )
