"""One caller in a queue: kept company until he has talked with an agent, or goes elsewhere; and what he meets there."""

from dataclasses import dataclass

from acd.distributor import News, Place
from acd.facts import TransferEnded
from acd.states import DequeueReason, OverflowCause
from acd.targets import Target, TargetKind
from ivr import variables, waiting_words
from ivr.agi.errors import AgiHungUp, AgiInterrupted
from ivr.agi.session import AgiSession
from ivr.caller import Caller
from ivr.company import Company
from ivr.connecting import WITH_MUSIC, OutsideCall, connect, dial_outside, last_call
from ivr.desk import Desk
from ivr.flow.steps import Enqueue, Prompt
from ivr.toll_guard import NOT_ANSWERED
from ivr.voicemail import Place as MessagePlace
from ivr.voicemail import TakingMessage, reason_of, recording_of


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The call is to be hung up, everything to be said has been said; `reason` stands in its record."""

    reason: str


Ending = DequeueReason | Goodbye
"""How a stay ends: the flow goes on, or not."""


class Stay:
    """One stay, from entry to leaving. `run` it once. `entered_ms` is his first entry into any queue, `queued_ms`
    into this one (as a rule the same)."""

    def __init__(
        self,
        desk: Desk,
        session: AgiSession,
        caller: Caller,
        step: Enqueue,
        *,
        language: str,
        entered_ms: int,
        queued_ms: int | None = None,
    ) -> None:
        self._desk = desk
        self._distributor = desk.distributor
        self._session = session
        self._caller = caller
        self._linkedid = caller.linkedid
        self._step = step
        self._language = language
        self._entered_ms = entered_ms
        self._queued_ms = queued_ms
        self.queue = step.queue
        """Where he is, or was last: he may have overflowed."""
        self.with_agent = False
        """Whether he has talked with an agent of the centre."""

    async def run(self) -> Ending:
        """Hold the caller in the queue until he has talked with an agent, or must go elsewhere, and see him there."""
        with self._distributor.place(self._linkedid) as place:
            try:
                await self._enter()
                target = await self._wait(place)
            except AgiHungUp:
                place.hung_up = True
                raise
        await self._session.set_variable(variables.QUEUE, "")
        if target is None:
            self.with_agent = True
            return DequeueReason.ANSWERED
        return await self._go(target)

    async def _wait(self, place: Place) -> Target | None:
        """Until he has talked with an agent (None), or goes elsewhere."""
        company = self._company()
        while True:
            match await self._news(place, company):
                case Target(TargetKind.QUEUE, queue):
                    self.queue = queue
                    company = self._company()
                    await self._session.set_variable(variables.QUEUE, queue)
                case Target() as target:
                    return target
                case offers:
                    if await connect(self._session, self._distributor, offers, self._music):
                        return None

    async def _news(self, place: Place, company: Company) -> News:
        news = place.next()
        if not news.done():
            try:
                with self._session.interrupted_by(news):
                    await company.keep()
            except AgiInterrupted:
                pass
        return await self._session.while_up(news)

    def _company(self) -> Company:
        return Company(
            self._desk,
            self._session,
            self._linkedid,
            self.queue,
            music=self._music,
            language=self._language,
            leave=self._leave,
        )

    @property
    def _music(self) -> str:
        """The flow's choice for its own queue; where he has overflowed to, that queue's."""
        own = self._step.music if self.queue == self._step.queue else None
        return own or self._distributor.router.queue(self.queue).settings.music

    async def _enter(self) -> None:
        # The place in the queue is written on the channel first: if we die now, the dialplan knows it.
        step = self._step
        point_ms = self._distributor.router.queue(step.queue).settings.point_ms
        await self._session.exec(
            "MSet",
            f"{variables.QUEUE}={step.queue},{variables.ENTERED}={self._entered_ms},"
            f"{variables.DUE}={self._entered_ms - step.priority * point_ms},"
            f"{variables.LANGUAGE}={self._language},DIALSTATUS=,{variables.BRIDGED}=",
        )
        with self._distributor.command() as (router, now_ms):
            router.enter(
                self._linkedid,
                step.queue,
                priority=step.priority,
                skills=step.skills,
                requires=step.requires,
                data=step.data,
                entered_ms=self._entered_ms,
                queued_ms=self._queued_ms,
                preferred=step.preferred,
                named=step.named,
                now_ms=now_ms,
            )

    def _leave(self, to: TargetKind) -> bool:
        """He has pressed a key. False: he must stay, for he cannot be called back."""
        if to is TargetKind.CALLBACK and not self._ask_for_callback():
            return False
        with self._distributor.command() as (router, now_ms):
            router.overflow(self._linkedid, Target(to), cause=OverflowCause.CALLER, now_ms=now_ms)
        return True

    def _ask_for_callback(self) -> bool:
        if self._desk.callbacks is None or not self._caller.number:
            return False
        return self._desk.callbacks.request(
            self._linkedid,
            self._caller.number,
            self.queue,
            entered_ms=self._entered_ms,
            priority=self._step.priority,
            skills=self._step.skills,
            requires=self._step.requires.text,
            data=self._step.data,
            language=self._language,
        )

    async def _go(self, target: Target) -> Ending:
        """He is out of the queue, without an agent of it."""
        match target.kind:
            case TargetKind.NUMBER:
                return await self._call_outside(target.value)
            case TargetKind.VOICEMAIL:
                return await self._take_message()
            case TargetKind.CALLBACK:
                await self._say(waiting_words.called_back(self._language))
                return Goodbye("callback")
            case TargetKind.SAY:
                language = self._language if self._language in target.speech else next(iter(target.speech))
                await self._say(Prompt(target.speech[language], language))
                return Goodbye("announced")
            case _:
                return DequeueReason.TIMED_OUT

    async def _call_outside(self, number: str) -> Ending:
        # What an agent's phone has left there would be taken for this call's, if he hangs up before it is made.
        await self._session.set_variable("DIALSTATUS", "")
        options = WITH_MUSIC.format(self._music)
        try:
            call = await dial_outside(self._session, self._desk.outside(), number, options=options)
        except AgiHungUp:
            self._tell(number, await last_call(self._session))
            raise
        self._tell(number, call)
        return DequeueReason.ANSWERED if call.answered else DequeueReason.OVERFLOWED

    def _tell(self, number: str, call: OutsideCall) -> None:
        """What came of sending him outside: only this says so where Asterisk's ledger is lost."""
        self._distributor.state(
            TransferEnded(
                at_ms=self._distributor.clock.now_ms(),
                linkedid=self._linkedid,
                node="",
                extension="",
                number=number,
                answered=call.answered,
                talk_ms=call.talk_ms,
                error=call.error or ("" if call.answered else NOT_ANSWERED),
                queue=self.queue,
            )
        )

    async def _take_message(self) -> Ending:
        if self._desk.messages is None:
            return DequeueReason.TIMED_OUT
        place = MessagePlace(
            entered_ms=self._entered_ms,
            priority=self._step.priority,
            skills=self._step.skills,
            requires=self._step.requires.text,
            data=self._step.data,
        )
        recording = recording_of(self._desk, self._session, self.queue, self._language)
        taking = TakingMessage(self._desk, self._session, recording, self.queue, self._language, place)
        taken = await taking.run(self._desk.messages, self._linkedid, self._caller.number)
        return Goodbye(reason_of(taken))

    async def _say(self, prompt: Prompt) -> None:
        await self._session.stream_file(self._desk.sound_of(prompt))
