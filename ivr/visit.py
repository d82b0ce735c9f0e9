"""One caller on his way through a flow: the walker decides where he goes, this carries it out over AGI.

What happens in a queue is the business of ivr/waiting.py.
"""

from dataclasses import replace

from acd.facts import CallArrived, CallEnded
from acd.states import DequeueReason, EndedBy
from ivr import variables
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.callback_request import request_callback
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.flow.position import Position
from ivr.flow.steps import (
    Ask,
    CallerFound,
    Digit,
    Enqueue,
    FindCaller,
    Finished,
    Hangup,
    Input,
    LookAtCalendar,
    LookUp,
    MessageTaken,
    PauseRecording,
    Play,
    QueueLeft,
    RequestCallback,
    ResumeRecording,
    Step,
    TakeMessage,
    Transfer,
    Transferred,
)
from ivr.flow.steps import Timeout as NoKey
from ivr.flow_transfers import transfer, transferred
from ivr.journeys import Journeys
from ivr.look_ups.asking import look_up
from ivr.parking import ParkedStay, ParkingOrder, Standing
from ivr.published import Entrance
from ivr.recording_pause import RecordingPause
from ivr.saying import Saying
from ivr.trail import fact_of
from ivr.transfers import Transfer as SentOn
from ivr.transfers import back, moved, sent_on
from ivr.voicemail import Taken, finish_message, reason_of, take_message
from ivr.waiting import Goodbye, Stay
from ivr.walker import Walker
from ivr.whereabouts import keep


class Visit:
    """One caller's visit. `run` it once."""

    def __init__(
        self,
        desk: Desk,
        session: AgiSession,
        caller: Caller,
        entrance: Entrance,
        journeys: Journeys,
        transfer: SentOn | None = None,
        position: Position | None = None,
    ) -> None:
        """`transfer` where an agent has sent him here, from a conversation; `position` where he stood before."""
        self._journeys = journeys
        self._desk = desk
        self._distributor = desk.distributor
        self._session = session
        self._caller = caller
        self._entrance = entrance
        self._walker = Walker(entrance.flows, entrance.flow, caller.about(desk.today()), caller.language)
        self._transfer = transfer
        self._parking = transfer.parking if transfer is not None else ParkingOrder.read(caller.parked)
        self._position = position if position is not None and self._walker.can_start(position) else None
        self._pause = RecordingPause(desk.recording, desk.distributor, session, caller.linkedid)
        self._say = Saying(desk, session)
        self._kept: tuple[str, str] | None = None
        self._told = 0
        self._ended_by = EndedBy.SYSTEM
        self._entered_before_ms = caller.entered_ms if self._position is not None and caller.queue else None
        """First entry of a caller who stood in a queue before we went away; it counts for that visit only."""

    async def run(self) -> None:
        """Serve him to the end of his flow or his hang-up."""
        linkedid = self._caller.linkedid
        resumed = self._position is not None
        if self._transfer is None or not self._transfer.known:
            self._distributor.state(self._arrived(resumed=resumed or self._transfer is not None))
        try:
            # At once ("i"): AGI's own ANSWER waits for the caller's first sound, up to half a second, before we go on.
            await self._session.exec("Answer", ",i")
            if self._transfer is not None:
                await self._transfer.take_over(self._session)
            reason = await self._walk()
            await self._session.set_variable(variables.DONE, "1")
            await self._session.hangup()
        except AgiHungUp:
            self._ended_by, reason = EndedBy.CALLER, "hung_up"
            if await sent_on(self._session, self._journeys.get(linkedid)):
                return  # his call goes on, in another session
        finally:
            self._tell_trail()
            await self._pause.end(hung_up=self._ended_by is EndedBy.CALLER)
        self._distributor.state(CallEnded(at_ms=self._now_ms(), linkedid=linkedid, by=self._ended_by, reason=reason))

    def _arrived(self, *, resumed: bool) -> CallArrived:
        caller = self._caller
        return CallArrived(
            at_ms=self._now_ms(),
            linkedid=caller.linkedid,
            channel=caller.channel,
            caller=caller.number,
            caller_name=caller.name,
            dialled=caller.dialled,
            flow=self._entrance.flow,
            resumed=resumed,
        )

    async def _walk(self) -> str:
        at = self._position
        if at is None and self._transfer is not None and not self._transfer.to_number:
            # He came to his agent without a flow of ours, and has none to go on in.
            left = await self._queue(self._back())
            if isinstance(left, Goodbye):
                return left.reason
            return "served" if left.outcome is DequeueReason.ANSWERED else left.outcome.value
        step = self._walker.start(at)
        if self._transfer is not None and at is not None:
            self._told = len(self._walker.trail)  # he has been at this node: he only changes the queue
        if self._caller.message:
            taken = await finish_message(self._desk, self._session, self._caller.message, self._walker.language)
            if not isinstance(step, TakeMessage):
                return reason_of(taken)  # his queue had sent him there
            step = self._walker.feed(MessageTaken(taken is Taken.LEFT))
        while not isinstance(step, Hangup):
            self._tell_trail()
            await self._keep_position()
            given = await self._do(step)
            if isinstance(given, Goodbye):
                return given.reason
            step = self._walker.feed(given)
        return step.reason

    async def _do(self, step: Step) -> Input | Goodbye:  # noqa: PLR0911 (one case for each step, and nothing else)
        """Carry out one step."""
        match step:
            case Play(pieces, escape_digits):
                key = await self._say.play(pieces, escape_digits)
                return Digit(key) if key else Finished()
            case Ask(pieces, digits, timeout_ms):
                key = await self._say.play(pieces, digits) or await self._session.wait_for_digit(timeout_ms)
                return Digit(key) if key else NoKey()
            case Enqueue():
                return await self._queue(step)
            case LookAtCalendar(calendar):
                return self._desk.calendar(calendar, self._walker.language)
            case TakeMessage():
                at, language = self._place_ms(), self._walker.language
                return await take_message(self._desk, self._session, self._caller, step, language, self._say.play, at)
            case RequestCallback():
                at, language = self._place_ms(), self._walker.language
                return await request_callback(self._desk, self._caller, step, language, at)
            case PauseRecording():
                return await self._pause.pause(self._walker.node)
            case ResumeRecording(why):
                return await self._pause.resume(why)
            case LookUp():
                desk, session, linkedid = self._desk, self._session, self._caller.linkedid
                return await look_up(desk.look_ups, session, self._distributor, linkedid, step, self._say.play)
            case Transfer():
                return await self._connect(step)
            case FindCaller():
                return CallerFound(await self._desk.who(self._caller.linkedid))
            case Hangup():
                raise AssertionError("the walk ends with it")

    async def _connect(self, step: Transfer) -> Transferred | Goodbye:
        sent = self._transfer is not None and not self._transfer.to_number
        if sent or self._parking is not None or self._entered_before_ms is not None:
            # The agent whom his flow has found for him has sent him on from here.
            left = await self._queue(self._back())
            return left if isinstance(left, Goodbye) else transferred(left)
        given = await transfer(self._desk, self._session, self._caller.linkedid, step, self._queue)
        if isinstance(given, Transferred) and given.agent:
            self._ended_by = EndedBy.AGENT
        return given

    def _back(self) -> Enqueue:
        return back(self._caller, self._entrance.fallback, self._distributor.router.queues)

    async def _keep_position(self) -> None:
        """Write where he is on his channel, whenever he comes to another node."""
        at = (self._walker.flow, self._walker.node)
        if at != self._kept:
            self._kept = at
            await keep(self._session, replace(self._walker.position, version=self._entrance.version))

    async def _queue(self, step: Enqueue) -> QueueLeft | Goodbye:
        if (caller := await self._desk.known(self._caller.linkedid)) is not None:
            step = step.of_known(caller)
        transfer, self._transfer = self._transfer, None
        entered_ms, self._entered_before_ms = self._entered_before_ms, None
        queued_ms = None
        if entered_ms is not None and self._caller.queue in self._distributor.router.queues:
            step = moved(step, self._caller.queue)  # where he stood then, perhaps not where the flow had put him
        if transfer is not None:
            step = transfer.applied(step)
            entered_ms, queued_ms = transfer.place(entered_ms)
        if (order := self._parking) is not None:
            self._parking = None
            parked_ms = self._now_ms()
            standing = Standing(queue=step.queue, entered_ms=entered_ms or parked_ms, priority=step.priority)
            if await ParkedStay(self._desk, self._session, self._caller.linkedid, order, standing).run():
                self._ended_by = EndedBy.AGENT
                return self._left(DequeueReason.ANSWERED, step.queue)
            step = replace(step, preferred=order.agent, named=order.agent != "")
            queued_ms = self._now_ms()
            entered_ms = standing.entered_ms + queued_ms - parked_ms  # at the space he has not waited for anybody
        stay = Stay(
            self._desk,
            self._session,
            self._caller,
            step,
            language=self._walker.language,
            entered_ms=self._now_ms() if entered_ms is None else entered_ms,
            queued_ms=queued_ms,
        )
        ending = await stay.run()
        self._ended_by = EndedBy.AGENT if stay.with_agent else EndedBy.SYSTEM
        if isinstance(ending, Goodbye):
            return ending
        return self._left(ending, stay.queue)

    def _left(self, ending: DequeueReason, queue: str) -> QueueLeft:
        journey = self._journeys.get(self._caller.linkedid)
        return QueueLeft(ending, journey.agent if journey is not None else "", queue)

    def _tell_trail(self) -> None:
        at_ms, linkedid = self._now_ms(), self._caller.linkedid
        for mark in self._walker.trail[self._told :]:
            if (fact := fact_of(mark, at_ms, linkedid)) is not None:
                self._distributor.state(fact)
        self._told = len(self._walker.trail)

    def _place_ms(self) -> int:
        return self._journeys.since_ms(self._caller.linkedid, self._now_ms())

    def _now_ms(self) -> int:
        return self._distributor.clock.now_ms()
