"""A caller whom his agent has sent on: where to, by whom, and what he takes along.

Asterisk has ended the session in which he was with the agent and begun another; what he is (his call, his place in the
flow, with its data and priority, his language) is still on his channel, how long he has waited is in his journey.
"""

import asyncio
from collections.abc import Collection
from dataclasses import replace

from acd.distributor import Distributor
from acd.facts import CallTransferred
from acd.requirements import ANY
from acd.seats import phone_of_channel
from acd.states import TransferKind
from ivr import variables
from ivr.agi.session import AgiSession
from ivr.caller import Caller
from ivr.destinations import Destination
from ivr.flow.model import Flow
from ivr.flow.steps import Enqueue
from ivr.journeys import Journey, Journeys
from ivr.parking import ParkingOrder
from ivr.published import Entrance

CONTEXT = "transferred"
CONTEXTS = ("transfers", CONTEXT)
"""Where the dialplan takes a caller whom his agent sends on."""

_NONE = Flow.model_validate(
    {"flow": "none", "languages": ["en"], "start": "end", "nodes": {"end": {"kind": "hangup", "reason": "served"}}}
)
NO_FLOW = Entrance({_NONE.flow: _NONE}, _NONE.flow)
"""What goes on with a caller who has dialled none of our numbers: the customer of a call-back, when he is sent on."""

_PAUSES_S = (0.005, 0.01, 0.02, 0.04)
_WHERE = "${CHANNEL(uniqueid)},${CHANNEL(context)}"


async def sent_on(session: AgiSession, journey: Journey | None) -> bool:
    """Whether the session that was told a hang-up ended because its caller goes on elsewhere: he is on his way to
    another extension, or stands in another channel's place, which left its name here.

    Asterisk may tell the hang-up a moment before it puts him into the call in which his agent asks for somebody; where
    there is such a call, that moment is waited for.
    """
    for pause_s in (*_PAUSES_S, 0.0):
        if journey is not None and journey.joined:
            journey.joined = False
            return True
        uniqueid, _, context = (await session.last_word(_WHERE)).partition(",")
        if context in CONTEXTS or uniqueid not in ("", session.environment.uniqueid):
            return True
        if journey is None or not journey.asking:
            return False
        await asyncio.sleep(pause_s)
    return False


def moved(step: Enqueue, queue: str) -> Enqueue:
    """The same in another queue. What the flow asks of an agent's skills it asks for its own queue; what it asks of him
    otherwise (a language, a team) is for the caller's sake, and is asked there as well."""
    if queue == step.queue:
        return step
    return replace(step, queue=queue, skills={}, requires=ANY if step.requires.skills else step.requires, music=None)


def back(caller: Caller, fallback: str, queues: Collection[str]) -> Enqueue:
    """His wait where no flow of ours says one: in the queue he came from; if he came to his agent without one, in that
    which takes the callers of the number he dialled (`fallback`)."""
    return Enqueue(next((one for one in (caller.queue, fallback) if one in queues), next(iter(queues))))


class Transfer:
    """One caller who was sent on. `known`: this daemon has seen his call before."""

    def __init__(
        self, caller: Caller, destination: Destination | None, distributor: Distributor, journeys: Journeys
    ) -> None:
        """Where the destination is none, or no more, he goes back to the queue he came from (`back`)."""
        self._caller = caller
        self._destination = destination or Destination(queue=caller.queue)
        self._distributor = distributor
        self._journey = journeys.get(caller.linkedid)
        self.known = self._journey is not None
        if self._journey is not None:
            self._journey.joined = False

    @property
    def to_number(self) -> bool:
        """Whether he is sent to a number of the centre, whose flow begins."""
        return self._destination.number != ""

    @property
    def parking(self) -> ParkingOrder | None:
        """How he is to be parked; None if he is to go on."""
        return ParkingOrder(self._sender(), self._destination.space) if self._destination.parked else None

    async def take_over(self, session: AgiSession) -> None:
        """State the transfer, and see to it that it is stated once. Who is parked has not been sent to anybody."""
        names = (variables.TRANSFER, variables.SENDER, variables.CONSULT, variables.EXTENSION, variables.PARKED)
        await session.exec("MSet", ",".join(f"{name}=" for name in names))
        if self._destination.parked:
            return
        self._distributor.state(
            CallTransferred(
                at_ms=self._distributor.clock.now_ms(),
                linkedid=self._caller.linkedid,
                kind=TransferKind.BLIND,
                agent=self._sender(),
                queue=self._destination.queue,
                to=self._destination.agent,
                consult=self._caller.consult,
            )
        )

    def applied(self, step: Enqueue) -> Enqueue:
        """The step as the agent wants it: another queue, or one agent in the queue where he is."""
        step = moved(step, self._destination.queue or self._caller.queue or step.queue)
        return replace(step, preferred=self._destination.agent, named=self._destination.agent != "")

    def place(self, before_ms: int | None) -> tuple[int, int]:
        """His first entry, later by the time in which he talked, and his entry into the new queue. `before_ms` is his
        first entry as his channel has it, for a call that nobody here has seen before."""
        now_ms = self._distributor.clock.now_ms()
        if self._journey is None:
            return now_ms if before_ms is None else before_ms, now_ms
        if self._journey.place is not None:
            place, self._journey.place = self._journey.place, None
            return place
        return now_ms - self._journey.waited_ms, now_ms

    def _sender(self) -> str:
        sender = self._caller.sender
        phone = phone_of_channel(sender)
        if not phone:
            return sender
        agent = self._distributor.router.roster.at_phone(phone)
        return agent.number if agent is not None else phone
