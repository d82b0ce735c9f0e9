"""One caller, from Asterisk's door to his hang-up: walks him through his flow, holds him for an agent, connects him.

The walker decides where he goes and the router who serves him; this is the shell that carries both out over AGI.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from acd.distributor import Distributor, Place
from acd.facts import CallArrived, CallEnded, MenuAnswered, NodeEntered
from acd.offers import Offer
from acd.states import DequeueReason, EndedBy, OfferOutcome
from acd.targets import Target, TargetKind
from ivr import variables
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.flow.model import Flow
from ivr.flow.steps import Answered, Ask, Digit, Enqueue, Entered, Finished, Hangup, Input, Play, Prompt, QueueLeft
from ivr.flow.steps import Timeout as NoKey
from ivr.walker import Walker

log = structlog.get_logger()

DIAL_STATUS: Mapping[str, OfferOutcome] = {
    "ANSWER": OfferOutcome.ANSWERED,
    "NOANSWER": OfferOutcome.MISSED,
    "BUSY": OfferOutcome.REFUSED,
}
"""Asterisk's DIALSTATUS of a call to one phone; all others (CHANUNAVAIL, CONGESTION, …) mean it could not be rung."""

REJECTED = "21"
"""The hang-up cause (ITU-T Q.850) of a phone that declines by 603: to Asterisk's Dial that is CHANUNAVAIL."""

QUOTED_PAIR = re.compile(r"\\(.)")
"""Asterisk leaves the escapes of RFC 3261 §25.1 in the name that a SIP caller gives himself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is calling, as the dialplan hands him over; after an absence of ours also where he stood."""

    linkedid: str
    channel: str
    number: str
    name: str
    dialled: str
    node: str = ""
    entered_ms: int | None = None
    language: str = ""

    @classmethod
    def of(cls, session: AgiSession) -> "Caller":
        """Reads the session's environment: `AGI(…/call,linkedid,dialled,node,entered,language)`."""
        environment = session.environment
        linkedid, dialled, node, entered, language = (*environment.arguments, "", "", "", "", "")[:5]
        return cls(
            linkedid=linkedid or environment.uniqueid,
            channel=environment.channel,
            number=environment.callerid,
            name=QUOTED_PAIR.sub(r"\1", environment.calleridname),
            dialled=dialled or environment.extension,
            node=node,
            entered_ms=int(entered) if entered.isdecimal() else None,
            language=language,
        )


class Reception:
    """Serves callers; `await reception(session)` is one of them. `flow_of` finds the flow of a dialled number (KeyError
    if it leads nowhere), `sound_of` the sound file of a prompt, without its ending."""

    def __init__(
        self, distributor: Distributor, flow_of: Callable[[str], Flow], sound_of: Callable[[Prompt], str]
    ) -> None:
        self._distributor = distributor
        self._flow_of = flow_of
        self._sound_of = sound_of

    async def __call__(self, session: AgiSession) -> None:
        """Serve the caller of this session to the end of his flow or his hang-up."""
        caller = Caller.of(session)
        try:
            flow = self._flow_of(caller.dialled)
        except KeyError:
            # The dialplan only lets numbers in that lead somewhere; what slips through is served by its fallback.
            log.error("no-such-number", error_id="no-such-number", linkedid=caller.linkedid)
            return
        with structlog.contextvars.bound_contextvars(linkedid=caller.linkedid):
            await _Visit(session, caller, flow, self._distributor, self._sound_of).run()


class _Visit:
    def __init__(
        self,
        session: AgiSession,
        caller: Caller,
        flow: Flow,
        distributor: Distributor,
        sound_of: Callable[[Prompt], str],
    ) -> None:
        self._session = session
        self._caller = caller
        self._flow = flow
        self._distributor = distributor
        self._sound_of = sound_of
        self._walker = Walker(flow, caller.language if caller.language in flow.languages else None)
        self._told = 0
        self._ended_by = EndedBy.SYSTEM
        self._entered_before_ms = caller.entered_ms if caller.node in flow.nodes else None
        """First entry of a caller who stood in a queue before we went away; it counts for that visit only."""

    async def run(self) -> None:
        caller, linkedid = self._caller, self._caller.linkedid
        resumed = caller.node in self._flow.nodes
        self._distributor.state(
            CallArrived(
                at_ms=self._now_ms(),
                linkedid=linkedid,
                channel=caller.channel,
                caller=caller.number,
                caller_name=caller.name,
                dialled=caller.dialled,
                flow=self._flow.flow,
                resumed=resumed,
            )
        )
        try:
            # At once ("i"): AGI's own ANSWER waits for the caller's first sound, up to half a second, before we go on.
            await self._session.exec("Answer", ",i")
            reason = await self._walk(caller.node if resumed else None)
            await self._session.set_variable(variables.DONE, "1")
            await self._session.hangup()
        except AgiHungUp:
            self._ended_by, reason = EndedBy.CALLER, "hung_up"
        finally:
            self._tell_trail()
        self._distributor.state(CallEnded(at_ms=self._now_ms(), linkedid=linkedid, by=self._ended_by, reason=reason))

    async def _walk(self, at: str | None) -> str:
        step = self._walker.start(at)
        while True:
            self._tell_trail()
            given: Input
            match step:
                case Play(prompts, escape_digits):
                    key = await self._play(prompts, escape_digits)
                    given = Digit(key) if key else Finished()
                case Ask(prompts, digits, timeout_ms):
                    key = await self._play(prompts, digits) or await self._session.wait_for_digit(timeout_ms)
                    given = Digit(key) if key else NoKey()
                case Enqueue():
                    given = QueueLeft(await self._queue(step))
                    answered = given.outcome is DequeueReason.ANSWERED
                    self._ended_by = EndedBy.AGENT if answered else EndedBy.SYSTEM
                case Hangup(reason):
                    return reason
            step = self._walker.feed(given)

    async def _play(self, prompts: tuple[Prompt, ...], escape_digits: str) -> str | None:
        for prompt in prompts:
            if key := await self._session.stream_file(self._sound_of(prompt), escape_digits):
                return key
        return None

    async def _queue(self, step: Enqueue) -> DequeueReason:
        """Hold the caller in the queue until he has talked with an agent, or must leave without."""
        music = step.music or self._distributor.router.queue(step.queue).settings.music
        with self._distributor.place(self._caller.linkedid) as place:
            try:
                await self._enter(step)
                reason = await self._wait(place, music)
            except AgiHungUp:
                place.hung_up = True
                raise
        await self._session.exec("MSet", f"{variables.QUEUE}=,{variables.NODE}=")
        return reason

    async def _wait(self, place: Place, music: str) -> DequeueReason:
        while True:
            if place.empty:
                await self._session.set_music(on=True, music_class=music)
            match await self._session.while_up(place.next()):
                case (offer, *_):
                    if await self._connect(offer, music):
                        return DequeueReason.ANSWERED
                case Target(kind) if kind is not TargetKind.QUEUE:
                    return DequeueReason.TIMED_OUT

    async def _enter(self, step: Enqueue) -> None:
        # The place in the queue is written on the channel first: if we die now, the dialplan knows it.
        entered_ms, self._entered_before_ms = self._entered_before_ms or self._now_ms(), None
        await self._session.exec(
            "MSet",
            f"{variables.QUEUE}={step.queue},{variables.ENTERED}={entered_ms},{variables.PRIORITY}={step.priority},"
            f"{variables.NODE}={self._walker.node},{variables.LANGUAGE}={self._walker.language},DIALSTATUS=",
        )
        with self._distributor.command() as (router, now_ms):
            router.enter(
                self._caller.linkedid,
                step.queue,
                priority=step.priority,
                skills=step.skills,
                requires=step.requires,
                data=step.data,
                entered_ms=entered_ms,
                now_ms=now_ms,
            )

    async def _connect(self, offer: Offer, music: str) -> bool:
        """Ring the agent and let them talk. False if it came to nothing and the caller waits on."""
        call = self._distributor.router.calls.get(self._caller.linkedid)
        if call is None or offer.id not in call.offers.values():
            return False  # taken back before we came to it
        await self._session.exec("Dial", f"PJSIP/{offer.phone},{-(-offer.ring_ms // 1000)},gm({music})")
        status, _, cause = (await self._session.get_full_variable("${DIALSTATUS},${HANGUPCAUSE}")).partition(",")
        failed = OfferOutcome.REFUSED if cause == REJECTED else OfferOutcome.UNREACHABLE
        outcome = DIAL_STATUS.get(status, failed)
        with self._distributor.command() as (router, now_ms):
            if outcome is OfferOutcome.ANSWERED:
                # The event stream has told both already, unless the link was down.
                router.answered(self._caller.linkedid, phone=offer.phone, now_ms=now_ms)
                router.released(self._caller.linkedid, phone=offer.phone, now_ms=now_ms)
            else:
                router.offer_ended(offer.id, outcome, now_ms=now_ms)
            # An offer taken back in the moment of its answer leaves the call waiting.
            return outcome is OfferOutcome.ANSWERED and self._caller.linkedid not in router.calls

    def _tell_trail(self) -> None:
        at_ms, linkedid = self._now_ms(), self._caller.linkedid
        for entry in self._walker.trail[self._told :]:
            match entry:
                case Entered(node, kind):
                    fact: NodeEntered | MenuAnswered = NodeEntered(at_ms=at_ms, linkedid=linkedid, node=node, kind=kind)
                case Answered(node, choice):
                    fact = MenuAnswered(at_ms=at_ms, linkedid=linkedid, node=node, choice=choice)
            self._distributor.state(fact)
        self._told = len(self._walker.trail)

    def _now_ms(self) -> int:
        return self._distributor.clock.now_ms()
